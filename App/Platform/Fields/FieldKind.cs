using System.Globalization;
using System.Text.Json;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Microsoft.OpenApi;
using Calendar = Gatehouse.Platform.Localization.Calendar;

namespace Gatehouse.Platform.Fields;

/// <summary>How the values of one type travel.</summary>
/// <param name="Shape">In JSON; null when it may be anything.</param>
/// <param name="Take">Of a client's JSON; not fitting when it is of another type.</param>
/// <param name="Store">As a parameter of SQL.</param>
/// <param name="TakesNull">Null is a value of it that clients may send.</param>
internal sealed record FieldKind<V>(
    JsonSchemaType? Shape, Func<JsonElement, (bool Fits, V? Value)> Take, Action<Utf8JsonWriter, V> Write, Func<Row, int, V> Load, Func<V, object?> Store, bool TakesNull = false);

internal static class FieldKinds
{
    public static readonly FieldKind<string> Text = new(JsonSchemaType.String,
        json => json.ValueKind == JsonValueKind.String ? (true, json.GetString()!) : default, (json, v) => json.WriteStringValue(v), (row, i) => row.GetString(i), v => v);

    public static readonly FieldKind<string?> TextOrNull = new(JsonSchemaType.String | JsonSchemaType.Null,
        json => json.ValueKind == JsonValueKind.Null ? (true, null) : json.ValueKind == JsonValueKind.String ? (true, json.GetString()) : default,
        (json, v) => json.WriteStringValue(v), (row, i) => row.TextOrNull(i), v => v, TakesNull: true);

    public static readonly FieldKind<long> Number = new(JsonSchemaType.Integer,
        json => json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var v) ? (true, v) : default, (json, v) => json.WriteNumberValue(v), (row, i) => row.GetInt64(i), v => v);

    public static readonly FieldKind<long?> NumberOrNull = new(JsonSchemaType.Integer | JsonSchemaType.Null,
        json => json.ValueKind == JsonValueKind.Null ? (true, null) : json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out var v) ? (true, v) : default,
        (json, v) => WriteOrNull(json, v), (row, i) => row.LongOrNull(i), v => v, TakesNull: true);

    public static readonly FieldKind<bool> Flag = new(JsonSchemaType.Boolean,
        json => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? (true, json.GetBoolean()) : default,
        (json, v) => json.WriteBooleanValue(v), (row, i) => row.GetInt64(i) != 0, v => v ? 1L : 0L);

    /// <summary>JSON text, written as it is: it was checked when it was stored.</summary>
    public static readonly FieldKind<string> Json = new(null,
        json => (true, json.GetRawText()), (json, v) => json.WriteRawValue(v, skipInputValidation: true), (row, i) => row.GetString(i), v => v, TakesNull: true);

    /// <summary>Unix milliseconds, in JSON ISO 8601; the program's own, never a client's.</summary>
    public static readonly FieldKind<long> Time = new(JsonSchemaType.String,
        _ => default, (json, v) => json.WriteStringValue(Format.Iso(v)), (row, i) => row.GetInt64(i), v => v);

    public static readonly FieldKind<long?> TimeOrNull = new(JsonSchemaType.String | JsonSchemaType.Null,
        _ => default, (json, v) => json.WriteStringValue(Format.Iso(v)), (row, i) => row.LongOrNull(i), v => v);

    /// <summary>A time that clients send: ISO 8601, or null.</summary>
    public static readonly FieldKind<long?> MomentOrNull = new(JsonSchemaType.String | JsonSchemaType.Null,
        json => json.ValueKind == JsonValueKind.Null ? (true, null) : json.ValueKind == JsonValueKind.String && Format.ParseIso(json.GetString()!) is { } at ? (true, at) : default,
        (json, v) => json.WriteStringValue(Format.Iso(v)), (row, i) => row.LongOrNull(i), v => v, TakesNull: true);

    private static void WriteOrNull(Utf8JsonWriter json, long? value)
    {
        if (value is { } number)
            json.WriteNumberValue(number);
        else
            json.WriteNullValue();
    }
}

/// <summary>How a field stands on a form.</summary>
/// <param name="Name">The input without which the form does not have the field, which then stays as it is; null for a box, which sends nothing when it is not ticked.</param>
/// <param name="Read">What is wrong is noted under the field's name (the last argument); then the value is not used.</param>
public sealed record FieldInput<T, V>(string? Name, Action<T, V, FormValues> Show, Func<FormValues, FieldChecks, string, V> Read);

internal static class FieldInputs
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
}
