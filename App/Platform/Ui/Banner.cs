using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Ui;

/// <summary>What people are told above the content of every page until they close it.</summary>
/// <param name="Key">Sixteen hex digits that follow from its words: whoever has closed it sees it again once they have changed.</param>
/// <param name="Kind"><c>info</c> or <c>warn</c>.</param>
/// <param name="Href">Where all of it stands.</param>
/// <param name="ForCustomers">It stands on the pages of customers.</param>
/// <param name="ForStaff">It stands on the pages of staff.</param>
public sealed record Banner(string Key, string Kind, string Title, string Text, string Href, bool ForCustomers, bool ForStaff);

/// <summary>A feature that has banners. It keeps them in memory: each page asks.</summary>
public interface IBannerSource
{
    /// <summary>Reads a tenant's anew where what is known is older than a few seconds.</summary>
    ValueTask Refresh(string tenant);

    /// <summary>Those in force, what matters most first: as last read, never waiting for storage.</summary>
    IEnumerable<Banner> Current(string tenant, Localizer text, DateTimeOffset now);
}

/// <summary>Which banners a browser has closed: a cookie of their keys, the latest first.</summary>
internal static class ClosedBanners
{
    public const string Cookie = "gh-closed";
    private const int Most = 30;
    private const int KeyLength = 16;

    /// <summary>The keys of the cookie; nothing of what else may stand in it.</summary>
    public static IReadOnlyList<string> Of(string? cookie) =>
        cookie is null || cookie.Length > Most * (KeyLength + 1) ? [] : [.. cookie.Split('.').Where(IsKey)];

    /// <summary>The cookie with one more; null when that is no key.</summary>
    public static string? With(string? cookie, string key) => IsKey(key) ? string.Join('.', Of(cookie).Where(k => k != key).Prepend(key).Take(Most)) : null;

    private static bool IsKey(string text) => text.Length == KeyLength && text.All(char.IsAsciiHexDigitLower);
}
