using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gatehouse.Platform.Localization;

/// <summary>Instants as the API writes them: ISO 8601 in UTC, to the millisecond. The other side is unix milliseconds.</summary>
public static partial class Format
{
    /// <summary><c>2026-11-20T09:14:03.120Z</c>; null for null.</summary>
    [return: NotNullIfNotNull(nameof(at))]
    public static string? Iso(long? at) => at is { } time ? Iso(time) : null;

    public static string Iso(long at) =>
        DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The instant of an ISO 8601 time with an offset or Z; null when it is none.</summary>
    public static long? ParseIso(string text) =>
        text.Contains('T') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUnixTimeMilliseconds() : null;
}
