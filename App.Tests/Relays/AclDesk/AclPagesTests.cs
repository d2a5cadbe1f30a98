using System.Net;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.AclDesk;

/// <summary>The pages of maps: machines are asked for before the first is shown, and all of it works without script.</summary>
public sealed class AclPagesTests
{
    [Fact]
    public async Task The_map_is_shown_when_the_machines_are_counted_and_warns_of_too_many()
    {
        await using var server = await TestServer.Start();
        var (browser, id) = await Person(server);
        var rented = await Rented.Make(server, id, devices: 3);
        var path = $"/account/rentals/{rented.Id}/acl";
        var asked = await browser.Get(path);
        Assert.DoesNotContain("203.0.113.10", asked.Html, StringComparison.Ordinal);
        Assert.NotNull(asked.Document.QuerySelector("#help"));
        Assert.Equal(path, (await browser.Get(path + "/download", follow: false)).Location);
        var wrong = await browser.Submit(asked, "form[action$='/machines']", new() { ["machines"] = "many" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "many"), (wrong.Status, wrong.One("[name=machines]").GetAttribute("value")));
        var shown = await browser.Submit(wrong, "form[action$='/machines']", new() { ["machines"] = "10" });
        Assert.Contains("203.0.113.10", shown.One("#map pre").TextContent, StringComparison.Ordinal);
        Assert.Contains("7", shown.One(".gh-verdict.warn").TextContent, StringComparison.Ordinal);
        Assert.StartsWith("regions:", (await browser.Get(path + "?format=headscale")).One("#map pre").TextContent, StringComparison.Ordinal);
        Assert.Contains("\"Regions\"", (await browser.Get(path + "/download?format=derpmap")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_links_and_merging_are_forms_that_keep_what_was_typed()
    {
        await using var server = await TestServer.Start();
        var (browser, id) = await Person(server);
        var rented = await Rented.Make(server, id);
        var path = $"/account/rentals/{rented.Id}/acl";
        var page = await browser.Submit(await browser.Get(path), "form[action$='/machines']", new() { ["machines"] = "3" });
        Assert.Null(page.Document.QuerySelector(".gh-verdict.warn"));

        var refused = await browser.Submit(page, "form[action*='/choices']", new() { ["base"] = "999", ["machines"] = "4" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "999", "4"), (refused.Status, refused.One("[name=base]").GetAttribute("value"), refused.One("#choices [name=machines]").GetAttribute("value")));
        page = await browser.Submit(refused, "form[action*='/choices']", new() { ["base"] = "920", ["omit_default_regions"] = "true" });
        Assert.Contains("\"920\"", page.One("#map pre").TextContent, StringComparison.Ordinal);
        Assert.Contains("\"OmitDefaultRegions\": true", page.One("#map pre").TextContent, StringComparison.Ordinal);

        page = await browser.Submit(page, "form[action$='/link']");
        var link = page.One("#address").GetAttribute("value")!;
        Assert.NotNull(page.Document.QuerySelector("#link svg.gh-qr"));
        Assert.Contains("\"920\"", await server.Http.GetStringAsync(new Uri(link).PathAndQuery), StringComparison.Ordinal);
        page = await browser.Submit(await browser.Get(path), "form[action$='/unlink']");
        Assert.Null(page.Document.QuerySelector("#address"));
        Assert.DoesNotContain("920", await server.Http.GetStringAsync(new Uri(link).PathAndQuery), StringComparison.Ordinal);

        var bad = await browser.Submit(page, "#merge form", new() { ["policy"] = "{'a':1}" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "{'a':1}"), (bad.Status, bad.One("[name=policy]").TextContent.Trim()));
        // As a browser sends it: with two characters for each line end.
        var merged = await browser.Submit(bad, "#merge form", new() { ["policy"] = "// mine\r\n{\r\n  \"acls\": [],\r\n}\r\n" });
        Assert.StartsWith("// mine\n{\n\t\"derpMap\": {", merged.One("#merged").TextContent.TrimStart('\n'), StringComparison.Ordinal);
        var clash = await browser.Submit(merged, "#merge form", new() { ["policy"] = """{"derpMap":{"Regions":{"920":{"RegionID":920,"RegionCode":"x","RegionName":"Theirs","Nodes":[]}}}}""" });
        Assert.NotNull(clash.Document.QuerySelector("#merge .gh-verdict.bad"));
        var moved = await browser.Submit(clash, "#rebase");
        Assert.Contains("\"900\"", moved.One("#merged").TextContent, StringComparison.Ordinal);
        Assert.Contains("Theirs", moved.One("#merged").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rental_that_has_stopped_shows_no_map_and_another_persons_is_not_found()
    {
        await using var server = await TestServer.Start();
        var (browser, id) = await Person(server);
        var (stranger, _) = await Person(server);
        var rented = await Rented.Make(server, id);
        var path = $"/account/rentals/{rented.Id}/acl";
        await browser.Submit(await browser.Get(path), "form[action$='/machines']", new() { ["machines"] = "3" });
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Get(path)).Status);
        await rented.Set(server.Db, "suspended_at = 1");
        var stopped = await browser.Get(path);
        Assert.Equal((HttpStatusCode.OK, null), (stopped.Status, stopped.Document.QuerySelector("#map")));
        Assert.NotNull(stopped.Document.QuerySelector("#log"));
    }

    [Fact]
    public async Task Staff_search_the_log_take_it_along_and_make_maps_anew_after_a_preview()
    {
        await using var server = await TestServer.Start();
        var (one, two) = (await server.Staff.Customer(username: "lin"), await server.Staff.Customer(username: "mo"));
        var (first, second) = (await Rented.Make(server, one), await Rented.Make(server, two));
        var staff = await server.As(Role.Operator);
        foreach (var name in new[] { "lin", "mo" })
            await staff.GetAsync("/api/acl/download/" + name);
        var browser = await server.SignedIn(Role.Owner);
        Assert.Contains($"/admin/users/{two}", (await browser.Get("/admin/acl")).Html, StringComparison.Ordinal);
        Assert.DoesNotContain($"/admin/users/{one}", (await browser.Get("/admin/acl?q=mo")).Html, StringComparison.Ordinal);
        Assert.Equal(5, (await browser.Get("/admin/acl/log.csv")).Html.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);

        var preview = await browser.Get("/admin/acl/again?server=" + first.Servers[0]);
        Assert.Contains("1", preview.One("#preview p").TextContent, StringComparison.Ordinal);
        await browser.Submit(preview, "form[method=post][action='/admin/acl/again']");
        Assert.Equal((2, 1), (await Version(first), await Version(second)));
        await browser.Submit(await browser.Get("/admin/acl/again"), "form[method=post][action='/admin/acl/again']");
        Assert.Equal((3, 2), (await Version(first), await Version(second)));
        await browser.Submit(await browser.Get("/admin/acl"), $"form[action$='{second.Id}']");
        Assert.Equal(3, await Version(second));

        Task<long> Version(Rented rented) => server.Db.Read(s => s.Number("SELECT acl_version FROM rentals WHERE id = @id", ("id", rented.Id)));
    }

    private static async Task<(TestBrowser Browser, string Id)> Person(TestServer server)
    {
        var id = await server.Staff.Customer();
        var browser = server.Browser();
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, id));
        return (browser, id);
    }
}
