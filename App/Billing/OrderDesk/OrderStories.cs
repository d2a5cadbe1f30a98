using System.Text.Json;
using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Commissions;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.OrderDesk;

/// <summary>A call of a gateway about an order, as it was taken.</summary>
/// <param name="Checks">Each check and whether it held.</param>
/// <param name="Verdict">What followed from it.</param>
public sealed record OrderCall(long At, string ChannelId, string Method, string Verdict, IReadOnlyDictionary<string, bool> Checks);

/// <summary>An order and all that happened to it.</summary>
/// <param name="Person">Null: a guest's, or of somebody who has gone.</param>
public sealed record WholeOrder(
    Order Order, Customer? Person, IReadOnlyList<string> Keys, IReadOnlyList<OrderEvent> Events, IReadOnlyList<PaymentAttempt> Attempts, IReadOnlyList<Payment> Payments, IReadOnlyList<OrderCall> Calls, IReadOnlyList<LedgerLine> Ledger,
    IReadOnlyList<Refund> Refunds)
{
    /// <summary>Where a distributor's link led to it: what they get of it.</summary>
    public Commission? Commission { get; init; }

    /// <summary>What that distributor is called; null: they are gone.</summary>
    public string? Distributor { get; init; }

    /// <summary>What it does to a key that is there already; null: nothing.</summary>
    public KeyChange? Change { get; init; }
}

/// <summary>Reads orders as staff look at them.</summary>
public sealed class OrderStories(LedgerService ledger, TimeProvider clock)
{
    private const int MostCalls = 100;

    /// <summary>All there is about an order.</summary>
    public async ValueTask<WholeOrder> Of(ReadTx s, string tenant, Order order)
    {
        var commission = await CommissionStore.Find(s, tenant, order.Id);
        return await Whole(s, tenant, order) with { Commission = commission, Distributor = (await Person(s, tenant, commission?.AccountId))?.Called };
    }

    private ValueTask<Customer?> Person(ReadTx s, string tenant, string? account) => account is null ? new((Customer?)null) : CustomerStore.Find(s, tenant, account, clock.GetUtcNow().ToUnixTimeMilliseconds());

    private async ValueTask<WholeOrder> Whole(ReadTx s, string tenant, Order order) => new(
        order, await Person(s, tenant, order.AccountId), await OrderStore.Keys(s, tenant, order.Id),
        await OrderStore.Events(s, tenant, order.Id), await AttemptStore.OfOrder(s, tenant, order.Id), await AttemptStore.PaymentsOf(s, tenant, order.Id), await Calls(s, tenant, order.Id), await ledger.OfOrder(s, tenant, order.Id),
        await RefundStore.OfOrder(s, tenant, order.Id)) { Change = await KeyChanger.Find(s, tenant, order.Id) };

    /// <summary>What channels are called, by their ids.</summary>
    public static async ValueTask<Dictionary<string, string>> Channels(ReadTx s, string tenant) => (await PaymentChannelStore.All(s, tenant)).ToDictionary(c => c.Id, c => c.Name);

    /// <summary>What the people are called whose orders these are, by their ids.</summary>
    public static async ValueTask<Dictionary<string, string>> People(ReadTx s, string tenant, IEnumerable<Order> orders)
    {
        var ids = orders.Select(o => o.AccountId).OfType<string>().Distinct().ToList();
        if (ids.Count == 0)
            return [];
        var names = await s.All(
            $"SELECT a.id, a.display_name, COALESCE(a.email, a.phone, a.username, '') FROM accounts a WHERE a.tenant_id = @tenant AND a.id IN ({string.Join(", ", ids.Select((_, i) => $"@a{i}"))})",
            r => (Id: r.GetString(0), Name: r.GetString(1) is { Length: > 0 } shown ? shown : r.GetString(2)), [("tenant", tenant), .. ids.Select((id, i) => ($"a{i}", (object?)id))]);
        return names.ToDictionary(n => n.Id, n => n.Name);
    }

    private static ValueTask<List<OrderCall>> Calls(ReadTx s, string tenant, string order) => s.All(
        "SELECT c.at, c.channel_id, c.method, c.verdict, c.checks FROM payment_calls c WHERE c.tenant_id = @tenant AND c.attempt_id IN (SELECT id FROM payment_attempts WHERE order_id = @order) ORDER BY c.id DESC LIMIT @most",
        r => new OrderCall(r.GetInt64(0), r.GetString(1), r.GetString(2), r.GetString(3), JsonSerializer.Deserialize(r.GetString(4), PaymentJson.Default.DictionaryStringBoolean)!),
        ("tenant", tenant), ("order", order), ("most", (long)MostCalls));
}
