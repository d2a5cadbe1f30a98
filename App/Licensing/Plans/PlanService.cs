using System.Text.Json;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Plans;

/// <summary>The use cases of plans; each runs inside the transaction it is given.</summary>
public sealed class PlanService(AuditWriter audit, TimeProvider clock)
{
    private const string DefaultProduct = "Default";

    /// <exception cref="Refusal">404 when the tenant has no such plan.</exception>
    public async ValueTask<Plan> Get(ReadTx s, string tenant, string id) =>
        await PlanStore.Find(s, tenant, id) ?? throw new Refusal(PlanErrors.NotFound);

    /// <summary>By id, or by the name of a plan that is not retired.</summary>
    /// <exception cref="Refusal">422 on <c>plan</c>.</exception>
    public async ValueTask<Plan> Named(ReadTx s, string tenant, string? idOrName)
    {
        if (string.IsNullOrWhiteSpace(idOrName))
            throw Refusal.Field("plan", "field.required");
        // No plan is called that, and neither engine takes such a text.
        if (idOrName.Length > 200 || idOrName.Any(char.IsControl))
            throw Refusal.Field("plan", "field.plan");
        return await PlanStore.Find(s, tenant, idOrName) ?? await PlanStore.FindByName(s, tenant, idOrName.Trim())
            ?? throw Refusal.Field("plan", "field.plan");
    }

    public async ValueTask<Slice<Plan>> List(ReadTx s, string tenant, bool retired, string? after, int limit) =>
        Slice<Plan>.Of(await PlanStore.List(s, tenant, retired, Cursor.Decode(after), limit + 1), limit, p => p.Id);

    public async ValueTask<Plan> Create(WriteTx s, Caller who, PlanDraft draft)
    {
        draft = draft.Checked();
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var plan = await Drafted(s, who.TenantId, draft, Ids.New(), now, now);
        if (await PlanStore.Insert(s, who.TenantId, plan) == 0)
            throw Refusal.Field("name", "field.name_taken");
        await audit.Write(s, who, "plan.created", Target(plan), after: Json(plan));
        return plan;
    }

    public async ValueTask<Plan> Update(WriteTx s, Caller who, string id, Func<Plan, PlanDraft> change)
    {
        var before = await Get(s, who.TenantId, id);
        if (before.RetiredAt is not null)
            throw new Refusal(PlanErrors.Retired);
        var draft = change(before).Checked();
        var other = await PlanStore.FindByName(s, who.TenantId, draft.Name);
        if (other is not null && other.Id != id)
            throw Refusal.Field("name", "field.name_taken");
        var plan = await Drafted(s, who.TenantId, draft, id, before.CreatedAt, clock.GetUtcNow().ToUnixTimeMilliseconds()) with { InUse = before.InUse };
        await PlanStore.Update(s, who.TenantId, plan);
        await audit.Write(s, who, "plan.changed", Target(plan), Json(before), Json(plan));
        return plan;
    }

    /// <summary>Deletes a plan that no key was made under; one in use is retired instead. Returns whether it was deleted.</summary>
    public async ValueTask<bool> Remove(WriteTx s, Caller who, string id)
    {
        var plan = await Get(s, who.TenantId, id);
        if (plan.InUse)
            await PlanStore.Retire(s, who.TenantId, id, clock.GetUtcNow().ToUnixTimeMilliseconds());
        else
            await PlanStore.Delete(s, who.TenantId, id);
        await audit.Write(s, who, plan.InUse ? "plan.retired" : "plan.deleted", Target(plan), before: Json(plan));
        return !plan.InUse;
    }

    internal static AuditTarget Target(Plan plan) => new("plan", plan.Id, plan.Name);

    private static async ValueTask<Plan> Drafted(WriteTx s, string tenant, PlanDraft d, string id, long created, long updated)
    {
        var productName = d.Product ?? DefaultProduct;
        var product = await PlanStore.Product(s, tenant, productName, d.Kind, Ids.New(), updated);
        return new Plan(id, product, productName, d.Kind, d.Name, d.DurationSeconds, d.Price, d.Currency, d.MachineLimit, d.Prefix,
            d.OfflineGraceSeconds, d.Entitlements, d.Notes, d.Enabled, created, updated, null, false);
    }

    private static string Json(Plan plan) => JsonSerializer.Serialize(PlanView.Of(plan), PlanJson.Default.PlanView);
}
