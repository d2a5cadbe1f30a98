using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Parts;

namespace Gatehouse.Support.Articles;

/// <summary>What features know of whoever reads a text, put into its gaps.</summary>
public sealed class ReaderValues(IEnumerable<ReaderValue> declared)
{
    /// <summary>In the order in which they are offered to those who write.</summary>
    public IReadOnlyList<ReaderValue> All { get; } = [.. declared.OrderBy(v => v.Order)];

    /// <summary>The Markdown as this reader sees it. Only what the text asks for is looked up.</summary>
    public async ValueTask<string> Html(HttpContext ctx, string markdown)
    {
        var (gaps, values) = (MarkdownText.Gaps(markdown), new Dictionary<string, string>());
        foreach (var value in All.Where(v => gaps.Contains(v.Name)))
            values[value.Name] = await value.Of(ctx) ?? ctx.Text()[value.Label];
        return MarkdownText.Html(markdown, values);
    }
}
