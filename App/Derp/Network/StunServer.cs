using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Network;

/// <summary>
/// Tells clients by which address they come. It answers nothing but their binding requests, and no source more often than
/// <see cref="PerSecond"/>: an answer is no longer than 44 bytes to a request of 40, and a forged source is not worth sending.
/// </summary>
internal sealed class StunServer : IAsyncDisposable
{
    public const int PerSecond = 20;
    public const int Burst = 40;

    private const int MaxSources = 65536;
    private const int MaxDatagram = 65536;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly AnswerCap _cap;
    private readonly Task _run;
    private long _answered;
    private long _ignored;
    private long _capped;
    private long _failed;
    private volatile bool _stopping;

    private StunServer(Socket socket, AnswerCap cap)
    {
        _socket = socket;
        _cap = cap;
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        _run = Task.Run(Run);
    }

    public int Port { get; }

    /// <summary>Answers sent.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Datagrams that were no request of a client.</summary>
    public long Ignored => Interlocked.Read(ref _ignored);

    /// <summary>Requests not answered because their source had its share.</summary>
    public long Capped => Interlocked.Read(ref _capped);

    /// <summary>Answers that could not be sent, and reads that failed.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Listens on one UDP port: <see cref="IPAddress.IPv6Any"/> for both families, else the family of the address. Port 0: any.</summary>
    /// <param name="perSecond">Answers to one IPv4 address, or one IPv6 /64, after a burst of <paramref name="burst"/>.</param>
    /// <exception cref="SocketException">The port is taken, or the address is not this machine's.</exception>
    public static StunServer Start(IPEndPoint listen, TimeProvider? clock = null, int perSecond = PerSecond, int burst = Burst)
    {
        var every = listen.Address.Equals(IPAddress.IPv6Any);
        // A machine with IPv6 switched off has only the other half of "every address".
        if (every && !Socket.OSSupportsIPv6)
            listen = new IPEndPoint(IPAddress.Any, listen.Port);
        var socket = new Socket(listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (socket.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = every;
            socket.Bind(listen);
            return new StunServer(socket, new AnswerCap(perSecond, burst, MaxSources, clock ?? TimeProvider.System));
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _socket.Dispose();
        await _run;
    }

    private async Task Run()
    {
        var packet = new byte[MaxDatagram];
        var answer = new byte[Stun.MaxAnswer];
        var from = new SocketAddress(_socket.AddressFamily);
        while (!_stopping)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(packet, SocketFlags.None, from);
                if (Answer(packet.AsSpan(0, received), from, answer) is not (> 0 and var length))
                    continue;
                await _socket.SendToAsync(answer.AsMemory(0, length), SocketFlags.None, from);
                Interlocked.Increment(ref _answered);
            }
            catch (ObjectDisposedException) when (_stopping)
            {
                return;
            }
            catch (SocketException e)
            {
                if (_stopping)
                    return;
                Interlocked.Increment(ref _failed);
                // One unreachable client is no matter; a machine short of buffers needs a moment.
                if (e.SocketErrorCode is SocketError.NoBufferSpaceAvailable or SocketError.NetworkDown)
                    await Task.Delay(Pause);
            }
        }
    }

    /// <summary>Writes the answer to a datagram and returns its length; 0 when there is none.</summary>
    private int Answer(ReadOnlySpan<byte> packet, SocketAddress from, Span<byte> answer)
    {
        // Linux's sockaddr_in and sockaddr_in6: family, port, then the address, after 4 bytes of flow label in the longer one.
        var source = from.Buffer.Span;
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        var address = from.Family == AddressFamily.InterNetwork ? source.Slice(4, 4) : source.Slice(8, 16);
        if (address.Length == 16 && address.StartsWith(MappedPrefix))
            address = address[MappedPrefix.Length..];
        // Nobody can receive on port 0: forged.
        if (port == 0 || !Stun.TryReadRequest(packet, out var transaction))
        {
            Interlocked.Increment(ref _ignored);
            return 0;
        }
        if (!_cap.Take(Source(address)))
        {
            Interlocked.Increment(ref _capped);
            return 0;
        }
        return Stun.WriteAnswer(answer, transaction, address, port);
    }

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    // What one customer is given: an IPv4 address, or the first half of an IPv6 one. 0:ffff::/32 is nobody's.
    internal static ulong Source(ReadOnlySpan<byte> address) => address.Length == 4
        ? 0x0000_FFFF_0000_0000UL | BinaryPrimitives.ReadUInt32BigEndian(address)
        : BinaryPrimitives.ReadUInt64BigEndian(address);
}
