using System.Globalization;

namespace Gatehouse.Accounts;

/// <summary>Times of the REST face.</summary>
internal static class Iso
{
    /// <summary>Unix milliseconds as ISO 8601 in UTC, <c>2026-11-20T09:14:03.120Z</c>.</summary>
    public static string? Text(long? at) => at is { } ms
        ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) : null;

    /// <summary>The instant of an ISO 8601 time with an offset or Z; null when it is none.</summary>
    public static long? Parse(string text) =>
        text.Contains('T') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUnixTimeMilliseconds() : null;
}
