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
        json => (true, json.GetRawText()), WireJson.WriteStored, (row, i) => row.GetString(i), v => v, TakesNull: true);

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
