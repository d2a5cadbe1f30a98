using System.Net;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Setup;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;
using CredentialCache = Gatehouse.Accounts.Sessions.CredentialCache;

namespace Gatehouse.Tests.Platform.Nodes;

/// <summary>Who may do what, when that was changed on another node: good no longer than a second, and for nothing that stays.</summary>
public sealed class NodeCredentialTests
{
    private const string Tokens = "/api/tokens";

    /// <summary>An admin who has signed in on A and is known to B as well.</summary>
    private sealed record SignedIn(string Account, string Username, string SessionHash, TestBrowser OnA)
    {
        public Caller Caller => new(Caller.DefaultTenant, "staff", Account, "Test", Role.Admin, PermissionSet.Everything, "127.0.0.1", "test") { SessionId = SessionHash };
    }

    private static readonly Dictionary<string, Func<TestServer, SignedIn, Task>> SessionEnds = new()
    {
        ["signed out"] = async (a, who) => await who.OnA.Submit(await who.OnA.Get("/admin/account"), "form[action='/sign-out']"),
        ["ended from another browser"] = (a, who) => a.Db.Command(who.Caller, s => a.Service<SessionStore>().EndOthers(s, who.Caller with { SessionId = "another" })),
        ["password changed"] = (a, who) => a.Db.Command(who.Caller, s => a.Service<AccountService>().ChangePassword(s, who.Caller, "!", "?")),
        ["password reset"] = (a, who) => a.Db.Command(Caller.Cli, s => a.Service<AccountService>().ResetPassword(s, Caller.Cli, who.Username, "?")),
        ["lowered"] = (a, who) => a.Db.Command(Caller.Cli, s => a.Service<AccountService>().Change(s, Caller.Cli, who.Account, new StaffChange(Role: Role.Analyst))),
        ["limited"] = (a, who) => a.Db.Command(Caller.Cli, s => a.Service<AccountService>().Change(s, Caller.Cli, who.Account, new StaffChange(Scope: StaffScope.Tenant))),
        ["disabled"] = (a, who) => a.Db.Command(Caller.Cli, s => a.Service<AccountService>().Change(s, Caller.Cli, who.Account, new StaffChange(Disabled: true))),
        ["removed"] = (a, who) => a.Db.Command(Caller.Cli, s => a.Service<AccountService>().Remove(s, Caller.Cli, who.Account)),
    };

    public static TheoryData<string> SessionRows() => [.. SessionEnds.Keys];

    [Theory, MemberData(nameof(SessionRows))]
    public async Task A_session_that_was_ended_elsewhere_is_over_within_a_second(string way)
    {
        await using var nodes = await Nodes.Start();
        var session = await nodes.A.Staff.Session(Role.Admin);
        var (account, username) = await nodes.A.Db.Read(s => s.One("SELECT a.id, a.username FROM sessions s JOIN accounts a ON a.id = s.account_id", r => (r.GetString(0), r.GetString(1))));
        var (onA, onB) = (nodes.A.Browser(), nodes.B.Browser());
        onA.SetCookie(Cookies.Session, session);
        onB.SetCookie(Cookies.Session, session);
        var form = await onB.Get("/admin/tokens/new");
        Assert.Equal("/admin/tokens/new", form.Path);
        await SessionEnds[way](nodes.A, new(account!, username!, OpaqueToken.Hash(session), onA));

        onA.SetCookie(Cookies.Session, session);
        Assert.Equal(HttpStatusCode.Redirect, (await onA.Get("/admin/account", follow: false)).Status);
        // While B may still take it for good, it makes nothing that would stay.
        await onB.Submit(form, "form[action='/admin/tokens']", new() { ["name"] = "to stay", ["role"] = "admin", ["scopes"] = "tokens.manage" }, follow: false);
        Assert.Equal(0, await nodes.A.Db.Read(s => s.Number("SELECT COUNT(*) FROM api_tokens")));
        nodes.Clock.Advance(CredentialCache.Freshness);
        onB.SetCookie(Cookies.Session, session);
        Assert.Equal(HttpStatusCode.Redirect, (await onB.Get("/admin/account", follow: false)).Status);
        Assert.Equal(TimeSpan.FromSeconds(1), CredentialCache.Freshness);
    }

    [Fact]
    public async Task A_session_that_is_open_makes_a_token_on_either_node()
    {
        await using var nodes = await Nodes.Start();
        var session = await nodes.A.Staff.Session(Role.Admin);
        foreach (var node in new[] { nodes.A, nodes.B })
        {
            var browser = node.Browser();
            browser.SetCookie(Cookies.Session, session);
            await browser.Submit(await browser.Get("/admin/tokens/new"), "form[action='/admin/tokens']", new() { ["name"] = "good", ["role"] = "admin", ["scopes"] = "tokens.manage" });
        }
        Assert.Equal(2, await nodes.A.Db.Read(s => s.Number("SELECT COUNT(*) FROM api_tokens")));
    }

    private const string RoleLowered = "its role lowered";

    private sealed record Given(HttpClient Owner, string Id, string Root, string Maker, string Role);

    private static readonly Dictionary<string, (Func<Given, Task<ApiAnswer>> Take, HttpStatusCode Then)> TokenEnds = new()
    {
        ["revoked"] = (g => g.Owner.DeleteApi($"{Tokens}/{g.Id}"), HttpStatusCode.Unauthorized),
        ["given other scopes"] = (g => g.Owner.PatchApi($"{Tokens}/{g.Id}", new { scopes = new[] { "plans.read" } }), HttpStatusCode.Forbidden),
        ["revoked with what its maker made"] = (g => g.Owner.DeleteApi($"{Tokens}/{g.Root}?revoke_made=true"), HttpStatusCode.Unauthorized),
        ["its maker disabled"] = (g => g.Owner.PatchApi("/api/staff/" + g.Maker, new { disabled = true }), HttpStatusCode.Unauthorized),
        ["its maker lowered"] = (g => g.Owner.PatchApi("/api/staff/" + g.Maker, new { role = "analyst" }), HttpStatusCode.Forbidden),
        [RoleLowered] = (g => g.Owner.PatchApi("/api/roles/" + g.Role, new { permissions = new[] { "plans.read" } }), HttpStatusCode.Forbidden),
        ["its maker removed"] = (g => g.Owner.DeleteApi("/api/staff/" + g.Maker), HttpStatusCode.Unauthorized),
    };

    public static TheoryData<string> TokenRows() => [.. TokenEnds.Keys];

    [Theory, MemberData(nameof(TokenRows))]
    public async Task A_token_that_was_taken_back_elsewhere_is_dead_within_a_second(string way)
    {
        await using var nodes = await Nodes.Start();
        using var owner = await nodes.A.As(Role.Owner);
        var maker = await nodes.A.Staff.Account(Role.Admin);
        var account = await nodes.A.Db.Read(s => nodes.A.Service<AccountService>().Get(s, Caller.DefaultTenant, maker));
        var (root, rootSecret) = await nodes.A.Db.Write(s => nodes.A.Service<TokenService>().Create(s, Bench.As(account), new NewToken("root", Role.Admin, null, null)));
        using var first = nodes.A.Client(rootSecret);
        var role = (string)(await owner.PostApi("/api/roles", new { name = "Like an admin", permissions = Declared.Of(Role.Admin) }))["role"]!["id"]!;
        var made = await first.PostApi(Tokens, new { name = "child", role = way == RoleLowered ? role : "admin" });
        using var onA = nodes.A.Client((string)made["secret"]!);
        using var onB = nodes.B.Client((string)made["secret"]!);
        // Good at once on a node that was not asked for it before.
        Assert.Equal(HttpStatusCode.OK, (await onB.GetApi(Tokens)).Status);
        var (take, then) = TokenEnds[way];
        Assert.Equal(HttpStatusCode.OK, (await take(new(owner, (string)made["token"]!["id"]!, root.Id, maker, role))).Status);

        Assert.Equal(then, (await onA.GetApi(Tokens)).Status);
        foreach (var answer in new[] { await onB.PostApi(Tokens, new { name = "to stay", role = "admin" }), await onB.PostApi("/api/staff", new { username = "stays", role = "operator" }) })
            Assert.Contains(answer.Status, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden });
        nodes.Clock.Advance(CredentialCache.Freshness);
        Assert.Equal(then, (await onB.GetApi(Tokens)).Status);
    }

    [Fact]
    public async Task A_token_that_was_refused_before_it_was_made_elsewhere_is_good_within_a_second()
    {
        await using var nodes = await Nodes.Start();
        var secret = await nodes.A.Staff.Token(Role.Owner);
        await nodes.A.Db.Write(s => s.Execute("UPDATE api_tokens SET revoked_at = 1"));
        using var onB = nodes.B.Client(secret);
        Assert.Equal(HttpStatusCode.Unauthorized, (await onB.GetApi(Tokens)).Status);
        await nodes.A.Db.Write(s => s.Execute("UPDATE api_tokens SET revoked_at = NULL"));
        nodes.Clock.Advance(CredentialCache.Freshness);
        Assert.Equal(HttpStatusCode.OK, (await onB.GetApi(Tokens)).Status);
    }

    [Fact]
    public async Task Wrong_passwords_are_counted_over_all_nodes_and_who_came_in_on_one_is_in_on_the_other()
    {
        await using var nodes = await Nodes.Start(new() { ["SignIn:LockoutFailures"] = "2" });
        var hash = await nodes.A.Service<Passwords>().Hash(Bench.Password);
        await nodes.A.Staff.Account(Role.Admin, username: "wei", passwordHash: hash);
        await nodes.A.Staff.Account(Role.Admin, username: "bo", passwordHash: hash);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Enter(nodes.A, "wei", "wrong horse one")).Page.Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Enter(nodes.B, "wei", "wrong horse two")).Page.Status);
        foreach (var node in new[] { nodes.A, nodes.B })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Enter(node, "wei", Bench.Password)).Page.Status);

        var (onA, landed) = await Enter(nodes.A, "bo", Bench.Password);
        Assert.Equal(HttpStatusCode.OK, landed.Status);
        var onB = nodes.B.Browser();
        onB.SetCookie(Cookies.Session, onA.Cookie(Cookies.Session)!);
        Assert.Equal("/admin/account", (await onB.Get("/admin/account")).Path);
        // A form of one node is good on the other.
        var form = await onA.Get("/admin/tokens/new");
        Assert.Equal(HttpStatusCode.OK, (await onB.Submit(form, "form[action='/admin/tokens']", new() { ["name"] = "good", ["role"] = "admin", ["scopes"] = "tokens.manage" })).Status);
        Assert.Equal(1, await nodes.B.Db.Read(s => s.Number("SELECT COUNT(*) FROM api_tokens")));
    }

    [Fact]
    public async Task A_setup_link_of_one_node_is_good_once_on_any()
    {
        await using var nodes = await Nodes.Start();
        var link = "/setup?token=" + await nodes.A.Db.Write(s => nodes.A.Service<SetupLinks>().Create(s, Caller.DefaultTenant));
        var (onA, onB) = (nodes.A.Browser(), nodes.B.Browser());
        var (late, page) = (await onA.Get(link), await onB.Get(link));
        Dictionary<string, string?> typed = new() { ["username"] = "wei", ["password"] = Bench.Password, ["password_repeat"] = Bench.Password };
        Assert.Equal("/admin", (await onB.Submit(page, "form[action='/setup']", typed, follow: false)).Location);
        Assert.Equal(HttpStatusCode.Gone, (await onA.Submit(late, "form[action='/setup']", typed, follow: false)).Status);
        Assert.Equal(HttpStatusCode.Gone, (await nodes.A.Browser().Get(link)).Status);
    }

    private static async Task<(TestBrowser Browser, TestPage Page)> Enter(TestServer node, string username, string password)
    {
        var browser = node.Browser();
        return (browser, await browser.Submit(await browser.Get("/sign-in"), "form[action='/sign-in']", new() { ["username"] = username, ["password"] = password }));
    }
}
