using Gatehouse.Billing.Commissions;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Billing.Refunds;

/// <summary>What a refund's next state means for the books, its order and its buyer. The order's row is locked, where there is an order, and then the refund's.</summary>
public sealed class RefundBooks(LedgerService ledger, CommissionBooks commissions, MailQueue mails, TenantSettings settings, ITenants tenants, IConfiguration config, INotices notices, TimeProvider clock)
{
    public static readonly MailTemplate Mail = new("order_refunded", "mail.order_refunded.subject",
        MailPart.Text("mail.order_refunded.lead", 0, 1, 2), MailPart.Link("mail.order_refunded.open", 3)) { Title = "mail.order_refunded.title", Names = ["number", "name", "amount", "link"] };

    /// <summary>What a refund's money is taken from: what was sold, what waits for a decision, or, of a top-up, the balance that it was put on.</summary>
    /// <param name="order">Null: of a payment that no order is for.</param>
    /// <param name="held">How much of the order's price goes back beside it. What was put on the balance goes first, what the payment cost last.</param>
    public static (string Account, long Amount)[] From(Refund r, Order? order, long held)
    {
        if (r.Source == Refund.OfPayment)
            return [(LedgerAccount.Suspense, r.Amount)];
        var own = OnBalance(order, held + r.Amount) - OnBalance(order, held);
        return own == 0 ? [(LedgerAccount.Refunds, r.Amount)] : [(LedgerAccount.Balance(order!.AccountId!), own), (LedgerAccount.Refunds, r.Amount - own)];
    }

    /// <summary>Where it goes to.</summary>
    /// <param name="account">Whose balance it is.</param>
    public static string To(string way, string? account) => way switch
    {
        RefundWay.Gateway => LedgerAccount.Refunding,
        RefundWay.Balance => LedgerAccount.Balance(account ?? throw new InvalidOperationException("A guest has no balance.")),
        _ => LedgerAccount.ByHand,
    };

    /// <summary>Moves a refund's money.</summary>
    public async ValueTask Post(WriteTx s, string tenant, Refund r, string from, string to, string actor) =>
        await ledger.Post(s, tenant, new Posting(Posting.Refund, r.Currency, (from, r.Amount), (to, -r.Amount)) { OrderId = r.OrderId, PaymentId = r.PaymentId, Reference = r.Reference, Actor = actor });

    /// <summary>What a distributor gets of the order follows what is back of its price, or on its way.</summary>
    public async ValueTask Follow(WriteTx s, string tenant, Refund r)
    {
        if (r is { OrderId: { } order, Source: Refund.OfSale })
            await commissions.Returned(s, tenant, order, await RefundStore.HeldOfOrder(s, tenant, order));
    }

    /// <summary>Moves a refund's money from, or back to, what it is taken from.</summary>
    /// <param name="from">Of <see cref="From"/>.</param>
    public async ValueTask Post(WriteTx s, string tenant, Refund r, (string Account, long Amount)[] from, string other, bool back, string actor) => await ledger.Post(s, tenant,
        new Posting(Posting.Refund, r.Currency, [.. from.Select(f => (f.Account, back ? -f.Amount : f.Amount)), (other, back ? r.Amount : -r.Amount)]) { OrderId = r.OrderId, PaymentId = r.PaymentId, Reference = r.Reference, Actor = actor });

    /// <summary>The money is back: what its order is called now, and the buyer is told. What the gateway gave is booked; the rest was when it was decided.</summary>
    public async ValueTask<Refund> Done(WriteTx s, string tenant, Refund r, string actor)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var done = r with { State = RefundState.Done, AskAt = null, DoneAt = now };
        await RefundStore.Update(s, tenant, done);
        if (r.OrderId is not { } id)
            return done;
        await OrderStore.Tell(s, tenant, id, now, "refunded", actor, Money.Format(r.Amount, r.Currency));
        var order = r.Source == Refund.OfSale ? await Named(s, tenant, id) : (await OrderStore.Find(s, tenant, id))!;
        await Tell(s, tenant, order, done);
        return done;
    }

    /// <summary>The gateway did not do it: it stays open, and staff are told.</summary>
    public async ValueTask<Refund> Failed(WriteTx s, string tenant, Refund r)
    {
        var failed = r with { State = RefundState.Failed, AskAt = null, DoneAt = null };
        await RefundStore.Update(s, tenant, failed);
        await Trouble(s, tenant, failed, "refund_failed");
        if (r is { OrderId: { } id, Source: Refund.OfSale })
            await Named(s, tenant, id);
        return failed;
    }

    /// <summary>Something about it needs staff.</summary>
    public async ValueTask Trouble(WriteTx s, string tenant, Refund r, string what)
    {
        var order = r.OrderId is { } id ? await OrderStore.Find(s, tenant, id) : null;
        if (order is not null)
            await OrderStore.Tell(s, tenant, order.Id, clock.GetUtcNow().ToUnixTimeMilliseconds(), what, detail: Money.Format(r.Amount, r.Currency));
        await notices.Tell(s, tenant, PaymentTaker.Waits, new("payments.notice." + what, order is null ? r.Number : OrderNumber.Shown(order.Number)), $"refund:{r.Id}:{r.Number}:{what}");
    }

    /// <summary>Gives an order the state that follows from what is back of its price.</summary>
    public static async ValueTask<Order> Named(WriteTx s, string tenant, string id)
    {
        var order = (await OrderStore.Find(s, tenant, id))!;
        var back = await RefundStore.DoneOfOrder(s, tenant, id);
        // What is paid and not yet delivered stays with staff until all of it is back.
        var kept = order.DeliveredAt is null ? OrderState.Paid : back > 0 ? OrderState.PartlyRefunded : order.Done;
        var named = order with { State = back > 0 && back >= order.Amount ? OrderState.Refunded : kept };
        if (named.State != order.State)
            await OrderStore.Move(s, tenant, named);
        return named;
    }

    private async ValueTask Tell(WriteTx s, string tenant, Order order, Refund r)
    {
        if (order.Email.Length == 0 || settings.Get(tenant, MailSettings.Host).Length == 0)
            return;
        var mail = Mails.Of(Mail, order.Email, order.Language, OrderNumber.Shown(order.Number), order.Name, Money.Format(r.Amount, r.Currency), $"{SiteAddress.Base(config, tenants, tenant)}/orders/{order.Token}");
        await mails.Add(s, tenant, mail with { Account = order.AccountId }, $"refund:{r.Id}");
    }

    // How much of a sum that goes back is taken from the balance that it was put on. Whose account is gone has none.
    private static long OnBalance(Order? order, long back) => order is { Kind: Order.TopUp, AccountId: not null } ? Math.Min(back, order.Total) : 0;
}
