using System.Security.Cryptography;
using Gatehouse.Billing.Calling;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Billing.Payments;

/// <summary>Asks a gateway for the money of an order, outside of any transaction.</summary>
public sealed class PaymentStarter(Database db, PaymentChannelService channels, PaymentCaller caller, ITenants tenants, IConfiguration config, TimeProvider clock)
{
    // A gateway that lost its own call is asked after so many minutes, each counted from the one before.
    internal static readonly long[] AskAfter = [1, 4, 10, 45];

    /// <summary>The attempt to pay a waiting order by its channel, with what the payer is shown: the one that there is, or a new one.</summary>
    /// <returns>Null where nothing is to be paid. Without a prompt: the gateway did not answer as it should; ask again.</returns>
    public async Task<PaymentAttempt?> Begin(string tenant, Order order, string? ip, bool phone, CancellationToken ct)
    {
        if (order is not { State: OrderState.Pending, ChannelId: { } channelId })
            return null;
        var (known, open) = await db.Read(async s => (await PaymentChannelStore.Find(s, tenant, channelId), await Open(s, tenant, order)), ct);
        if (known is not { Gateway: { Start: { } start } gateway } channel)
            return null;
        var attempt = open ?? await db.Write(s => Attempt(s, tenant, order, channel), ct);
        if (attempt is null || Values(channel) is not { } values)
            return attempt;
        var call = new GatewayCall(values, Request(tenant, order, attempt, gateway, ip, phone), clock.GetUtcNow());
        if (gateway.Lacks(values) is not null || gateway.Unfit(call.Payment) is not null)
            return attempt;
        switch (start.With(values))
        {
            case GatewayStart.Local local:
                return attempt with { Prompt = local.Prompt(call) };
            case GatewayStart.Remote remote when attempt.Prompt is null:
                var (reading, _) = await caller.Ask(gateway, remote.Question, call, ct);
                if (reading?.Prompt is not { } prompt)
                    return attempt;
                await db.Write(s => AttemptStore.Prompted(s, tenant, attempt.Id, prompt, reading.GatewayNumber), ct);
                return attempt with { Prompt = prompt };
            default:
                return attempt;
        }
    }

    /// <summary>In the transaction that makes an order: the first attempt to pay it by its channel, so that <see cref="Begin"/> finds one.</summary>
    public async ValueTask Prepare(WriteTx s, string tenant, Order made)
    {
        if (made is { State: OrderState.Pending, ChannelId: { } id } && await PaymentChannelStore.Lock(s, tenant, id) && await PaymentChannelStore.Find(s, tenant, id) is { Gateway.Start: not null } channel)
            await Add(s, tenant, made, channel, 1);
    }

    /// <summary>A channel's values; null when its secrets were sealed under another key.</summary>
    internal Dictionary<string, string>? Values(PaymentChannel channel)
    {
        try
        {
            return channels.Values(channel);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>What a gateway hears of an attempt.</summary>
    internal PaymentRequest Request(string tenant, Order order, PaymentAttempt attempt, GatewayKind gateway, string? ip = null, bool phone = false)
    {
        var site = SiteAddress.Base(config, tenants, tenant);
        return new(attempt.TradeNumber, attempt.Amount, attempt.Currency, $"{order.Name} x{order.Quantity}", $"{site}/pay/{gateway.Route}/{attempt.ChannelId}/notify", $"{site}/orders/{order.Token}",
            DateTimeOffset.FromUnixTimeMilliseconds(order.ExpiresAt), attempt.GatewayNumber, "", order.Email, ip ?? "", phone) { Channel = attempt.ChannelId };
    }

    // Under the order's lock: two pages that begin at once get one attempt.
    private async ValueTask<PaymentAttempt?> Attempt(WriteTx s, string tenant, Order seen, PaymentChannel with)
    {
        if (await OrderStore.Locked(s, tenant, seen.Id) is not { State: OrderState.Pending, ChannelId: { } channel } order || channel != seen.ChannelId
            || !await PaymentChannelStore.Lock(s, tenant, channel))
            return null;
        return await Open(s, tenant, order) ?? await Add(s, tenant, order, with, (await AttemptStore.OfOrder(s, tenant, order.Id)).Count + 1);
    }

    private static async ValueTask<PaymentAttempt?> Open(ReadTx s, string tenant, Order order) =>
        (await AttemptStore.OfOrder(s, tenant, order.Id)).Find(a => a.ChannelId == order.ChannelId && a.State == PaymentAttempt.Pending && a.Amount == order.Amount);

    private async ValueTask<PaymentAttempt> Add(WriteTx s, string tenant, Order order, PaymentChannel with, int nth)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var attempt = new PaymentAttempt(Ids.New(), order.Id, with.Id, $"GH{order.Number}{nth:00}", order.Currency, order.Amount, PaymentAttempt.Pending, "", null, 0, 0, now, null)
        {
            Fee = order.Fee, Kept = with.Kept(order.Amount),
        };
        await AttemptStore.Insert(s, tenant, attempt, with.Gateway?.Query is null ? null : now + AskAfter[0] * 60_000);
        await OrderStore.Tell(s, tenant, order.Id, now, "payment_begun", detail: attempt.TradeNumber);
        return attempt;
    }
}
