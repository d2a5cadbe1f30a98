using Gatehouse.Billing.KeyChanges;
using Gatehouse.Licensing.AccountKeys;
using Gatehouse.Licensing.Plans;
using Gatehouse.Messaging.Formats;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Billing.Orders;

/// <summary>What happens to an order that is paid, whoever found that out: the buyer gets what was bought, on the page, on the account and by mail, in the transaction that marks it paid.</summary>
public sealed class Fulfilment(StockKeeper stock, IEnumerable<IOrderDelivery> deliveries, PlanService plans, MailQueue mails, TenantSettings settings, INotices notices, IEnumerable<IOrderObserver> observers, ITenants tenants, IConfiguration config, TimeProvider clock)
{
    private static readonly MailTemplate Keys = new("order_delivered", "mail.order_delivered.subject",
        MailPart.Text("mail.order_delivered.lead", 0, 1), MailPart.Text("mail.order_delivered.keys", 2), MailPart.Link("mail.order_delivered.open", 3), MailPart.Text("mail.order_delivered.keep"))
    { Title = "mail.order_delivered.title", Names = ["number", "name", "keys", "link"], Secret = true };

    private static readonly MailTemplate Wait = new("order_paid", "mail.order_paid.subject",
        MailPart.Text("mail.order_paid.lead", 0, 1), MailPart.Link("mail.order_paid.open", 2)) { Title = "mail.order_paid.title", Names = ["number", "name", "link"] };

    private static readonly MailTemplate Longer = new("order_renewed", "mail.order_renewed.subject",
        MailPart.Text("mail.order_renewed.lead", 0, 1), MailPart.Text("mail.order_renewed.until", 2, 3), MailPart.Link("mail.order_renewed.open", 4)) { Title = "mail.order_renewed.title", Names = ["number", "name", "key", "date", "link"], Secret = true };

    private static readonly MailTemplate Changed = new("order_done", "mail.order_done.subject",
        MailPart.Text("mail.order_done.lead", 0, 1), MailPart.Text("mail.order_done.what", 2), MailPart.Link("mail.order_done.open", 3)) { Title = "mail.order_done.title", Names = ["number", "name", "what", "link"], Secret = true };

    public static readonly IReadOnlyList<MailTemplate> Templates = [Keys, Wait, Longer, Changed];

    /// <summary>Staff are told when an order waits for them.</summary>
    public static readonly NoticeKind WaitsForStaff = new("orders.waiting", NoticeKind.Warn, 300);

    // A mail's value has at most 1,000 characters; who bought more has them on the page.
    private const int MaxListed = 900;

    /// <summary>Delivers an order that is paid, or leaves it to staff: by hand, or when the stock no longer has enough. The order's row is locked, and the ledger has its money.</summary>
    /// <param name="paid">With the time at which it was paid.</param>
    public async ValueTask<Order> Deliver(WriteTx s, string tenant, Order paid, string actor)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (paid.Kind == Order.TopUp)
        {
            // The posting that marks it paid has put it on the balance.
            var credited = paid with { State = OrderState.Delivered, DeliveredAt = now };
            await OrderStore.Move(s, tenant, credited);
            await OrderStore.Tell(s, tenant, paid.Id, now, "delivered", actor);
            return credited;
        }
        if (deliveries.FirstOrDefault(d => d.Delivers(paid.Delivery)) is { } own && await own.Deliver(s, tenant, paid.Id))
        {
            var done = paid with { State = paid.Done, DeliveredAt = now };
            await OrderStore.Move(s, tenant, done);
            await OrderStore.Tell(s, tenant, paid.Id, now, paid.Done, actor);
            await Told(s, tenant, done);
            if (paid.AccountId is { } owner && await KeyChanger.Find(s, tenant, paid.Id) is { } change)
                await AccountKeyService.Give(s, tenant, owner, [change.LicenseId], now);
            await Mail(s, tenant, done, []);
            return done;
        }
        var plan = paid is { PlanId: { } id, Delivery: PlanSelling.ByKey } ? await plans.Get(s, tenant, id) : null;
        var keys = plan is null ? null : await stock.Deliver(s, Caller.System with { TenantId = tenant }, plan, paid, now);
        if (keys is null)
        {
            var waiting = paid with { State = OrderState.Paid };
            await OrderStore.Move(s, tenant, waiting);
            await Told(s, tenant, waiting);
            await OrderStore.Tell(s, tenant, paid.Id, now, plan is null ? "waits_for_staff" : "out_of_stock", actor);
            await notices.Tell(s, tenant, WaitsForStaff, new(plan is null ? "orders.notice.by_hand" : "orders.notice.out_of_stock", OrderNumber.Shown(paid.Number)), $"order:{paid.Id}:waits");
            await Mail(s, tenant, waiting, []);
            return waiting;
        }
        var delivered = paid with { State = OrderState.Delivered, DeliveredAt = now };
        await OrderStore.Move(s, tenant, delivered);
        await OrderStore.Tell(s, tenant, paid.Id, now, "delivered", actor);
        await Told(s, tenant, delivered);
        // What is bought to be sold on is no key of the buyer's own, and nobody's mailbox is filled by a program that buys all day.
        if (paid.Kind == Order.Bulk)
            return delivered;
        if (paid.AccountId is { } account)
            await AccountKeyService.Give(s, tenant, account, keys.Select(k => k.Id), now);
        await Mail(s, tenant, delivered, keys.ConvertAll(k => k.Key));
        return delivered;
    }

    /// <summary>What staff fill in is the buyer's. The order's row is locked.</summary>
    public async ValueTask<Order> HandOver(WriteTx s, string tenant, Order paid, string content, string actor)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var delivered = paid with { State = OrderState.Delivered, HandedOver = content, DeliveredAt = now };
        await OrderStore.Move(s, tenant, delivered);
        await OrderStore.Tell(s, tenant, paid.Id, now, "delivered", actor);
        await Told(s, tenant, delivered);
        await Mail(s, tenant, delivered, [content]);
        return delivered;
    }

    /// <summary>Do mails go out for it?</summary>
    public bool Mails(string tenant, Order order) => order.Email.Length > 0 && settings.Get(tenant, MailSettings.Host).Length > 0;

    /// <summary>What a delivered order did, where that is no keys; null: nothing that needs words.</summary>
    public async ValueTask<Message?> Did(ReadTx s, string tenant, Order order) =>
        order.DeliveredAt is not null && deliveries.FirstOrDefault(d => d.Delivers(order.Delivery)) is { } own ? await own.Told(s, tenant, order.Id) : null;

    /// <summary>The mail about an order that is paid or delivered, once more.</summary>
    /// <param name="time">How often that was asked for, this time with it: one mail each.</param>
    public async ValueTask SendAgain(WriteTx s, string tenant, Order order, int time) =>
        await Mail(s, tenant, order, order.HandedOver.Length > 0 ? [order.HandedOver] : await OrderStore.Keys(s, tenant, order.Id), $":again{time}");

    private async ValueTask Told(WriteTx s, string tenant, Order order)
    {
        foreach (var observer in observers)
            await observer.Moved(s, tenant, order);
    }

    private async ValueTask Mail(WriteTx s, string tenant, Order order, List<string> keys, string again = "")
    {
        if (!Mails(tenant, order))
            return;
        var (number, link) = (OrderNumber.Shown(order.Number), $"{SiteAddress.Base(config, tenants, tenant)}/orders/{order.Token}");
        var change = order.State == OrderState.Renewed ? await KeyChanger.Find(s, tenant, order.Id) : null;
        var did = change is null ? await Did(s, tenant, order) : null;
        var listed = string.Join(", ", keys);
        var what = order.State == OrderState.Paid ? Messaging.Mail.Mails.Of(Wait, order.Email, order.Language, number, order.Name, link)
            : change is not null ? Messaging.Mail.Mails.Of(Longer, order.Email, order.Language, number, order.Name, change.Key, Format.Exact(change.EndsAt ?? 0, settings.Zone(tenant)), link)
            : did is { } words ? Messaging.Mail.Mails.Of(Changed, order.Email, order.Language, number, order.Name, Localizer.For(order.Language)[words], link)
            : Messaging.Mail.Mails.Of(Keys, order.Email, order.Language, number, order.Name, listed.Length <= MaxListed ? listed : Cut.Units(listed, MaxListed) + " …", link);
        await mails.Add(s, tenant, what with { Account = order.AccountId }, $"order:{order.Id}:{order.State}{again}");
    }
}
