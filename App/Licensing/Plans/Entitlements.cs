using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Plans;

/// <summary>
/// A plan's entitlements: a JSON object of name and true, false, a number or text. As a form shows them, rows of both. The type follows from what is typed: true, false and
/// numbers are what they look like, all else is text, and quotes make text of anything.
/// </summary>
public static partial class Entitlements
{
    public const int MaxName = 80;
    private const int MaxJson = 8000;
    private const string Names = "entitlement";
    private const string Values = "entitlement_value";

    /// <summary>The rows on a form.</summary>
    public static readonly FieldInput<Plan, string> Input = new(Names,
        (_, json, form) => form.SetPairs(Names, Values, Rows(json)), (form, check, _) => Json(check, form.Pairs(Names, Values)));

    /// <summary>The rows to show: those that hold something, and some to fill in.</summary>
    public static IEnumerable<(string Name, string Value)> Rows(FormValues form, int spare) =>
        form.Pairs(Names, Values).Where(r => r.First.Trim().Length + r.Second.Trim().Length > 0).Concat(Enumerable.Repeat(("", ""), spare));

    /// <summary>The rule of a plan's field.</summary>
    public static string Check(FieldChecks check, string field, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(string.IsNullOrWhiteSpace(json) ? "{}" : json);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.GetRawText().Length <= MaxJson
                && root.EnumerateObject().All(p => p.Name.Length is > 0 and <= MaxName && !p.Name.Any(char.IsControl)
                    && (p.Value.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number || p.Value is { ValueKind: JsonValueKind.String } text && text.GetString() is not null))
                && root.EnumerateObject().Select(p => p.Name).Distinct().Count() == root.EnumerateObject().Count())
                return JsonSerializer.Serialize(root, PlanJson.Default.JsonElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Told to the caller below, as anything else that is no such object; the second is half of a surrogate pair.
        }
        check.Wrong(field, "field.entitlements");
        return "{}";
    }

    /// <summary>The rows of a JSON object; a text that would be taken for something else stands in quotes.</summary>
    public static IReadOnlyList<(string Name, string Value)> Rows(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateObject().Select(p => (p.Name, p.Value.ValueKind == JsonValueKind.String ? Shown(p.Value.GetString()!) : p.Value.GetRawText()))];
    }

    /// <summary>The JSON object of the rows; rows without name and value are passed over. What is wrong goes to <paramref name="check"/>.</summary>
    public static string Json(FieldChecks check, IEnumerable<(string Name, string Value)> rows)
    {
        var json = new StringBuilder("{");
        var names = new HashSet<string>();
        foreach (var (typedName, typedValue) in rows)
        {
            var (name, value) = (typedName.Trim(), typedValue.Trim());
            if (name.Length == 0 && value.Length == 0)
                continue;
            if (name.Length == 0)
                check.Wrong("entitlements", "field.entitlement_name", value);
            else if (name.Length > MaxName)
                check.Wrong("entitlements", "field.too_long", MaxName);
            else if (!names.Add(name))
                check.Wrong("entitlements", "field.entitlement_twice", name);
            if (json.Length > 1)
                json.Append(',');
            json.Append(Quoted(name)).Append(':').Append(Typed(value));
        }
        json.Append('}');
        if (json.Length > MaxJson)
            check.Wrong("entitlements", "field.too_long", MaxJson);
        return json.ToString();
    }

    private static string Typed(string value)
    {
        if (value is "true" or "false" || Number().IsMatch(value))
            return value;
        if (value.Length >= 2 && value[0] == '"' && value[^1] == '"')
        {
            try
            {
                using var document = JsonDocument.Parse(value);
                return Quoted(document.RootElement.GetString()!);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                // Quotes around something else, or half of a surrogate pair: taken as it is typed.
            }
        }
        return Quoted(value);
    }

    private static string Shown(string text) =>
        text is "true" or "false" || text != text.Trim() || text.StartsWith('"') || text.Any(char.IsControl) || Number().IsMatch(text) ? Quoted(text) : text;

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    [GeneratedRegex(@"^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?$")]
    private static partial Regex Number();
}
