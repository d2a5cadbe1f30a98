using System.Net;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Who somebody is goes by their account, whether they came by a session or by a token of theirs.</summary>
public sealed class IdentityTests
{
    private const string Tokens = "/api/tokens";

    // A member of staff, and the REST faces with a token that they made for themselves.
    private static async Task<(Account Account, ApiToken Token, HttpClient Http)> Member(TestServer server, Role role, Role? tokenRole = null)
    {
        var id = await server.Staff.Account(role);
        var account = await server.Db.Read(s => server.Service<AccountService>().Get(s, Caller.DefaultTenant, id));
        var (token, secret) = await server.Db.Write(s => server.Service<TokenService>().Create(s, Bench.As(account), new NewToken("own", tokenRole ?? role, null, null)));
        return (account, token, server.Client(secret));
    }

    [Theory]
    [InlineData(Role.Owner)]
    [InlineData(Role.Admin)]
    public async Task Ones_own_token_is_oneself(Role role)
    {
        await using var server = await TestServer.Start();
        await server.Staff.Account(Role.Owner);
        var (me, _, http) = await Member(server, role);
        var path = "/api/staff/" + me.Id;
        Assert.Equal("SELF_RESET", (await http.PatchApi(path, new { password = "another horse two" })).Code);
        Assert.Equal("SELF_DISABLE", (await http.PatchApi(path, new { disabled = true })).Code);
        Assert.Equal("SELF_DISABLE", (await http.DeleteApi(path)).Code);
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE id = @id AND password_hash = '!' AND disabled_at IS NULL", ("id", me.Id))));
        // One's own name, and a lower role, are one's own to choose.
        Assert.Equal(HttpStatusCode.OK, (await http.PatchApi(path, new { display_name = "Me" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await http.PatchApi(path, new { role = "analyst" })).Status);
    }

    [Theory]
    [InlineData(Role.Owner, Role.Admin)]
    [InlineData(Role.Admin, Role.Operator)]
    public async Task A_token_of_a_lower_role_is_oneself_too(Role role, Role lower)
    {
        await using var bench = await Bench.Open(Engine.Sqlite);
        var me = await bench.Staff("me", role);
        var (token, _) = await bench.Db.Write(s => bench.Tokens.Create(s, Bench.As(me), new NewToken("own", lower, null, null)));
        var who = new Caller(me.TenantId, "token", token.Id, token.Name, Role.Owner, PermissionSet.Everything, null, null) { SpeaksFor = me.Id };
        Assert.Equal("SELF_RESET", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.ResetPassword(s, who with { Role = role }, me.Username, "!!"))));
        await bench.Db.Write(s => s.Execute("UPDATE accounts SET role = 'analyst' WHERE id = @id", ("id", me.Id)));
        Assert.Equal("RAISE_SELF", await Bench.Code(() => bench.Db.Write(s => bench.Accounts.Change(s, who, me.Id, new StaffChange(Role: Role.Operator)))));
    }

    [Fact]
    public async Task An_owners_tokens_are_owners_to_manage_whatever_role_the_token_has()
    {
        await using var server = await TestServer.Start();
        var (_, full, owner) = await Member(server, Role.Owner);
        var (_, narrow, program) = await Member(server, Role.Owner, Role.Analyst);
        var (_, _, admin) = await Member(server, Role.Admin);
        var browser = await server.SignedIn(Role.Admin);
        var csrf = (await browser.Get("/admin/account")).Document.QuerySelector("input[name=_csrf]")!.GetAttribute("value")!;
        foreach (var token in new[] { full, narrow })
        {
            Assert.Equal("OWNERS_ONLY", (await admin.DeleteApi($"{Tokens}/{token.Id}")).Code);
            Assert.Equal("OWNERS_ONLY", (await admin.DeleteApi($"{Tokens}/{token.Id}?revoke_made=true")).Code);
            Assert.Equal("OWNERS_ONLY", (await admin.PatchApi($"{Tokens}/{token.Id}", new { name = "mine" })).Code);
            Assert.Equal("OWNERS_ONLY", (await admin.PatchApi($"{Tokens}/{token.Id}", new { scopes = new[] { "keys.read" } })).Code);
            Assert.Equal(HttpStatusCode.Forbidden, (await browser.Post($"/admin/tokens/{token.Id}/revoke", new() { ["_csrf"] = csrf })).Status);
            Assert.DoesNotContain(token.Id, (await browser.Get("/admin/tokens")).Html);
        }
        Assert.Equal(HttpStatusCode.OK, (await program.GetApi("/api/keys")).Status);
        Assert.Equal(HttpStatusCode.OK, (await owner.DeleteApi($"{Tokens}/{narrow.Id}")).Status);
        // Another admin's is.
        var (_, colleague, _) = await Member(server, Role.Admin);
        Assert.Equal(HttpStatusCode.OK, (await admin.DeleteApi($"{Tokens}/{colleague.Id}")).Status);
    }

    [Fact]
    public async Task An_owner_ends_their_own_tokens_with_any_of_them()
    {
        await using var server = await TestServer.Start();
        var id = await server.Staff.Account(Role.Owner);
        var account = await server.Db.Read(s => server.Service<AccountService>().Get(s, Caller.DefaultTenant, id));
        var service = server.Service<TokenService>();
        var (lost, _) = await server.Db.Write(s => service.Create(s, Bench.As(account), new NewToken("lost", Role.Owner, null, null)));
        var (own, secret) = await server.Db.Write(s => service.Create(s, Bench.As(account), new NewToken("tidy", Role.Admin, null, null)));
        using var http = server.Client(secret);
        Assert.Equal(HttpStatusCode.OK, (await http.DeleteApi($"{Tokens}/{lost.Id}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await http.DeleteApi($"{Tokens}/{own.Id}")).Status);
        Assert.Equal("UNAUTHORIZED", (await http.GetApi(Tokens)).Code);
    }
}
