namespace Gatehouse.Tests.Derp;

/// <summary>Admission by a URL that is asked once a connection, and fails closed.</summary>
public sealed class AdmissionUrlTests
{
    [Fact]
    public async Task It_asks_in_the_form_that_other_relays_use()
    {
        await using var admission = new AdmissionServer();
        await using var relay = await RelayProcess.Start("--admit", admission.Url);
        await using var client = await DerpTestClient.Connect(relay);
        var asked = Assert.Single(admission.Asked);
        Assert.Equal("POST /admit/secret-in-path?x=1 HTTP/1.1", asked.RequestLine);
        Assert.Equal($$"""{"NodePublic":"{{client.Key.Node}}","Source":"127.0.0.1"}""", asked.Body);
        Assert.DoesNotContain("Content-Type", asked.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain("Authorization", asked.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.Equal("url", (await relay.Control.State()).Root.GetProperty("admission").GetString());
        Assert.DoesNotContain("secret-in-path", relay.Out);
    }

    [Fact]
    public async Task It_asks_for_every_connection_anew()
    {
        await using var admission = new AdmissionServer();
        await using var relay = await RelayProcess.Start("--admit", admission.Url);
        var key = TestKey.New();
        for (var i = 0; i < 3; i++)
            await (await DerpTestClient.Connect(relay, key)).DisposeAsync();
        Assert.Equal(3, admission.Asked.Count);
        admission.Answer = _ => AdmissionServer.Http(200, """{"Allow":false}""");
        Assert.Null(await DerpTestClient.TryConnect(relay, key));
        Assert.Equal(4, admission.Asked.Count);
        Assert.Equal(3, (await relay.Control.State()).Device(key)["connects"]);
    }

    [Fact]
    public async Task It_admits_by_key()
    {
        await using var admission = new AdmissionServer();
        await using var relay = await RelayProcess.Start("--admit", admission.Url);
        TestKey good = TestKey.New(), bad = TestKey.New();
        admission.Answer = r => AdmissionServer.Http(200, r.Body.Contains(good.Node) ? AdmissionServer.Yes : """{"Allow":false}""");
        await using var client = await DerpTestClient.Connect(relay, good);
        Assert.Null(await DerpTestClient.TryConnect(relay, bad));
        Assert.Empty(await client.Ping());
    }

    public static TheoryData<string> Refusals => ["no", "500", "403", "404 with yes", "201 with yes", "204", "redirect", "empty", "nonsense", "HTML", "true", "array", "null",
        "Allow as text", "Allow as 1", "no member", "oversized", "cut short", "no HTTP"];

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Anything_but_a_clear_yes_refuses(string kind)
    {
        await using var admission = new AdmissionServer { Answer = _ => Answer(kind) };
        await using var relay = await RelayProcess.Start("--admit", admission.Url);
        Assert.Null(await DerpTestClient.TryConnect(relay));
        Assert.NotEmpty(admission.Asked);
        var state = await relay.Control.Until(s => s.Sum("refused") == 1 && s.Connections == 0);
        Assert.Equal(0, state["total.connects"]);
        admission.Answer = _ => AdmissionServer.Http(200, AdmissionServer.Yes);
        await using var client = await DerpTestClient.Connect(relay);
        Assert.Empty(await client.Ping());
    }

    private static string Answer(string kind) => kind switch
    {
        "no" => AdmissionServer.Http(200, """{"Allow":false}"""),
        "500" => AdmissionServer.Http(500, AdmissionServer.Yes),
        "403" => AdmissionServer.Http(403, AdmissionServer.Yes),
        "404 with yes" => AdmissionServer.Http(404, AdmissionServer.Yes),
        "201 with yes" => AdmissionServer.Http(201, AdmissionServer.Yes),
        "204" => "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
        "redirect" => "HTTP/1.1 302 Found\r\nLocation: /yes\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "empty" => AdmissionServer.Http(200, ""),
        "nonsense" => AdmissionServer.Http(200, "{\"Allow\":tru"),
        "HTML" => AdmissionServer.Http(200, "<html>Allow: true</html>", "text/html"),
        "true" => AdmissionServer.Http(200, "true"),
        "array" => AdmissionServer.Http(200, "[{\"Allow\":true}]"),
        "null" => AdmissionServer.Http(200, "null"),
        "Allow as text" => AdmissionServer.Http(200, """{"Allow":"true"}"""),
        "Allow as 1" => AdmissionServer.Http(200, """{"Allow":1}"""),
        "no member" => AdmissionServer.Http(200, "{}"),
        "oversized" => AdmissionServer.Http(200, """{"Allow":true,"Pad":"PAD"}""".Replace("PAD", new string('x', 64 * 1024))),
        "cut short" => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n" + AdmissionServer.Yes,
        "no HTTP" => "hello\r\n\r\n",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    [Fact]
    public async Task A_URL_that_nobody_serves_refuses()
    {
        string url;
        await using (var gone = new AdmissionServer())
            url = gone.Url;
        await using var relay = await RelayProcess.Start("--admit", url);
        Assert.Null(await DerpTestClient.TryConnect(relay));
    }

    /// <summary>After the five seconds that it may take. A client that is admitted meanwhile is not held up.</summary>
    [Fact]
    public async Task A_URL_that_does_not_answer_refuses()
    {
        var slow = TestKey.New();
        await using var admission = new AdmissionServer { Answer = r => r.Body.Contains(slow.Node) ? null : AdmissionServer.Http(200, AdmissionServer.Yes) };
        await using var relay = await RelayProcess.Start("--admit", admission.Url);
        var waiting = DerpTestClient.TryConnect(relay, slow);
        await using var other = await DerpTestClient.Connect(relay);
        Assert.Empty(await other.Ping());
        Assert.False(waiting.IsCompleted);
        Assert.Null(await waiting);
        await relay.Control.Until(s => s.Sum("refused") == 1);
    }
}
