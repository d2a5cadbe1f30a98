using System.Net;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Staff of the main business who work for it alone. That they get nowhere else has table tests over everything.</summary>
public sealed class StaffScopeTests
{
    [Theory, BothEngines]
    public async Task An_owner_limits_somebody_to_the_main_business_and_lets_them_out_again(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/tenants", new { id = "acme", name = "Acme" });
        var id = await server.Staff.Account(Role.Admin, username: "mei");
        var browser = await SignedIn(server, id);
        using var main = server.Client(await server.Staff.Token(Role.Admin, by: id));
        using var theirs = server.Client(await server.Staff.Token(Role.Admin, "acme", by: id));
        Assert.Contains("gh-tenants", (await browser.Get("/admin?tenant=acme")).Html, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), ((await main.GetApi("/api/jobs")).Status, (await theirs.GetApi("/api/keys")).Status));
        Assert.Equal("global", (string)(await owner.GetApi("/api/staff/" + id))["staff"]!["scope"]!);

        Assert.Equal("tenant", (string)(await owner.PatchApi("/api/staff/" + id, new { scope = "tenant" }))["staff"]!["scope"]!);
        // Their sessions end, and what they made for another business is good for nothing.
        Assert.Equal("/sign-in", (await browser.Get("/admin")).Path.Split('?')[0]);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.Unauthorized), ((await main.GetApi("/api/jobs")).Status, (await main.GetApi("/api/keys")).Status, (await theirs.GetApi("/api/keys")).Status));
        browser = await SignedIn(server, id);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/admin?tenant=acme")).Status);
        // Whoever works for one never hears of several.
        var home = await browser.Get("/admin");
        Assert.DoesNotContain("gh-tenant", home.Html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/admin/health")).Status);

        await owner.PatchApi("/api/staff/" + id, new { scope = "global" });
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), ((await main.GetApi("/api/jobs")).Status, (await theirs.GetApi("/api/keys")).Status));
        Assert.Matches("\"scope\":\"global\".*\"scope\":\"tenant\"", await server.Db.Read(s => s.One("SELECT before_json || after_json FROM audit_entries WHERE action = 'staff.changed' ORDER BY seq", r => r.GetString(0))));
        (await owner.PatchApi("/api/staff/" + id, new { scope = "wide" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "scope");
        (await (await server.As(Role.Owner, "acme")).PostApi("/api/staff", new { username = "bo", role = "analyst", scope = "global" })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "scope");
    }

    [Theory, BothEngines]
    public async Task Nobody_who_is_limited_lets_anybody_out_or_takes_over_who_is_not(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var (me, other, whole) = (await server.Staff.Account(Role.Owner, limited: true), await server.Staff.Account(Role.Analyst, limited: true), await server.Staff.Account(Role.Analyst, username: "whole"));
        using var limited = server.Client(await server.Staff.Token(Role.Owner, by: me));
        using var owner = await server.As(Role.Owner);
        using var admin = await server.As(Role.Admin);
        await owner.PostApi("/api/tenants", new { id = "acme", name = "Acme" });
        var token = (string)(await owner.PostApi("/api/tokens", new { name = "whole", role = "analyst", scopes = new[] { "keys.read" } }))["token"]!["id"]!;

        foreach (var id in new[] { me, other, whole })
            foreach (var who in new[] { limited, admin }.Where(w => w == limited || id == other))
                (await who.PatchApi("/api/staff/" + id, new { scope = id == whole ? "tenant" : "global" })).IsProblem(HttpStatusCode.Forbidden, "SCOPE_TOO_WIDE");
        foreach (var change in new object[] { new { display_name = "x" }, new { role = "operator" }, new { disabled = true }, new { password = "a long password 1" } })
            (await limited.PatchApi("/api/staff/" + whole, change)).IsProblem(HttpStatusCode.Forbidden, "SCOPE_TOO_WIDE");
        (await limited.DeleteApi("/api/staff/" + whole)).IsProblem(HttpStatusCode.Forbidden, "SCOPE_TOO_WIDE");
        await TwoFactorEndpoints.SwitchOn(server, Caller.DefaultTenant, whole);
        (await limited.PostApi($"/api/staff/{whole}/reset-two-factor", new { })).IsProblem(HttpStatusCode.Forbidden, "SCOPE_TOO_WIDE");
        (await limited.PostApi("/api/staff", new { username = "wide", role = "analyst", scope = "global" })).IsProblem(HttpStatusCode.Forbidden, "SCOPE_TOO_WIDE");
        Assert.Equal("tenant", (string)(await limited.PostApi("/api/staff", new { username = "as-far", role = "owner" }))["staff"]!["scope"]!);
        // Nor by what those who work for all have: their tokens, and roles of theirs.
        foreach (var answer in new[] { await limited.PatchApi("/api/tokens/" + token, new { scopes = new[] { "*" } }), await limited.DeleteApi("/api/tokens/" + token) })
            answer.IsProblem(HttpStatusCode.Forbidden, "SCOPE_TOO_WIDE");
        var role = (string)(await owner.PostApi("/api/roles", new { name = "Clerk", permissions = new[] { "keys.read" } }))["role"]!["id"]!;
        (await limited.PatchApi("/api/roles/" + role, new { permissions = new[] { "keys.read", "tenants.manage" } })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "permissions");
        (await limited.PostApi("/api/tokens", new { name = "jobs", role = "analyst", scopes = new[] { "jobs.read" } })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "scopes");
        using var made = server.Client((string)(await limited.PostApi("/api/tokens", new { name = "all", role = "owner", scopes = new[] { "*" } }))["secret"]!);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), ((await made.GetApi("/api/staff")).Status, (await made.GetApi("/api/tenants")).Status));
        // An admin who works for all may add somebody who does not.
        Assert.Equal("tenant", (string)(await admin.PostApi("/api/staff", new { username = "less", role = "analyst", scope = "tenant" }))["staff"]!["scope"]!);
        Assert.Equal("global", (string)(await admin.PostApi("/api/staff", new { username = "same", role = "analyst" }))["staff"]!["scope"]!);
        // Among themselves the limited manage each other.
        Assert.Equal(HttpStatusCode.OK, (await limited.PatchApi("/api/staff/" + other, new { role = "admin" })).Status);
    }

    [Theory, BothEngines]
    public async Task The_last_owner_of_all_stays_one_also_when_two_limit_each_other_at_once(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var limited = new StaffChange(Scope: StaffScope.Tenant);
        for (var round = 0; round < 5; round++)
        {
            var (a, b) = (await bench.Staff($"a{round}", Role.Owner), await bench.Staff($"b{round}", Role.Owner));
            var codes = await Task.WhenAll(
                Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, Bench.As(a), b.Id, limited))), Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, Bench.As(b), a.Id, limited))));
            Assert.Single(codes, code => code is null);
            Assert.Single(codes, code => code is "LAST_OWNER" or "UNAUTHORIZED");
            Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM accounts WHERE role = 'owner' AND role_scope = 'global'"));
            // The one who is left is lowered by nobody, though there is another owner.
            var (last, other) = codes[0] is null ? (a, b) : (b, a);
            Assert.Equal("LAST_OWNER", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, Caller.Cli, last.Id, new StaffChange(Role: Role.Admin)))));
            Assert.Null(await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, Caller.Cli, other.Id, new StaffChange(Disabled: true)))));
            await bench.Db.Write(s => s.Execute("UPDATE accounts SET role = 'analyst' WHERE role = 'owner'"));
        }
    }

    [Fact]
    public async Task The_pages_ask_where_there_are_several_businesses()
    {
        await using var server = await TestServer.Start();
        var id = await server.Staff.Account(Role.Operator, username: "mei");
        var browser = await server.SignedIn(Role.Owner);
        foreach (var path in new[] { "/admin/staff/new", "/admin/staff/" + id })
            Assert.Null((await browser.Get(path)).Document.QuerySelector("[name=scope]"));
        await (await server.As(Role.Owner)).PostApi("/api/tenants", new { id = "acme", name = "Acme" });
        var saved = await browser.Submit(await browser.Get("/admin/staff/" + id), "form:has([name=role])", new() { ["scope"] = "tenant" });
        Assert.Contains("The main business alone", saved.One("tr:has(a[href$='" + id + "'])").TextContent, StringComparison.Ordinal);
        Assert.Contains("The main business alone", (await browser.Get("/admin/staff/" + id)).One(".gh-head").TextContent, StringComparison.Ordinal);
        await browser.Submit(await browser.Get("/admin/staff/new"), "main form", new() { ["username"] = "bo", ["role"] = "analyst", ["password"] = "a long password 1", ["scope"] = "tenant" });
        Assert.Equal("tenant", await server.Db.Read(s => s.One("SELECT role_scope FROM accounts WHERE username = 'bo'", r => r.GetString(0))));
        // Who works for the main one alone is not asked, and finds closed what is not theirs to manage.
        var limited = await SignedIn(server, await server.Staff.Account(Role.Owner, limited: true));
        Assert.Null((await limited.Get("/admin/staff/" + id)).Document.QuerySelector("[name=scope]"));
        var whole = await limited.Get("/admin/staff/" + await server.Staff.Account(Role.Analyst));
        Assert.Contains("Who works for all businesses is managed by others who do", whole.Text, StringComparison.Ordinal);
        Assert.Null(whole.Document.QuerySelector("[name=role]"));
        // Of another business's staff there is nothing to ask.
        Assert.Null((await browser.Get("/admin/staff/new?tenant=acme")).Document.QuerySelector("[name=scope]"));
    }

    private static async Task<TestBrowser> SignedIn(TestServer server, string account)
    {
        var browser = server.Browser();
        browser.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Caller.DefaultTenant, account));
        return browser;
    }
}
