using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Accounts.Customers;

/// <summary>What the list of customers can be sorted by; each has an index.</summary>
public static class CustomerSort
{
    /// <summary>Of <c>sort_name</c>: those who are alike so far stand in the order they came in.</summary>
    private const int NameLength = 40;

    public static readonly IReadOnlyList<SortKey> Keys =
    [
        new("created", "users.since", "", GreatestFirst: true),
        new("name", "users.person", "a.sort_name"),
        // Who has no address comes behind all who have one.
        new("email", "users.email", "COALESCE(a.email, '~')"),
        new("last_sign_in", "staff.last_sign_in", "COALESCE(a.last_sign_in_at, 0)", IsNumber: true, GreatestFirst: true),
        new("points", "points.title", "a.points", IsNumber: true, GreatestFirst: true),
    ];

    /// <summary>The newest first.</summary>
    public static readonly ListOrder Default = ListOrder.Of(null, Keys)!;

    /// <summary>What is kept to sort by of what staff call a customer.</summary>
    internal static string Name(string called)
    {
        var folded = Folding.Of(called);
        return folded.Length <= NameLength ? folded : folded[..(char.IsHighSurrogate(folded[NameLength - 1]) ? NameLength - 1 : NameLength)];
    }
}
