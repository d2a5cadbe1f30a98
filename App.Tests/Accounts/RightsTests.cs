using System.Net;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Accounts;

/// <summary>Whatever is made, changed or given other scopes by a token or a session can do no more than they can, for every permission there is.</summary>
public sealed class RightsTests
{
    private const string Tokens = "/api/tokens";
    private const string Staff = "/api/staff";

    private static readonly IReadOnlyList<Permission> All = Declared.Permissions.All;

    // What can be asked for: nothing said, nothing, everything, and each permission by itself.
    private static IEnumerable<string[]?> Wishes => [null, [], [TokenRules.Everything], .. All.Select(p => new[] { p.Name }), [.. All.Select(p => p.Name)]];

    private static Task<TestServer> Start() => TestServer.Start(map: app =>
        app.MapGet("/api/test/may", (HttpContext ctx) => ctx.Response.WriteAsJsonAsync(new { may = All.Where(p => ctx.Caller().May(p)).Select(p => p.Name).ToArray() })).RequiresSignIn());

    private static async Task<string[]> May(TestServer server, string secret)
    {
        using var http = server.Client(secret);
        var answer = await http.GetApi("/api/test/may");
        return answer.Status == HttpStatusCode.OK ? [.. answer["may"]!.AsArray().Select(n => (string)n!)] : [];
    }

    private static object Body(Role role, string[]? scopes, string name = "child") =>
        scopes is null ? new { name, role = role.Name() } : new { name, role = role.Name(), scopes };

    [Fact]
    public async Task No_token_makes_or_changes_a_token_into_more_than_it_may()
    {
        await using var server = await Start();
        using var owner = await server.As(Role.Owner);
        var other = await server.Staff.Token(Role.Analyst, scopes: All[0].Name);
        var others = await server.Db.Read(s => s.One("SELECT id FROM api_tokens WHERE scopes = @scopes", r => r.GetString(0), ("scopes", All[0].Name)));
        foreach (var also in All.Where(p => p != AccountsPermissions.TokensManage).Prepend(AccountsPermissions.TokensManage))
        {
            string[] own = [.. new[] { AccountsPermissions.TokensManage.Name, also.Name }.Distinct()];
            using var maker = server.Client(await server.Staff.Token(Role.Admin, scopes: string.Join(' ', own)));
            foreach (var role in Roles.All)
                foreach (var wish in Wishes)
                {
                    var made = await maker.PostApi(Tokens, Body(role, wish));
                    if ((string?)made["secret"] is { } secret)
                        Assert.Empty((await May(server, secret)).Except(own));
                    else
                        Assert.True(made.Status is HttpStatusCode.UnprocessableEntity or HttpStatusCode.Forbidden, $"{role} {string.Join(' ', wish ?? [])}: {made}");
                }
            // Another's token, which begins with one permission, and is not made into one of more than that and the changer's own.
            foreach (var wish in Wishes.Where(w => w is not null))
            {
                await maker.PatchApi($"{Tokens}/{others}", new { scopes = wish });
                Assert.Empty((await May(server, other)).Except(own).Except([All[0].Name]));
                await owner.PatchApi($"{Tokens}/{others}", new { scopes = new[] { All[0].Name } });
            }
        }
    }

    [Fact]
    public async Task No_token_makes_or_takes_over_staff_who_may_more()
    {
        await using var server = await Start();
        foreach (var also in All)
        {
            string[] own = [.. new[] { AccountsPermissions.StaffManage.Name, also.Name }.Distinct()];
            using var maker = server.Client(await server.Staff.Token(Role.Admin, scopes: string.Join(' ', own)));
            foreach (var role in Roles.All)
            {
                // Each role may something that two permissions do not cover.
                var code = role == Role.Owner ? "OWNERS_ONLY" : "ROLE_TOO_HIGH";
                Assert.Equal(code, (await maker.PostApi(Staff, new { username = $"new-{role}", role = role.Name(), password = Bench.Password })).Code);
                var id = await server.Staff.Account(role);
                Assert.Equal(code, (await maker.PatchApi($"{Staff}/{id}", new { password = Bench.Password })).Code);
                var disabled = await server.Staff.Account(role);
                await server.Db.Write(s => s.Execute("UPDATE accounts SET disabled_at = 1 WHERE id = @id", ("id", disabled)));
                Assert.Equal(code, (await maker.PatchApi($"{Staff}/{disabled}", new { disabled = false })).Code);
                foreach (var wanted in Roles.All.Where(r => r != role))
                    Assert.Contains((await maker.PatchApi($"{Staff}/{id}", new { role = wanted.Name() })).Code, new[] { "OWNERS_ONLY", "ROLE_TOO_HIGH" });
            }
        }
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE password_hash <> '!' OR (disabled_at IS NULL AND username LIKE 'new-%')")));
    }

    [Theory]
    [InlineData(Role.Owner)]
    [InlineData(Role.Admin)]
    [InlineData(Role.Operator)]
    [InlineData(Role.Analyst)]
    public async Task No_session_makes_more_than_it_may(Role own)
    {
        await using var bench = await Bench.Open(Engine.Sqlite);
        var who = Bench.As(await bench.Staff("maker", own));
        foreach (var role in Roles.All)
        {
            var within = Declared.Permissions.Covers(who.Allowed, role) && role <= own;
            Assert.Equal(within, await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Create(s, who, new NewStaff($"new-{role}", "", role, "!")))) is null);
            var (other, gone) = (await bench.Staff($"other-{role}", role), await bench.Staff($"gone-{role}", role));
            Assert.Equal(within, await Bench.Code(() => bench.Db.Write(s => bench.Accounts.ResetPassword(s, who, other.Username, "!!"))) is null);
            await bench.Db.Write(s => bench.Accounts.Change(s, Caller.Cli, gone.Id, new StaffChange(Disabled: true)));
            Assert.Equal(within, await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, who, gone.Id, new StaffChange(Disabled: false)))) is null);
            Assert.Equal(within, await Bench.Code(() => bench.Db.Write(s => bench.Tokens.Create(s, who, new NewToken("all", role, [TokenRules.Everything], null)))) is null);
        }
    }

    [Fact]
    public async Task Everything_is_said_as_such_and_never_by_an_empty_set()
    {
        await using var server = await Start();
        using var owner = await server.As(Role.Owner);
        Assert.NotNull((await owner.PostApi(Tokens, Body(Role.Operator, []))).Error("scopes"));
        Assert.NotNull((await owner.PostApi(Tokens, Body(Role.Operator, ["*", "keys.read"]))).Error("scopes"));
        foreach (var wish in new[] { null, new[] { "*" } })
        {
            var made = await owner.PostApi(Tokens, Body(Role.Operator, wish));
            Assert.Equal(["*"], made["token"]!["scopes"]!.AsArray().Select(s => (string?)s));
            Assert.Equal(Declared.Of(Role.Operator), await May(server, (string)made["secret"]!));
            var path = $"{Tokens}/{made["token"]!["id"]}";
            Assert.NotNull((await owner.PatchApi(path, new { scopes = Array.Empty<string>() })).Error("scopes"));
            // What was read can be sent again.
            Assert.Equal(HttpStatusCode.OK, (await owner.PatchApi(path, new { scopes = new[] { "*" }, name = "renamed" })).Status);
        }
        // A row that names nothing opens nothing.
        Assert.Empty(await May(server, await server.Staff.Token(Role.Owner, scopes: "")));
    }

    [Fact]
    public async Task The_page_asks_what_a_token_is_for()
    {
        await using var server = await TestServer.Start();
        var owner = await server.SignedIn(Role.Owner);
        var form = await owner.Get("/admin/tokens/new");
        var page = await owner.Submit(form, "form[action='/admin/tokens']", new() { ["name"] = "shop", ["role"] = "admin", ["expires"] = "30" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains("Choose at least one permission", page.Text);
        Assert.Equal(HttpStatusCode.OK, (await owner.Submit(page, "form[action='/admin/tokens']", new() { ["scopes"] = "keys.read" })).Status);
    }

    [Theory, BothEngines]
    public async Task Sets_that_meant_everything_say_so_after_the_way_up(Engine engine)
    {
        await using var old = await OldDatabase.Make(engine, async s =>
        {
            foreach (var (id, scopes) in new[] { ("all", ""), ("some", "keys.read plans.read") })
                await s.Execute("INSERT INTO api_tokens (id, tenant_id, name, token_hash, role, scopes, created_by, created_at) VALUES (@id, 'default', 'x', @id, 'admin', @scopes, 'cli', 0)",
                    ("id", id), ("scopes", scopes));
        });
        Assert.Equal(["*", "keys.read plans.read"], await old.Db.Read(s => s.All("SELECT scopes FROM api_tokens ORDER BY id", r => r.GetString(0))));
    }
}
