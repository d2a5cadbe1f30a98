using System.Net;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>What was made with a token goes with it on wish: whoever had it in hand must not stay by what they made.</summary>
public sealed class TokenRevocationTests
{
    private const string Tokens = "/api/tokens";
    private const string Staff = "/api/staff";

    // A token makes a token and an admin; that token makes another, and an admin of its own.
    private sealed record Tree(string Root, string Child, string Grandchild, string Admin, string LaterAdmin, string Other, HttpClient Deepest);

    private static async Task<Tree> Grow(TestServer server, HttpClient owner)
    {
        var (root, first) = await Make(server, owner, "root");
        var (child, second) = await Make(server, first, "child");
        var (grandchild, deepest) = await Make(server, second, "grandchild");
        var (other, _) = await Make(server, owner, "other");
        return new(root, child, grandchild, await Hire(first, "backdoor"), await Hire(second, "backdoor2"), other, deepest);
    }

    private static async Task<(string Id, HttpClient Http)> Make(TestServer server, HttpClient maker, string name)
    {
        var made = await maker.PostApi(Tokens, new { name, role = "admin" });
        return ((string)made["token"]!["id"]!, server.Client((string)made["secret"]!));
    }

    private static async Task<string> Hire(HttpClient maker, string username) => (string)(await maker.PostApi(Staff, new { username, role = "admin" }))["staff"]!["id"]!;

    [Theory, BothEngines]
    public async Task All_that_comes_from_it_goes_with_it(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var tree = await Grow(server, owner);
        Assert.Equal(tree.Root, (string?)(await owner.GetApi($"{Tokens}/{tree.Child}"))["token"]!["made_by_token"]);
        Assert.NotEqual(tree.Root, (string?)(await owner.GetApi($"{Tokens}/{tree.Other}"))["token"]!["made_by_token"]);
        var gone = await owner.DeleteApi($"{Tokens}/{tree.Root}?revoke_made=true");
        Assert.Equal(HttpStatusCode.OK, gone.Status);
        Assert.Equal(new[] { tree.Child, tree.Grandchild }.Order(), gone["made"]!["tokens"]!.AsArray().Select(t => (string)t!).Order());
        Assert.Equal(new[] { tree.Admin, tree.LaterAdmin }.Order(), gone["made"]!["staff"]!.AsArray().Select(t => (string)t!).Order());
        Assert.Equal("UNAUTHORIZED", (await tree.Deepest.GetApi(Tokens)).Code);
        foreach (var admin in new[] { tree.Admin, tree.LaterAdmin })
            Assert.Equal("disabled", (string?)(await owner.GetApi($"{Staff}/{admin}"))["staff"]!["state"]);
        Assert.Equal("active", (string?)(await owner.GetApi($"{Tokens}/{tree.Other}"))["token"]!["state"]);
        Assert.Equal(3, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM audit_entries WHERE action = 'token.revoked'")));
        Assert.Equal(2, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM audit_entries WHERE action = 'staff.disabled'")));
    }

    [Fact]
    public async Task Without_the_wish_they_stay_and_later_it_can_still_be_had()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.As(Role.Owner);
        var tree = await Grow(server, owner);
        await owner.DeleteApi($"{Tokens}/{tree.Root}");
        Assert.Equal(HttpStatusCode.OK, (await tree.Deepest.GetApi(Tokens)).Status);
        await owner.DeleteApi($"{Tokens}/{tree.Root}?revoke_made=true");
        Assert.Equal("UNAUTHORIZED", (await tree.Deepest.GetApi(Tokens)).Code);
    }

    [Fact]
    public async Task The_page_offers_it_where_something_was_made()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.As(Role.Owner);
        var tree = await Grow(server, owner);
        var browser = await server.SignedIn(Role.Owner);
        var page = await browser.Get("/admin/tokens");
        // The owner's own token, which made the first of them, and the two that made others.
        Assert.Equal(3, page.Document.QuerySelectorAll("input[name=revoke_made]").Length);
        await browser.Submit(page, $"form[action='{"/admin/tokens/" + tree.Root}/revoke']", new() { ["revoke_made"] = "true" });
        Assert.Equal("UNAUTHORIZED", (await tree.Deepest.GetApi(Tokens)).Code);
    }

    [Fact]
    public async Task It_is_all_or_nothing()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.As(Role.Owner);
        var made = await owner.PostApi(Tokens, new { name = "root", role = "owner" });
        using var root = server.Client((string)made["secret"]!);
        await Make(server, root, "child");
        // The only owner there is.
        await root.PostApi(Staff, new { username = "only", role = "owner" });
        Assert.Equal("LAST_OWNER", (await owner.DeleteApi($"{Tokens}/{made["token"]!["id"]}?revoke_made=true")).Code);
        Assert.Equal(HttpStatusCode.OK, (await root.GetApi(Tokens)).Status);
        Assert.NotNull((await owner.DeleteApi($"{Tokens}/{made["token"]!["id"]}?revoke_made=perhaps")).Error("revoke_made"));
    }

    /// <summary>Else whoever had it in hand would stay by removing the one in between.</summary>
    [Theory, BothEngines]
    public async Task What_came_by_way_of_staff_who_are_removed_goes_with_it_too(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        using var owner = await server.As(Role.Owner);
        var (root, first) = await Make(server, owner, "root");
        var between = await Hire(first, "between");
        var account = await server.Db.Read(s => server.Service<AccountService>().Get(s, Caller.DefaultTenant, between));
        // By a session of theirs, and by a token of theirs.
        var direct = (await server.Db.Write(s => server.Service<AccountService>().Create(s, Bench.As(account), new NewStaff("direct", "", Role.Admin, "!")))).Id;
        var (token, secret) = await server.Db.Write(s => server.Service<TokenService>().Create(s, Bench.As(account), new NewToken("theirs", Role.Admin, null, null)));
        var byToken = await Hire(server.Client(secret), "by-token");
        Assert.Equal(HttpStatusCode.OK, (await owner.DeleteApi($"{Staff}/{between}")).Status);
        Assert.Equal("revoked", (string?)(await owner.GetApi($"{Tokens}/{token.Id}"))["token"]!["state"]);
        var gone = await owner.DeleteApi($"{Tokens}/{root}?revoke_made=true");
        Assert.Equal(new[] { direct, byToken }.Order(), gone["made"]!["staff"]!.AsArray().Select(t => (string)t!).Order());
        Assert.Empty(gone["made"]!["tokens"]!.AsArray());
    }

    /// <summary>The right to manage tokens is none over people.</summary>
    [Fact]
    public async Task Staff_go_with_it_at_the_hand_of_who_may_manage_them_only()
    {
        await using var server = await TestServer.Start();
        using var admin = await server.As(Role.Admin);
        using var tokensOnly = server.Client(await server.Staff.Token(Role.Admin, scopes: "tokens.manage"));
        var (root, first) = await Make(server, admin, "root");
        var (child, second) = await Make(server, first, "child");
        var hired = await Hire(first, "hired");
        Assert.Equal("FORBIDDEN", (await tokensOnly.DeleteApi($"{Tokens}/{root}?revoke_made=true")).Code);
        Assert.Equal("active", (string?)(await admin.GetApi($"{Staff}/{hired}"))["staff"]!["state"]);
        Assert.Equal(HttpStatusCode.OK, (await second.GetApi(Tokens)).Status);
        // Where no staff would go it does.
        await Make(server, second, "grandchild");
        Assert.Single((await tokensOnly.DeleteApi($"{Tokens}/{child}?revoke_made=true"))["made"]!["tokens"]!.AsArray());
        Assert.Equal(hired, (string?)Assert.Single((await admin.DeleteApi($"{Tokens}/{root}?revoke_made=true"))["made"]!["staff"]!.AsArray()));
    }
}
