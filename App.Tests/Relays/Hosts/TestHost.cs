using System.Net;
using System.Net.Sockets;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Hosts;
using Gatehouse.Relays.Links;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Tests.Relays.Hosts;

/// <summary>A relays' host in this process, with a clock of its own, that dials the appliance over a line which a test can cut.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    private TestHost(string token, string folder, FakeClock clock, ErrorLog log)
    {
        var logs = LoggerFactory.Create(l => l.AddProvider(log).SetMinimumLevel(LogLevel.Debug));
        Host = new RelayHost(JoinToken.Parse(token)!, new HostMemory(folder), logs, clock);
        _run = Task.Run(() => HostLine.Serve(Host, logs, _stop.Token));
    }

    public RelayHost Host { get; }

    public static TestHost Start(string token, string folder, FakeClock? clock = null, ErrorLog? log = null) => new(token, folder, clock ?? new FakeClock(), log ?? new ErrorLog());

    /// <summary>A server for it, and what lets it in.</summary>
    public static async Task<(string Id, string Token)> Server(HttpClient staff, Uri appliance, string name = "far", int from = 20_000, int to = 29_999)
    {
        var added = await staff.PostApi("/api/add_server", new { kind = "relay_host", name, address = "127.0.0.1", region_code = "far", port_from = from, port_to = to, link_url = appliance.ToString() });
        Assert.Equal(HttpStatusCode.Created, added.Status);
        var token = (string)added["join"]!["token"]!;
        Assert.Equal("gatehouse relay-host --join " + token, (string)added["join"]!["command"]!);
        return ((string)added["server"]!["id"]!, token);
    }

    public static Task Connected(HttpClient staff, string id, bool connected = true) =>
        Wait.Until(async () => (await staff.GetApi("/api/server/status/" + id))["server"]!["connected_at"] is not null == connected, connected ? "the host is connected" : "the host is cut off");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }
}

/// <summary>A line between two that a test can cut.</summary>
internal sealed class TestLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _open = [];
    private readonly Uri _to;

    public TestLine(Uri to)
    {
        _to = to;
        _listener.Start();
        _ = Accept();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    private bool _isCut;

    /// <summary>Nothing comes through, or again.</summary>
    public bool IsCut
    {
        set
        {
            lock (_open)
            {
                _isCut = value;
                _open.ForEach(s => s.Dispose());
                _open.Clear();
            }
        }
    }

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Carry(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task Carry(Socket near)
    {
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        lock (_open)
        {
            if (_isCut)
            {
                near.Dispose();
                far.Dispose();
                return;
            }
            _open.AddRange([near, far]);
        }
        try
        {
            await far.ConnectAsync(_to.Host, _to.Port);
            using NetworkStream a = new(near, true), b = new(far, true);
            await Task.WhenAny(a.CopyToAsync(b), b.CopyToAsync(a));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        IsCut = true;
    }
}
