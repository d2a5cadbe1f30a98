using Microsoft.Extensions.Primitives;

namespace Gatehouse.Platform.Fields;

/// <summary>What stands in a form's inputs: what was typed, right or wrong, or a noun as a form shows it.</summary>
public sealed class FormValues
{
    private const int MaxPairs = 100;
    private readonly Dictionary<string, StringValues> _values = [];

    /// <param name="zone">That times are typed in; UTC when null.</param>
    public FormValues(IFormCollection? sent = null, TimeZoneInfo? zone = null)
    {
        Zone = zone ?? TimeZoneInfo.Utc;
        foreach (var (name, values) in sent ?? FormCollection.Empty)
            _values[name] = values;
    }

    /// <summary>The zone of the times that are typed.</summary>
    public TimeZoneInfo Zone { get; }

    /// <summary>Empty when the form has no such input.</summary>
    public string this[string name]
    {
        get => _values.TryGetValue(name, out var values) ? values.ToString() : "";
        set => _values[name] = value;
    }

    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Two inputs that are repeated side by side, row by row.</summary>
    public IReadOnlyList<(string First, string Second)> Pairs(string first, string second) =>
        [.. Values(first).Zip(Values(second), (a, b) => (a ?? "", b ?? "")).Take(MaxPairs)];

    public void SetPairs(string first, string second, IReadOnlyList<(string First, string Second)> rows) =>
        (_values[first], _values[second]) = (new StringValues([.. rows.Select(r => r.First)]), new StringValues([.. rows.Select(r => r.Second)]));

    /// <summary>An input that is repeated, row by row.</summary>
    public IReadOnlyList<string> All(string name) => [.. Values(name).Select(v => v ?? "").Take(MaxPairs)];

    public void SetAll(string name, IEnumerable<string> values) => _values[name] = new StringValues([.. values]);

    /// <summary>A number in one input and its unit in <c>NAME_unit</c>.</summary>
    public TimeAmount Span(string name) => new(this[name], this[name + "_unit"]);

    public void SetSpan(string name, long? seconds) => (this[name], this[name + "_unit"]) = TimeAmount.Of(seconds);

    private StringValues Values(string name) => _values.GetValueOrDefault(name);
}
