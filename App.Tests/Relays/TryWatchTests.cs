using Gatehouse.Platform.Http;
using Gatehouse.Relays.Servers;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays;

/// <summary>How far a server that is being tried has come, as the page that waits for it sees it.</summary>
public sealed class TryWatchTests
{
    [Fact]
    public async Task The_page_is_told_how_much_of_the_image_is_there()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Owner);
        var form = await browser.Get("/admin/servers/new?kind=docker");
        var key = form.Document.QuerySelector("input[name=try]")!.GetAttribute("value")!;
        Assert.Equal($"/admin/servers/tries/{key}/live", form.Document.QuerySelector("#live")!.GetAttribute("hx-sse:connect"));
        Assert.Contains("event: hello", (await browser.Get($"/admin/servers/tries/{key}/live")).Html, StringComparison.Ordinal);
        Assert.Null((await browser.Get("/admin/servers/tries/" + key)).Document.QuerySelector("#progress progress"));

        var waits = browser.Send(() => new(HttpMethod.Get, $"/admin/servers/tries/{key}/live") { Headers = { { "Last-Event-ID", "0" } } });
        var progress = server.Service<TryWatch>().Begin(Caller.DefaultTenant, key)!;
        progress.Report(new("image", 3_000_000, 12_000_000));
        Assert.Contains("event: moved", (await waits).Html, StringComparison.Ordinal);
        var shown = (await browser.Get("/admin/servers/tries/" + key)).Document.QuerySelector("#progress")!;
        Assert.Equal(("3000000", "12000000"), (shown.QuerySelector("progress")!.GetAttribute("value"), shown.QuerySelector("progress")!.GetAttribute("max")));
        Assert.Contains("Image", shown.TextContent, StringComparison.Ordinal);
        // Another tenant's page sees nothing of it, and when it is over there is nothing more to see.
        Assert.Null(server.Service<TryWatch>().Of("other", key).At);
        server.Service<TryWatch>().End(Caller.DefaultTenant, key);
        Assert.Null((await browser.Get("/admin/servers/tries/" + key)).Document.QuerySelector("#progress progress"));
    }

    [Fact]
    public void What_nobody_asks_for_is_forgotten()
    {
        var watch = new TryWatch();
        for (var i = 0; i < 3000; i++)
            watch.Begin("t", $"k{i}")!.Report(new("image", i, 3000));
        Assert.True(Enumerable.Range(0, 3000).Count(i => watch.Of("t", $"k{i}").At is not null) <= 1001);
        Assert.Null(watch.Begin("t", ""));
        Assert.Null(watch.Begin("t", new string('x', 65)));
        watch.Begin("t", "a")!.Report(new("reach"));
        var first = watch.Of("t", "a").Seq;
        watch.Begin("t", "a")!.Report(new("image", 1, 2));
        Assert.True(watch.Of("t", "a").Seq > first);
    }
}
