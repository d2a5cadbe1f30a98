using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Plans;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Billing.Reselling;

/// <summary>What a distributor's program asks for; each runs inside the transaction it is given.</summary>
public sealed class ResellingService(DistributorService distributors, PlanService plans, StockKeeper stock, LedgerService ledger, MailQueue mails, TenantSettings settings, ITenants tenants, IConfiguration config, TimeProvider clock)
{
    /// <summary>To the customer of a distributor: what was bought, and not for how much, nor a link to the order, which says it.</summary>
    public static readonly MailTemplate Mail = new("distributor_keys", "mail.distributor_keys.subject",
        MailPart.Text("mail.distributor_keys.lead", 0), MailPart.Text("mail.distributor_keys.keys", 1), MailPart.Link("mail.distributor_keys.open", 2)) { Title = "mail.distributor_keys.title", Names = ["name", "keys", "link"], Secret = true };

    // A mail's value has at most 1,000 characters.
    private const int MaxListed = 900, MaxLines = 50;

    /// <summary>Buys keys for a customer of a distributor's, and mails them there.</summary>
    /// <returns>The order, its keys, and whether a mail goes out.</returns>
    /// <exception cref="Refusal">As <see cref="DistributorService.Buy"/>, and 409 REFERENCE_USED: there is an order with it.</exception>
    public async ValueTask<(Order Order, List<string> Keys, bool Mailed)> BuyFor(WriteTx s, Caller who, DistributorOrderBody wanted, string language)
    {
        var checks = new FieldChecks();
        var reference = checks.Text("reference", wanted.Reference ?? "", 0, CustomerOrder.MaxReference);
        var customer = string.IsNullOrWhiteSpace(wanted.Customer) ? "" : ContactRules.Email(wanted.Customer);
        if (customer is null)
            checks.Wrong("customer", "accounts.field.email");
        checks.ThrowIfAny();
        // One order of a distributor after the other: whoever sends a reference again hears that, not that the money is gone.
        await CustomerStore.FindLocked(s, who.TenantId, who.Id ?? "", clock.GetUtcNow().ToUnixTimeMilliseconds());
        if (reference.Length > 0 && await CustomerOrderStore.ByReference(s, who.TenantId, who.Id ?? "", reference) is not null)
            throw new Refusal(ResellingErrors.ReferenceUsed);
        var order = await distributors.Buy(s, who, wanted.Plan, wanted.Quantity, language);
        var keys = await OrderStore.Keys(s, who.TenantId, order.Id);
        if (!await CustomerOrderStore.Insert(s, who.TenantId, who.Id!, order.Id, new(reference, customer!)))
            throw new Refusal(ResellingErrors.ReferenceUsed);
        return (order, keys, customer!.Length > 0 && await Send(s, who.TenantId, order, keys, customer, language));
    }

    /// <summary>What a basket costs a distributor now. Nothing is kept for them.</summary>
    /// <exception cref="Refusal">403 NOT_A_DISTRIBUTOR, 409 NO_DISTRIBUTOR_PRICE or NOT_ON_SALE, 422 with what is wrong, by field.</exception>
    public async ValueTask<DistributorQuote> Quote(ReadTx s, Caller who, DistributorBasket basket)
    {
        if (await DistributorStore.Find(s, who.TenantId, who.Id ?? "") is not { State: Distributor.Active } distributor)
            throw new Refusal(DistributorErrors.NotOne);
        if (basket.Items is not { Count: >= 1 and <= MaxLines } lines || lines.Any(l => l is null || string.IsNullOrWhiteSpace(l.Plan) || l.Quantity is < 1 or > PlanSelling.MostPerOrder))
            throw Refusal.Field("items", "distributors.wrong.basket", MaxLines, PlanSelling.MostPerOrder);
        var items = new List<DistributorQuoteItem>();
        foreach (var (wanted, quantity) in lines.Select(l => (l!.Plan, l.Quantity)))
        {
            var plan = await plans.Named(s, who.TenantId, wanted);
            if (plan is not { Enabled: true, RetiredAt: null, Delivery: PlanSelling.ByKey })
                throw new Refusal(OrderErrors.NotOnSale);
            var price = (await DistributorStore.PriceOf(s, who.TenantId, plan.Id, distributor.Level, quantity)).Price;
            items.Add(new(plan.Id, plan.Name, plan.Currency, quantity, price, checked(price * quantity), await stock.Left(s, who.TenantId, plan)));
        }
        var totals = new List<DistributorQuoteTotal>();
        foreach (var of in items.GroupBy(i => i.Currency))
        {
            var (total, (balance, credit)) = (of.Sum(i => i.Total), await ledger.Standing(s, who.TenantId, who.Id!, of.Key));
            totals.Add(new(of.Key, total, balance, Math.Min(credit, balance + credit), total <= balance + credit));
        }
        return new(true, distributor.Level, items, totals);
    }

    private async ValueTask<bool> Send(WriteTx s, string tenant, Order order, List<string> keys, string to, string language)
    {
        if (settings.Get(tenant, MailSettings.Host).Length == 0)
            return false;
        var link = $"{SiteAddress.Base(config, tenants, tenant)}/activate" + (keys.Count == 1 ? "?key=" + Uri.EscapeDataString(keys[0]) : "");
        var part = 0;
        for (var (from, count) = (0, 0); from < keys.Count; from += count)
        {
            for (count = 1; from + count < keys.Count && keys.Skip(from).Take(count + 1).Sum(k => k.Length + 2) <= MaxListed;)
                count++;
            await mails.Add(s, tenant, Mails.Of(Mail, to, language, order.Name, string.Join(", ", keys.Skip(from).Take(count)), link), $"order:{order.Id}:customer:{part++}");
        }
        return true;
    }
}
