using System.Globalization;
using System.Text.RegularExpressions;

namespace Gatehouse.Platform.Localization;

/// <summary>Amounts of money: whole minor units of a currency, typed and shown in its major unit.</summary>
public static partial class Money
{
    /// <summary>The currencies that a form offers, by their ISO 4217 codes.</summary>
    public static readonly IReadOnlyList<string> Currencies =
        ["CNY", "USD", "EUR", "GBP", "HKD", "TWD", "JPY", "KRW", "SGD", "MYR", "THB", "VND", "IDR", "INR", "AUD", "CAD", "CHF", "BRL", "RUB", "TRY", "KWD"];

    /// <summary>How many digits stand behind the point: 2 for most, 0 for yen and won, 3 for some dinars (ISO 4217).</summary>
    public static int Decimals(string currency) => currency switch
    {
        "BIF" or "CLP" or "DJF" or "GNF" or "ISK" or "JPY" or "KMF" or "KRW" or "PYG" or "RWF" or "UGX" or "VND" or "VUV" or "XAF" or "XOF" or "XPF" => 0,
        "BHD" or "IQD" or "JOD" or "KWD" or "LYD" or "OMR" or "TND" => 3,
        _ => 2,
    };

    /// <summary><c>¥38,420</c>, <c>$9.90</c>, <c>THB 120</c>: without the point where nothing stands behind it; the minus of what is owed stands before the sign.</summary>
    public static string Format(long minor, string currency)
    {
        if (minor < 0)
            return "−" + Format(-minor, currency);
        var amount = Amount(minor, currency);
        var digits = amount == decimal.Truncate(amount) ? 0 : Decimals(currency);
        return Sign(currency) + amount.ToString("N" + digits, CultureInfo.InvariantCulture);
    }

    /// <summary>For a field: <c>38420.00</c>, <c>9.90</c>.</summary>
    public static string Plain(long minor, string currency) => Amount(minor, currency).ToString("F" + Decimals(currency), CultureInfo.InvariantCulture);

    /// <summary>Reads <c>9.9</c> or <c>9,90</c> as minor units, exactly; nothing typed is 0. Null when it is no amount of that currency.</summary>
    public static long? Parse(string? typed, string currency)
    {
        var text = typed?.Trim() ?? "";
        if (text.Length == 0)
            return 0;
        var match = Typed().Match(text);
        var places = match.Groups[2].Value.TrimEnd('0');
        if (!match.Success || places.Length > Decimals(currency))
            return null;
        return long.Parse(match.Groups[1].Value + places.PadRight(Decimals(currency), '0'), CultureInfo.InvariantCulture);
    }

    private static decimal Amount(long minor, string currency)
    {
        var amount = (decimal)minor;
        for (var i = 0; i < Decimals(currency); i++)
            amount /= 10;
        return amount;
    }

    private static string Sign(string currency) => currency switch
    {
        "CNY" => "¥",
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "KRW" => "₩",
        "HKD" => "HK$",
        "TWD" => "NT$",
        _ => currency + "\u00a0",
    };

    [GeneratedRegex(@"^([0-9]{1,13})(?:[.,]([0-9]{0,9}))?$")]
    private static partial Regex Typed();
}
