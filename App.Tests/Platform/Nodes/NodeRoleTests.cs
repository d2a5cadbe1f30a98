using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;
using CredentialCache = Gatehouse.Accounts.Sessions.CredentialCache;

namespace Gatehouse.Tests.Platform.Nodes;

/// <summary>A role that was changed on another node: sessions and tokens of those who have it may do no more than it does within a second, and make nothing that stays meanwhile.</summary>
public sealed class NodeRoleTests
{
    [Fact]
    public async Task What_was_taken_from_a_role_elsewhere_is_gone_within_a_second_and_is_given_by_nobody_meanwhile()
    {
        await using var nodes = await Nodes.Start();
        using var owner = await nodes.A.As(Role.Owner);
        var role = (string)(await owner.PostApi("/api/roles", new { name = "Clerk", permissions = new[] { "keys.read", "plans.read", "tokens.manage" } }))["role"]!["id"]!;
        var account = await nodes.A.Staff.Account(Role.Analyst);
        await owner.PatchApi("/api/staff/" + account, new { role });
        var session = await AccountsEndpoints.OpenSession(nodes.A, "default", account);
        var (onA, onB) = (nodes.A.Browser(), nodes.B.Browser());
        onA.SetCookie(Cookies.Session, session);
        onB.SetCookie(Cookies.Session, session);
        var made = await onA.Submit(await onA.Get("/admin/tokens/new"), "form[action='/admin/tokens']", new() { ["name"] = "t", ["role"] = "analyst", ["scopes"] = "plans.read" });
        using var token = nodes.B.Client(made.One("#token").TextContent);
        var form = await onB.Get("/admin/tokens/new");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (form.Status, (await token.GetApi("/api/plans")).Status));

        await owner.PatchApi("/api/roles/" + role, new { permissions = new[] { "keys.read" } });
        Assert.Equal(HttpStatusCode.Forbidden, (await onA.Get("/admin/plans")).Status);
        var tokens = await Count();
        await onB.Submit(form, "form[action='/admin/tokens']", new() { ["name"] = "to stay", ["role"] = "analyst", ["scopes"] = "plans.read" }, follow: false);
        Assert.Equal(tokens, await Count());
        nodes.Clock.Advance(CredentialCache.Freshness);
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), ((await onB.Get("/admin/plans")).Status, (await token.GetApi("/api/plans")).Status));
        Assert.Equal(HttpStatusCode.OK, (await onB.Get("/admin/keys")).Status);

        Task<long> Count() => nodes.A.Db.Read(s => s.Number("SELECT COUNT(*) FROM api_tokens"));
    }
}
