using Gatehouse.Billing.Calling;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Refunds;

/// <summary>
/// Has gateways give money back, outside of any transaction and as often as it takes: each try asks first what became of the one before,
/// and a gateway that knows no number of ours is asked to do it once only.
/// </summary>
public sealed class RefundCaller(Database db, PaymentStarter starter, PaymentCaller caller, RefundBooks books, TimeProvider clock)
{
    public const string JobName = "refunds.ask";
    private const int AtOnce = 100, SideBySide = 8;

    // Minutes from one try to the next; after the last, staff decide.
    private static readonly long[] After = [1, 4, 10, 45, 180, 600];

    // Stripe keeps our number for a day: after that the same one could be done twice.
    private const long Known = 20 * 3_600_000L;

    /// <summary>Asks the gateways whose turn it is.</summary>
    public async Task<Message> Run(CancellationToken ct)
    {
        var (due, done) = (await db.Read(async s => await RefundStore.Due(s, await s.Now(), AtOnce), ct), 0);
        // Side by side: a gateway that is slow keeps no other waiting for long. Each is claimed before it is asked.
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct }, async (refund, stop) =>
        {
            if (await Send(refund.Item1, refund.Item2, stop) is { State: RefundState.Done })
                Interlocked.Increment(ref done);
        });
        return new("job.refunds.ask.done", due.Count, done);
    }

    /// <summary>Has one refund's gateway asked now, unless somebody does already.</summary>
    /// <returns>The refund as it is then; null where nothing was to be asked.</returns>
    public async Task<Refund?> Send(string tenant, string id, CancellationToken ct)
    {
        if (await db.Write(s => Claim(s, tenant, id), ct) is not { } turn)
            return null;
        var (done, number, answer) = await Ask(tenant, turn, ct);
        return await db.Write(s => Record(s, tenant, turn.Refund, done, number, answer), ct);
    }

    private async ValueTask<Turn?> Claim(WriteTx s, string tenant, string id)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (await RefundStore.Locked(s, tenant, id) is not { AskAt: { } at, PaymentId: { } paid } refund || at > now
            || await AttemptStore.Payment(s, tenant, paid) is not { AttemptId: { } tried } payment || await AttemptStore.Find(s, tenant, tried) is not { } attempt
            || await OrderStore.Find(s, tenant, attempt.OrderId) is not { } order || await PaymentChannelStore.Find(s, tenant, payment.ChannelId) is not { Gateway: { } gateway } channel)
            return null;
        var mayAsk = refund.State == RefundState.Asked && (refund.Sent == 0 || !gateway.RefundOnce && now - refund.CreatedAt < Known);
        // A gateway without numbers says of the whole payment that it went back: with two refunds of one that tells nothing.
        var mayLook = refund.Sent > 0 && gateway.RefundQuery is not null && (!gateway.RefundOnce || (await RefundStore.OfPayment(s, tenant, paid)).Count(r => r.Sent > 0) == 1);
        var claimed = refund with { Sent = mayAsk ? 1 : refund.Sent, Tries = refund.Tries + 1, AskAt = now + After[Math.Min(refund.Tries, After.Length - 1)] * 60_000 };
        await RefundStore.Update(s, tenant, claimed);
        return new(claimed, payment, attempt, order, channel, gateway, mayLook, mayAsk);
    }

    private async Task<(bool? Done, string Number, string Answer)> Ask(string tenant, Turn turn, CancellationToken ct)
    {
        if (starter.Values(turn.Channel) is not { } values)
            return (null, "", new Message("refunds.answer.sealed").ToStored());
        var payment = starter.Request(tenant, turn.Order, turn.Attempt, turn.Gateway) with { GatewayNumber = turn.Payment.GatewayNumber, Proof = turn.Payment.Proof };
        var call = new GatewayCall(values, payment, clock.GetUtcNow(), new(turn.Refund.Number, turn.Refund.Amount, turn.Refund.Reason));
        (bool? Done, string Number, string Answer) heard = (null, "", turn.Refund.Answer);
        foreach (var question in new[] { turn.MayLook ? turn.Gateway.RefundQuery : null, turn.MayAsk ? turn.Gateway.Refund : null })
        {
            if (question is null || heard.Done is not null)
                continue;
            var (reading, fault) = await caller.Ask(turn.Gateway, question, call, ct);
            heard = (reading?.Done, reading?.Number ?? "", reading is null ? fault?.ToStored() ?? "" : new Message("preview.text", reading.Answer).ToStored());
        }
        return heard;
    }

    private async ValueTask<Refund?> Record(WriteTx s, string tenant, Refund claimed, bool? done, string number, string answer)
    {
        if (claimed.OrderId is { } order)
            await OrderStore.Locked(s, tenant, order);
        // Staff, or another node that was told, may have decided meanwhile.
        if (await RefundStore.Locked(s, tenant, claimed.Id) is not { } refund || refund.State != claimed.State || refund.Number != claimed.Number)
            return null;
        refund = refund with { GatewayNumber = number.Length > 0 ? number : refund.GatewayNumber, Answer = answer };
        var channel = LedgerAccount.Clearing((await AttemptStore.Payment(s, tenant, refund.PaymentId!))!.ChannelId);
        if (refund.State == RefundState.Done)
            return await Again(s, tenant, refund, done, channel);
        if (done == true)
        {
            await books.Post(s, tenant, refund, LedgerAccount.Refunding, channel, "");
            return await books.Done(s, tenant, refund, "");
        }
        if (done == false)
            return await books.Failed(s, tenant, refund);
        var last = refund.Tries >= After.Length;
        var open = refund with { AskAt = last ? null : refund.AskAt };
        await RefundStore.Update(s, tenant, open);
        if (last)
            await books.Trouble(s, tenant, open, "refund_unclear");
        return open;
    }

    // It was done, and the gateway was asked once more because it told of something: a refund may fail days later.
    private async ValueTask<Refund> Again(WriteTx s, string tenant, Refund refund, bool? done, string channel)
    {
        if (done != false)
        {
            var kept = refund with { AskAt = null };
            await RefundStore.Update(s, tenant, kept);
            return kept;
        }
        await books.Post(s, tenant, refund, channel, LedgerAccount.Refunding, "");
        return await books.Failed(s, tenant, refund);
    }

    private sealed record Turn(Refund Refund, Payment Payment, PaymentAttempt Attempt, Order Order, PaymentChannel Channel, GatewayKind Gateway, bool MayLook, bool MayAsk);
}
