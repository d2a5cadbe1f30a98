using Microsoft.AspNetCore.Components;

namespace Gatehouse.Platform.Ui.Lists;

/// <summary>What may be done to many rows of a list at once: they stand in a form, each with a box to tick, and its bar offers the actions.</summary>
/// <param name="Action">Where the form is posted, unless a button has a formaction.</param>
/// <param name="Name">The field that carries what is ticked.</param>
/// <param name="Buttons">The bar's actions: buttons with a name or a formaction, or ConfirmButton with Inside.</param>
public sealed record Bulk<T>(string Action, string Name, RenderFragment Buttons)
{
    /// <summary>What the field says of a row; null where <see cref="DataTable{TItem}.Row"/> writes the boxes as well.</summary>
    public Func<T, string>? Value { get; init; }

    /// <summary>What a row is called, for those who cannot see which box is whose.</summary>
    public Func<T, string>? Label { get; init; }

    /// <summary>Hidden fields of the form.</summary>
    public RenderFragment? Fields { get; init; }

    /// <summary>At the end of the bar: a link that chooses all or none.</summary>
    public RenderFragment? Aside { get; init; }

    /// <summary>Further parts of the form, after the table: dialogs of the bar's buttons.</summary>
    public RenderFragment? Dialogs { get; init; }

    /// <summary>All that match are chosen, not only the rows that are shown: says so. Null while rows are ticked one by one.</summary>
    public string? All { get; init; }
}
