using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Gatehouse.Derp.Network;
using Gatehouse.Platform.Hosting;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>Devices behind a proxy that is trusted to say who they are, and behind one that is not.</summary>
public sealed class ProxyTests
{
    private const string A = "203.0.113.1", B = "203.0.113.2";

    [Theory]
    [InlineData("10.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.1", "1.2.3.4, 203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.1", "203.0.113.7, 10.9.9.9,10.0.0.2", "203.0.113.7")]
    [InlineData("10.0.0.1", "203.0.113.7:5678", "203.0.113.7")]
    [InlineData("10.0.0.1", "[2001:db8::7]:5678", "2001:db8::7")]
    [InlineData("10.0.0.1", "2001:db8::7", "2001:db8::7")]
    [InlineData("10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.1", "203.0.113.7, unknown", "10.0.0.1")]
    [InlineData("10.0.0.1", "unknown, 10.0.0.2", "10.0.0.2")]
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    [InlineData("10.0.0.1", null, "10.0.0.1")]
    [InlineData("fd00::5", "203.0.113.7", "203.0.113.7")]
    [InlineData("198.51.100.1", "203.0.113.7", "198.51.100.1")]
    public void The_last_address_that_is_no_trusted_proxy_counts(string peer, string? forwarded, string origin) =>
        Assert.Equal(origin, new TrustedProxies([.. ConfigRules.Networks("10.0.0.0/8, fd00::5")]).Origin(IPAddress.Parse(peer), forwarded).ToString());

    [Fact]
    public async Task Each_address_behind_a_trusted_proxy_has_its_own_share()
    {
        await using var relay = await RelayProcess.Open("--max-per-ip", "2", "--trusted-proxies", "127.0.0.0/8");
        using TcpClient first = await Derp(relay, A), second = await Derp(relay, A);
        using var webSocket = await WebSocket(relay, B);
        using var alsoB = await Derp(relay, $"{A}, {B}");
        Assert.Null(await TryDerp(relay, A));
        Assert.Null(await TryDerp(relay, B));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await Assert.ThrowsAsync<StatusException>(() => WebSocket(relay, B))).Status);
        await relay.Control.Until(s => s["refused.ip_limit"] == 3);
        // The proxy's own requests, and those that name nobody, are no one address's.
        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, (await relay.Http.GetAsync("/derp/probe")).StatusCode);
        using var nobody = await Derp(relay, null);
        first.Dispose();
        webSocket.Abort();
        await Wait.Until(async () => await TryDerp(relay, A) is not null, "there is room for A again");
        await Wait.Until(async () => await TryDerp(relay, B) is not null, "there is room for B again");
    }

    [Fact]
    public async Task Nobody_else_is_believed()
    {
        await using var relay = await RelayProcess.Open("--max-per-ip", "2", "--trusted-proxies", "127.0.0.2");
        using TcpClient first = await Derp(relay, A), second = await Derp(relay, B);
        Assert.Null(await TryDerp(relay, "203.0.113.3"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_service_that_is_asked_hears_the_address_behind_the_proxy(bool webSocket)
    {
        await using var service = new AdmissionServer();
        await using var relay = await RelayProcess.Start("--trusted-proxies", "127.0.0.1", "--admit", service.Url);
        var key = TestKey.New();
        var hello = Wire.Hello(key, relay.Key);
        if (webSocket)
        {
            using var socket = await WebSocket(relay, A);
            await socket.SendAsync(hello, WebSocketMessageType.Binary, true, default);
            await Wait.Until(() => Task.FromResult(service.Asked.Count > 0), "it was asked");
        }
        else
        {
            using var client = await Derp(relay, A);
            await client.GetStream().WriteAsync(hello);
            await Wait.Until(() => Task.FromResult(service.Asked.Count > 0), "it was asked");
        }
        Assert.Contains($"\"Source\":\"{A}\"", service.Asked.Single().Body);
    }

    [Fact]
    public async Task What_is_no_network_is_refused() =>
        Assert.Contains("--trusted-proxies must be addresses", (await Assert.ThrowsAsync<InvalidOperationException>(() => RelayProcess.Start("--trusted-proxies", "10.0.0.0/33"))).Message);

    private sealed class StatusException(HttpStatusCode status) : Exception
    {
        public HttpStatusCode Status => status;
    }

    private static async Task<TcpClient> Derp(RelayProcess relay, string? forwarded) => await TryDerp(relay, forwarded) ?? throw new NotAdmittedException("It was closed.");

    /// <summary>Up to the relay's key; null when it is closed before that.</summary>
    private static async Task<TcpClient?> TryDerp(RelayProcess relay, string? forwarded)
    {
        var client = new TcpClient(relay.Address.Host, relay.Address.Port);
        var header = forwarded is null ? "" : $"X-Forwarded-For: {forwarded}\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /derp HTTP/1.1\r\nHost: localhost\r\n{header}Upgrade: DERP\r\nConnection: Upgrade\r\n\r\n"));
        var came = new List<byte>();
        var buffer = new byte[1000];
        try
        {
            while (came.ToArray().AsSpan().IndexOf(Wire.Magic) < 0)
            {
                var read = await client.GetStream().ReadAsync(buffer).AsTask().WaitAsync(DerpTestClient.Patience);
                if (read == 0)
                    return Closed(client);
                came.AddRange(buffer[..read]);
            }
            return client;
        }
        catch (IOException)
        {
            return Closed(client);
        }
    }

    private static TcpClient? Closed(TcpClient client)
    {
        client.Dispose();
        return null;
    }

    private static async Task<ClientWebSocket> WebSocket(RelayProcess relay, string forwarded)
    {
        var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        socket.Options.AddSubProtocol("derp");
        socket.Options.SetRequestHeader("X-Forwarded-For", forwarded);
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{relay.Address.Authority}/derp"), default);
            return socket;
        }
        catch (WebSocketException) when (socket.HttpStatusCode != 0)
        {
            throw new StatusException(socket.HttpStatusCode);
        }
    }
}
