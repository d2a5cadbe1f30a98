using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Gatehouse.Platform.Ui.Parts;

/// <summary>
/// Markdown that staff wrote as HTML that can do nothing: what looks like HTML is text, links lead by http, https or mailto or stay on
/// this site, pictures are of this site. <c>{{name}}</c> stands for a value of the reader's own.
/// </summary>
public static partial class MarkdownText
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml().UsePipeTables().UseAutoLinks().UseEmphasisExtras(EmphasisExtraOptions.Strikethrough).Build();

    /// <summary>False: it is nested deeper than anybody can read, and the parser or the renderer would refuse it.</summary>
    public static bool IsReadable(string markdown)
    {
        try
        {
            Html(markdown, new Dictionary<string, string>());
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The names that the text has a gap for.</summary>
    public static IReadOnlySet<string> Gaps(string markdown) => Gap().Matches(markdown).Select(m => m.Groups[1].Value).ToHashSet();

    /// <summary>The HTML.</summary>
    /// <param name="values">What stands in the gaps, as plain text; a gap of another name stays as it is.</param>
    /// <exception cref="ArgumentException">It is not <see cref="IsReadable"/>.</exception>
    public static string Html(string markdown, IReadOnlyDictionary<string, string> values)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        Order(document.Descendants<HeadingBlock>());
        foreach (var table in document.Descendants<Table>())
            Dress(table);
        foreach (var link in document.Descendants<LinkInline>().ToList())
            Tame(link, values);
        foreach (var link in document.Descendants<AutolinkInline>().Where(l => !l.IsEmail && !IsSafe(l.Url)).ToList())
            link.ReplaceBy(new LiteralInline(link.Url));
        return Gap().Replace(document.ToHtml(Pipeline), m => values.TryGetValue(m.Groups[1].Value, out var value) ? PartMarkup.Encode(value) : m.Value);
    }

    /// <summary>Its first paragraph or heading as plain text, for a list: no longer than that.</summary>
    public static string FirstLine(string markdown, int most)
    {
        if (Markdown.Parse(markdown, Pipeline).Descendants<LeafBlock>().FirstOrDefault(b => b.Inline is not null)?.Inline is not { } inline)
            return "";
        var text = string.Join(' ', string.Concat(inline.Descendants().Select(i => i switch
        {
            LiteralInline literal => literal.Content.ToString(), CodeInline code => code.Content, LineBreakInline => " ", AutolinkInline link => link.Url, HtmlEntityInline entity => entity.Transcoded.ToString(), _ => "",
        })).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1)] + "…";
    }

    /// <summary>Does the address lead by http, https or mailto, or to a place on this site?</summary>
    internal static bool IsSafe(string? url)
    {
        // Browsers pass over some of these characters, and then read another scheme.
        if (url is null || url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '\\'))
            return false;
        if (Scheme().Match(url) is { Success: true } scheme)
            return scheme.Groups[1].Value.ToLowerInvariant() is "http" or "https" or "mailto";
        return !url.StartsWith("//", StringComparison.Ordinal) && !url.Split('/', '?', '#')[0].Contains(':');
    }

    // Below the title of the page, and without a gap: who cannot see how large they are goes by their levels.
    private static void Order(IEnumerable<HeadingBlock> headings)
    {
        var above = new Stack<(int Written, int Level)>();
        foreach (var heading in headings)
        {
            while (above.TryPeek(out var last) && last.Written >= heading.Level)
                above.Pop();
            above.Push((heading.Level, above.TryPeek(out var parent) ? Math.Min(parent.Level + 1, 6) : 2));
            heading.Level = above.Peek().Level;
        }
    }

    // Alignment is written as a style, which the content policy forbids.
    private static void Dress(Table table)
    {
        table.GetAttributes().AddClass("table");
        foreach (var column in table.ColumnDefinitions)
            column.Alignment = null;
    }

    private static void Tame(LinkInline link, IReadOnlyDictionary<string, string> values)
    {
        var url = Filled(link.Url ?? "", values);
        (link.Url, link.GetDynamicUrl) = (url, null);
        if (link.IsImage && url.StartsWith('/') && IsSafe(url))
            return;
        // A picture from elsewhere would not load: it is a link to it, by its description.
        if (link.IsImage && link.FirstChild is null)
            link.AppendChild(new LiteralInline(url));
        link.IsImage = false;
        if (!IsSafe(url))
            link.ReplaceBy(new ContainerInline());
    }

    // An address begins with a gap as it is; further on, what fills one is a part of a path or a query.
    private static string Filled(string url, IReadOnlyDictionary<string, string> values) =>
        Gap().Replace(url, m => !values.TryGetValue(m.Groups[1].Value, out var value) ? m.Value : m.Index == 0 ? value : Uri.EscapeDataString(value));

    [GeneratedRegex(@"\{\{([a-z_]{1,40})\}\}")]
    private static partial Regex Gap();

    // RFC 3986, 3.1.
    [GeneratedRegex("^([A-Za-z][A-Za-z0-9+.-]*):")]
    private static partial Regex Scheme();
}
