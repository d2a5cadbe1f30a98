using Gatehouse.Accounts.Customers;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Billing.News;

/// <summary>Whom something is told.</summary>
/// <param name="Account">Null: a guest, who has no channels.</param>
/// <param name="Email">Empty: none is known.</param>
public sealed record Addressee(string? Account, string Email, string Language)
{
    public static Addressee Of(Customer customer) => new(customer.Id, customer.Email ?? "", customer.Language);
}

/// <summary>Tells customers of what is theirs, by the channels of their own and by mail: if and only if the transaction commits.</summary>
public sealed class CustomerNews(INotices notices, MailQueue mails, TenantSettings settings, ITenants tenants, IConfiguration config)
{
    /// <summary>Staff decided something that is theirs.</summary>
    public static readonly NoticeKind Decided = new("account.decided", NoticeKind.Info, 145) { ForCustomers = true };

    public static readonly MailTemplate Decision = new("decided", "mail.decided.subject", MailPart.Text("mail.decided.what", 0), MailPart.Link("mail.decided.open", 1)) { Title = "mail.decided.title", Names = ["what", "link"] };

    /// <summary>What staff decided about something of theirs.</summary>
    /// <param name="path">Where they see it.</param>
    /// <param name="key">One for each decision.</param>
    public ValueTask Tell(WriteTx s, string tenant, Addressee to, Message what, string path, string key) => Tell(s, tenant, to, Decided, Decision, path, key, what);

    /// <param name="template">Its values are <paramref name="says"/>, and then the link.</param>
    /// <param name="says">The first is what the channels say.</param>
    public async ValueTask Tell(WriteTx s, string tenant, Addressee to, NoticeKind kind, MailTemplate template, string path, string key, params Message[] says)
    {
        if (to.Account is { } account)
            await notices.TellCustomer(s, tenant, account, kind, says[0], key);
        if (to.Email.Length == 0 || settings.Get(tenant, MailSettings.Host).Length == 0)
            return;
        var text = Localizer.For(to.Language);
        object[] values = [.. says.Select(m => text[m]), SiteAddress.Base(config, tenants, tenant) + path];
        await mails.Add(s, tenant, Mails.Of(template, to.Email, to.Language, values) with { Account = to.Account }, key);
    }
}
