using System.Net;
using Gatehouse.Accounts.Tenants;
using Gatehouse.Audit.Chain;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Operations;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using CredentialCache = Gatehouse.Accounts.Sessions.CredentialCache;

namespace Gatehouse.Tests.Platform.Nodes;

/// <summary>A business that is closed and removed on one node, while it is served by the other.</summary>
public sealed class NodeTenantTests
{
    private const string Host = "shop.acme.example";

    [Fact]
    public async Task One_that_is_closed_elsewhere_answers_nobody_within_seconds_and_leaves_nothing_here_when_it_is_removed()
    {
        await using var nodes = await Nodes.Start();
        using var owner = await nodes.A.As(Role.Owner);
        await owner.PostApi("/api/tenants", new { id = "acme", name = "Acme", hosts = new[] { Host } });
        using var onA = await nodes.A.As(Role.Owner, "acme");
        var key = (await onA.MakeKeys(await onA.MakePlan())).Keys[0];
        var secret = await nodes.A.Staff.Token(Role.Owner, "acme");
        using var onB = nodes.B.Client(secret);
        await Known(nodes, TenantDirectory.Freshness);
        Assert.True((bool)(await Validate())["valid"]!);
        Assert.Equal(HttpStatusCode.OK, (await onB.GetApi("/api/keys")).Status);
        // What B remembers of its log, and signs with.
        Assert.True(await nodes.B.Service<AuditHeads>().CatchUp());
        await nodes.B.Service<HeadFile>().Settled();
        Assert.NotNull(nodes.B.Service<HeadFile>().Read()!["acme"]);
        Assert.NotNull(nodes.B.Service<SigningKeys>().Loaded("acme"));

        await owner.PatchApi("/api/tenants/acme", new { closed = true });
        nodes.Clock.Advance(CredentialCache.Freshness);
        Assert.Equal(HttpStatusCode.Unauthorized, (await onB.GetApi("/api/keys")).Status);
        await Known(nodes, TenantDirectory.Freshness);
        Assert.Equal("SITE_CLOSED", (await Validate()).Code);

        await owner.DeleteApi("/api/tenants/acme");
        nodes.Clock.Advance(TenantRemovals.Grace);
        // Whichever node takes it up.
        nodes.B.Service<OperationService>().Started.Wake();
        await Wait.Until(async () => (await owner.GetApi("/api/tenants/acme")).Status == HttpStatusCode.NotFound, () => "removed: " + string.Join('\n', nodes.A.Errors.Lines.Concat(nodes.B.Errors.Lines)));
        await Known(nodes, TenantDirectory.Freshness);
        Assert.False((bool)(await Validate())["valid"]!);
        foreach (var node in new[] { nodes.A, nodes.B })
        {
            await node.Service<SigningKeys>().Refresh(default);
            Assert.Null(node.Service<SigningKeys>().Loaded("acme"));
            Assert.True(await node.Service<AuditHeads>().CatchUp());
            Assert.Empty(await node.Service<AuditVerifier>().Verify());
            Assert.Empty(node.Errors.Lines);
        }
        Assert.Equal(0, await nodes.A.Db.Read(s => s.Number("SELECT COUNT(*) FROM signing_keys WHERE tenant_id = 'acme'")));

        Task<ApiAnswer> Validate()
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/api/validate") { Content = new StringContent($$"""{"code":"{{key}}","machine_code":"m"}""", System.Text.Encoding.UTF8, "application/json") };
            request.Headers.Host = Host;
            return nodes.B.Http.Call(request);
        }
    }

    // The watch of each looks when its time has come; what it reads then is there a moment later.
    private static async Task Known(Nodes nodes, TimeSpan after)
    {
        nodes.Clock.Advance(after);
        await nodes.B.Service<TenantDirectory>().Refresh();
    }
}
