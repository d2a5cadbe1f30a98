using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.HostDesk;
using Gatehouse.Relays.Hosts;
using Gatehouse.Relays.Links;
using Gatehouse.Tests.Cli;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Relays.Hosts;

/// <summary>Who may dial in, how long they stay, and what is said once.</summary>
public sealed class LinkTests
{
    private const string Link = JoinToken.Path;

    [Fact]
    public async Task Whoever_has_no_valid_secret_gets_401_and_is_throttled()
    {
        await using var server = await TestServer.Start(settings: new() { ["RateLimits:Enabled"] = "true", ["RateLimits:Api:PerSecond"] = "1", ["RateLimits:Api:Burst"] = "3" });
        foreach (var secret in new[] { "", "Bearer ", "Bearer wrong" })
            Assert.Equal(HttpStatusCode.Unauthorized, await Ask(server, secret));
        Assert.Equal((HttpStatusCode)429, await Ask(server, "Bearer wrong"));
    }

    /// <summary>A new token, and the end of the server, cut the link at once; the token of before opens nothing any more. Neither is told twice, or written anywhere.</summary>
    [Theory, BothEngines]
    public async Task A_new_join_token_cuts_the_link_and_so_does_the_end_of_the_server(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var folder = new TestFolder();
        var owner = await server.As(Role.Owner);
        var (id, token) = await TestHost.Server(owner, server.Address);
        var secret = JoinToken.Parse(token)!.Secret;
        await using (var host = TestHost.Start(token, folder.Path))
        {
            await TestHost.Connected(owner, id);
            var anew = await owner.PostApi($"/api/server/{id}/join", new { });
            await TestHost.Connected(owner, id, false);
            Assert.Equal(HttpStatusCode.Unauthorized, await Ask(server, "Bearer " + secret));
            token = (string)anew["join"]!["token"]!;
        }
        await using var again = TestHost.Start(token, folder.Path);
        await TestHost.Connected(owner, id);
        var checks = (await owner.PostApi($"/api/server/{id}/try", new { }))["checks"]!.AsArray();
        Assert.Equal(["address", "joined", "clock", "trial"], checks.Select(c => (string)c!["step"]!));
        Assert.All(checks, c => Assert.True((bool)c!["ok"]!, (string?)c["detail"]));
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM idempotency_keys WHERE body LIKE '%ghj_%'")));
        Assert.DoesNotContain(secret, string.Join('\n', await server.Db.Read(s => s.All("SELECT secret_hash FROM relay_hosts", r => r.GetString(0)))), StringComparison.Ordinal);

        await owner.DeleteApi("/api/server/" + id);
        await Wait.Until(() => Task.FromResult(server.Service<HostLinks>().Of(id) is null), "the link is over");
        Assert.Equal(HttpStatusCode.Unauthorized, await Ask(server, "Bearer " + JoinToken.Parse(token)!.Secret));
        Assert.Empty(server.Errors.Lines);
    }

    /// <summary>However many dial in with it while it is replaced: the token of before has no link in the end.</summary>
    [Theory, BothEngines]
    public async Task Of_those_who_dial_in_while_the_token_is_replaced_none_stays(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var (id, token) = await TestHost.Server(owner, server.Address);
        var seat = new HostSeat(Caller.DefaultTenant, id, OpaqueToken.Hash(JoinToken.Parse(token)!.Secret));
        await Task.WhenAll([.. Enumerable.Range(0, 12).Select(i => Task.Run(() => server.Db.Write(s => HostStore.Claim(s, seat, $"link-{i}", "some process", "1", 0, 1)))), Task.Run(() => owner.PostApi($"/api/server/{id}/join", new { }))]);
        Assert.Null((await server.Db.Read(s => HostStore.State(s, id)))!.LinkId);
        Assert.False(await server.Db.Write(s => HostStore.Claim(s, seat, "late", "some process", "1", 0, 1)));
    }

    /// <summary>The second that comes takes the place of the first; what is no message, or too large, ends a link.</summary>
    [Fact]
    public async Task A_host_has_one_link_and_says_only_what_can_be()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var (id, token) = await TestHost.Server(owner, server.Address);
        using var first = await Dial(server, token);
        await Say(first, """{"seq":0,"now":0,"version":"1","relays":[],"readings":[],"mark":0}""");
        await TestHost.Connected(owner, id);
        using var second = await Dial(server, token);
        await Say(second, """{"seq":0,"now":0,"version":"1","relays":[],"readings":[],"mark":0}""");
        await Ended(first);
        await TestHost.Connected(owner, id);
        // A slot of nobody's is not counted, numbers that are none end it.
        await Say(second, """{"seq":0,"now":0,"version":null,"relays":null,"readings":[{"slot_id":"x","epoch":"e","age":0,"total":{"counts":[1,1,1,1]},"devices":{}}],"mark":1}""");
        await Say(second, """{"seq":0,"now":"soon"}""");
        await Ended(second);
        using var third = await Dial(server, token);
        await Say(third, """{"seq":0,"now":0,"version":"1","relays":[],"readings":[],"mark":0}""");
        var much = new byte[LinkSocket.Most / 8];
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            for (var i = 0; i < 64; i++)
                await third.SendAsync(much, WebSocketMessageType.Text, false, default);
        });
        await Wait.Until(() => Task.FromResult(server.Service<HostLinks>().Of(id) is null), "the link is over");
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_traffic")));
        Assert.Empty(server.Errors.Lines);
    }

    /// <summary>A host that is killed, whatever it was about: its link is over, and no request has failed.</summary>
    [Fact]
    public async Task A_host_that_is_cut_off_is_no_fault()
    {
        await using var server = await TestServer.Start();
        var (id, token) = await TestHost.Server(await server.As(Role.Owner), server.Address);
        var unseen = new ConcurrentQueue<string>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            if (e.Exception.InnerExceptions.Any(inner => inner is LinkException))
                unseen.Enqueue(e.Exception.ToString());
        }
        TaskScheduler.UnobservedTaskException += Note;
        for (var i = 0; i < 40; i++)
        {
            using var host = await Dial(server, token);
            if (i % 2 == 0)
                await Say(host, """{"seq":0,"now":0,"version":"1","relays":[],"readings":[],"mark":0}""");
            if (i % 4 == 0)
                await Wait.Until(() => Task.FromResult(server.Service<HostLinks>().Of(id) is not null), "the host has joined");
            host.Abort();
        }
        await Wait.Until(() => Task.FromResult(server.Service<HostLinks>().Of(id) is null), "the link is over");
        await Task.Delay(200);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException -= Note;
        Assert.Empty(unseen);
        Assert.Empty(server.Errors.Lines);
    }

    /// <summary>An appliance that nobody vouches for is known by the pin of its join token, and by no other.</summary>
    [Fact]
    public async Task A_self_signed_appliance_is_pinned()
    {
        using var folder = new TestFolder();
        var (certificate, key) = (Path.Combine(folder.Path, "own.crt"), Path.Combine(folder.Path, "own.key"));
        using (var own = TestCertificate.Make(TimeSpan.FromDays(90), "127.0.0.1"))
            own.WriteTo(certificate, key);
        await using var server = await TestServer.Start(settings: new() { ["Server:Urls"] = "http://127.0.0.1:0;https://127.0.0.1:0", ["Server:Certificate"] = certificate, ["Server:CertificateKey"] = key });
        var owner = await server.As(Role.Owner);
        var secure = server.Service<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single(a => a.StartsWith("https:", StringComparison.Ordinal));
        var (id, token) = await TestHost.Server(owner, new Uri(secure));
        var join = JoinToken.Parse(token)!;
        foreach (var pin in new[] { null, new string('0', 64) })
        {
            var stranger = new RelayHost(join with { Pin = pin }, new HostMemory(Path.Combine(folder.Path, "stranger")), NullLoggerFactory.Instance, new FakeClock());
            await Assert.ThrowsAsync<WebSocketException>(() => new HostLine(stranger, NullLogger<HostLine>.Instance).Once(default));
        }
        await using var host = TestHost.Start(token, Path.Combine(folder.Path, "host"));
        await TestHost.Connected(owner, id);
    }

    [Theory]
    [InlineData("http://203.0.113.5")]
    [InlineData("https://user@keys.example.com")]
    [InlineData("ftp://keys.example.com")]
    [InlineData("keys.example.com")]
    public async Task Over_an_open_line_no_host_joins(string url)
    {
        await using var server = await TestServer.Start();
        (await (await server.As(Role.Owner)).PostApi("/api/add_server", new { kind = "relay_host", name = "far", address = "203.0.113.9", link_url = url })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "link_url");
        Assert.Null(JoinToken.Parse(new JoinToken(url, "s", "k", null).ToText()));
    }

    [Fact]
    public async Task The_command_says_what_is_wrong_with_its_token()
    {
        using var folder = new TestFolder();
        Assert.Equal((2, 2, 2), ((await Shell.Run("relay-host", "--data", folder.Path)).Code, (await Shell.Run("relay-host", "--data", folder.Path, "--join", "ghj_x")).Code,
            (await Shell.Run("relay-host", "--data", folder.Path, "--join", new JoinToken("http://203.0.113.5", "s", "k", null).ToText())).Code));
    }

    private static async Task<HttpStatusCode> Ask(TestServer server, string authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Link) { Headers = { { "Connection", "Upgrade" }, { "Upgrade", "websocket" }, { "Sec-WebSocket-Version", "13" }, { "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==" } } };
        if (authorization.Length > 0)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await server.Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<ClientWebSocket> Dial(TestServer server, string token)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + JoinToken.Parse(token)!.Secret);
        await socket.ConnectAsync(new UriBuilder(server.Address) { Scheme = "ws", Path = Link }.Uri, default);
        return socket;
    }

    private static Task Say(ClientWebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);

    private static Task Ended(ClientWebSocket socket) => Wait.Until(async () =>
    {
        var buffer = new byte[64 * 1024];
        try
        {
            return (await socket.ReceiveAsync(buffer, default)).MessageType == WebSocketMessageType.Close;
        }
        catch (WebSocketException)
        {
            return true;
        }
    }, "the link is ended");
}
