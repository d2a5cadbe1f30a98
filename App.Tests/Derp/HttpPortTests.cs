using System.Net;
using System.Net.Sockets;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Derp;

/// <summary>Plain HTTP beside TLS.</summary>
public sealed class HttpPortTests
{
    [Fact]
    public async Task The_check_of_captive_portals_is_answered_in_plain_and_all_else_sent_to_HTTPS()
    {
        await using var relay = await RelayProcess.Start("--self-signed", "--http", "127.0.0.1:0", "--hostname", "relay.example.com");
        using var http = Client(relay);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/generate_204") { Headers = { { "X-Tailscale-Challenge", $"ts_{http.BaseAddress!.Authority}" } } };
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal([$"response ts_{http.BaseAddress.Authority}"], answer.Headers.GetValues("X-Tailscale-Response"));
        Assert.True(answer.Headers.ConnectionClose);

        using var asked = new HttpRequestMessage(HttpMethod.Get, "/a%20b?c=%0d%0ad") { Headers = { Host = "evil.example.net" } };
        using var sent = await http.SendAsync(asked);
        Assert.Equal((HttpStatusCode.Redirect, "https://relay.example.com/a%20b?c=%0d%0ad"), (sent.StatusCode, sent.Headers.Location!.OriginalString));
        foreach (var path in new[] { "/derp", "/metrics", "/control/v1/state", "/derp/probe" })
        {
            using var other = await http.GetAsync(path);
            Assert.Equal((HttpStatusCode.Redirect, "https://relay.example.com" + path), (other.StatusCode, other.Headers.Location!.OriginalString));
        }
        using var post = await http.PostAsync("/", null);
        Assert.Equal(HttpStatusCode.BadRequest, post.StatusCode);
        // What it is beside.
        Assert.Equal("https", relay.Address.Scheme);
        Assert.Equal(HttpStatusCode.OK, (await relay.Http.GetAsync("/derp/probe")).StatusCode);
        Assert.EndsWith("control.sock", relay.ControlAt);
    }

    [Fact]
    public async Task The_control_channel_may_have_a_port_too()
    {
        await using var relay = await RelayProcess.Start("--self-signed", "--http", "127.0.0.1:0", "--control", "http://127.0.0.1:0");
        Assert.Equal(0, (await relay.Control.State()).Connections);
        using var http = Client(relay);
        Assert.Equal(HttpStatusCode.NoContent, (await http.GetAsync("/generate_204")).StatusCode);
    }

    [Fact]
    public async Task An_address_has_no_more_connections_there_than_its_limit()
    {
        await using var relay = await RelayProcess.Start("--self-signed", "--http", "127.0.0.1:0", "--max-per-ip", "2");
        var port = new Uri(HttpLine(relay)).Port;
        using TcpClient first = new("127.0.0.1", port), second = new("127.0.0.1", port);
        await Task.WhenAll(first.GetStream().WriteAsync("GET"u8.ToArray()).AsTask(), second.GetStream().WriteAsync("GET"u8.ToArray()).AsTask());
        using var third = new TcpClient("127.0.0.1", port);
        Assert.Equal(0, await Read(third));
        await relay.Control.Until(s => s["refused.ip_limit"] == 1);
        first.Dispose();
        using var http = Client(relay);
        await Wait.Until(async () =>
        {
            try
            {
                return (await http.GetAsync("/generate_204")).StatusCode == HttpStatusCode.NoContent;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "there is room again");
    }

    [Fact]
    public async Task It_is_refused_without_TLS_beside_it() =>
        Assert.Contains("--http goes beside TLS", (await Assert.ThrowsAsync<InvalidOperationException>(() => RelayProcess.Start("--http", "127.0.0.1:0"))).Message);

    internal static async Task<int> Read(TcpClient client)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[100]).AsTask().WaitAsync(2 * DerpTestClient.Patience);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    internal static string HttpLine(RelayProcess relay) => relay.Out.Split('\n').Single(l => l.StartsWith("HTTP: ", StringComparison.Ordinal))[6..].Trim();

    private static HttpClient Client(RelayProcess relay) => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(HttpLine(relay)) };
}
