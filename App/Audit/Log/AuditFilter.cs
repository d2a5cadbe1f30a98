using System.Globalization;
using Gatehouse.Platform.Http;

namespace Gatehouse.Audit.Log;

/// <summary>Reads an <see cref="AuditQuery"/> out of an address.</summary>
public static class AuditFilter
{
    private const int MaxLength = 200;

    /// <summary>From a REST address: <c>from</c> and <c>to</c> are ISO 8601 times.</summary>
    /// <exception cref="Refusal">422 naming the parameter.</exception>
    public static AuditQuery FromApi(IQueryCollection query)
    {
        var checks = new FieldChecks();
        var found = Texts(query, checks) with { From = Time(query, "from", checks), To = Time(query, "to", checks) };
        checks.ThrowIfAny();
        return found;
    }

    /// <summary>From a page's form: <c>from</c> and <c>to</c> are days of the site's time zone, both included. What cannot be read is left out.</summary>
    public static AuditQuery FromPage(IQueryCollection query, TimeZoneInfo zone) =>
        Texts(query, new FieldChecks()) with { From = Day(query, "from", zone, 0), To = Day(query, "to", zone, 1) };

    private static AuditQuery Texts(IQueryCollection query, FieldChecks checks)
    {
        string? Text(string name) => checks.Text(name, query[name], 0, MaxLength) is { Length: > 0 and <= MaxLength } text && !text.Contains('\0') ? text : null;
        return new AuditQuery(Text("actor"), Text("action"), Text("target"), Text("q"));
    }

    private static long? Time(IQueryCollection query, string name, FieldChecks checks)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
            return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            return time.ToUnixTimeMilliseconds();
        checks.Wrong(name, "field.time");
        return null;
    }

    private static long? Day(IQueryCollection query, string name, TimeZoneInfo zone, int days)
    {
        if (!DateOnly.TryParseExact(query[name], "yyyy-MM-dd", out var day) || day.Year is < 1970 or > 9000)
            return null;
        var midnight = day.AddDays(days).ToDateTime(TimeOnly.MinValue);
        // Where the clocks go forward at midnight, the day begins when they have.
        while (zone.IsInvalidTime(midnight))
            midnight = midnight.AddMinutes(15);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUnixTimeMilliseconds();
    }
}
