using Gatehouse.Messaging.Formats;
using Gatehouse.Messaging.Mail;

namespace Gatehouse.Messaging.Sending;

/// <summary>A notice as a mail.</summary>
public static class ChannelMail
{
    public static readonly MailTemplate Template = new("notice", "mail.notice.subject", MailPart.Text("mail.notice.text", 0), MailPart.Text("mail.notice.text", 1)) { Title = "mail.notice.title" };

    internal static MailMessage Of(string to, string language, ChannelText text) => Mails.Of(Template, to, language, text.Title, text.Rest);
}
