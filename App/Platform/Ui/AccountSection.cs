using Microsoft.AspNetCore.Components;

namespace Gatehouse.Platform.Ui;

/// <summary>An entry of the bar of signed-in customers' own pages, declared by its feature.</summary>
/// <param name="Id">What its pages give as <c>Nav</c>.</param>
/// <param name="Label">The key of its words.</param>
public sealed record AccountEntry(string Id, int Order, string Href, string Label);

/// <summary>What a feature shows on a signed-in customer's first page: loaded at once, laid out by the page.</summary>
/// <param name="Order">Among the sections, the least first.</param>
/// <param name="Load">Reads what there is to show of the caller's own.</param>
public sealed record AccountSection(int Order, Func<HttpContext, Task<AccountCards>> Load);

/// <summary>The cards of a section by their place; null where there is nothing to show.</summary>
public sealed record AccountCards
{
    public static AccountCards None { get; } = new();

    /// <summary>Buttons beside the greeting.</summary>
    public RenderFragment? Actions { get; init; }

    /// <summary>What would like a minute of theirs: rows of one card on top.</summary>
    public RenderFragment? ToDo { get; init; }

    /// <summary>Cards in the wide column.</summary>
    public RenderFragment? Main { get; init; }

    /// <summary>Cards in the narrow one.</summary>
    public RenderFragment? Side { get; init; }
}
