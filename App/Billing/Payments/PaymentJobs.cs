using Gatehouse.Billing.Calling;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Payments;

/// <summary>What has to be done by the clock: orders that nobody pays are given up, and gateways are asked about attempts that they have not told of.</summary>
public sealed class PaymentJobs(Database db, OrderService orders, PaymentStarter starter, PaymentTaker taker, PaymentCaller caller, TimeProvider clock)
{
    public const string ExpireName = "orders.expire", AskName = "payments.ask";
    private const int AtOnce = 200;

    /// <summary>Gives up the orders whose time is over.</summary>
    public async Task<Message> Expire(CancellationToken ct)
    {
        var count = 0;
        foreach (var (tenant, id) in await db.Read(async s => await OrderStore.Expired(s, await s.Now(), AtOnce), ct))
        {
            try
            {
                await db.Write(s => orders.Cancel(s, tenant, id, "", ""), ct);
                count++;
            }
            catch (Refusal refusal) when (refusal.Error == OrderErrors.OrderState)
            {
                // It was paid in this moment.
            }
        }
        return new("job.orders.expire.done", count);
    }

    /// <summary>Asks about attempts whose turn it is: after 1, 5, 15 and 60 minutes, and when their order was given up, a minute and 45 later: they may have been paid in its last.</summary>
    public async Task<Message> Ask(CancellationToken ct)
    {
        var due = await db.Read(async s => await s.All("SELECT tenant_id, id FROM payment_attempts WHERE ask_at <= @now ORDER BY ask_at LIMIT @limit",
            r => (Tenant: r.GetString(0), Id: r.GetString(1)), ("now", await s.Now()), ("limit", (long)AtOnce)), ct);
        var paid = 0;
        foreach (var (tenant, id) in due)
        {
            // Before it is asked: a gateway that never answers is not asked for ever.
            await db.Write(s => AttemptStore.AskLater(s, tenant, id, PaymentStarter.AskAfter), ct);
            if (await Ask(tenant, id, ct) == Taken.Settled)
                paid++;
        }
        return new("job.payments.ask.done", due.Count, paid);
    }

    /// <summary>Asks the gateway about one attempt now, and takes in what it says was paid.</summary>
    /// <returns>Null when nothing follows from its answer.</returns>
    public async Task<Taken?> Ask(string tenant, string attemptId, CancellationToken ct)
    {
        var (attempt, order, channel) = await db.Read(async s => await AttemptStore.Find(s, tenant, attemptId) is { } found
            ? (found, await OrderStore.Find(s, tenant, found.OrderId), await PaymentChannelStore.Find(s, tenant, found.ChannelId)) : ((PaymentAttempt?)null, (Order?)null, (PaymentChannel?)null), ct);
        if (attempt is null || order is null || channel?.Gateway is not { Query: { } query } gateway)
            return null;
        if (starter.Values(channel) is not { } values || gateway.ByNumber && attempt.GatewayNumber.Length == 0)
            return null;
        var (reading, _) = await caller.Ask(gateway, query, new GatewayCall(values, starter.Request(tenant, order, attempt, gateway), clock.GetUtcNow()), ct);
        if (reading is not { State: PaymentState.Paid, GatewayNumber.Length: > 0 })
            return null;
        // Who tells no amount says paid only of what was asked for, whole.
        return await db.Write(s => taker.Take(s, tenant, channel, new(attempt.TradeNumber, reading.GatewayNumber, _ => reading.Amount ?? attempt.Amount, reading.Currency, reading.Proof)), ct);
    }
}
