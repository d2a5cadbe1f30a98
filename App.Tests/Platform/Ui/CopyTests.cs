using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Ui;

/// <summary>A new one that begins as another is: on every form that makes something of which there are several alike.</summary>
public sealed class CopyTests
{
    [Theory]
    [InlineData("announcements", "announcement", """{"title_en":"Tonight","text_en":"Back at two","audience":"staff"}""", "text_en", "Back at two", "title_en")]
    [InlineData("articles", "article", """{"title_en":"How to","body_en":"Do it","slug":"how-to"}""", "body_en", "Do it", "title_en")]
    [InlineData("canned-answers", "canned_answer", """{"title":"Hello","text_en":"Dear you"}""", "text_en", "Dear you", "title")]
    [InlineData("roles", "role", """{"name":"Helper","permissions":["keys.read"]}""", null, null, "name")]
    [InlineData("channels", "channel", """{"kind":"webhook","name":"Log","settings":{"url":"https://log.example.com/x","signing_secret":"9f2c77b041aa"}}""", "name", "Log", "name")]
    [InlineData("plans", "plan", """{"name":"VIP","price":1250,"notes":"for friends"}""", "notes", "for friends", "name")]
    [InlineData("coupons", "coupon", """{"code":"TEN","name":"Ten","percent":10}""", "name", "Ten", "code")]
    [InlineData("payment-channels", "channel", """{"kind":"offline","name":"Bank","settings":{"words":"Bank 1234"}}""", "settings.words", "Bank 1234", "name")]
    [InlineData("servers", "server", """{"name":"home","address":"127.0.0.1","port_from":26000,"port_to":26099,"notes":"spare"}""", "notes", "spare", "name")]
    public async Task The_form_is_filled_in_as_the_first_is_and_makes_another(string path, string what, string json, string? field, string? value, string name)
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var made = (await owner.PostApi("/api/" + (path == "servers" ? "add_server" : path), JsonNode.Parse(json)!))[what]!;
        var browser = await server.SignedIn(Role.Owner);
        var page = await browser.Get($"/admin/{path}/{(string)made["id"]!}");
        var form = await browser.Get(page.One($"main a[href$='/new?from={(string)made["id"]!}']").GetAttribute("href")!);
        Assert.Equal(HttpStatusCode.OK, form.Status);
        if (field is not null)
            Assert.Equal(value, form.One($"[name='{field}']") is var input && input.TagName == "TEXTAREA" ? input.TextContent.Trim() : input.GetAttribute("value"));
        else
            Assert.NotNull(form.Document.QuerySelector("[value='keys.read'][checked]"));
        var sent = await browser.Submit(form, form.Document.QuerySelector("form.gh-form") is null ? "main form[action='/admin/roles']" : "main form.gh-form", path == "channels" ? new() { [name] = "Another", ["settings.signing_secret"] = "5e1d80a3c2b7" } : new() { [name] = name == "code" ? "OTHER" : "Another" });
        Assert.True(sent.Status == HttpStatusCode.OK, sent.Text);
        var items = (await owner.GetApi("/api/" + path))["items"]?.AsArray() ?? (await owner.GetApi("/api/" + path))["made"]!.AsArray();
        Assert.Equal(2, items.Count);
        Assert.Contains(items, i => (string?)i![name] == (string?)made[name]);
        // Of nothing there is no copy; a way to pay then asks for its kind first.
        Assert.Equal(path == "payment-channels" ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await browser.Get($"/admin/{path}/new?from=nothing")).Status);
    }

    /// <summary>What is a business's own, its names and addresses, is not another's.</summary>
    [Fact]
    public async Task Another_business_begins_with_the_limits_of_the_first()
    {
        await using var server = await TestServer.Start();
        await (await server.As(Role.Owner)).PostApi("/api/tenants", new { id = "north", name = "North", hosts = new[] { "north.example.com" }, quotas = new { staff = 7 } });
        var browser = await server.SignedIn(Role.Owner);
        var form = await browser.Get((await browser.Get("/admin/tenants/north")).One("main a[href$='/new?from=north']").GetAttribute("href")!);
        Assert.Equal(("7", "", ""), (form.One("[name=quota_staff]").GetAttribute("value"), form.One("[name=name]").GetAttribute("value") ?? "", form.One("[name=hosts]").TextContent.Trim()));
        await browser.Submit(form, "main form.gh-form", new() { ["id"] = "south", ["name"] = "South" });
        Assert.Equal("7", (await browser.Get("/admin/tenants/south")).One("[name=quota_staff]").GetAttribute("value"));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.Get("/admin/tenants/new?from=nothing")).Status);
    }
}
