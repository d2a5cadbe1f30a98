using Gatehouse.Platform.Http;

namespace Gatehouse.Platform.Ui.Lists;

/// <summary>How a list is sorted, and where the same list is in another order.</summary>
/// <param name="Keys">What it can be sorted by; <see cref="Column{T}.Sort"/> names one.</param>
public sealed record Sorting(ListOrder Order, IReadOnlyList<SortKey> Keys, Func<ListOrder, string> Address)
{
    /// <summary>The order that the head of a column leads to: the other way where the list is sorted by it. Null where it can not be.</summary>
    public ListOrder? Next(string? key) => Keys.FirstOrDefault(k => k.Name == key) is not { } found ? null
        : new ListOrder(found, Order.Key == found ? !Order.Descending : found.GreatestFirst);

    /// <summary>For <c>aria-sort</c>; null where the list is sorted by something else.</summary>
    public string? State(string? key) => key is null || Order.Key.Name != key ? null : Order.Descending ? "descending" : "ascending";
}
