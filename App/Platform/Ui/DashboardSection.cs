using Gatehouse.Platform.Http;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Platform.Ui;

/// <summary>What a feature shows on the staff's first page: loaded at once, laid out by the page.</summary>
/// <param name="Order">Among the sections, the least first.</param>
/// <param name="Needs">Who has it sees the section.</param>
/// <param name="Load">Reads what there is to show of the caller's tenant.</param>
public sealed record DashboardSection(int Order, Permission Needs, Func<HttpContext, Task<DashboardCards>> Load);

/// <summary>The cards of a section by their place, from top to bottom; null where there is nothing to show.</summary>
public sealed record DashboardCards
{
    public static DashboardCards None { get; } = new();

    /// <summary>Said beside the date.</summary>
    public string? Lead { get; init; }

    /// <summary>Buttons beside the greeting.</summary>
    public RenderFragment? Actions { get; init; }

    /// <summary>What to do first, over the whole width.</summary>
    public RenderFragment? Guide { get; init; }

    /// <summary>Key figures, each a card of the row.</summary>
    public RenderFragment? Figures { get; init; }

    /// <summary>A chart, in the wide column.</summary>
    public RenderFragment? Chart { get; init; }

    /// <summary>What needs a look, as list groups of the one card for that; shown only beside a chart.</summary>
    public RenderFragment? Attention { get; init; }

    /// <summary>A table, over the whole width.</summary>
    public RenderFragment? Table { get; init; }
}
