using System.Globalization;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Billing.Gateways;

/// <summary>Amounts on the wire: decimal texts in major units, and nothing that could be read in two ways.</summary>
internal static partial class GatewayAmount
{
    /// <summary>With all digits of the currency: <c>12.50</c>, <c>500</c>.</summary>
    public static string Text(long minor, string currency) => Money.Plain(minor, currency);

    /// <summary>In the shortest form, as numbers in JSON are signed: <c>12.5</c>, <c>42</c>.</summary>
    public static string Shortest(long minor, string currency) => Text(minor, currency) is var text && text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;

    /// <summary>Digits, and more behind one point: no sign, exponent, blank or separator.</summary>
    public static bool IsPlain(string? text) => text is not null && Plain().IsMatch(text);

    /// <summary>Minor units, exactly; null when it is no plain amount of that currency. <c>12.5</c> is 12.50: servers that count in floats send it.</summary>
    public static long? Parse(string? text, string currency)
    {
        if (!IsPlain(text))
            return null;
        var parts = text!.Split('.');
        var (places, digits) = (parts.Length > 1 ? parts[1].TrimEnd('0') : "", Money.Decimals(currency));
        return places.Length > digits ? null : long.Parse(parts[0] + places.PadRight(digits, '0'), CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,9})?\z")]
    private static partial Regex Plain();
}
