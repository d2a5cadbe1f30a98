using System.Text.Json;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Microsoft.OpenApi;

namespace Gatehouse.Platform.Fields;

/// <summary>Where a field takes part.</summary>
[Flags]
public enum FieldUse
{
    /// <summary>Clients may set it: by a body, a PATCH or a form.</summary>
    Set = 1,

    /// <summary>It stands in answers and in the audit log.</summary>
    Shown = 2,

    /// <summary>INSERT writes it.</summary>
    Inserted = 4,

    /// <summary>UPDATE writes it.</summary>
    Updated = 8,

    Stored = Inserted | Updated,
    All = Set | Shown | Stored,
}

/// <summary>The rule of a field: notes what is wrong under the field's name and returns the value as it is to be kept.</summary>
public delegate V FieldRule<V>(FieldChecks checks, string field, V value);

/// <summary>A field of a noun, whatever its type.</summary>
public abstract class Field<T>(string name, FieldUse use, string sql)
{
    /// <summary>As in JSON, in what is said to be wrong, and as its column.</summary>
    public string Name => name;

    /// <summary>What a SELECT names to read it.</summary>
    public string Sql => sql;

    /// <summary>Takes it part in that?</summary>
    public bool Is(FieldUse wanted) => (use & wanted) != 0;

    internal abstract JsonSchemaType? Shape { get; }
    internal abstract T Check(T item, FieldChecks checks);
    internal abstract Func<T, T>? FromJson(JsonElement json, FieldChecks checks);
    internal abstract void WriteJson(Utf8JsonWriter json, T item);
    internal abstract T FromRow(T item, Row row, int column);
    internal abstract object? Argument(T item);
    internal abstract T FromForm(T item, FormValues form, FieldChecks checks);
    internal abstract void ToForm(T item, FormValues form);
}

/// <summary>A field and its type: how it is read from and put into the noun, and its rule.</summary>
/// <param name="set">The noun with another value: <c>(plan, value) => plan with { Price = value }</c>.</param>
/// <param name="rule">Null: any value of the type will do.</param>
/// <param name="input">How people type it; null when no form has it.</param>
internal sealed class Field<T, V>(
    string name, FieldUse use, string sql, FieldKind<V> kind, Func<T, V> get, Func<T, V, T> set, FieldRule<V>? rule, FieldInput<T, V>? input) : Field<T>(name, use, sql)
{
    internal override JsonSchemaType? Shape => kind.Shape;

    internal override T Check(T item, FieldChecks checks) => rule is null ? item : set(item, rule(checks, Name, get(item)));

    internal override Func<T, T>? FromJson(JsonElement json, FieldChecks checks)
    {
        // Null is a value of its own for some; for all others it says as much as being left out.
        if (json.ValueKind == JsonValueKind.Null && !kind.TakesNull)
            return null;
        try
        {
            if (kind.Take(json) is (true, var value))
                return item => set(item, value!);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: no text.
        }
        checks.Wrong(Name, "field.wrong_type");
        return null;
    }

    internal override void WriteJson(Utf8JsonWriter json, T item)
    {
        json.WritePropertyName(Name);
        kind.Write(json, get(item));
    }

    internal override T FromRow(T item, Row row, int column) => set(item, kind.Load(row, column));

    internal override object? Argument(T item) => kind.Store(get(item));

    internal override T FromForm(T item, FormValues form, FieldChecks checks)
    {
        if (input is null || (input.Name is { } needed && !form.Has(needed)))
            return item;
        var value = input.Read(form, checks, Name);
        return checks.Has(Name) ? item : set(item, value);
    }

    internal override void ToForm(T item, FormValues form) => input?.Show(item, get(item), form);
}
