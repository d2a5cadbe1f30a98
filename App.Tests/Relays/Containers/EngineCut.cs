using System.Net.Sockets;
using System.Text;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>An engine's socket that lets so many calls through and then none: what becomes of one who is killed there.</summary>
internal sealed class EngineCut : IDisposable
{
    private static readonly string[] Begins = ["GET /", "POST /", "PUT /", "DELETE /", "HEAD /"];
    private readonly TestFolder _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<Socket> _open = [];
    private readonly string _to;
    private int _left;

    public EngineCut(string to, int calls)
    {
        (_to, _left) = (to, calls);
        _listener.Bind(new UnixDomainSocketEndPoint(Path));
        _listener.Listen();
        _ = Accept();
    }

    public string Path => _folder.File("engine.sock");

    /// <summary>Was one refused?</summary>
    public bool HasCut { get; private set; }

    public void Dispose()
    {
        Cut();
        _folder.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var (near, far) = (await _listener.AcceptAsync(), new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
                await far.ConnectAsync(new UnixDomainSocketEndPoint(_to));
                lock (_open)
                    _open.AddRange([near, far]);
                _ = Task.WhenAll(Carry(near, far, true), Carry(far, near, false));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The end of it.
        }
    }

    private async Task Carry(Socket from, Socket to, bool asks)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var got)
            {
                // A call begins a packet of its own: the next waits for its answer.
                if (asks && Begins.Any(b => got >= b.Length && Encoding.ASCII.GetString(buffer, 0, b.Length) == b) && Interlocked.Decrement(ref _left) < 0)
                {
                    HasCut = true;
                    Cut();
                    return;
                }
                await to.SendAsync(buffer.AsMemory(0, got));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
        to.Dispose();
    }

    private void Cut()
    {
        _listener.Dispose();
        lock (_open)
            _open.ForEach(s => s.Dispose());
    }
}
