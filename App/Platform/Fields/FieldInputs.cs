using System.Globalization;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Calendar = Gatehouse.Platform.Localization.Calendar;

namespace Gatehouse.Platform.Fields;

/// <summary>The ways in which people type the values of fields.</summary>
public static class FieldInputs
{
    public static FieldInput<T, string> Text<T>(string name) => new(name, (_, v, form) => form[name] = v, (form, _, _) => form[name]);

    /// <summary>The same where nothing typed is null.</summary>
    public static FieldInput<T, string?> TextOrNull<T>(string name) =>
        new(name, (_, v, form) => form[name] = v ?? "", (form, _, _) => string.IsNullOrWhiteSpace(form[name]) ? null : form[name]);

    public static FieldInput<T, bool> Box<T>(string name) => new(null, (_, v, form) => form[name] = v ? "true" : "", (form, _, _) => form[name] == "true");

    public static FieldInput<T, long> Whole<T>(string name) => new(name, (_, v, form) => form[name] = v.ToString(CultureInfo.InvariantCulture), (form, checks, field) =>
        long.TryParse(form[name].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : NoNumber(form[name], checks, field));

    /// <summary>A number and its unit, the unit in an input of its own.</summary>
    public static FieldInput<T, long> Span<T>(string name) => new(name,
        (_, v, form) => form.SetSpan(name, v), (form, checks, field) => form.Span(name).Seconds() ?? NoNumber(form[name], checks, field));

    /// <summary>The same where for ever is one of the units, and null.</summary>
    public static FieldInput<T, long?> SpanOrNull<T>(string name) => new(name,
        (_, v, form) => form.SetSpan(name, v), (form, checks, field) => form.Span(name).IsPerpetual ? null : form.Span(name).Seconds() ?? NoNumber(form[name], checks, field));

    /// <summary>Hundredths of a percent, typed as a percentage.</summary>
    public static FieldInput<T, long> Percent<T>(string name) => new(name, (_, v, form) => form[name] = (v / 100m).ToString("0.##", CultureInfo.InvariantCulture), (form, checks, field) =>
    {
        var typed = form[name].Trim().TrimEnd('%', ' ').Replace(',', '.');
        if (typed.Length == 0)
            return 0;
        if (decimal.TryParse(typed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value <= 1_000_000 && value * 100 == decimal.Truncate(value * 100))
            return (long)(value * 100);
        checks.Wrong(field, "field.percent");
        return 0;
    });

    /// <summary>Money in the major unit of the currency that another input of the form holds; of several, the first.</summary>
    public static FieldInput<T, long> Amount<T>(string name, string currencyName, Func<T, string> currency) => new(name,
        (item, v, form) => form[name] = Money.Plain(v, currency(item)),
        (form, checks, field) =>
        {
            var code = form[currencyName].ToUpperInvariant().Split([' ', ',', '\uff0c'], StringSplitOptions.RemoveEmptyEntries).FirstOrDefault() ?? "";
            if (Money.Parse(form[name], code) is { } price)
                return price;
            checks.Wrong(field, Money.Decimals(code) == 0 ? "field.whole_number" : "field.price", Money.Decimals(code));
            return 0;
        });

    /// <summary>A day and a time of day in the zone of the place; empty is null.</summary>
    public static FieldInput<T, long?> MomentOrNull<T>(string name) => new(name,
        (_, v, form) => form[name] = v is { } at ? Calendar.Local(at, form.Zone) : "",
        (form, checks, field) =>
        {
            var typed = form[name].Trim();
            if (typed.Length == 0)
                return null;
            if (Calendar.Instant(typed, form.Zone) is { } at)
                return at;
            checks.Wrong(field, "field.moment");
            return null;
        });

    private static long NoNumber(string typed, FieldChecks checks, string field)
    {
        checks.Wrong(field, typed.Trim().Length == 0 ? "field.required" : "field.whole_number");
        return 0;
    }

    /// <summary>A number that may be left empty: null.</summary>
    public static FieldInput<T, long?> WholeOrNull<T>(string name) => new(name, (_, v, form) => form[name] = v?.ToString(CultureInfo.InvariantCulture) ?? "",
        (form, checks, field) => string.IsNullOrWhiteSpace(form[name]) ? null : long.TryParse(form[name].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : NoNumber(form[name], checks, field));

    /// <summary>Bytes as a number and a unit of <see cref="Sizes"/> in <c>NAME_unit</c>; empty is null.</summary>
    public static FieldInput<T, long?> SizeOrNull<T>(string name) => new(name, (_, v, form) =>
    {
        var (unit, bytes) = v is { } size ? Sizes.LastOrDefault(u => size % u.Bytes == 0, Sizes[0]) : Sizes[^2];
        (form[name], form[name + "_unit"]) = (v is null ? "" : ((decimal)v / bytes).ToString("0.######", CultureInfo.InvariantCulture), unit);
    }, (form, checks, field) => string.IsNullOrWhiteSpace(form[name]) ? null : Scaled(form[name], Sizes.FirstOrDefault(u => u.Unit == form[name + "_unit"]).Bytes, checks, field));

    /// <summary>The units of <see cref="SizeOrNull"/>, 1024 to the next, as <see cref="Format.Bytes"/> says them.</summary>
    public static readonly IReadOnlyList<(string Unit, long Bytes)> Sizes = [("MB", 1L << 20), ("GB", 1L << 30), ("TB", 1L << 40)];

    /// <summary>Bytes a second, typed in megabits a second.</summary>
    public static FieldInput<T, long> Rate<T>(string name) => new(name, (_, v, form) => form[name] = Megabits(v), (form, checks, field) => Scaled(form[name], Megabit, checks, field));

    /// <summary>The same where empty is null.</summary>
    public static FieldInput<T, long?> RateOrNull<T>(string name) => new(name, (_, v, form) => form[name] = v is { } rate ? Megabits(rate) : "",
        (form, checks, field) => string.IsNullOrWhiteSpace(form[name]) ? null : Scaled(form[name], Megabit, checks, field));

    private const long Megabit = 125_000;

    private static string Megabits(long rate) => ((decimal)rate / Megabit).ToString("0.######", CultureInfo.InvariantCulture);

    private static long Scaled(string typed, long unit, FieldChecks checks, string field)
    {
        if (unit > 0 && decimal.TryParse(typed.Trim().Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue / unit)
            return (long)(number * unit);
        checks.Wrong(field, "field.number");
        return 0;
    }
}
