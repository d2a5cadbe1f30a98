using System.Net;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.StaffRoles;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Roles made of permissions: nobody gives what they do not have, by no way, and what is taken from a role is gone at once.</summary>
public sealed class RoleTests
{
    private static readonly string[] Clerk = ["keys.read", "staff.manage", "tokens.manage"];

    private static Task<StaffRole> Make(Bench bench, string name, params string[] permissions) => bench.Db.Write(s => bench.Roles.Create(s, Caller.System, name, permissions));

    private static Task<Account> Member(Bench bench, string username, StaffRole role) =>
        bench.Db.Write(s => bench.Accounts.Create(s, Caller.System, new NewStaff(username, "", Role.Analyst, "!", MadeRole: role.Id)));

    private static async Task<string?> Wrong(Func<Task> work) => (await Assert.ThrowsAsync<Refusal>(work)).Fields.Keys.SingleOrDefault();

    [Theory, BothEngines]
    public async Task Who_has_one_gives_no_more_than_it_holds(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (clerk, readers, writers) = (await Make(bench, "Clerk", Clerk), await Make(bench, "Readers", "keys.read"), await Make(bench, "Writers", "keys.read", "keys.write"));
        var who = Bench.As(await Member(bench, "mei", clerk));
        Assert.Equal((Role.Admin, "Clerk"), (who.Role, (await bench.Db.Read(s => bench.Accounts.Get(s, "default", who.Id!))).RoleName));
        Task<Account> Hire(string name, Role role, StaffRole? made = null) => bench.Db.Write(s => bench.Accounts.Create(s, who, new NewStaff(name, "", role, "!", MadeRole: made?.Name.ToUpperInvariant())));

        var reader = await Hire("reader", Role.Analyst, readers);
        Assert.Equal("Readers", reader.Made!.Name);
        foreach (var role in new[] { Role.Analyst, Role.Operator, Role.Admin })
            Assert.Equal("ROLE_TOO_HIGH", await Bench.Code(() => Hire("high", role)));
        Assert.Equal("OWNERS_ONLY", await Bench.Code(() => Hire("high", Role.Owner)));
        Assert.Equal("ROLE_TOO_HIGH", await Bench.Code(() => Hire("high", Role.Analyst, writers)));
        Assert.Equal("role", await Wrong(() => bench.Db.Write(s => bench.Accounts.Create(s, who, new NewStaff("high", "", Role.Analyst, "!", MadeRole: "nothing")))));

        // Nor to somebody who is there, nor by taking over who has more, nor to oneself.
        var writer = await Member(bench, "writer", writers);
        Assert.Equal("ROLE_TOO_HIGH", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, who, reader.Id, new StaffChange(MadeRole: writers.Id)))));
        Assert.Equal("ROLE_TOO_HIGH", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.ResetPassword(s, who, "writer", "!"))));
        await bench.Db.Write(s => bench.Accounts.Change(s, who, writer.Id, new StaffChange(Disabled: true)));
        Assert.Equal("ROLE_TOO_HIGH", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, who, writer.Id, new StaffChange(Disabled: false)))));
        Assert.Equal("RAISE_SELF", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, who, who.Id!, new StaffChange(MadeRole: writers.Id)))));
        Assert.Equal("RAISE_SELF", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, who, who.Id!, new StaffChange(Role: Role.Admin)))));

        // Nor by a token, nor by a role: a new one, one's own, or that of others.
        Task<string?> Token(params string[] scopes) => Wrong(() => bench.Db.Write(s => bench.Tokens.Create(s, who, new NewToken("t", Role.Admin, scopes, null))));
        Assert.Equal(("scopes", "scopes"), (await Token("keys.write"), await Token("*")));
        Assert.Equal("permissions", await Wrong(() => bench.Db.Write(s => bench.Roles.Create(s, who, "New", ["keys.read", "keys.write"]))));
        foreach (var role in new[] { clerk, readers })
            Assert.Equal("permissions", await Wrong(() => bench.Db.Write(s => bench.Roles.Change(s, who, role.Id, null, ["keys.read", "plans.read"]))));
        // What a role has already may stay in it.
        Assert.Equal(["keys.read", "keys.write", "staff.manage"], (await bench.Db.Write(s => bench.Roles.Change(s, who, writers.Id, null, ["staff.manage", "keys.write", "keys.read"]))).Permissions);
    }

    [Theory, BothEngines]
    public async Task What_was_taken_from_a_role_is_given_by_nobody_who_still_seems_to_have_it(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var clerk = await Make(bench, "Clerk", [.. Clerk, "keys.write"]);
        var who = Bench.As(await Member(bench, "mei", clerk));
        var (token, secret) = await bench.Db.Write(s => bench.Tokens.Create(s, who, new NewToken("t", Role.Operator, ["keys.write", "keys.read"], null)));
        var program = new Caller("default", "token", token.Id, "t", Role.Operator, PermissionSet.Of(token.Scopes), null, null) { Scopes = string.Join(' ', token.Scopes), SpeaksFor = who.Id };
        await bench.Db.Write(s => bench.Roles.Change(s, Caller.System, clerk.Id, null, Clerk));
        foreach (var caller in new[] { who, program })
            Assert.Equal("UNAUTHORIZED", await Bench.Code(() => bench.Db.Write(s => bench.Roles.Create(s, caller, "New", ["keys.write"]))));
        Assert.Equal("UNAUTHORIZED", await Bench.Code(() => bench.Db.Write(s => bench.Tokens.Create(s, who, new NewToken("u", Role.Operator, ["keys.write"], null)))));
        // A caller who was an admin, and whose role was made here meanwhile, is caught by what that holds, not by its rank.
        var admin = await bench.Staff("admin", Role.Admin);
        var stale = Bench.As(admin);
        await bench.Db.Write(s => bench.Accounts.Change(s, Caller.System, admin.Id, new StaffChange(MadeRole: clerk.Id)));
        Assert.Equal("UNAUTHORIZED", await Bench.Code(() => bench.Db.Write(s => bench.Roles.Create(s, stale, "New", ["plans.write"]))));
    }

    [Theory, BothEngines]
    public async Task One_is_known_by_its_name_and_goes_when_nobody_has_it(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var role = await Make(bench, "Shop help", "users.read", "keys.read");
        Assert.Equal(["keys.read", "users.read"], role.Permissions);
        Task<string?> Fault(string? name, params string[] permissions) => Wrong(() => bench.Db.Write(s => bench.Roles.Create(s, Caller.System, name, permissions)));
        foreach (var name in new[] { null, "", "SHOP help", "Owner", new string('x', 61), "a\nb" })
            Assert.Equal("name", await Fault(name, "keys.read"));
        Assert.Equal("permissions", await Fault("Empty"));
        Assert.Equal("permissions", await Fault("Unknown", "keys.read", "no.such"));

        var member = await Member(bench, "mei", role);
        Assert.Equal("ROLE_IN_USE", await Bench.Code(() => bench.Db.Write(s => bench.Roles.Remove(s, Caller.System, role.Id))));
        await bench.Db.Write(s => bench.Roles.Change(s, Caller.System, role.Id, "Support", null));
        var seen = await bench.Db.Read(s => bench.Accounts.Get(s, "default", member.Id));
        Assert.Equal(("Support", Role.Analyst), (seen.RoleName, seen.Role));
        await bench.Db.Write(s => bench.Roles.Change(s, Caller.System, role.Id, null, ["keys.read", "plans.write"]));
        Assert.Equal(Role.Admin, (await bench.Db.Read(s => bench.Accounts.Get(s, "default", member.Id))).Role);
        // Another tenant has none of it.
        Assert.Equal("NO_SUCH_ROLE", await Bench.Code(() => bench.Db.Write(s => bench.Roles.Remove(s, Caller.System with { TenantId = "other" }, role.Id))));

        await bench.Db.Write(s => bench.Accounts.Change(s, Caller.System, member.Id, new StaffChange(Role: Role.Analyst)));
        await bench.Db.Write(s => bench.Roles.Remove(s, Caller.System, role.Id));
        Assert.Equal("NO_SUCH_ROLE", await Bench.Code(() => bench.Db.Write(s => bench.Roles.Change(s, Caller.System, role.Id, "x", null))));
        Assert.Null((await bench.Db.Read(s => bench.Accounts.Get(s, "default", member.Id))).Made);
        Assert.Equal(["role.created", "staff.created", "role.changed", "role.changed", "staff.changed", "role.removed"], await bench.Actions());
    }

    [Theory, BothEngines]
    public async Task A_change_is_in_force_at_once_for_sessions_and_tokens(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var role = (string)(await owner.PostApi("/api/roles", new { name = "Clerk", permissions = new[] { "keys.read", "plans.read", "tokens.manage" } }))["role"]!["id"]!;
        var id = await server.Staff.Account(Role.Analyst, username: "mei", passwordHash: await Endpoints.Site.PasswordHash);
        Assert.Equal(("Clerk", role), ((string?)(await owner.PatchApi("/api/staff/" + id, new { role = "clerk" }))["staff"]!["role"], (string?)(await owner.GetApi("/api/staff/" + id))["staff"]!["role_id"]));
        Assert.Equal("mei", (string?)Assert.Single((await owner.GetApi("/api/staff?role=Clerk"))["items"]!.AsArray())!["username"]);
        Assert.Empty((await owner.GetApi("/api/staff?role=analyst&q=mei"))["items"]!.AsArray());

        var browser = server.Browser();
        await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = "mei", ["password"] = Bench.Password });
        Assert.Contains("Clerk", (await browser.Get("/admin")).Text);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/admin/users")).Status);
        var form = await browser.Get("/admin/tokens/new");
        Assert.Equal(["*", "keys.read", "plans.read", "tokens.manage"], form.Document.QuerySelectorAll("input[name='scopes']").Select(i => i.GetAttribute("value")));
        var made = await browser.Submit(form, "form[action='/admin/tokens']", new() { ["name"] = "t", ["role"] = "analyst", ["scopes"] = "plans.read", ["expires"] = "30" });
        using var token = server.Client(made.One("#token").TextContent);
        Assert.Equal(HttpStatusCode.OK, (await token.GetApi("/api/plans")).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/admin/plans")).Status);

        await owner.PatchApi("/api/roles/" + role, new { permissions = new[] { "keys.read", "users.read" } });
        Assert.Equal(HttpStatusCode.Forbidden, (await token.GetApi("/api/plans")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/admin/plans")).Status);
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/admin/users")).Status);
    }

    [Fact]
    public async Task Two_factor_is_a_must_for_one_that_counts_as_a_role_that_must()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.As(Role.Owner);
        await owner.PatchApi("/api/settings", new { two_factor_roles = new[] { "admin" } });
        foreach (var (name, permissions, must) in new[] { ("low", new[] { "keys.read" }, false), ("high", new[] { "keys.read", "staff.manage" }, true) })
        {
            await owner.PostApi("/api/roles", new { name, permissions });
            var id = await server.Staff.Account(Role.Analyst, username: name + ".user", passwordHash: await Endpoints.Site.PasswordHash);
            await owner.PatchApi("/api/staff/" + id, new { role = name });
            var browser = server.Browser();
            await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = name + ".user", ["password"] = Bench.Password });
            Assert.Equal(must ? "/admin/account/two-factor" : "/admin/keys", (await browser.Get("/admin/keys")).Path);
        }
    }

    [Fact]
    public async Task The_page_shows_who_may_what_and_makes_changes_and_deletes_roles()
    {
        await using var server = await TestServer.Start();
        foreach (var (language, word) in new[] { ("en", "Roles of your own"), ("zh", "自定义角色") })
        {
            var owner = await server.SignedIn(Role.Owner, language: language);
            var page = await owner.Get("/admin/roles");
            Assert.Contains(word, page.Text);
            // Who has one business never hears of several.
            Assert.Equal(Declared.Permissions.All.Count - 1, page.Document.QuerySelectorAll(".gh-matrix tbody tr").Length);
            Assert.DoesNotContain("tenant", page.One(".gh-matrix").TextContent, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(Declared.Of(Role.Operator).Count(), page.Document.QuerySelectorAll(".gh-matrix tbody td:nth-of-type(3) .gh-yes").Length);
            var name = "Shop " + language;
            var form = await owner.Get("/admin/roles/new");
            var wrong = await owner.Submit(form, "form[action='/admin/roles']", new() { ["name"] = name });
            Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
            page = await owner.Submit(wrong, "form[action='/admin/roles']", new() { ["name"] = name, ["permissions"] = "users.read" });
            Assert.Equal("/admin/roles", page.Path);
            var edit = await owner.Get(page.Document.QuerySelectorAll("a.gh-link").First(a => a.TextContent == name).GetAttribute("href")!);
            page = await owner.Submit(edit, $"form[action='{edit.Path}']", new() { ["name"] = name + " 2", ["permissions"] = "keys.read" });
            Assert.Contains(name + " 2", page.Text);
            page = await owner.Submit(edit, "#remove form");
            Assert.DoesNotContain(page.Document.QuerySelectorAll("a.gh-link"), a => a.TextContent == name + " 2");
        }
    }
}
