using Gatehouse.Platform.Localization;

namespace Gatehouse.Messaging.Mail;

/// <summary>A mail to one person.</summary>
/// <param name="Language"><c>en</c> or <c>zh</c>.</param>
/// <param name="Content">The template's name and its values: texts, whole numbers.</param>
public sealed record MailMessage(string To, string Language, MailTemplate Template, Message Content)
{
    /// <summary>After this nobody can use it any more, and it is not sent; null: it is good for ever.</summary>
    public TimeSpan? Lasts { get; init; }
}

/// <summary>The mails that many features send.</summary>
public static class Mails
{
    private static readonly MailTemplate CodeTemplate = new("code", "mail.code.subject",
        MailPart.Text("mail.code.lead", MailPart.Site), MailPart.Code(0), MailPart.Text("mail.code.minutes", 1), MailPart.Text("mail.code.not_you")) { Secret = true, Title = "mail.code.title" };

    private static readonly MailTemplate KnownTemplate = new("known_address", "mail.known_address.subject",
        MailPart.Text("mail.known_address.lead", MailPart.Site), MailPart.Text("mail.known_address.sign_in"), MailPart.Link("mail.known_address.open", 0), MailPart.Text("mail.known_address.not_you")) { Title = "mail.known_address.title" };

    private static readonly MailTemplate ResetTemplate = new("password_reset", "mail.password_reset.subject",
        MailPart.Text("mail.password_reset.lead", MailPart.Site), MailPart.Link("mail.password_reset.open", 0), MailPart.Text("mail.password_reset.minutes", 1),
        MailPart.Text("mail.password_reset.not_you")) { Secret = true, Title = "mail.password_reset.title" };

    private static readonly MailTemplate TestTemplate = new("test", "mail.test.subject", MailPart.Text("mail.test.lead", MailPart.Site), MailPart.Text("mail.test.so")) { Title = "mail.test.title" };

    public static readonly IReadOnlyList<MailTemplate> Templates = [CodeTemplate, KnownTemplate, ResetTemplate, TestTemplate];

    /// <summary>A code that proves that whoever types it in reads this address.</summary>
    /// <param name="minutes">How long it is good; a mail that is late is not sent.</param>
    public static MailMessage Code(string to, string language, string code, int minutes) => Of(CodeTemplate, to, language, code, minutes) with { Lasts = TimeSpan.FromMinutes(minutes) };

    /// <summary>Somebody tried to sign up with an address that has an account: its owner is told, and nobody else.</summary>
    /// <param name="signIn">The address of the page to sign in at.</param>
    public static MailMessage KnownAddress(string to, string language, string signIn) => Of(KnownTemplate, to, language, signIn);

    /// <summary>A link that sets a new password.</summary>
    /// <param name="minutes">How long it is good; a mail that is late is not sent.</param>
    public static MailMessage PasswordReset(string to, string language, string link, int minutes) => Of(ResetTemplate, to, language, link, minutes) with { Lasts = TimeSpan.FromMinutes(minutes) };

    /// <summary>What staff send to see whether mail works.</summary>
    public static MailMessage Test(string to, string language) => Of(TestTemplate, to, language);

    /// <summary>A mail of a feature's own template.</summary>
    /// <param name="values">Texts of up to 1,000 characters and whole numbers, for the gaps of the template.</param>
    public static MailMessage Of(MailTemplate template, string to, string language, params object[] values) => new(to, language, template, new Message(template.Name, values));
}
