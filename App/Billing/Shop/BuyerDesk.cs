using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Shop;

/// <summary>What whoever has the link of an order may do with it; each runs inside the transaction it is given.</summary>
public sealed class BuyerDesk(OrderService orders, Fulfilment fulfilment, TimeProvider clock)
{
    /// <summary>Of one order.</summary>
    public const int MostMails = 5;

    private const long MailPause = 120_000, AskPause = 15_000;

    /// <summary>Pays by another channel; from the balance at once.</summary>
    /// <exception cref="Refusal">404 ORDER_NOT_FOUND, 409 ORDER_STATE or INSUFFICIENT_BALANCE, 422 on <c>channel</c>.</exception>
    public async ValueTask<Order> Choose(WriteTx s, Caller who, string token, string? channel) => await orders.Choose(s, who, (await orders.ByToken(s, who.TenantId, token)).Id, channel);

    /// <summary>Gives it up while it is not paid.</summary>
    /// <exception cref="Refusal">404 ORDER_NOT_FOUND, 409 ORDER_STATE.</exception>
    public async ValueTask<Order> Cancel(WriteTx s, Caller who, string token) => await orders.Cancel(s, who.TenantId, (await orders.ByToken(s, who.TenantId, token)).Id, "", "");

    /// <summary>Has the mail with what was bought sent once more; false when that was done a moment ago, or often.</summary>
    /// <exception cref="Refusal">404 ORDER_NOT_FOUND, 409 ORDER_STATE: nothing was bought yet.</exception>
    public async ValueTask<bool> SendAgain(WriteTx s, Caller who, string token)
    {
        var order = await Locked(s, who.TenantId, token);
        if (order.State is not (OrderState.Delivered or OrderState.Renewed or OrderState.Paid))
            throw new Refusal(OrderErrors.OrderState);
        var sent = (await OrderStore.Events(s, who.TenantId, order.Id)).FindAll(e => e.Kind == "mailed_again");
        if (sent.Count >= MostMails || sent.Count > 0 && Now() - sent[^1].At < MailPause || !fulfilment.Mails(who.TenantId, order))
            return false;
        await OrderStore.Tell(s, who.TenantId, order.Id, Now(), "mailed_again");
        await fulfilment.SendAgain(s, who.TenantId, order, sent.Count + 1);
        return true;
    }

    /// <summary>May its gateway be asked now? Noted, so that nobody asks without end.</summary>
    /// <exception cref="Refusal">404 ORDER_NOT_FOUND.</exception>
    public async ValueTask<Order?> Asks(WriteTx s, Caller who, string token)
    {
        var order = await Locked(s, who.TenantId, token);
        if (order.State != OrderState.Pending || (await OrderStore.Events(s, who.TenantId, order.Id)).FindLast(e => e.Kind == "asked_again") is { } last && Now() - last.At < AskPause)
            return null;
        await OrderStore.Tell(s, who.TenantId, order.Id, Now(), "asked_again");
        return order;
    }

    private async ValueTask<Order> Locked(WriteTx s, string tenant, string token) =>
        await OrderStore.Locked(s, tenant, (await orders.ByToken(s, tenant, token)).Id) ?? throw new Refusal(OrderErrors.OrderNotFound);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
