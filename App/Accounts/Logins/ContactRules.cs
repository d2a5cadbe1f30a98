using System.Globalization;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Accounts.Logins;

/// <summary>How people are reached and known: e-mail addresses, phone numbers, languages, time zones. Each as it is stored and compared.</summary>
public static partial class ContactRules
{
    /// <summary>RFC 5321, 4.5.3.1.3, without the angle brackets.</summary>
    public const int MaxEmail = 254;

    /// <summary>The languages that the product speaks.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "zh"];

    private const int MaxLocalPart = 64;

    /// <summary>An address in lower case, its domain in ASCII (IDNA); null for what is none.</summary>
    public static string? Email(string? typed)
    {
        var text = typed?.Trim().ToLowerInvariant() ?? "";
        var at = text.LastIndexOf('@');
        if (at < 1 || at > MaxLocalPart || !LocalPart().IsMatch(text[..at]) || Domain(text[(at + 1)..]) is not { } domain)
            return null;
        return at + 1 + domain.Length <= MaxEmail ? text[..at] + "@" + domain : null;
    }

    /// <summary>
    /// A number as E.164 has it, <c>+8613800138000</c>. Without a country it is a Chinese mobile number, with 86 in front or
    /// not; with one it begins with + or 00. Blanks, dots, dashes and brackets do not count. Null for what is none.
    /// </summary>
    public static string? Phone(string? typed)
    {
        var text = Separators().Replace(Folding.Of(typed ?? ""), "");
        if (ChineseMobile().Match(text) is { Success: true } chinese)
            return "+86" + chinese.Groups[1].Value;
        if (text.StartsWith("00", StringComparison.Ordinal))
            text = "+" + text[2..];
        // A number of China that is no mobile number has an area code of its own, and the rule above has seen all mobile ones.
        return International().IsMatch(text) && !text.StartsWith("+861", StringComparison.Ordinal) ? text : null;
    }

    /// <summary>Null stays null.</summary>
    internal static string? CheckEmail(FieldChecks checks, string field, string? value) => Check(checks, field, value, Email, "accounts.field.email");

    internal static string? CheckPhone(FieldChecks checks, string field, string? value) => Check(checks, field, value, Phone, "accounts.field.phone");

    /// <summary>Empty: as the browser asks.</summary>
    internal static string CheckLanguage(FieldChecks checks, string field, string value)
    {
        if (value.Length > 0 && !Languages.Contains(value))
            checks.Wrong(field, "field.one_of", string.Join(", ", Languages));
        return value;
    }

    /// <summary>A name of the IANA database; empty: the site's own.</summary>
    internal static string CheckTimeZone(FieldChecks checks, string field, string value)
    {
        if (value.Length > 0 && (value.Length > 64 || !TimeZoneInfo.TryFindSystemTimeZoneById(value, out _)))
            checks.Wrong(field, "accounts.field.time_zone");
        return value;
    }

    private static string? Check(FieldChecks checks, string field, string? value, Func<string?, string?> rule, string wrong)
    {
        if (string.IsNullOrWhiteSpace(value))
            return null;
        if (rule(value) is { } right)
            return right;
        checks.Wrong(field, wrong);
        return value;
    }

    private static string? Domain(string text)
    {
        try
        {
            var ascii = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(text.TrimEnd('.')).ToLowerInvariant();
            return ascii.Contains('.') ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // RFC 5322's atom and the dot between; quoted local parts are nobody's.
    [GeneratedRegex(@"^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")]
    private static partial Regex LocalPart();

    [GeneratedRegex(@"[\s.\-()]")]
    private static partial Regex Separators();

    [GeneratedRegex(@"^(?:\+?86|0086)?(1[3-9][0-9]{9})$")]
    private static partial Regex ChineseMobile();

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}$")]
    private static partial Regex International();
}
