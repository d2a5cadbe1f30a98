using System.Net;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Actions;

/// <summary>One thing done to many keys through the pages: asked first, then done.</summary>
public sealed class BulkPagesTests
{
    [Theory]
    [BothEngines]
    public async Task A_selection_is_asked_about_then_changed(Engine engine)
    {
        await using var desk = await Desk.Open(engine);
        var keys = await desk.Keys(4);
        await desk.Post($"/admin/keys/{keys[0]}/suspend");

        var asked = await desk.Post("/admin/keys/bulk", ("action", "suspend"), ("key", keys[0]), ("key", keys[1]), ("key", keys[2]), ("return", "/admin/keys?status=unused"));
        Assert.Equal(HttpStatusCode.OK, asked.Status);
        Assert.Contains("Suspend 3 keys?", asked.Text);
        Assert.All(keys.Take(3), k => Assert.Contains(k, asked.One("#ask").TextContent));
        Assert.Equal("unused", await desk.State(keys[1]));

        var done = await desk.Browser.Submit(asked, "#ask form", follow: false);
        Assert.Equal("/admin/keys?status=unused", done.Location);
        Assert.Equal("2 suspended, 1 passed over", await desk.Told(done));
        Assert.Equal(["suspended", "suspended", "suspended", "unused"], await Task.WhenAll(keys.Select(desk.State)));
    }

    [Theory]
    [BothEngines]
    public async Task All_that_match_the_filter(Engine engine)
    {
        await using var desk = await Desk.Open(engine);
        var keys = await desk.Keys(60);
        await desk.Keys(2, "KEEP");
        var list = await desk.Browser.Get("/admin/keys?prefix=VIP");
        list = await desk.Browser.Get(list.One(".gh-bulk a[href*='all=1']").GetAttribute("href")!);
        Assert.Contains("All that match are selected", list.Text);
        var asked = await desk.Browser.Submit(list, "#list form", new() { ["action"] = "delete" });
        Assert.Contains("Delete 60 keys?", asked.Text);
        Assert.Contains("and 52 more", asked.Text);
        var done = await desk.Browser.Submit(asked, "#ask form", follow: false);
        Assert.Equal("60 deleted", await desk.Told(done));
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Api.GetApi("/api/keys/" + keys[0])).Status);
        Assert.Equal(2, (await desk.Api.GetApi("/api/keys"))["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task What_the_action_needs_is_asked_for_and_kept()
    {
        await using var desk = await Desk.Open();
        var keys = await desk.Keys(2);
        foreach (var key in keys)
            await desk.Server.Http.Validate(key, "machine-1");
        var asked = await desk.Post("/admin/keys/bulk", ("action", "extend"), ("key", keys[0]), ("key", keys[1]));
        var refused = await desk.Browser.Submit(asked, "#ask form", new() { ["amount"] = "lots", ["unit"] = "years" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Equal("lots", refused.One("[name=amount]").GetAttribute("value"));
        Assert.Equal("years", refused.One("[name=unit] option[selected]").GetAttribute("value"));
        Assert.Equal(2, refused.Document.QuerySelectorAll("#ask input[name=key]").Length);
        Assert.Equal("2 extended", await desk.Told(await desk.Browser.Submit(refused, "#ask form", new() { ["amount"] = "1", ["unit"] = "years" }, follow: false)));
        Assert.Equal("2027-04-03T09:30:00.000Z", (string?)(await desk.Api.GetApi("/api/keys/" + keys[1]))["key"]!["expire_at"]);

        var plan = await desk.Api.MakePlan("Gold");
        asked = await desk.Post("/admin/keys/bulk", ("action", "plan"), ("key", keys[0]));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await desk.Browser.Submit(asked, "#ask form")).Status);
        Assert.Equal("1 moved to the plan", await desk.Told(await desk.Browser.Submit(asked, "#ask form", new() { ["new_plan"] = plan }, follow: false)));
        Assert.Equal("Gold", (string?)(await desk.Api.GetApi("/api/keys/" + keys[0]))["key"]!["plan"]);
    }

    [Fact]
    public async Task Nothing_selected_is_said()
    {
        await using var desk = await Desk.Open();
        Assert.Equal("No key was selected.", await desk.Told(await desk.Post("/admin/keys/bulk", ("action", "revoke"))));
        Assert.Equal("No key was selected.", await desk.Told(await desk.Post("/admin/keys/bulk", ("action", "revoke"), ("all", "1"), ("filter", "?status=revoked"))));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await desk.Post("/admin/keys/bulk", ("action", "explode"))).Status);
        var back = await desk.Post("/admin/keys/bulk", ("action", "revoke"), ("return", "//evil.example/"));
        Assert.Equal("/admin/keys", back.Location);
    }

    [Fact]
    public async Task A_key_that_is_gone_meanwhile_stops_it_all()
    {
        await using var desk = await Desk.Open();
        var keys = await desk.Keys(2);
        await desk.Api.DeleteApi("/api/keys/" + keys[0]);
        var answer = await desk.Post("/admin/keys/bulk", ("action", "suspend"), ("confirmed", "1"), ("key", keys[0]), ("key", keys[1]));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains($"There is no key {keys[0]}.", answer.One("[role=alert]").TextContent);
        Assert.Equal("unused", await desk.State(keys[1]));
    }
}
