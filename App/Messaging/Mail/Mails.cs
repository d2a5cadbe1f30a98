using Gatehouse.Platform.Localization;

namespace Gatehouse.Messaging.Mail;

/// <summary>A mail to one person.</summary>
/// <param name="Language"><c>en</c> or <c>zh</c>.</param>
/// <param name="Content">The template's name and its values: texts, whole numbers.</param>
public sealed record MailMessage(string To, string Language, MailTemplate Template, Message Content)
{
    /// <summary>What one of its values may have, in characters; what is longer is cut.</summary>
    public const int MaxValue = 100_000;

    /// <summary>After this nobody can use it any more, and it is not sent; null: it is good for ever.</summary>
    public TimeSpan? Lasts { get; init; }

    /// <summary>The name of words, as <see cref="IMailTexts"/> finds them, that take the place of the template's own.</summary>
    public string? Written { get; init; }

    /// <summary>It is not about the account itself: the id of the account that may say that it wants no such mails, and then gets none.</summary>
    public string? Optional { get; init; }

    /// <summary>The account whose it is, if any: it goes when that is forgotten.</summary>
    public string? Account { get; init; }
}

/// <summary>The mails that many features send.</summary>
public static class Mails
{
    private static readonly MailTemplate CodeTemplate = new("code", "mail.code.subject",
        MailPart.Text("mail.code.lead", MailPart.Site), MailPart.Code(0), MailPart.Text("mail.code.minutes", 1), MailPart.Text("mail.code.not_you")) { Secret = true, Title = "mail.code.title", Names = ["code", "minutes"] };

    private static readonly MailTemplate KnownTemplate = new("known_address", "mail.known_address.subject",
        MailPart.Text("mail.known_address.lead", MailPart.Site), MailPart.Text("mail.known_address.sign_in"), MailPart.Link("mail.known_address.open", 0), MailPart.Text("mail.known_address.not_you")) { Title = "mail.known_address.title", Names = ["link"] };

    private static readonly MailTemplate ResetTemplate = new("password_reset", "mail.password_reset.subject",
        MailPart.Text("mail.password_reset.lead", MailPart.Site), MailPart.Link("mail.password_reset.open", 0), MailPart.Text("mail.password_reset.minutes", 1),
        MailPart.Text("mail.password_reset.not_you")) { Secret = true, Title = "mail.password_reset.title", Names = ["link", "minutes"] };

    private static readonly MailTemplate SignInLinkTemplate = new("sign_in_link", "mail.sign_in_link.subject",
        MailPart.Text("mail.sign_in_link.lead", MailPart.Site), MailPart.Link("mail.sign_in_link.open", 0), MailPart.Text("mail.sign_in_link.minutes", 1),
        MailPart.Text("mail.sign_in_link.not_you")) { Secret = true, Title = "mail.sign_in_link.title", Names = ["link", "minutes"] };

    private static readonly MailTemplate TestTemplate = new("test", "mail.test.subject", MailPart.Text("mail.test.lead", MailPart.Site), MailPart.Text("mail.test.so")) { Title = "mail.test.title" };

    private static readonly MailTemplate InvitedTemplate = new("invited", "mail.invited.subject",
        MailPart.Text("mail.invited.lead", MailPart.Site), MailPart.Link("mail.invited.open", 0), MailPart.Text("mail.invited.days", 1)) { Secret = true, Title = "mail.invited.title", Names = ["link", "days"] };

    internal static readonly MailTemplate LetterTemplate = new("letter", "mail.letter.subject") { Title = "mail.letter.title", Names = ["name"], Written = true };

    public static readonly IReadOnlyList<MailTemplate> Templates = [CodeTemplate, KnownTemplate, ResetTemplate, SignInLinkTemplate, TestTemplate, InvitedTemplate, LetterTemplate];

    /// <summary>A code that proves that whoever types it in reads this address.</summary>
    /// <param name="minutes">How long it is good; a mail that is late is not sent.</param>
    public static MailMessage Code(string to, string language, string code, int minutes) => Of(CodeTemplate, to, language, code, minutes) with { Lasts = TimeSpan.FromMinutes(minutes) };

    /// <summary>Somebody tried to sign up with an address that has an account: its owner is told, and nobody else.</summary>
    /// <param name="signIn">The address of the page to sign in at.</param>
    public static MailMessage KnownAddress(string to, string language, string signIn) => Of(KnownTemplate, to, language, signIn);

    /// <summary>A link that sets a new password.</summary>
    /// <param name="minutes">How long it is good; a mail that is late is not sent.</param>
    public static MailMessage PasswordReset(string to, string language, string link, int minutes) => Of(ResetTemplate, to, language, link, minutes) with { Lasts = TimeSpan.FromMinutes(minutes) };

    /// <summary>A link that lets its reader in once, which staff made.</summary>
    /// <param name="minutes">How long it is good; a mail that is late is not sent.</param>
    public static MailMessage SignInLink(string to, string language, string link, int minutes) => Of(SignInLinkTemplate, to, language, link, minutes) with { Lasts = TimeSpan.FromMinutes(minutes) };

    /// <summary>What staff send to see whether mail works.</summary>
    public static MailMessage Test(string to, string language) => Of(TestTemplate, to, language);

    /// <summary>A link that sets the first password of an account that staff have made.</summary>
    public static MailMessage Invited(string to, string language, string link, int days) => Of(InvitedTemplate, to, language, link, days);

    /// <summary>A mail that staff have written to one or many, for whoever has not said that they want none.</summary>
    /// <param name="words">The name of what they wrote.</param>
    /// <param name="name">What the receiver is called.</param>
    public static MailMessage Letter(string to, string language, string words, string account, string name) => Of(LetterTemplate, to, language, name) with { Written = words, Optional = account, Account = account };

    /// <summary>A mail of a feature's own template.</summary>
    /// <param name="values">Texts of up to <see cref="MailMessage.MaxValue"/> characters and whole numbers, for the gaps of the template.</param>
    public static MailMessage Of(MailTemplate template, string to, string language, params object[] values) => new(to, language, template, new Message(template.Name, values));
}
