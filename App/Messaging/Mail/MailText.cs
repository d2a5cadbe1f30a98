namespace Gatehouse.Messaging.Mail;

/// <summary>The words of a mail in one language as somebody wrote them, in the form of <see cref="MailMarkup"/>.</summary>
public sealed record MailText(string Subject, string Body)
{
    /// <summary>In place of words that are not to go out any more.</summary>
    public static MailText Withdrawn { get; } = new("", "");
}

/// <summary>Where words lie that take the place of a template's own.</summary>
public interface IMailTexts
{
    /// <summary>The words of that name; null where there are none, and the template's own hold.</summary>
    /// <param name="name">Of a template, or of one mail that was written to many.</param>
    ValueTask<MailText?> Find(string tenant, string name, string language, CancellationToken ct);
}

/// <summary>One mail on its way to the mail server.</summary>
/// <param name="Id">The same at each try of one mail.</param>
internal sealed record Outgoing(string Tenant, MailTemplate Template, string To, string Language, Platform.Localization.Message Content, string Id)
{
    /// <summary>Words other than the template's own.</summary>
    public MailText? Text { get; init; }

    /// <summary>Where whoever gets it can say that they want no more of its kind; null: it is about their account, and always comes.</summary>
    public string? Unsubscribe { get; init; }
}
