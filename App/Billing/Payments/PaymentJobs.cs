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

    // So many answers in a row that a gateway owes us, and it is left alone until the next time.
    private const int Patience = 3;

    /// <summary>Gives up the orders whose time is over.</summary>
    public async Task<Message> Expire(CancellationToken ct)
    {
        var count = 0;
        for (var more = true; more;)
        {
            var due = await db.Read(async s => await OrderStore.Expired(s, await s.Now(), AtOnce), ct);
            foreach (var (tenant, id) in due)
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
            more = due.Count == AtOnce;
        }
        return new("job.orders.expire.done", count);
    }

    /// <summary>Asks about attempts whose turn it is: after 1, 5, 15 and 60 minutes, and when their order was given up, a minute and 45 later: they may have been paid in its last.</summary>
    public async Task<Message> Ask(CancellationToken ct)
    {
        var now = await db.Read(s => s.Now(), ct);
        var due = await db.Read(s => s.All("SELECT DISTINCT tenant_id, channel_id FROM payment_attempts WHERE ask_at <= @now", r => (Tenant: r.GetString(0), Channel: r.GetString(1)), ("now", now)), ct);
        // Side by side: a gateway that is slow keeps no other channel waiting.
        var done = await Task.WhenAll(due.Select(d => Ask(d.Tenant, d.Channel, now, ct)));
        return new("job.payments.ask.done", done.Sum(d => d.Asked), done.Sum(d => d.Paid));
    }

    private async Task<(int Asked, int Paid)> Ask(string tenant, string channel, long now, CancellationToken ct)
    {
        var (asked, paid, silent) = (0, 0, 0);
        foreach (var id in await db.Read(s => s.All("SELECT id FROM payment_attempts WHERE ask_at <= @now AND tenant_id = @tenant AND channel_id = @channel ORDER BY ask_at LIMIT @limit",
            r => r.GetString(0), ("now", now), ("tenant", tenant), ("channel", channel), ("limit", (long)AtOnce)), ct))
        {
            // Before it is asked: a gateway that never answers is not asked for ever.
            await db.Write(s => AttemptStore.AskLater(s, tenant, id, PaymentStarter.AskAfter), ct);
            asked++;
            var (taken, isSilent) = await AskNow(tenant, id, ct);
            paid += taken == Taken.Settled ? 1 : 0;
            silent = isSilent ? silent + 1 : 0;
            // The others are due still, and asked about in a minute.
            if (silent == Patience)
                break;
        }
        return (asked, paid);
    }

    /// <summary>Asks the gateway about one attempt now, and takes in what it says was paid.</summary>
    /// <returns>Null when nothing follows from its answer.</returns>
    public async Task<Taken?> Ask(string tenant, string attemptId, CancellationToken ct) => (await AskNow(tenant, attemptId, ct)).Taken;

    private async Task<(Taken? Taken, bool IsSilent)> AskNow(string tenant, string attemptId, CancellationToken ct)
    {
        var (attempt, order, channel) = await db.Read(async s => await AttemptStore.Find(s, tenant, attemptId) is { } found
            ? (found, await OrderStore.Find(s, tenant, found.OrderId), await PaymentChannelStore.Find(s, tenant, found.ChannelId)) : ((PaymentAttempt?)null, (Order?)null, (PaymentChannel?)null), ct);
        if (attempt is null || order is null || channel?.Gateway is not { Query: { } query } gateway)
            return (null, false);
        if (starter.Values(channel) is not { } values || gateway.ByNumber && attempt.GatewayNumber.Length == 0)
            return (null, false);
        var call = new GatewayCall(values, starter.Request(tenant, order, attempt, gateway), clock.GetUtcNow());
        // Given up, or paid another way: nobody is to pay it any more. Where it cannot be closed, it may have been paid.
        if (order.State != OrderState.Pending && gateway.Close is { } close && (await caller.Ask(gateway, close, call, ct)).Reading is { Closed: true })
        {
            await db.Write(s => AttemptStore.Move(s, tenant, attempt.Id, PaymentAttempt.Closed, attempt.GatewayNumber, null), ct);
            return (null, false);
        }
        var (reading, fault) = await caller.Ask(gateway, query, call, ct);
        if (reading is not { State: PaymentState.Paid, GatewayNumber.Length: > 0 })
            return (null, reading is null && fault is not null);
        // Who tells no amount says paid only of what was asked for, whole.
        return (await db.Write(s => taker.Take(s, tenant, channel, new(attempt.TradeNumber, reading.GatewayNumber, _ => reading.Amount ?? attempt.Amount, reading.Currency, reading.Proof)), ct), false);
    }
}
