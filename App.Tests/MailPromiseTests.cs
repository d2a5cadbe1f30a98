using System.Text.RegularExpressions;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Tests;

/// <summary>Nobody is promised a mail that may not go out: a business may have no mail server.</summary>
public sealed partial class MailPromiseTests
{
    // Shown only where mails go out (or while one is written), or telling of one that went.
    private static readonly string[] Known =
    [
        "account.event.password_reset", "announcements.field.by_mail", "buy.email_hint", "buy.notify.done", "myaccount.mail.news", "mychannels.new.lead", "mytickets.new_lead_mail",
        "orders.event.mailed_again", "orders.find.link", "orders.new.send", "orders.page.mail", "setting.tickets.mail.hint", "signup.email_hint", "unsubscribe.done", "unsubscribe.lead", "users.import.invite.mail",
    ];

    [Fact]
    public void Words_say_so_or_are_shown_where_mails_go_out()
    {
        var promises = Localizer.For("en").Words.Where(w => Promise().IsMatch(w.Value) && !w.Value.Contains("where a mail server is set up", StringComparison.Ordinal)).Select(w => w.Key).Order(StringComparer.Ordinal);
        Assert.Equal(Known, promises);
    }

    [GeneratedRegex(@"\b(by mail|mailed|sent there|in the mail|(get|gets) a mail)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Promise();
}
