using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Notices;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Logins;

/// <summary>
/// Tells people that what opens their account was changed, whoever did it: by mail, which nobody can say no to, and customers by their own
/// channels as well. Staff have an address where they sign in by one.
/// </summary>
public sealed class AccountAlerts(MailQueue mails, IConfiguration config, INotices? notices = null)
{
    internal static readonly MailTemplate Template = new("account_alert", "mail.account_alert.subject",
        MailPart.Text("mail.account_alert.what", 0), MailPart.Link("mail.account_alert.open", 1)) { Title = "mail.account_alert.title", Names = ["what", "link"] };

    /// <param name="what">What happened, and what to do if it was somebody else.</param>
    /// <param name="language">Of the page that it was done on; the account's own goes before it. Null: the one that notices are in.</param>
    internal async ValueTask Tell(WriteTx tx, string tenant, string account, NoticeKind kind, Message what, string? language = null)
    {
        // Settings by the database's word: this node may not have asked for the tenant's yet.
        if (await tx.One(
            """
            SELECT kind, CASE WHEN kind = 'customer' THEN email ELSE username END, COALESCE(NULLIF(language, ''), @language, (SELECT value FROM settings WHERE tenant_id = @tenant AND name = @speaks), ''),
              (SELECT value FROM settings WHERE tenant_id = @tenant AND name = @host)
            FROM accounts WHERE tenant_id = @tenant AND id = @id AND pending = 0
            """,
            r => new Reader(r.GetString(0) == "customer", r.TextOrNull(1), Localizer.For(r.GetString(2)), r.TextOrNull(3) is { Length: > 0 }),
            ("tenant", tenant), ("id", account), ("language", language), ("speaks", NoticeSettings.Language.Name), ("host", MailSettings.Host.Name)) is not { } reader)
            return;
        if (reader.Customer && notices is not null)
            await notices.TellCustomer(tx, tenant, account, kind, what);
        if (reader.CanMail && reader.Address is { } address && EmailAddress.IsValid(address))
            await mails.Add(tx, tenant, Mails.Of(Template, address, reader.Text.Language, reader.Text[what], PublicAddress.Base(config) + (reader.Customer ? "/account/security" : "/admin/account")) with { Account = account }, $"alert:{Ids.New()}");
    }

    private sealed record Reader(bool Customer, string? Address, Localizer Text, bool CanMail);
}
