using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Plans;

/// <summary>The use cases of plans; each runs inside the transaction it is given.</summary>
public sealed class PlanService(AuditWriter audit, TimeProvider clock)
{
    /// <exception cref="Refusal">404 when the tenant has no such plan.</exception>
    public async ValueTask<Plan> Get(ReadTx s, string tenant, string id) =>
        await PlanStore.Find(s, tenant, id) ?? throw new Refusal(PlanErrors.NotFound);

    /// <summary>Null when the tenant has no such plan.</summary>
    public ValueTask<Plan?> Find(ReadTx s, string tenant, string id) => PlanStore.Find(s, tenant, id);

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

    /// <summary>The plan that keys are moved to: one whose keys are activated.</summary>
    /// <exception cref="Refusal">422 on <c>plan</c>.</exception>
    internal async ValueTask<Plan> ForKeys(ReadTx s, string tenant, string? idOrName) =>
        await Named(s, tenant, idOrName) is { Recharge: 0, Kind: Plan.Software } plan ? plan : throw Refusal.Field("plan", "field.plan_recharge");

    /// <summary>What the shop offers, in the order of display.</summary>
    public ValueTask<List<Plan>> OnSale(ReadTx s, string tenant) => PlanStore.OnSale(s, tenant);

    /// <inheritdoc cref="PlanStore.OnSaleText"/>
    public ValueTask<(string Text, bool Counts)> OnSaleText(ReadTx s, string tenant) => PlanStore.OnSaleText(s, tenant);

    /// <summary>Is anything on sale?</summary>
    public ValueTask<bool> Sells(ReadTx s, string tenant) => PlanStore.Sells(s, tenant);

    public async ValueTask<Slice<Plan>> List(ReadTx s, string tenant, bool retired, string? after, int limit, string? search = null) =>
        Slice<Plan>.Of(await PlanStore.List(s, tenant, retired, search, Cursor.Decode(after), limit + 1), limit, p => p.Id);

    /// <exception cref="Refusal">422 with all that is wrong, by field; the name may be taken.</exception>
    public async ValueTask<Plan> Create(WriteTx s, Caller who, Plan wanted)
    {
        var now = Now();
        var plan = await WithProduct(s, who.TenantId, await Sellable(s, who.TenantId, Plan.Fields.Checked(wanted)) with { Id = Ids.New(), CreatedAt = now, UpdatedAt = now });
        if (await PlanStore.Insert(s, who.TenantId, plan) == 0)
            throw Refusal.Field("name", "field.name_taken");
        await audit.Write(s, who, "plan.created", Target(plan), after: Plan.Fields.Json(plan));
        return plan;
    }

    /// <exception cref="Refusal">404, 409 PLAN_RETIRED, or 422 with all that is wrong, by field; the name may be taken.</exception>
    public async ValueTask<Plan> Update(WriteTx s, Caller who, string id, Func<Plan, Plan> change)
    {
        var before = await Get(s, who.TenantId, id);
        if (before.RetiredAt is not null)
            throw new Refusal(PlanErrors.Retired);
        var wanted = Plan.Fields.Checked(change(before));
        // Its keys may be printed, and sold: what they are worth never changes.
        if (wanted.Recharge != before.Recharge || wanted.Recharge > 0 && wanted.Currency != before.Currency)
            throw Refusal.Field(wanted.Recharge != before.Recharge ? "recharge" : "currency", "field.recharge_fixed");
        if (wanted.Kind != before.Kind && before.InUse)
            throw Refusal.Field("kind", "field.kind_fixed");
        var other = await PlanStore.FindByName(s, who.TenantId, wanted.Name);
        if (other is not null && other.Id != id)
            throw Refusal.Field("name", "field.name_taken");
        var plan = await WithProduct(s, who.TenantId, await Sellable(s, who.TenantId, wanted, before) with { UpdatedAt = Now() });
        await PlanStore.Update(s, who.TenantId, plan);
        await audit.Write(s, who, "plan.changed", Target(plan), Plan.Fields.Json(before), Plan.Fields.Json(plan));
        return plan;
    }

    /// <summary>Deletes a plan that no key was made under; one in use is retired instead. Returns whether it was deleted.</summary>
    /// <exception cref="Refusal">404, 409 PLAN_RETIRED.</exception>
    public async ValueTask<bool> Remove(WriteTx s, Caller who, string id)
    {
        var plan = await Get(s, who.TenantId, id);
        if (plan.RetiredAt is not null)
            throw new Refusal(PlanErrors.Retired);
        if (plan.InUse)
            await PlanStore.Retire(s, who.TenantId, id, Now());
        else
            await PlanStore.Delete(s, who.TenantId, id);
        await audit.Write(s, who, plan.InUse ? "plan.retired" : "plan.deleted", Target(plan), before: Plan.Fields.Json(plan));
        return !plan.InUse;
    }

    internal static AuditTarget Target(Plan plan) => new("plan", plan.Id, plan.Name);

    private static async ValueTask<Plan> WithProduct(WriteTx s, string tenant, Plan plan)
    {
        if (plan is { Kind: Plan.Relay, Product: Plan.DefaultProduct })
            plan = plan with { Product = Plan.DefaultRelays };
        var (id, kind) = await PlanStore.Product(s, tenant, plan.Product, plan.Kind, Ids.New(), plan.UpdatedAt);
        return kind == plan.Kind ? plan with { ProductId = id } : throw Refusal.Field("product", "field.product_kind");
    }

    private static async ValueTask<Plan> Sellable(ReadTx s, string tenant, Plan plan, Plan? before = null)
    {
        if (plan.Trial && (plan.Price > 0 || PlanSelling.Tiers(plan.Tiers).Any(t => t.Price > 0)))
            throw Refusal.Field("trial", "field.trial");
        // A freed machine could have the next key of the trial, and the next.
        if (plan is { Trial: true, ReleasesPerMonth: > 0 })
            throw Refusal.Field("releases_per_month", "field.releases_trial");
        if (plan is { Kind: Plan.Relay, Recharge: > 0 })
            throw Refusal.Field("recharge", "field.relay_recharge");
        if (AddOns.Of(plan.AddOns).FirstOrDefault(a => !AddOns.KindsOf(plan.Kind).Contains(a.Kind)) is { } unfit)
            throw Refusal.Field("add_ons", "field.add_ons_kind", unfit.Kind);
        // What is put on a balance has no time of its own.
        if (plan.Recharge > 0)
            plan = plan with { DurationSeconds = null };
        // Those that were chosen before may be gone by now.
        foreach (var id in SwitchTargets.Of(plan.SwitchTo).Except(SwitchTargets.Of(before?.SwitchTo ?? "[]")))
            if (id == plan.Id || await PlanStore.Find(s, tenant, id) is not { Recharge: 0, Trial: false } to || to.Currency != plan.Currency || to.Kind != plan.Kind)
                throw Refusal.Field("switch_to", "field.switch_to");
        // Keys of another plan would be another thing than what is sold.
        return plan.StockBatch is null || await PlanStore.HasBatch(s, tenant, plan.Id, plan.StockBatch) ? plan : throw Refusal.Field("stock_batch", "field.stock_batch");
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What requests about plans are refused with.</summary>
public static class PlanErrors
{
    public static readonly ErrorCode NotFound = new(404, "PLAN_NOT_FOUND");
    public static readonly ErrorCode Retired = new(409, "PLAN_RETIRED");
    public static readonly ErrorCode NoteNotFound = new(404, "PLAN_NOTE_NOT_FOUND");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, Retired, NoteNotFound];
}
