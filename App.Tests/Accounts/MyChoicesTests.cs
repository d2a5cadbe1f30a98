using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>What a customer's program chooses for them: mails that are not about the account, and what comes by their channels.</summary>
public sealed class MyChoicesTests
{
    [Theory, BothEngines]
    public async Task Mails_that_are_not_about_the_account_are_switched_by_program_and_page_alike(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var id = await server.Staff.Customer(username: "mei", passwordHash: await Site.PasswordHash);
        var login = await server.Http.PostApi("/api/user/login", new { login = "mei", password = Bench.Password });
        Assert.True((bool)login["user"]!["news"]!);
        var program = server.Client((string)login["access_token"]!);
        var changed = (await program.PatchApi("/api/user/me", new { news = false, display_name = "Mei" }))["user"]!;
        Assert.Equal((false, "Mei"), ((bool)changed["news"]!, (string?)changed["display_name"]));
        Assert.False((bool)(await program.GetApi("/api/user/me"))["user"]!["news"]!);
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM mail_choices WHERE account_id = @id", ("id", id))));
        var browser = server.Browser();
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, id));
        var page = await browser.Get("/account/details");
        Assert.False(page.One("#mail input[name=news]").HasAttribute("checked"));
        // Other details leave it alone.
        page = await browser.Submit(page, "form[action='/account/details']", new() { ["display_name"] = "Lin" });
        Assert.False((bool)(await program.GetApi("/api/user/me"))["user"]!["news"]!);
        await browser.Submit(page, "#mail form", new() { ["news"] = "true" });
        Assert.True((bool)(await program.GetApi("/api/user/me"))["user"]!["news"]!);
        Assert.True((bool)(await program.PatchApi("/api/user/me", new { display_name = "Mei" }))["user"]!["news"]!);
        // It is theirs to say: not for staff.
        (await (await server.As(Role.Owner)).PatchApi("/api/users/" + id, new { news = false })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "news");
    }

    [Theory, BothEngines]
    public async Task What_comes_by_which_channel_is_chosen_by_kind(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var id = await server.Staff.Customer();
        var (own, waiting) = (await MyChannelRows.Insert(server, Caller.DefaultTenant, id, "Phone", true), await MyChannelRows.Insert(server, Caller.DefaultTenant, id, "Chat", false));
        var program = server.Client("ghu_" + await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, id));
        var all = (await program.GetApi("/api/user/channels")).Items().ToList();
        Assert.Equal([(own, true, false), (waiting, false, true)], all.Select(c => ((string)c!["id"]!, (bool)c["enabled"]!, (bool)c["waits"]!)));
        Assert.Equal(["account.sign_in", "account.password", "account.second_step", "news.posted", "tickets.answered", "keys.renewal", "account.decided", "rentals.ending", "rentals.moved", "rentals.refused", "rentals.traffic", "rentals.held", "balance.low"], all[0]!["events"].Names());
        Assert.All(all[0]!["events"]!.AsObject(), e => Assert.True((bool)e.Value!));
        var changed = (await program.PatchApi("/api/user/channels/" + own, new JsonObject { ["events"] = new JsonObject { ["account.password"] = false } }))["channel"]!;
        Assert.Equal((true, false, true), ((bool)changed["enabled"]!, (bool)changed["events"]!["account.password"]!, (bool)changed["events"]!["account.sign_in"]!));
        Assert.False((bool)(await program.PatchApi("/api/user/channels/" + own, new { enabled = false }))["channel"]!["enabled"]!);
        Assert.False((bool)(await program.GetApi("/api/user/channels")).Items().First()!["events"]!["account.password"]!);
        // Not before its code, not of another kind, and not somebody else's.
        (await program.PatchApi("/api/user/channels/" + waiting, new { enabled = true })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "enabled");
        (await program.PatchApi("/api/user/channels/" + own, new JsonObject { ["events"] = new JsonObject { ["jobs.failed"] = true } })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "events");
        var other = server.Client("ghu_" + await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, await server.Staff.Customer()));
        Assert.Equal(HttpStatusCode.NotFound, (await other.PatchApi("/api/user/channels/" + own, new { enabled = true })).Status);
        Assert.Empty((await other.GetApi("/api/user/channels")).Items());
    }
}
