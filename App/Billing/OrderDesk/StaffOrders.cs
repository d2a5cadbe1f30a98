using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Billing.OrderDesk;

/// <summary>An order that staff make for somebody.</summary>
/// <param name="User">A customer; null: a guest by <paramref name="Email"/>.</param>
/// <param name="Price">Of one, in minor units; null: the plan's.</param>
/// <param name="Send">The buyer gets the link to pay by mail.</param>
/// <param name="Language">Of a guest, whose own nobody knows.</param>
public sealed record StaffOrder(string? Plan, long Quantity, string? User, string? Email, string? Channel, long? Price, bool Send, string Language)
{
    /// <summary>The key that is renewed, or that gets an add-on of its plan, and which; null: something new is ordered.</summary>
    public string? Renew { get; init; }
    public string? AddTo { get; init; }
    public string? AddOn { get; init; }
}

/// <summary>Makes orders for people who then only have to pay: by staff, at the plan's price or one of their own.</summary>
public sealed class StaffOrders(OrderService orders, KeyOrders changes, PlanService plans, CustomerService customers, MailQueue mails, TenantSettings settings, ITenants tenants, IConfiguration config, AuditWriter audit, TimeProvider clock)
{
    /// <summary>How long one waits to be paid: somebody reads a mail first.</summary>
    public static readonly TimeSpan Waits = TimeSpan.FromDays(3);

    public static readonly MailTemplate Mail = new("order_to_pay", "mail.order_to_pay.subject",
        MailPart.Text("mail.order_to_pay.lead", 0, 1, 2), MailPart.Link("mail.order_to_pay.open", 3)) { Title = "mail.order_to_pay.title", Names = ["number", "name", "amount", "link"] };

    private const long MaxPrice = 1_000_000_000_00;

    /// <summary>Where an order is paid.</summary>
    public string Link(string tenant, Order order) => $"{SiteAddress.Base(config, tenants, tenant)}/orders/{order.Token}";

    /// <exception cref="Refusal">404 PLAN_NOT_FOUND, 409 NOT_ON_SALE: the plan is off, or SOLD_OUT; 422 with what is wrong, by field.</exception>
    public async ValueTask<Order> Make(WriteTx s, Caller who, StaffOrder wanted)
    {
        var (tenant, checks) = (who.TenantId, new FieldChecks());
        if ((wanted.Renew ?? wanted.AddTo) is { Length: > 0 })
            return await Finish(s, who, await ForKey(s, who, wanted, await Buyer(s, tenant, wanted, checks)), wanted.Send);
        var plan = await plans.Named(s, tenant, wanted.Plan);
        if (plan.StockBatch is not null)
        {
            await StockKeeper.LockPlan(s, tenant, plan.Id);
            plan = await plans.Get(s, tenant, plan.Id);
        }
        if (plan is not { Enabled: true, RetiredAt: null })
            throw new Refusal(OrderErrors.NotOnSale);
        checks.Range("quantity", wanted.Quantity, 1, PlanSelling.Most(plan));
        if (wanted.Price is { } own)
            checks.Range("price", own, 0, MaxPrice);
        if (wanted.Price is not null && !who.May(BillingPermissions.MoneyWrite))
            checks.Wrong("price", "orders.wrong.own_price");
        var buyer = await Buyer(s, tenant, wanted, checks);
        var order = await orders.Make(s, tenant, buyer, plan, wanted.Quantity, wanted.Price ?? PlanSelling.UnitPrice(plan, wanted.Quantity), 0, wanted.Channel, signedIn: false, kind: Order.Manual, wait: Waits, actor: who.Name);
        return await Finish(s, who, order, wanted.Send);
    }

    private async ValueTask<Order> ForKey(WriteTx s, Caller who, StaffOrder wanted, Buyer buyer)
    {
        if (wanted.Price is not null)
            throw Refusal.Field("price", "orders.wrong.key_price");
        var key = LicenseKey.Parse(wanted.Renew ?? wanted.AddTo) is { } parsed ? await LicenseStore.Find(s, who.TenantId, parsed) : null;
        var id = (key ?? throw new Refusal(LicenseErrors.NotFound)).Id;
        return (await changes.Place(s, who, buyer, new(wanted.Plan, wanted.Quantity, wanted.Channel) { Renew = wanted.Renew is null ? null : id, AddTo = wanted.Renew is null ? id : null, AddOn = wanted.AddOn, Wait = Waits }))!;
    }

    private async ValueTask<Order> Finish(WriteTx s, Caller who, Order order, bool send)
    {
        var tenant = who.TenantId;
        if (order.Amount == 0)
            order = await orders.GiveAway(s, tenant, order, who.Name);
        else if (send)
            await Send(s, tenant, order);
        await audit.Write(s, who, "order.created", new AuditTarget("order", order.Id, order.Name), after: $$"""{"amount":{{order.Amount}},"currency":"{{order.Currency}}","quantity":{{order.Quantity}}}""");
        return order;
    }

    // Whom it is for, once nothing else is wrong.
    private async ValueTask<Buyer> Buyer(WriteTx s, string tenant, StaffOrder wanted, FieldChecks checks)
    {
        var email = ContactRules.Email(wanted.Email);
        if (string.IsNullOrWhiteSpace(wanted.User) && email is null)
            checks.Wrong("email", "accounts.field.email");
        var customer = string.IsNullOrWhiteSpace(wanted.User) ? null : await Customer(s, tenant, wanted.User);
        if (customer is null && !string.IsNullOrWhiteSpace(wanted.User))
            checks.Wrong("user", "money.wrong.user");
        checks.ThrowIfAny();
        return new Buyer(customer?.Id, customer is null ? email! : customer.Email ?? email ?? "", "", customer is { Language.Length: > 0 } ? customer.Language : wanted.Language, null);
    }

    private async ValueTask<Customer?> Customer(WriteTx s, string tenant, string named)
    {
        try
        {
            return await CustomerStore.FindLocked(s, tenant, await customers.IdOf(s, tenant, named), clock.GetUtcNow().ToUnixTimeMilliseconds());
        }
        catch (Refusal refusal) when (refusal.Error == CustomerErrors.NotFound)
        {
            return null;
        }
    }

    private async ValueTask Send(WriteTx s, string tenant, Order order)
    {
        if (order.Email.Length == 0 || settings.Get(tenant, MailSettings.Host).Length == 0)
            return;
        var mail = Mails.Of(Mail, order.Email, order.Language, OrderNumber.Shown(order.Number), order.Name, Money.Format(order.Amount, order.Currency), Link(tenant, order));
        await mails.Add(s, tenant, mail with { Account = order.AccountId }, $"order:{order.Id}:pay");
    }
}
