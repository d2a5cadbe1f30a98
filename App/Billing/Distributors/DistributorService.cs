using System.Text.Json;
using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.News;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Distributors;

/// <param name="State">Null: as it is.</param>
/// <param name="Credit">Minor units of <paramref name="Currency"/>.</param>
/// <param name="Reason">Shown to the distributor.</param>
public sealed record DistributorChange(string? State = null, long? Level = null, long? Credit = null, string? Currency = null, string? Reason = null);

/// <summary>The use cases of distributors; each runs inside the transaction it is given.</summary>
public sealed class DistributorService(OrderService orders, PlanService plans, LedgerService ledger, AuditWriter audit, INotices notices, CustomerNews news, TimeProvider clock)
{
    public const int MaxText = 1000;
    private const int MaxPrices = 100;
    private const long MaxCredit = 1_000_000_000_00;

    /// <summary>Staff are told when somebody asks to be one.</summary>
    public static readonly NoticeKind Applied = new("distributors.applied", NoticeKind.Warn, 310);

    // What staff may make of what is there.
    private static readonly (string From, string To)[] Steps =
    [
        (Distributor.Applied, Distributor.Active), (Distributor.Applied, Distributor.Rejected), (Distributor.Rejected, Distributor.Active), (Distributor.Active, Distributor.Suspended), (Distributor.Suspended, Distributor.Active),
    ];

    /// <summary>A customer asks to be one; who was turned down may ask again.</summary>
    /// <exception cref="Refusal">409 DISTRIBUTOR_STATE: it is one, or has asked; 422 on <c>application</c>.</exception>
    public async ValueTask<Distributor> Apply(WriteTx s, Caller who, string? application)
    {
        var checks = new FieldChecks();
        var text = checks.Text("application", application, 1, MaxText, lines: true);
        checks.ThrowIfAny();
        var now = Now();
        // Locked: a person who is erased in this moment asks for nothing any more.
        if (await CustomerStore.FindLocked(s, who.TenantId, who.Id ?? "", now) is not { DisabledAt: null })
            throw new Refusal(HttpErrors.Unauthorized);
        var known = await DistributorStore.Locked(s, who.TenantId, who.Id!);
        if (known is { State: not Distributor.Rejected })
            throw new Refusal(DistributorErrors.State);
        var distributor = new Distributor(who.Id!, Distributor.Applied, known?.Level ?? 1, known?.Currency ?? "CNY", 0, text, "", known?.CreatedAt ?? now, now);
        await DistributorStore.Save(s, who.TenantId, distributor);
        await notices.Tell(s, who.TenantId, Applied, new("distributors.notice.applied"), $"distributor:{who.Id}:{now}");
        return distributor;
    }

    /// <exception cref="Refusal">404 NO_SUCH_DISTRIBUTOR.</exception>
    public async ValueTask<Distributor> Get(ReadTx s, string tenant, string account) => await DistributorStore.Find(s, tenant, account) ?? throw new Refusal(DistributorErrors.NotFound);

    /// <summary>Staff take somebody on, turn them down, stop or let them go on, and say on what terms. Who is not active has no credit beyond what is owed.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_DISTRIBUTOR, 409 DISTRIBUTOR_STATE: that is no step from where it is; 422 with what is wrong, by field.</exception>
    public async ValueTask<Distributor> Change(WriteTx s, Caller who, string account, DistributorChange wanted)
    {
        var tenant = who.TenantId;
        // The account comes first: whoever erases it has that lock as well.
        var owner = await CustomerStore.FindLocked(s, tenant, account, Now());
        var before = await DistributorStore.Locked(s, tenant, account) ?? throw new Refusal(DistributorErrors.NotFound);
        var checks = new FieldChecks();
        var (state, level, credit, currency) = (wanted.State ?? before.State, wanted.Level ?? before.Level, wanted.Credit ?? before.Credit, (wanted.Currency ?? before.Currency).Trim().ToUpperInvariant());
        if (!Distributor.States.Contains(state))
            checks.Wrong("state", "field.one_of", string.Join(", ", Distributor.States));
        checks.Range("level", level, 1, Distributor.MaxLevel);
        checks.Range("credit", credit, 0, MaxCredit);
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))
            checks.Wrong("currency", "field.currency");
        var reason = wanted.Reason is null ? before.Reason : checks.Text("reason", wanted.Reason, 0, MaxText, lines: true);
        checks.ThrowIfAny();
        if (state != before.State && !Steps.Contains((before.State, state)))
            throw new Refusal(DistributorErrors.State);
        var after = before with { State = state, Level = level, Credit = credit, Currency = currency, Reason = reason, UpdatedAt = Now() };
        if (currency != before.Currency)
        {
            await ledger.Watch(s, tenant, account, before.Currency, null);
            await ledger.Credit(s, tenant, account, before.Currency, 0);
        }
        var owed = await ledger.Credit(s, tenant, account, currency, state == Distributor.Active ? credit : 0);
        if (state == Distributor.Active && owed > credit)
            throw Refusal.Field("credit", "distributors.wrong.owed", Money.Plain(owed, currency));
        await DistributorStore.Save(s, tenant, after);
        await audit.Write(s, who, "distributor.changed", new("distributor", account, account), Json(before), Json(after));
        if (owner is not null && Said(before, after) is { } said)
            await news.Tell(s, tenant, Addressee.Of(owner), said, DistributorPages.Own, $"distributor:{Ids.New()}");
        return after;
    }

    /// <summary>What a plan costs distributors: anew, as a whole.</summary>
    /// <exception cref="Refusal">422 with what is wrong, by field.</exception>
    public async ValueTask<Plan> SetPrices(WriteTx s, Caller who, string? planName, IReadOnlyList<DistributorPrice> prices)
    {
        var plan = await plans.Named(s, who.TenantId, planName);
        if (prices.Count > MaxPrices || prices.Any(p => p is null) || prices.DistinctBy(p => (p.Level, p.From)).Count() != prices.Count
            || prices.Any(p => p.Level is < 1 or > Distributor.MaxLevel || p.From is < 1 or > PlanSelling.MostPerOrder || p.Price is < 1 or > MaxCredit))
            throw Refusal.Field("prices", "distributors.wrong.prices", Distributor.MaxLevel, PlanSelling.MostPerOrder);
        await StockKeeper.LockPlan(s, who.TenantId, plan.Id);
        var before = await DistributorStore.Prices(s, who.TenantId, plan.Id);
        await DistributorStore.SetPrices(s, who.TenantId, plan.Id, prices);
        await audit.Write(s, who, "distributor.prices", new("plan", plan.Id, plan.Name), Json(before), Json(prices));
        return plan;
    }

    /// <summary>Buys keys from the balance and, where that does not do, the credit line: both are decided under the balance's lock.</summary>
    /// <exception cref="Refusal">403 NOT_A_DISTRIBUTOR, 409 NO_DISTRIBUTOR_PRICE, NOT_ON_SALE, SOLD_OUT or INSUFFICIENT_BALANCE, 422 with what is wrong, by field.</exception>
    public async ValueTask<Order> Buy(WriteTx s, Caller who, string? planName, long quantity, string language)
    {
        // Locked: a person who is erased in this moment buys nothing any more.
        if (await CustomerStore.FindLocked(s, who.TenantId, who.Id ?? "", Now()) is not { DisabledAt: null } customer)
            throw new Refusal(HttpErrors.Unauthorized);
        if (await DistributorStore.Locked(s, who.TenantId, customer.Id) is not { State: Distributor.Active } distributor)
            throw new Refusal(DistributorErrors.NotOne);
        var plan = await plans.Named(s, who.TenantId, planName);
        if (quantity is < 1 or > PlanSelling.MostPerOrder)
            throw Refusal.Field("quantity", "field.range", 1, PlanSelling.MostPerOrder);
        var price = await DistributorStore.PriceOf(s, who.TenantId, plan.Id, distributor.Level, quantity);
        return await orders.Bulk(s, who, customer.Email ?? "", plan, quantity, price.Price, language);
    }

    /// <summary>Says below which amount left to spend a distributor wants to be told, in minor units of the credit line's currency; null: not at all.</summary>
    /// <exception cref="Refusal">403 NOT_A_DISTRIBUTOR, 422 on <c>below</c>.</exception>
    public async ValueTask<Distributor> Watch(WriteTx s, Caller who, long? below)
    {
        if (below is < 1 or > MaxCredit)
            throw Refusal.Field("below", "field.range", 1, MaxCredit);
        if (await DistributorStore.Locked(s, who.TenantId, who.Id ?? "") is not { State: Distributor.Active or Distributor.Suspended } distributor)
            throw new Refusal(DistributorErrors.NotOne);
        await ledger.Watch(s, who.TenantId, distributor.AccountId, distributor.Currency, below);
        return distributor;
    }

    /// <summary>What is known of a distributor, for who takes their data along.</summary>
    public static async ValueTask WriteOwn(ReadTx s, string tenant, string account, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        if (await DistributorStore.Find(s, tenant, account) is { } own)
        {
            json.WriteStartObject();
            json.WriteString("status", own.State);
            json.WriteNumber("level", own.Level);
            json.WriteNumber("credit", own.Credit);
            json.WriteString("currency", own.Currency);
            if (await new LedgerService().Watched(s, tenant, account, own.Currency) is { } below)
                json.WriteNumber("notice_below", below);
            json.WriteString("application", own.Application);
            json.WriteString("reason", own.Reason);
            json.WriteString("created_at", DateTimeOffset.FromUnixTimeMilliseconds(own.CreatedAt).UtcDateTime);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>How many there are of an account: one or none.</summary>
    public static ValueTask<long> Count(ReadTx s, string tenant, string account) =>
        s.Number("SELECT COUNT(*) FROM distributors WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    /// <summary>Two accounts become one: what one was the other is, unless it is one itself. What the first owes comes along with its balance; no line stays behind.</summary>
    public static async ValueTask Move(WriteTx s, string tenant, string from, string into)
    {
        var ledger = new LedgerService();
        if (await DistributorStore.Find(s, tenant, from) is not { } moved)
            return;
        await ledger.Credit(s, tenant, from, moved.Currency, 0);
        await s.Execute("UPDATE distributors SET account_id = @into WHERE tenant_id = @tenant AND account_id = @from AND NOT EXISTS (SELECT 1 FROM distributors d WHERE d.account_id = @into)", ("tenant", tenant), ("from", from), ("into", into));
        await s.Execute("DELETE FROM distributors WHERE tenant_id = @tenant AND account_id = @from", ("tenant", tenant), ("from", from));
        if (await DistributorStore.Find(s, tenant, into) is { State: Distributor.Active } now)
            await ledger.Credit(s, tenant, into, now.Currency, now.Credit);
    }

    // What they hear of a change; null: nothing of theirs is different.
    private static Message? Said(Distributor before, Distributor after)
    {
        object why = after.Reason.Length == 0 ? "" : new Message("told.reason", after.Reason);
        if (after.State != before.State)
            return new($"distributors.told.{(before.State == Distributor.Suspended ? "resumed" : after.State)}", why);
        return after with { UpdatedAt = before.UpdatedAt } == before ? null : new("distributors.told.terms", after.Level, Money.Format(after.Credit, after.Currency), why);
    }

    // No text of anybody's: reasons and applications can be forgotten.
    private static string Json(Distributor d) => $$"""{"state":"{{d.State}}","level":{{d.Level}},"credit":{{d.Credit}},"currency":"{{d.Currency}}"}""";

    private static string Json(IReadOnlyList<DistributorPrice> prices) => $"[{string.Join(',', prices.Select(p => $$"""{"level":{{p.Level}},"from":{{p.From}},"price":{{p.Price}}}"""))}]";

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
