using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Derp.Network;

/// <summary>How the relay's TCP sockets are set up, and how many there are of one address.</summary>
internal static class Sockets
{
    private const int Tcp = 6, UserTimeout = 18;

    // An idle phone is woken by each probe; the relay's own keepalives and whatever else is sent find out sooner who is gone.
    private const int ProbeAfterSeconds = 600, ProbeEverySeconds = 15, Probes = 3;
    private const int DeadAfterMilliseconds = 15_000;

    /// <summary>A listening socket; <see cref="IPAddress.IPv6Any"/> means both families.</summary>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static Socket Listen(IPEndPoint at, int backlog)
    {
        // A machine without IPv6 has only the other half of every address.
        var address = at.Address.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6 ? IPAddress.Any : at.Address;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(new IPEndPoint(address, at.Port));
            socket.Listen(backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Sends at once, and takes the other side for gone when it has not confirmed what was sent for 15 seconds. One that is idle
    /// is asked after ten minutes only.
    /// </summary>
    public static void Tune(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, ProbeAfterSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, ProbeEverySeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
        socket.SetRawSocketOption(Tcp, UserTimeout, BitConverter.GetBytes(DeadAfterMilliseconds));
    }

    /// <summary>The address of the other side; one of IPv4 in its own form.</summary>
    public static IPAddress Address(Socket socket) => Plain(((IPEndPoint)socket.RemoteEndPoint!).Address);

    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}

/// <summary>
/// How many connections each address has; of IPv6 the addresses of one /64 are one, since each customer is given so many. A trusted
/// proxy has any number: those behind it count.
/// </summary>
internal sealed class AddressCounts(TrustedProxies proxies)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, int> _counts = [];

    /// <summary>Counts a connection; false when the address has as many as it may.</summary>
    public bool Enter(IPAddress address, int? most)
    {
        if (proxies.Contains(address))
            return true;
        var source = Source(address);
        lock (_lock)
        {
            var count = _counts.GetValueOrDefault(source);
            if (count >= most)
                return false;
            _counts[source] = count + 1;
            return true;
        }
    }

    public void Leave(IPAddress address)
    {
        if (proxies.Contains(address))
            return;
        var source = Source(address);
        lock (_lock)
        {
            if (_counts[source] == 1)
                _counts.Remove(source);
            else
                _counts[source]--;
        }
    }

    private static ulong Source(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out var length) ? StunServer.Source(bytes[..length]) : throw new ArgumentException($"{address} is no address.", nameof(address));
    }
}
