using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.News;
using Gatehouse.Licensing.AccountKeys;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Renewals;

/// <summary>What owners of keys that are renewed by themselves are told, by mail and by the channels of their own.</summary>
public sealed class AutoRenewalNews(CustomerNews news, TenantSettings settings)
{
    public static readonly NoticeKind Kind = new("keys.renewal", NoticeKind.Info, 140) { ForCustomers = true };

    public static readonly MailTemplate Mail = new("auto_renewal", "mail.auto_renewal.subject",
        MailPart.Text("mail.auto_renewal.what", 0), MailPart.Text("mail.auto_renewal.balance", 1), MailPart.Link("mail.auto_renewal.open", 2)) { Title = "mail.auto_renewal.title", Names = ["what", "balance", "link"] };

    /// <summary>What will be renewed, when, for how much, and whether the balance is enough.</summary>
    public ValueTask Soon(WriteTx s, string tenant, Customer owner, License key, Plan plan, long end, long due, long has) => Tell(s, tenant, owner,
        new("renew.auto.soon", key.Key, plan.Name, Date(tenant, owner, end), Date(tenant, owner, due), Money.Format(plan.Price, plan.Currency)), Balance(plan, has));

    /// <summary>It was time, and there is too little on the balance.</summary>
    public ValueTask TooLittle(WriteTx s, string tenant, Customer owner, License key, Plan plan, long end, long has) => Tell(s, tenant, owner,
        new("renew.auto.too_little", key.Key, plan.Name, Date(tenant, owner, end), Money.Format(plan.Price, plan.Currency)), Balance(plan, has));

    /// <summary>It is switched off, and why.</summary>
    public ValueTask Off(WriteTx s, string tenant, Customer owner, License key, Message why) => Tell(s, tenant, owner, new("renew.auto.off", key.Key, key.PlanName), why);

    private static Message Balance(Plan plan, long has) =>
        has >= plan.Price ? new("renew.auto.enough", Money.Format(has, plan.Currency)) : new("renew.auto.short", Money.Format(has, plan.Currency), Money.Format(plan.Price - has, plan.Currency));

    private ValueTask Tell(WriteTx s, string tenant, Customer owner, Message what, Message balance) => news.Tell(s, tenant, Addressee.Of(owner), Kind, Mail, AccountKeyPages.Path, $"renewal:{Ids.New()}", what, balance);

    private string Date(string tenant, Customer owner, long at) =>
        Format.Exact(at, TimeZoneInfo.TryFindSystemTimeZoneById(owner.TimeZone, out var own) ? own : settings.Zone(tenant));
}
