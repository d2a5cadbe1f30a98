using System.Text.Json;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Plans;

/// <summary>The rules of what a relay plan gives.</summary>
public static class RelayTerms
{
    /// <summary>How a quota begins anew: never, every month from the rental's start, or with the calendar's month.</summary>
    public static readonly IReadOnlyList<string> TrafficResets = ["none", "monthly", "calendar"];

    /// <summary>What happens when the quota is used up: nobody is admitted, or all are slow (<see cref="SlowRate"/>).</summary>
    public static readonly IReadOnlyList<string> QuotaEnds = ["stop", "slow"];

    /// <summary>When its time begins: at once, or when a device connects, and after <see cref="StartWithinSeconds"/> at the latest.</summary>
    public static readonly IReadOnlyList<string> Starts = ["now", "first_connection"];

    private const int MaxRegions = 50, MaxRegion = 20;

    /// <summary>The code of a region as it is kept: lower case, digits and hyphens; empty when it can be none.</summary>
    public static string Region(string typed)
    {
        var code = PastedText.Clean(typed).Trim().ToLowerInvariant();
        return code.Length <= MaxRegion && code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') ? code : "";
    }

    internal static readonly FieldInput<Plan, string> RegionInput = new("regions",
        (_, json, form) => form["regions"] = string.Join(", ", JsonSerializer.Deserialize(json, PlanJson.Default.StringArray)!),
        (form, _, _) => JsonSerializer.Serialize(form["regions"].Split([',', '，', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), PlanJson.Default.StringArray));

    internal static string CheckRegions(FieldChecks check, string field, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var codes = document.RootElement.ValueKind == JsonValueKind.Null ? [] : document.RootElement.EnumerateArray().Select(e => Region(e.GetString() ?? "")).Distinct().ToArray();
            if (codes.Length <= MaxRegions && !codes.Contains(""))
                return JsonSerializer.Serialize(codes, PlanJson.Default.StringArray);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Told to the caller below, as anything else that is no list of codes.
        }
        check.Wrong(field, "field.regions", MaxRegions);
        return "[]";
    }

    internal static FieldRule<string> OneOf(IReadOnlyList<string> values) => (check, field, value) =>
    {
        if (!values.Contains(value))
            check.Wrong(field, "field.one_of", string.Join(", ", values));
        return value;
    };
}
