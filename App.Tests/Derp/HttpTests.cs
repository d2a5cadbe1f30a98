using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Tests.Derp;

/// <summary>What the relay answers over HTTP beside DERP.</summary>
public sealed class HttpTests(IdleRelay idle) : IClassFixture<IdleRelay>
{
    [Theory]
    [InlineData("/derp", HttpStatusCode.UpgradeRequired)]
    [InlineData("/derp/probe", HttpStatusCode.OK)]
    [InlineData("/derp/latency-check", HttpStatusCode.OK)]
    [InlineData("/generate_204", HttpStatusCode.NoContent)]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/robots.txt", HttpStatusCode.OK)]
    [InlineData("/healthz", HttpStatusCode.OK)]
    [InlineData("/metrics", HttpStatusCode.OK)]
    [InlineData("/control/v1/state", HttpStatusCode.NotFound)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    public async Task Each_path_has_its_answer(string path, HttpStatusCode status)
    {
        using var answer = await idle.Relay.Http.GetAsync(path);
        Assert.Equal(status, answer.StatusCode);
    }

    [Theory]
    [InlineData("/derp/probe")]
    [InlineData("/derp/latency-check")]
    public async Task What_latency_is_measured_with_is_empty(string path)
    {
        using var answer = await idle.Relay.Http.GetAsync(path);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        using var head = await idle.Relay.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
    }

    [Theory]
    [InlineData("websocket-but-not-derp")]
    [InlineData("h2c")]
    public async Task Another_upgrade_is_426(string upgrade)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/derp");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", upgrade);
        using var answer = await idle.Relay.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
    }

    /// <summary>As the widely used relay answers.</summary>
    [Theory]
    [InlineData("HEAD", "/derp", HttpStatusCode.UpgradeRequired)]
    [InlineData("POST", "/derp", HttpStatusCode.UpgradeRequired)]
    [InlineData("PUT", "/derp", HttpStatusCode.UpgradeRequired)]
    [InlineData("POST", "/derp/probe", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/derp/latency-check", HttpStatusCode.MethodNotAllowed)]
    [InlineData("OPTIONS", "/derp/probe", HttpStatusCode.MethodNotAllowed)]
    [InlineData("HEAD", "/generate_204", HttpStatusCode.NoContent)]
    [InlineData("POST", "/generate_204", HttpStatusCode.NoContent)]
    [InlineData("HEAD", "/", HttpStatusCode.OK)]
    [InlineData("POST", "/robots.txt", HttpStatusCode.OK)]
    [InlineData("POST", "/healthz", HttpStatusCode.MethodNotAllowed)]
    public async Task Each_verb_has_its_answer(string verb, string path, HttpStatusCode status)
    {
        using var answer = await idle.Relay.Http.SendAsync(new HttpRequestMessage(new HttpMethod(verb), path));
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == HttpStatusCode.MethodNotAllowed, answer.Content.Headers.Allow.SequenceEqual(["GET", "HEAD"]));
        Assert.Equal(path == "/derp", answer.Headers.Upgrade.Any(u => u.Name == "DERP"));
    }

    [Theory]
    [InlineData("GET", "/derp/probe", true)]
    [InlineData("HEAD", "/derp/latency-check", true)]
    [InlineData("GET", "/", false)]
    [InlineData("GET", "/metrics", false)]
    public async Task Pages_of_others_may_measure_and_nothing_else(string verb, string path, bool allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path) { Headers = { { "Origin", "https://console.example.com" } } };
        using var answer = await idle.Relay.Http.SendAsync(request);
        Assert.Equal(allowed ? ["*"] : Array.Empty<string>(), answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins) ? origins : []);
    }

    [Theory]
    [InlineData("ts_derp.example-1")]
    [InlineData("ts_203.0.113.10:80")]
    [InlineData("ts_2001:db8::1")]
    public async Task The_challenge_of_generate_204_comes_back(string challenge)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/generate_204");
        request.Headers.Add("X-Tailscale-Challenge", challenge);
        using var answer = await idle.Relay.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(["response " + challenge], answer.Headers.GetValues("X-Tailscale-Response"));
        Assert.Equal("no-cache, no-store, must-revalidate, no-transform, max-age=0", answer.Headers.NonValidated["Cache-Control"].ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("with space")]
    [InlineData("<script>")]
    [InlineData("long")]
    public async Task A_challenge_that_is_none_is_not_reflected(string? challenge)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/generate_204");
        if (challenge is not null)
            request.Headers.TryAddWithoutValidation("X-Tailscale-Challenge", challenge == "long" ? new string('a', 1000) : challenge);
        using var answer = await idle.Relay.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.False(answer.Headers.Contains("X-Tailscale-Response"));
    }

    [Fact]
    public async Task Robots_are_sent_away()
    {
        var text = await idle.Relay.Http.GetStringAsync("/robots.txt");
        Assert.Contains("User-agent: *", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Disallow: /", text, StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty((await idle.Relay.Http.GetStringAsync("/")).Trim());
    }

    [Fact]
    public async Task Metrics_are_in_Prometheus_form_and_count()
    {
        await using var relay = await RelayProcess.Open();
        var before = await Metrics(relay.Http);
        await using var a = await DerpTestClient.Connect(relay);
        await using var b = await DerpTestClient.Connect(relay);
        await Exchange.Works(a, b);
        await relay.Control.Until(s => s["total.packets_out"] == 10);
        var after = await Metrics(relay.Http);
        Assert.Equal(before.Keys.Order(), after.Keys.Intersect(before.Keys).Order());
        Assert.Contains(after, m => m.Value == 2 && before.GetValueOrDefault(m.Key) == 0 && m.Key.Contains("connections"));
        Assert.Contains(after, m => m.Value == 10 && before.GetValueOrDefault(m.Key) == 0 && m.Key.Contains("packets"));
        Assert.DoesNotContain(after.Keys, k => k.Contains(a.Key.Hex));
    }

    private static async Task<Dictionary<string, double>> Metrics(HttpClient http)
    {
        using var answer = await http.GetAsync("/metrics");
        Assert.StartsWith("text/plain", answer.Content.Headers.ContentType!.ToString());
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, l => l.StartsWith("# TYPE ", StringComparison.Ordinal));
        return lines.Where(l => l[0] != '#').ToDictionary(l => l[..l.LastIndexOf(' ')], l => double.Parse(l[(l.LastIndexOf(' ') + 1)..]));
    }

    /// <summary>Behind a proxy on the same machine everybody comes from its address.</summary>
    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("x-forwarded-for", "")]
    [InlineData("X-Forwarded-Proto", "https")]
    [InlineData("X-Forwarded-Host", "relay.example.com")]
    [InlineData("X-Real-IP", "203.0.113.7")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("Via", "1.1 cache")]
    [InlineData("CF-Connecting-IP", "203.0.113.7")]
    [InlineData("Host", "relay.example.com")]
    [InlineData("Host", "203.0.113.10:443")]
    public async Task A_request_that_was_passed_on_is_not_the_machines_own(string header, string value)
    {
        foreach (var (token, status) in new[] { (null, HttpStatusCode.Unauthorized), (RelayProcess.Token, HttpStatusCode.OK) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
            Assert.True(request.Headers.TryAddWithoutValidation(header, value));
            if (token is not null)
                request.Headers.Add("Authorization", "Bearer " + token);
            using var answer = await idle.Relay.Http.SendAsync(request);
            Assert.Equal(status, answer.StatusCode);
            Assert.Equal(token is not null, (await answer.Content.ReadAsStringAsync()).Contains("derp_accepts", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1:9")]
    [InlineData("[::1]:9")]
    public async Task The_machine_itself_may_call_itself_by_any_of_its_names(string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { Host = host } };
        using var answer = await idle.Relay.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Through an address that is not loopback's, where the machine has one.</summary>
    [Fact]
    public async Task Metrics_are_for_the_machine_itself_or_with_the_token()
    {
        var own = (await Dns.GetHostAddressesAsync(Dns.GetHostName())).FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
        if (own is null)
            return;
        await using var relay = await RelayProcess.Start("--listen", $"{own}:0");
        using var without = await relay.Http.GetAsync("/metrics");
        Assert.Contains(without.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.NotFound });
        foreach (var (token, allowed) in new[] { ("wrong", false), (RelayProcess.Token, true) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "Authorization", "Bearer " + token } } };
            using var with = await relay.Http.SendAsync(request);
            Assert.Equal(allowed, with.StatusCode == HttpStatusCode.OK);
        }
        using var spoofed = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "X-Forwarded-For", "127.0.0.1" } } };
        using var refused = await relay.Http.SendAsync(spoofed);
        Assert.NotEqual(HttpStatusCode.OK, refused.StatusCode);
    }
}
