namespace Gatehouse.Messaging.Mail;

/// <summary>A kind of mail, declared by its feature and registered as a service: what it says, in whatever language, with gaps for its values.</summary>
/// <param name="Name">Stable: mails of it may wait in the outbox.</param>
/// <param name="Subject">The key of its words, whose gap <c>{0}</c> is the site's name.</param>
public sealed record MailTemplate(string Name, string Subject, params MailPart[] Parts)
{
    /// <summary>The key of what staff call it.</summary>
    public string Title { get; init; } = Subject;

    /// <summary>Its values are a secret, such as a code: they are sealed while it waits, and wiped once it was sent or given up.</summary>
    public bool Secret { get; init; }
}

/// <summary>How a part of a mail looks.</summary>
public enum MailPartKind { Text, Code, Link }

/// <summary>A part of a mail, from the top down.</summary>
/// <param name="Words">The key of its words; of a code, empty.</param>
/// <param name="Gaps">Which of the mail's values go into the gaps of the words, by their number from 0; <see cref="Site"/> is the site's name.</param>
/// <param name="Value">Of a code or a link: which of the values it shows or leads to.</param>
public sealed record MailPart(MailPartKind Kind, string Words, int[] Gaps, int Value = 0)
{
    public const int Site = -1;

    /// <summary>A paragraph.</summary>
    public static MailPart Text(string words, params int[] gaps) => new(MailPartKind.Text, words, gaps);

    /// <summary>A code to type in, large.</summary>
    public static MailPart Code(int value) => new(MailPartKind.Code, "", [], value);

    /// <summary>A button, and the address itself for those who cannot press it.</summary>
    public static MailPart Link(string words, int value) => new(MailPartKind.Link, words, [], value);
}
