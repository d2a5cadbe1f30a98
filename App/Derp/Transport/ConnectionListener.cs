using System.Net;
using System.Net.Sockets;
using Gatehouse.Derp.Network;

namespace Gatehouse.Derp.Transport;

/// <summary>
/// Listens on the relay's address and hands what comes to the acceptors in turn, which share the TLS handshakes so. Its thread does
/// nothing else: when the system has no descriptors left it waits for some, and nobody with it.
/// </summary>
internal sealed class ConnectionListener
{
    private const int Backlog = 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly Socket _listener;
    private readonly IReadOnlyList<ConnectionAcceptor> _acceptors;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stopping = new();

    /// <param name="acceptors">Makes at least one, when the address is listened on.</param>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public ConnectionListener(IPEndPoint listen, Func<IReadOnlyList<ConnectionAcceptor>> acceptors, ILogger log)
    {
        _listener = Sockets.Listen(listen, Backlog);
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        _log = log;
        _acceptors = acceptors();
        _thread = new Thread(Work) { IsBackground = true, Name = "relay-listen" };
        _thread.Start();
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    private void Work()
    {
        var wasShort = false;
        for (var next = 0; !_stopping.IsSet; next = (next + 1) % _acceptors.Count)
        {
            try
            {
                _acceptors[next].Take(_listener.Accept());
                wasShort = false;
            }
            catch (Exception e) when (e is SocketException or OutOfMemoryException)
            {
                // Nobody there any more is usual.
                if (_stopping.IsSet || e is SocketException { SocketErrorCode: SocketError.ConnectionAborted or SocketError.ConnectionReset })
                    continue;
                if (!wasShort)
                    _log.LogWarning("Connections cannot be taken now: {Reason}", e.Message);
                wasShort = true;
                _ = _stopping.Wait(Pause);
            }
        }
    }

    /// <summary>Takes no more connections; those that it gave away live on. Waits for its threads.</summary>
    public void Close()
    {
        _stopping.Set();
        // Wakes the thread.
        _ = Libc.Shutdown((int)_listener.SafeHandle.DangerousGetHandle(), Libc.ShutRead);
        _thread.Join();
        _listener.Dispose();
        foreach (var acceptor in _acceptors)
            acceptor.Close();
        _stopping.Dispose();
    }
}
