using System.Text.Json;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Accounts.Tenants;

/// <summary>What would go with a tenant.</summary>
/// <param name="Rows">By table.</param>
public sealed record TenantContents(Tenant Tenant, IReadOnlyDictionary<string, long> Rows)
{
    public long Total => Rows.Values.Sum();
}

/// <summary>Takes away what tenants have outside of the database.</summary>
public interface ITenantObserver
{
    /// <summary>The tenant's rows are about to be erased. What was cut off is asked for again.</summary>
    Task Erasing(string tenant, CancellationToken ct);
}

/// <summary>
/// Removes tenants for good: one that is closed, and every node has heard of it, loses all of its rows and files by an operation in the
/// background. Its audit log goes with it; where that ended stands in the log of the main one.
/// </summary>
public sealed class TenantRemovals(TenantService tenants, TenantRows rows, TenantDirectory directory, OperationService operations, AuditWriter audit, IEnumerable<ITenantObserver> observers)
{
    /// <summary>Other nodes have heard that it is closed, and what they had begun for it has ended.</summary>
    internal static readonly TimeSpan Grace = TenantDirectory.Freshness * 2;

    internal static readonly OperationKind AsOperation = new("tenants.remove", AccountsPermissions.TenantsManage, (services, tx, run) => services.GetRequiredService<TenantRemovals>().Finish(tx, run))
    {
        Before = (services, run) => services.GetRequiredService<TenantRemovals>().Erase(run),
        Outcome = result => new(new Message("tenants.removed", JsonSerializer.Deserialize(result, TenantJson.Default.TenantRemoved)!.Name), TenantPages.Path),
    };

    /// <exception cref="Refusal">404 NO_SUCH_TENANT, or 409 TENANT_STAYS.</exception>
    public async ValueTask<TenantContents> Preview(ReadTx s, string id) => new(await ToRemove(s, id), await rows.Count(s, id));

    /// <summary>Has all of it erased in the background. Where that has begun and failed, it begins anew; where it is under way, that is told.</summary>
    /// <param name="what">As <see cref="Preview"/> has counted it: that may take a while, and nobody who writes waits for it.</param>
    /// <exception cref="Refusal">404 NO_SUCH_TENANT; 409 TENANT_STAYS or TENANT_OPEN; 503 BUSY.</exception>
    public async ValueTask<Operation> Start(WriteTx s, Caller who, TenantContents what)
    {
        var tenant = await ToRemove(s, what.Tenant.Id);
        if (tenant is not { ClosedAt: { } closedAt })
            throw new Refusal(TenantErrors.Open);
        var request = JsonSerializer.Serialize(new TenantRemoved(tenant.Id, tenant.Name), TenantJson.Default.TenantRemoved);
        if (await operations.UnderWay(s, who.TenantId, AsOperation.Name, request) is { } known)
            return known;
        if (tenant.State == TenantState.Closed)
        {
            var end = (await AuditHead.All(s)).Find(h => h.Tenant == tenant.Id);
            await TenantStore.SetState(s, tenant.Id, TenantState.Removing, closedAt);
            await audit.Write(s, who, AuditHeads.RemovalAction, TenantService.Target(tenant), TenantService.State(tenant),
                JsonSerializer.Serialize(new TenantRemovalAudit(what.Total, end?.Seq ?? 0, end?.Hash ?? ""), TenantJson.Default.TenantRemovalAudit));
            directory.KnowAfter(s);
        }
        var (key, wait) = (Ids.New(), closedAt + (long)Grace.TotalMilliseconds - await s.Now());
        await operations.Start(s, who, AsOperation.Name, request, what.Total, key, TimeSpan.FromMilliseconds(Math.Clamp(wait, 0, Grace.TotalMilliseconds)));
        return (await operations.Find(s, who, AsOperation.Name, key))!;
    }

    private async ValueTask<Tenant> ToRemove(ReadTx s, string id) =>
        await tenants.Get(s, id) is var tenant && await Stays(s, tenant) ? throw new Refusal(TenantErrors.Stays) : tenant;

    private async Task Erase(OperationRun run)
    {
        var id = Request(run).Tenant;
        foreach (var observer in observers)
            await observer.Erasing(id, run.Stop);
        var gone = 0L;
        await rows.Erase(id, erased => run.Report((int)Math.Min(gone += erased, run.Operation.Total)), run.Stop);
    }

    private async ValueTask<string> Finish(WriteTx s, OperationRun run)
    {
        var removed = Request(run);
        await TenantStore.Forget(s, removed.Tenant);
        await audit.Write(s, run.Operation.Who, "tenant.removed", new AuditTarget("tenant", removed.Tenant, removed.Name));
        directory.KnowAfter(s);
        return run.Operation.Request;
    }

    private static TenantRemoved Request(OperationRun run) => JsonSerializer.Deserialize(run.Operation.Request, TenantJson.Default.TenantRemoved)!;

    // The main one; and one whose entries stand among those of others, in the log that all shared once: without them it would not hold.
    private static async ValueTask<bool> Stays(ReadTx s, Tenant tenant) => tenant.Id == Caller.DefaultTenant || await s.Number(
        "SELECT COUNT(*) FROM audit_entries e JOIN audit_heads h ON h.tenant_id = e.tenant_id WHERE e.tenant_id = @tenant AND e.seq <= h.begins_after", ("tenant", tenant.Id)) > 0;
}
