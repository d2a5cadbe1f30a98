using Gatehouse.Platform.Localization;

namespace Gatehouse.Messaging.Mail;

/// <summary>A kind of mail, declared by its feature and registered as a service: what it says, in whatever language, with gaps for its values.</summary>
/// <param name="Name">Stable: mails of it may wait in the outbox.</param>
/// <param name="Subject">The key of its words, whose gap <c>{0}</c> is the site's name.</param>
public sealed record MailTemplate(string Name, string Subject, params MailPart[] Parts)
{
    /// <summary>The placeholder of the site's name.</summary>
    public const string SiteName = "site";

    /// <summary>The key of what staff call it.</summary>
    public string Title { get; init; } = Subject;

    /// <summary>Its values are a secret, such as a code: they are sealed while it waits, and wiped once it was sent or given up.</summary>
    public bool Secret { get; init; }

    /// <summary>What its values are called where staff write its words: placeholders such as <c>{code}</c>. One without a name is <c>{value1}</c> and so on.</summary>
    public string[] Names { get; init; } = [];

    /// <summary>Its words are written anew for each mail: staff do not edit them as a template.</summary>
    public bool Written { get; init; }

    /// <summary>All placeholders that its words may have, the site's last.</summary>
    public IReadOnlyList<string> Placeholders => [.. Enumerable.Range(0, Count).Select(NameOf), SiteName];

    /// <summary>Those without which the mail is of no use: its codes and links.</summary>
    public IReadOnlyList<string> Needed => [.. Parts.Where(p => p.Kind != MailPartKind.Text).Select(p => NameOf(p.Value)).Distinct()];

    /// <summary>Is the placeholder that of a code, or of a link?</summary>
    internal bool Is(string name, MailPartKind kind) => Parts.Any(p => p.Kind == kind && NameOf(p.Value) == name);

    /// <summary>What a placeholder stands for; null when there is no such placeholder.</summary>
    internal string? Value(string name, object[] values, string site)
    {
        if (name == SiteName)
            return site;
        var at = Enumerable.Range(0, Count).FirstOrDefault(i => NameOf(i) == name, -1);
        return at < 0 ? null : values.ElementAtOrDefault(at) switch { null => "", long number => $"{number:N0}", int number => $"{number:N0}", var value => value.ToString() };
    }

    /// <summary>Values to try its words with.</summary>
    public object[] Samples(Localizer text, string address) => [.. Enumerable.Range(0, Count).Select(i => NameOf(i) switch
    {
        var name when Is(name, MailPartKind.Code) => "123456",
        var name when Is(name, MailPartKind.Link) => address + "/…",
        "name" => text["mail.sample.name"],
        _ => (object)30,
    })];

    /// <summary>Its own words in that language, as staff would write them.</summary>
    public (string Subject, string Body) Words(Localizer text)
    {
        string Gap(int gap) => "{" + (gap == MailPart.Site ? SiteName : NameOf(gap)) + "}";
        return (text[Subject, "{" + SiteName + "}"], string.Join("\n\n", Parts.Select(p => p.Kind switch
        {
            MailPartKind.Code => Gap(p.Value),
            MailPartKind.Link => $"[{text[p.Words]}]({Gap(p.Value)})",
            _ => text[p.Words, [.. p.Gaps.Select(Gap)]],
        })));
    }

    private int Count => Math.Max(Names.Length, Parts.SelectMany(p => p.Kind == MailPartKind.Text ? p.Gaps : [p.Value]).Append(-1).Max() + 1);

    private string NameOf(int value) => value < Names.Length ? Names[value] : $"value{value + 1}";
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
