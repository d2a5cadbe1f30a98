using Microsoft.AspNetCore.Components;

namespace Gatehouse.Platform.Ui.Lists;

/// <summary>A column of a list, declared once: its head and the cell of a row.</summary>
/// <param name="Head">Empty: the column explains itself, as one of buttons does.</param>
/// <param name="Cell">Null where <see cref="DataTable{TItem}.Row"/> writes the rows.</param>
public sealed record Column<T>(string Head, RenderFragment<T>? Cell = null)
{
    /// <summary>By which the column is chosen or left out, see <see cref="ColumnChoice"/>; null: it is always there.</summary>
    public string? Key { get; init; }

    /// <summary>Seen by those alone who choose it.</summary>
    public bool Off { get; init; }

    /// <summary>The <see cref="SortKey"/> that the list is sorted by at a press of the head.</summary>
    public string? Sort { get; init; }

    /// <summary>For head and cells: <c>gh-num</c> for numbers.</summary>
    public string? Class { get; init; }

    /// <summary>For the cells alone: <c>text-nowrap</c>.</summary>
    public string? CellClass { get; init; }

    /// <summary>The head is for those who cannot see what the cells are.</summary>
    public bool HeadHidden { get; init; }

    /// <summary>Left out on phones, where the list is narrow enough without it.</summary>
    public bool Wide { get; init; }

    internal string? HeadClasses => Join(Class, Wide ? "d-none d-md-table-cell" : null);

    internal string? CellClasses => Join(Join(CellClass, Class), Wide ? "d-none d-md-table-cell" : null);

    private static string? Join(string? a, string? b) => a is null ? b : b is null ? a : $"{a} {b}";
}
