using System.Buffers;
using System.Text;
using System.Text.Json;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Fields;

/// <summary>
/// A noun's fields, declared once: they drive what clients send and get, the form, the rules, the columns, the audit log and the
/// API's description. No mapper of a database: SELECTs are written out and name <see cref="Columns"/>.
/// </summary>
/// <param name="alias">What SELECTs call the table.</param>
public sealed class Fields<T>(string table, string alias) where T : class, new()
{
    private readonly List<Field<T>> _all = [];

    /// <summary>In the order of declaration, which is that of the JSON.</summary>
    public IReadOnlyList<Field<T>> All => _all;

    public Fields<T> Text(string name, Func<T, string> get, Func<T, string, T> set, FieldRule<string>? rule = null, FieldUse use = FieldUse.All, string? sql = null) =>
        Add(name, use, sql, FieldKinds.Text, get, set, rule, FieldInputs.Text<T>(name));

    /// <summary>Text where null, nothing, is a value of its own that clients may send.</summary>
    public Fields<T> TextOrNull(string name, Func<T, string?> get, Func<T, string?, T> set, FieldRule<string?>? rule, FieldUse use = FieldUse.All) =>
        Add(name, use, null, FieldKinds.TextOrNull, get, set, rule, FieldInputs.TextOrNull<T>(name));

    public Fields<T> Number(string name, Func<T, long> get, Func<T, long, T> set, FieldRule<long>? rule = null, FieldUse use = FieldUse.All, string? sql = null) =>
        Add(name, use, sql, FieldKinds.Number, get, set, rule, FieldInputs.Whole<T>(name));

    /// <summary>A number that people type in a way of its own.</summary>
    public Fields<T> Number(string name, Func<T, long> get, Func<T, long, T> set, FieldRule<long> rule, FieldInput<T, long> input) => Add(name, FieldUse.All, null, FieldKinds.Number, get, set, rule, input);

    /// <summary>The same where null is a value that clients may send.</summary>
    public Fields<T> NumberOrNull(string name, Func<T, long?> get, Func<T, long?, T> set, FieldRule<long?> rule, FieldInput<T, long?> input) => Add(name, FieldUse.All, null, FieldKinds.NumberOrNull, get, set, rule, input);

    public Fields<T> Flag(string name, Func<T, bool> get, Func<T, bool, T> set, FieldUse use = FieldUse.All, string? sql = null) =>
        Add(name, use, sql, FieldKinds.Flag, get, set, null, FieldInputs.Box<T>(name));

    /// <summary>The same as a choice between yes and no: a form that does not have it leaves it as it is.</summary>
    public Fields<T> Choice(string name, Func<T, bool> get, Func<T, bool, T> set) => Add(name, FieldUse.All, null, FieldKinds.Flag, get, set, null, FieldInputs.Box<T>(name) with { Name = name });

    /// <summary>Money in minor units; <paramref name="currency"/> is the field of its ISO 4217 code, <paramref name="currencyName"/> that one's input.</summary>
    public Fields<T> Amount(string name, Func<T, long> get, Func<T, long, T> set, FieldRule<long> rule, string currencyName, Func<T, string> currency) =>
        Add(name, FieldUse.All, null, FieldKinds.Number, get, set, rule, FieldInputs.Amount(name, currencyName, currency));

    /// <summary>Hundredths of a percent, typed as a percentage.</summary>
    public Fields<T> Percent(string name, Func<T, long> get, Func<T, long, T> set, FieldRule<long> rule) => Add(name, FieldUse.All, null, FieldKinds.Number, get, set, rule, FieldInputs.Percent<T>(name));

    /// <summary>Seconds, typed as a number and a unit; <paramref name="input"/> and <c>INPUT_unit</c> are the inputs.</summary>
    public Fields<T> Span(string name, Func<T, long> get, Func<T, long, T> set, FieldRule<long> rule, string input) =>
        Add(name, FieldUse.All, null, FieldKinds.Number, get, set, rule, FieldInputs.Span<T>(input));

    /// <summary>The same where null is for ever, and a value that clients may send.</summary>
    public Fields<T> SpanOrNull(string name, Func<T, long?> get, Func<T, long?, T> set, FieldRule<long?> rule, string input) =>
        Add(name, FieldUse.All, null, FieldKinds.NumberOrNull, get, set, rule, FieldInputs.SpanOrNull<T>(input));

    /// <summary>Open-ended attributes: JSON text that <paramref name="rule"/> checks.</summary>
    public Fields<T> Json(string name, Func<T, string> get, Func<T, string, T> set, FieldRule<string>? rule, FieldInput<T, string>? input, FieldUse use = FieldUse.All) =>
        Add(name, use, null, FieldKinds.Json, get, set, rule, input);

    /// <summary>A time that the program sets, in Unix milliseconds.</summary>
    public Fields<T> Time(string name, Func<T, long> get, Func<T, long, T> set, FieldUse use) => Add(name, use, null, FieldKinds.Time, get, set, null, null);

    public Fields<T> TimeOrNull(string name, Func<T, long?> get, Func<T, long?, T> set, FieldUse use, string? sql = null) => Add(name, use, sql, FieldKinds.TimeOrNull, get, set, null, null);

    /// <summary>Those of these names alone: what others see of the noun, and may set.</summary>
    public Fields<T> Part(params ReadOnlySpan<string> names)
    {
        var part = new Fields<T>(table, alias);
        foreach (var name in names)
        {
            var wanted = name;
            part._all.Add(_all.First(f => f.Name == wanted));
        }
        return part;
    }

    /// <summary>A time that clients set, in Unix milliseconds; null is a value of it. A form has it in the zone of the place (<see cref="FormValues.Zone"/>).</summary>
    public Fields<T> MomentOrNull(string name, Func<T, long?> get, Func<T, long?, T> set, FieldRule<long?> rule) =>
        Add(name, FieldUse.All, null, FieldKinds.MomentOrNull, get, set, rule, FieldInputs.MomentOrNull<T>(name));

    /// <summary>The change that a client's JSON body asks for: what it leaves out stays as it is.</summary>
    /// <exception cref="Refusal">400 BAD_JSON, 415 NOT_JSON, or 422 with every member that is unknown or of the wrong type.</exception>
    public Func<T, T> Change(HttpContext ctx, ReadOnlyMemory<byte> body)
    {
        var checks = new FieldChecks();
        var (changes, seen) = (new List<Func<T, T>>(), new HashSet<string>());
        foreach (var (name, value) in RequestBody.Members(ctx, body))
        {
            if (_all.FirstOrDefault(f => f.Name == name && f.Is(FieldUse.Set)) is not { } field)
                checks.Wrong(name, "field.unknown");
            else if (!seen.Add(name))
                checks.Wrong(name, "field.wrong_type");
            else if (field.FromJson(value, checks) is { } change)
                changes.Add(change);
        }
        checks.ThrowIfAny();
        return item => changes.Aggregate(item, (changed, change) => change(changed));
    }

    /// <summary>The noun as a form shows it.</summary>
    /// <param name="zone">That times are shown in; UTC when null.</param>
    public FormValues ToForm(T item, TimeZoneInfo? zone = null)
    {
        var form = new FormValues(zone: zone);
        _all.ForEach(f => f.ToForm(item, form));
        return form;
    }

    /// <summary>The noun with what was typed. A field that the form does not have stays as it is.</summary>
    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public T FromForm(T item, FormValues form) => Checked(item, (f, changed, checks) => f.Is(FieldUse.Set) ? f.FromForm(changed, form, checks) : changed);

    /// <summary>The noun as its rules keep it.</summary>
    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public T Checked(T item) => Checked(item, (_, same, _) => same);

    public void WriteJson(Utf8JsonWriter json, T item)
    {
        json.WriteStartObject();
        foreach (var field in _all.Where(f => f.Is(FieldUse.Shown)))
            field.WriteJson(json, item);
        json.WriteEndObject();
    }

    /// <summary>The same as text, for the audit log.</summary>
    public string Json(T item)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
            WriteJson(json, item);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>What a SELECT names, in the order that <see cref="FromRow"/> reads.</summary>
    public string Columns => string.Join(", ", _all.Select(f => f.Sql));

    public T FromRow(Row row) => _all.Index().Aggregate(new T(), (item, f) => f.Item.FromRow(item, row, f.Index));

    /// <summary>INSERT of a tenant's row, without an end, so that ON CONFLICT can follow.</summary>
    public string Insert => $"INSERT INTO {table} (tenant_id, {Names(FieldUse.Inserted, f => f)}) VALUES (@tenant, {Names(FieldUse.Inserted, f => "@" + f)})";

    public string Update => $"UPDATE {table} SET {Names(FieldUse.Updated, f => $"{f} = @{f}")} WHERE id = @id AND tenant_id = @tenant";

    /// <summary>The parameters of <see cref="Insert"/> or <see cref="Update"/>.</summary>
    public (string, object?)[] Arguments(FieldUse use, string tenant, T item) =>
        [("tenant", tenant), .. _all.Where(f => f.Is(use) || f.Name == "id").Select(f => (f.Name, f.Argument(item)))];

    private T Checked(T item, Func<Field<T>, T, FieldChecks, T> first)
    {
        var checks = new FieldChecks();
        foreach (var field in _all)
            item = field.Check(first(field, item, checks), checks);
        checks.ThrowIfAny();
        return item;
    }

    private string Names(FieldUse use, Func<string, string> write) => string.Join(", ", _all.Where(f => f.Is(use)).Select(f => write(f.Name)));

    private Fields<T> Add<V>(string name, FieldUse use, string? sql, FieldKind<V> kind, Func<T, V> get, Func<T, V, T> set, FieldRule<V>? rule, FieldInput<T, V>? input)
    {
        _all.Add(new Field<T, V>(name, use, sql ?? $"{alias}.{name}", kind, get, set, rule, input));
        return this;
    }
}
