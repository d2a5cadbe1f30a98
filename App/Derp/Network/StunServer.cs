using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Network;

/// <summary>
/// Tells clients by which address they come, from the address they asked. It answers nothing but their binding requests, and no source more often than
/// <see cref="PerSecond"/>: an answer is no longer than 44 bytes to a request of 40, and a forged source is not worth sending.
/// When it is open it answers anybody's, whose requests may be half as long: those have a smaller share, and one together, so that
/// whoever forges sources gets little out of it and the network's clients lose nothing to them.
/// </summary>
internal sealed class StunServer : IAsyncDisposable
{
    public const int PerSecond = 20;
    public const int Burst = 40;

    public const int OpenPerSecond = 5;
    public const int OpenBurst = 20;
    private const int OpenTogether = 2000, OneSource = 8;
    private const int MaxSources = 65536;
    // A longer one is no request: it is enough to see that.
    private const int MaxDatagram = 2048;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly AnswerCap _cap;
    private readonly AnswerCap? _openCap, _openTogether;
    private readonly Task _run;
    private readonly byte[] _packet = new byte[MaxDatagram], _answer = new byte[Stun.MaxAnswer];
    private long _answered;
    private long _ignored;
    private long _capped;
    private long _failed;
    private volatile bool _stopping;

    private StunServer(Socket socket, AnswerCap cap, TimeProvider? open)
    {
        _socket = socket;
        _cap = cap;
        if (open is not null)
            (_openCap, _openTogether) = (new AnswerCap(OpenPerSecond, OpenBurst, MaxSources, open), new AnswerCap(OpenTogether, OpenTogether, OneSource, open));
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
    /// <param name="open">Anybody is answered.</param>
    /// <exception cref="SocketException">The port is taken, or the address is not this machine's.</exception>
    public static StunServer Start(IPEndPoint listen, TimeProvider? clock = null, int perSecond = PerSecond, int burst = Burst, bool open = false)
    {
        clock ??= TimeProvider.System;
        var every = listen.Address.Equals(IPAddress.IPv6Any);
        // A machine with IPv6 switched off has only the other half of "every address".
        if (every && !Socket.OSSupportsIPv6)
            listen = new IPEndPoint(IPAddress.Any, listen.Port);
        var socket = new Socket(listen.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (socket.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = every;
            Libc.TellDestinations(socket);
            socket.Bind(listen);
            return new StunServer(socket, new AnswerCap(perSecond, burst, MaxSources, clock), open ? clock : null);
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
        while (!_stopping)
        {
            try
            {
                // Nothing is read, but that there is something.
                await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.Peek);
                if (!AnswerAll())
                    await Task.Delay(Pause);
            }
            catch (ObjectDisposedException) when (_stopping)
            {
                return;
            }
            catch (SocketException)
            {
                if (_stopping)
                    return;
                Interlocked.Increment(ref _failed);
                await Task.Delay(Pause);
            }
        }
    }

    // Answers what has come; false when the machine needs a moment.
    private unsafe bool AnswerAll()
    {
        fixed (byte* packet = _packet, answer = _answer)
        {
            Libc.Envelope envelope;
            var held = false;
            try
            {
                // Its number may not become another socket's meanwhile.
                _socket.SafeHandle.DangerousAddRef(ref held);
                var fd = (int)_socket.SafeHandle.DangerousGetHandle();
                nint got;
                while ((got = Libc.ReceiveFrom(fd, packet, MaxDatagram, &envelope)) >= 0)
                {
                    if (Answer(_packet.AsSpan(0, (int)got), new ReadOnlySpan<byte>(envelope.Sender, envelope.SenderLength), _answer) is not (> 0 and var length))
                        continue;
                    var sent = Libc.SendBack(fd, answer, length, &envelope);
                    Interlocked.Increment(ref sent == length ? ref _answered : ref _failed);
                    // One unreachable client is no matter; a machine short of buffers needs a moment.
                    if (sent is -Libc.NoBuffers or -Libc.NetworkDown)
                        return false;
                }
                if (got == -Libc.Again)
                    return true;
                Interlocked.Increment(ref _failed);
                return false;
            }
            finally
            {
                if (held)
                    _socket.SafeHandle.DangerousRelease();
            }
        }
    }

    /// <summary>Writes the answer to a datagram and returns its length; 0 when there is none.</summary>
    /// <param name="from">Linux's <c>sockaddr_in</c> or <c>sockaddr_in6</c>: family, port, then the address, after 4 bytes of flow label in the longer one.</param>
    private int Answer(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> from, Span<byte> answer)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(from[2..]);
        var address = from.Length < Libc.Envelope.MaxSender ? from.Slice(4, 4) : from.Slice(8, 16);
        if (address.Length == 16 && address.StartsWith(MappedPrefix))
            address = address[MappedPrefix.Length..];
        // Nobody can receive on port 0: forged.
        var isClients = Stun.TryReadRequest(packet, out var transaction);
        if (port == 0 || !(isClients || (_openCap is not null && Stun.TryReadAnyRequest(packet, out transaction))))
        {
            Interlocked.Increment(ref _ignored);
            return 0;
        }
        if (!(isClients ? _cap.Take(Source(address)) : _openCap!.Take(Source(address)) && _openTogether!.Take(0)))
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
