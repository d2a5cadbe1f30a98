using Gatehouse.Platform.Http;

namespace Gatehouse.Platform.Ui;

/// <summary>An entry of the staff's side bar, declared by its feature.</summary>
/// <param name="Id">What its pages give as <c>Nav</c>.</param>
/// <param name="Order">The least first. The first four stand above all groups, and are what a phone's bar holds.</param>
/// <param name="Icon">As <see cref="Parts.Icon.Name"/>.</param>
/// <param name="Label">The key of its words.</param>
/// <param name="Go">The key that leads there after <c>g</c>.</param>
/// <param name="Needs">Who has it sees the entry; null: everybody who is signed in.</param>
public sealed record NavigationEntry(string Id, int Order, string Href, string Icon, string Label, string Go, Permission? Needs = null)
{
    /// <summary>What it stands with below those that everybody is at each day; one of <see cref="Groups"/>.</summary>
    public string Group { get; init; } = Place;

    public const string Selling = "selling", People = "people", Place = "place";

    /// <summary>In their order. The words are <c>shell.nav.GROUP</c>.</summary>
    public static readonly IReadOnlyList<string> Groups = [Selling, People, Place];

    /// <summary>Of the cookie that holds the groups that this browser has folded, parted by dots.</summary>
    internal const string FoldedCookie = "gh-folded";

    /// <summary>The key of the words of its search; the first entry with one has the search box of every page.</summary>
    public string? Search { get; init; }
}

/// <summary>An entry of the customers' top bar, declared by its feature.</summary>
/// <param name="Id">What its pages give as <c>Nav</c>.</param>
/// <param name="Label">The key of its words.</param>
/// <param name="OnHome">It is a button of the home page too; the first is the main one.</param>
/// <param name="Icon">Of that button.</param>
public sealed record PublicEntry(string Id, int Order, string Href, string Label, bool OnHome = false, string? Icon = null)
{
    /// <summary>It stands in the foot of the page instead.</summary>
    public bool InFoot { get; init; }
}

/// <summary>A feature whose entries of the customers' top bar come and go. It keeps them in memory: each page asks.</summary>
public interface IPublicEntries
{
    /// <summary>Reads a tenant's anew where what is known is older than a few seconds.</summary>
    ValueTask Refresh(string tenant);

    /// <summary>Those that it has now: as last read, never waiting for storage.</summary>
    IEnumerable<PublicEntry> Current(string tenant);
}

/// <summary>A feature that may have something better for <c>/</c> than the welcome.</summary>
public interface IHomePage
{
    /// <summary>Shows it; false, and nothing sent, when it has nothing to show.</summary>
    Task<bool> Show(HttpContext ctx);
}

/// <summary>What the home page tells a customer of a feature.</summary>
/// <param name="Lead">The key of the sentence below the welcome.</param>
/// <param name="Steps">What to do: keys of the words of heading and text.</param>
public sealed record HomeGuide(int Order, string Lead, IReadOnlyList<(string Icon, string Title, string Text)> Steps);

/// <summary>A style sheet of a feature, loaded on every page between the house's own.</summary>
/// <param name="Path">Below wwwroot.</param>
public sealed record StyleSheet(string Path);

/// <summary>What features add around every page.</summary>
public sealed class SiteShell(
    IEnumerable<NavigationEntry> navigation, IEnumerable<PublicEntry> entries, IEnumerable<AccountEntry> account, IEnumerable<HomeGuide> guides, IEnumerable<StyleSheet> styles)
{
    public IReadOnlyList<NavigationEntry> Navigation { get; } = [.. navigation.OrderBy(n => n.Order)];

    public IReadOnlyList<PublicEntry> Public { get; } = [.. entries.OrderBy(e => e.Order)];

    public IReadOnlyList<AccountEntry> Account { get; } = [.. account.OrderBy(e => e.Order)];

    public IReadOnlyList<HomeGuide> Guides { get; } = [.. guides.OrderBy(g => g.Order)];

    /// <summary>The link elements of all style sheets, in the order in which they overrule each other.</summary>
    public string StyleLinks { get; } = string.Concat([
        .. new[] { "lib/tabler/tabler.min.css", "gatehouse.css", "pieces.css" }.Concat(styles.Select(s => s.Path)).Append("layout.css").Select(path => Link(path)),
        Link("print.css", " media=\"print\""),
    ]);

    private static string Link(string path, string more = "") => $"<link rel=\"stylesheet\" href=\"{Assets.Url(path)}\"{more}>";
}
