using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Tests.Support;

/// <summary>A TCP relay on a port of its own. Cut, it closes what runs through it and takes nothing new; mended, it relays again.</summary>
public sealed class CutWire : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly string _host;
    private readonly int _port;
    private volatile bool _cut;

    public CutWire(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Cut()
    {
        _cut = true;
        foreach (var client in _open.Keys)
            client.Close();
    }

    public void Mend() => _cut = false;

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Relay(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private async Task Relay(TcpClient near)
    {
        using var far = new TcpClient { NoDelay = true };
        using (near)
        {
            if (_cut)
                return;
            near.NoDelay = true;
            _open[near] = _open[far] = true;
            try
            {
                await far.ConnectAsync(_host, _port);
                await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut.
            }
            _open.TryRemove(near, out _);
            _open.TryRemove(far, out _);
        }
    }

    public void Dispose()
    {
        _listener.Stop();
        Cut();
    }
}
