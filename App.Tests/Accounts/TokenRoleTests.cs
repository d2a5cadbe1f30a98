using System.Net;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>API tokens of roles that were made here: they may what the role may, today, and nobody gets more by one.</summary>
public sealed class TokenRoleTests
{
    private const string Path = "/api/tokens";

    [Theory, BothEngines]
    public async Task A_token_follows_its_role_and_the_role_stays_while_a_token_has_it(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var role = await Make(owner, "Shop help", "plans.read", "tokens.manage");
        var made = await owner.PostApi(Path, new { name = "shop", role = "SHOP help", scopes = new[] { "*" } });
        Assert.Equal(("Shop help", role), ((string?)made["token"]!["role"], (string?)made["token"]!["role_id"]));
        var id = (string)made["token"]!["id"]!;
        using var program = server.Client((string)made["secret"]!);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), ((await program.GetApi("/api/plans")).Status, (await program.GetApi("/api/users")).Status));

        await owner.PatchApi("/api/roles/" + role, new { name = "Helpers", permissions = new[] { "users.read", "staff.manage" } });
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), ((await program.GetApi("/api/plans")).Status, (await program.GetApi("/api/users")).Status));
        Assert.Equal("Helpers", (string?)(await owner.GetApi($"{Path}/{id}"))["token"]!["role"]);
        Assert.Equal("admin", await server.Db.Read(s => s.One("SELECT role FROM api_tokens WHERE id = @id", r => r.GetString(0), ("id", id))));
        Assert.Equal(1, (int)(await owner.GetApi("/api/roles/" + role))["role"]!["tokens"]!);
        Assert.Equal("ROLE_IN_USE", (await owner.DeleteApi("/api/roles/" + role)).Code);
        // One that has run out does not hold it, and never comes back.
        await owner.DeleteApi($"{Path}/{id}");
        var late = await owner.PostApi(Path, new { name = "late", role, expires_at = FakeClock.Start.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'") });
        server.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(HttpStatusCode.OK, (await owner.DeleteApi("/api/roles/" + role)).Status);
        server.Clock.Advance(-TimeSpan.FromHours(2));
        using var gone = server.Client((string)late["secret"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, (await gone.GetApi("/api/users")).Status);
        Assert.NotNull((await owner.PostApi(Path, new { name = "x", role })).Error("role"));
    }

    [Theory, BothEngines]
    public async Task Nobody_gets_more_by_a_role_than_they_have(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var (clerk, writers, lookers) = (await Make(owner, "Clerk", "keys.read", "users.read", "tokens.manage"), await Make(owner, "Writers", "keys.read", "keys.write"), await Make(owner, "Lookers", "keys.read", "users.look_as", "tenants.manage"));
        using var program = server.Client((string)(await owner.PostApi(Path, new { name = "clerk", role = clerk }))["secret"]!);
        // As much of the role as it has itself, and never all of it.
        Assert.Equal(["keys.read"], Scopes(await program.PostApi(Path, new { name = "a", role = writers })));
        Assert.NotNull((await program.PostApi(Path, new { name = "b", role = writers, scopes = new[] { "*" } })).Error("scopes"));
        Assert.NotNull((await program.PostApi(Path, new { name = "c", role = writers, scopes = new[] { "keys.write" } })).Error("scopes"));
        Assert.NotNull((await program.PostApi(Path, new { name = "d", role = writers, scopes = new[] { "users.read" } })).Error("scopes"));
        Assert.Equal("OWNERS_ONLY", (await program.PostApi(Path, new { name = "e", role = lookers, scopes = new[] { "keys.read" } })).Code);
        Assert.NotNull((await program.PostApi(Path, new { name = "f", role = "nothing" })).Error("role"));
        // What a later version adds to a built-in role was not given to a role that is made of names: its own role goes on whole, another not.
        Assert.Equal(["*"], Scopes(await program.PostApi(Path, new { name = "g", role = clerk })));
        await owner.PatchApi("/api/roles/" + clerk, new { permissions = Declared.Of(Role.Analyst).Append("tokens.manage") });
        Assert.NotNull((await program.PostApi(Path, new { name = "h", role = "analyst", scopes = new[] { "*" } })).Error("scopes"));
        Assert.Equal(Declared.Of(Role.Analyst), Scopes(await program.PostApi(Path, new { name = "i", role = "analyst" })));
        Assert.NotNull((await program.PostApi(Path, new { name = "j", role = "admin", scopes = new[] { "staff.manage" } })).Error("scopes"));
        // A token of a role does no more than whoever made it may today.
        var mei = await server.Staff.Account(Role.Admin, username: "mei");
        var (token, secret) = await server.Db.Write(async s => await server.Service<TokenService>().Create(s,
            new Caller("default", "staff", mei, "mei", Role.Admin, Declared.Permissions.Of(Role.Admin), null, null), new NewToken("hers", Role.Analyst, null, null, writers)));
        Assert.Equal((Role.Operator, "Writers"), (token.Role, token.RoleName));
        using var hers = server.Client(secret);
        Assert.Equal(HttpStatusCode.OK, (await hers.GetApi("/api/keys")).Status);
        await owner.PatchApi("/api/staff/" + mei, new { role = await Make(owner, "Nothing of keys", "users.read") });
        Assert.Equal(HttpStatusCode.Forbidden, (await hers.GetApi("/api/keys")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await hers.GetApi("/api/users")).Status);
    }

    /// <summary>Whatever a program makes after its role was narrowed has nothing of what was taken, though it came with the request before.</summary>
    [Theory, BothEngines]
    public async Task What_was_taken_from_its_role_a_token_gives_to_nobody_in_the_same_moment(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        for (var round = 0; round < 8; round++)
        {
            var role = await Make(owner, "Round " + round, "keys.read", "keys.write", "tokens.manage");
            using var program = server.Client((string)(await owner.PostApi(Path, new { name = "program", role }))["secret"]!);
            await program.GetApi(Path);
            var calls = Enumerable.Range(0, 6).Select(i => program.PostApi(Path, new { name = $"child {round} {i}", role = "operator", scopes = new[] { "keys.write" } })).ToList();
            var narrowed = await owner.PatchApi("/api/roles/" + role, new { permissions = new[] { "keys.read", "tokens.manage" } });
            Assert.Equal(HttpStatusCode.OK, narrowed.Status);
            Assert.All(await Task.WhenAll(calls), c => Assert.Contains(c.Status, new[] { HttpStatusCode.Created, HttpStatusCode.Unauthorized, HttpStatusCode.UnprocessableEntity }));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await program.PostApi(Path, new { name = "late", role = "operator", scopes = new[] { "keys.write" } })).Status);
            var log = await server.Db.Read(s => s.All("SELECT action, target_name FROM audit_entries WHERE action IN ('token.created', 'role.changed') ORDER BY seq", r => (Action: r.GetString(0), Name: r.GetString(1))));
            Assert.DoesNotContain(log.SkipWhile(e => e != ("role.changed", "Round " + round)), e => e.Name.StartsWith("child " + round, StringComparison.Ordinal));
        }
    }

    [Theory, BothEngines]
    public async Task A_stale_program_is_caught_by_what_its_role_holds_now(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var who = Bench.As(await bench.Staff("mei", Role.Owner));
        var role = await bench.Db.Write(s => bench.Roles.Create(s, who, "Clerk", ["keys.read", "keys.write", "tokens.manage"]));
        var (token, _) = await bench.Db.Write(s => bench.Tokens.Create(s, who, new NewToken("t", Role.Analyst, null, null, role.Id)));
        var program = new Caller("default", "token", token.Id, "t", token.Role, PermissionSet.Of(role.Permissions), null, null) { Scopes = "*", RoleName = "Clerk", SpeaksFor = who.Id };
        Assert.Null(await Bench.Code(() => bench.Db.Write(s => bench.Tokens.Create(s, program, new NewToken("child", Role.Operator, ["keys.write"], null)))));
        await bench.Db.Write(s => bench.Roles.Change(s, who, role.Id, null, ["keys.read", "tokens.manage"]));
        Assert.Equal("UNAUTHORIZED", await Bench.Code(() => bench.Db.Write(s => bench.Tokens.Create(s, program, new NewToken("child", Role.Operator, ["keys.write"], null)))));
        // Also where it gives nothing of what was taken: who they are is looked up anew.
        Assert.Equal("UNAUTHORIZED", await Bench.Code(() => bench.Db.Write(s => bench.Tokens.Change(s, program, token.Id, "renamed", null))));
    }

    [Fact]
    public async Task The_page_offers_roles_that_were_made_here()
    {
        await using var server = await TestServer.Start();
        using var rest = await server.As(Role.Owner);
        var role = await Make(rest, "店员", "keys.read", "plans.read");
        var owner = await server.SignedIn(Role.Owner);
        var form = await owner.Get("/admin/tokens/new");
        Assert.Contains("店员", form.One($"select[name=role] option[value='{role}']").TextContent, StringComparison.Ordinal);
        var page = await owner.Submit(form, "form[action='/admin/tokens']", new() { ["name"] = "till", ["role"] = role, ["scopes"] = "users.read", ["expires"] = "30" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        // The choice stays.
        Assert.True(page.One($"select[name=role] option[value='{role}']").HasAttribute("selected"));
        page = await owner.Submit(page, "form[action='/admin/tokens']", new() { ["scopes"] = "*" });
        using var program = server.Client(page.One("#token").TextContent);
        Assert.Equal(HttpStatusCode.OK, (await program.GetApi("/api/plans")).Status);
        Assert.Contains("店员", (await owner.Get("/admin/tokens?q=till")).One("tbody").TextContent, StringComparison.Ordinal);
        Assert.Equal("1", (await owner.Get("/admin/roles")).Document.QuerySelectorAll("tbody tr").First(r => r.TextContent.Contains("店员", StringComparison.Ordinal)).Children[3].TextContent.Trim());
    }

    private static async Task<string> Make(HttpClient owner, string name, params string[] permissions) => (string)(await owner.PostApi("/api/roles", new { name, permissions }))["role"]!["id"]!;

    private static IEnumerable<string> Scopes(ApiAnswer made) => made["token"]!["scopes"]!.AsArray().Select(s => (string)s!);
}
