using Gatehouse.Platform.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Licensing.Licenses;

/// <summary>Addresses of the pages of keys.</summary>
public static class LicenseLinks
{
    public const string List = "/admin/keys";

    // What stands in an address where a key does, here and under /api/keys: the routes are mapped by these.
    public const string ExportWord = "export";
    public const string ImportWord = "import";
    public const string GenerateWord = "generate";
    public const string BulkWord = "bulk";

    /// <summary>All of them; a key that is called so could not be reached.</summary>
    public static readonly IReadOnlyList<string> Words = [ExportWord, ImportWord, GenerateWord, BulkWord];

    public static bool IsWord(string key) => Words.Contains(key, StringComparer.OrdinalIgnoreCase);

    /// <summary>Keys need no escaping: they are letters, digits, dashes and underscores.</summary>
    public static string Key(string key) => $"{List}/{key}";

    public const string Batches = "/admin/batches";

    public static string Batch(string id) => $"{Batches}/{id}";

    /// <summary>Where a customer enters a serial of relays; the feature that rents them out has the page.</summary>
    public static string Relay(string key) => "/account/rentals?serial=" + Uri.EscapeDataString(key);

    /// <summary>Where a customer enters a recharge key; the feature that keeps balances has the page.</summary>
    public static string Recharge(string key) => "/account/balance?key=" + Uri.EscapeDataString(key);

    /// <summary>The list with this filter.</summary>
    public static string Filtered(LicenseFilter filter, string? after = null, bool all = false) =>
        List + Query([.. Parts(filter), ("after", after), ("all", all ? "1" : null)]);

    public static string Export(LicenseFilter filter, string format) => $"{List}/{ExportWord}" + Query([.. Parts(filter), ("format", format)]);

    /// <summary>The filter as a query string, to travel in a form; <see cref="Parse"/> reads it.</summary>
    public static string Text(LicenseFilter filter) => Query([.. Parts(filter)]);

    /// <exception cref="Refusal">422 on <c>status</c> when there is no such state.</exception>
    public static LicenseFilter Parse(string text) => LicenseFilter.From(new QueryCollection(QueryHelpers.ParseQuery(text)));

    private static (string, string?)[] Parts(LicenseFilter f) => [("status", f.State), ("plan", f.Plan), ("batch", f.Batch), ("prefix", f.Prefix), ("q", f.Query)];

    private static string Query(IEnumerable<(string Name, string? Value)> parts)
    {
        var text = string.Join('&', parts.Where(p => !string.IsNullOrEmpty(p.Value)).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
        return text.Length == 0 ? "" : "?" + text;
    }
}
