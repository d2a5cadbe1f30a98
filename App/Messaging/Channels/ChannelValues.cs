using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;

namespace Gatehouse.Messaging.Channels;

/// <summary>The values of a channel of whichever sort, by the fields of its kind. In forms and in what is said to be wrong they are called <c>settings.NAME</c>.</summary>
public static class ChannelValues
{
    private const string Prefix = "settings.";
    private const int MaxMembers = 40;

    /// <summary>How they stand on a form: each in an input of its own. A secret left empty stays as it is.</summary>
    internal static readonly FieldInput<Channel, string> Input = new("kind", (channel, json, form) => Show(channel.Kind, json, form), (form, _, _) => Read(ChannelKinds.Find(form["kind"])?.Fields ?? [], form));

    /// <summary>What a value is called in forms and in what is said to be wrong.</summary>
    public static string Key(string field) => Prefix + field;

    /// <summary>The values with those that were given in their place; what is no JSON object is left for <see cref="Check"/> to say so.</summary>
    public static string Overlaid(string stored, string given)
    {
        if (Parsed(stored) is not { } values || Parsed(given) is not { } more)
            return given;
        foreach (var (name, value) in more)
            values[name] = value is null ? "" : value.DeepClone();
        return Wire.Text(values);
    }

    /// <summary>An object of texts, numbers and flags.</summary>
    public static string Check(FieldChecks check, string field, string json)
    {
        if (Parsed(json) is not { } values || values.Count > MaxMembers || values.Any(v => v.Value is not JsonValue))
            check.Wrong(field, "channels.wrong.settings");
        return json;
    }

    /// <summary>Texts by their names, of JSON that <see cref="Check"/> found good.</summary>
    public static Dictionary<string, string> Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(m => m.Name, m => m.Value.Text());
    }

    /// <summary>The values of a kind as they are kept, or what is wrong with them.</summary>
    /// <param name="given">Secrets among them; one that is left out stays as it was.</param>
    /// <param name="secrets">Those that are set already.</param>
    public static (Dictionary<string, string> Open, Dictionary<string, string> Secret) Kept(
        FieldChecks checks, IReadOnlyList<ChannelField> fields, IReadOnlyDictionary<string, string> given, IReadOnlyDictionary<string, string> secrets)
    {
        foreach (var name in given.Keys.Where(n => !fields.Any(f => f.Name == n)))
            checks.Wrong(Prefix + name, "field.unknown");
        var (open, secret) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        foreach (var field in fields)
        {
            var value = given.TryGetValue(field.Name, out var typed) ? typed.ReplaceLineEndings("\n") : field.Secret ? secrets.GetValueOrDefault(field.Name, "") : "";
            value = checks.Text(Prefix + field.Name, value, 0, field.MaxLength + (field.Normal is null ? 0 : 200), field.Lines);
            value = field.Normal is { } normal ? normal(value) : value;
            if (value.Length == 0)
                value = field.Default;
            if (value.Length == 0 && !field.Optional)
                checks.Wrong(Prefix + field.Name, "field.required");
            else if (value.Length > field.MaxLength)
                checks.Wrong(Prefix + field.Name, "field.too_long", field.MaxLength);
            else if (value.Length > 0 && field.Choices.Count > 0 && !field.Choices.Contains(value))
                checks.Wrong(Prefix + field.Name, "field.one_of", string.Join(", ", field.Choices));
            else if (value.Length > 0 && field.Fault?.Invoke(value) is { } fault)
                checks.Wrong(Prefix + field.Name, fault);
            if (value.Length > 0)
                (field.Secret ? secret : open)[field.Name] = value;
        }
        return (open, secret);
    }

    /// <summary>As JSON text.</summary>
    public static string Json(Dictionary<string, string> values) => JsonSerializer.Serialize(values, ChannelJson.Default.DictionaryStringString);

    /// <summary>Puts the values on a form.</summary>
    public static void Show(string kind, string json, FormValues form)
    {
        form["kind"] = kind;
        foreach (var (name, value) in Of(json))
            form[Prefix + name] = value;
    }

    /// <summary>The values that a form has of those fields.</summary>
    public static string Read(IReadOnlyList<ChannelField> fields, FormValues form)
    {
        var typed = new Dictionary<string, string>();
        foreach (var f in fields)
            if (form.Has(Prefix + f.Name) && !(f.Secret && form[Prefix + f.Name].Trim().Length == 0))
                typed[f.Name] = form[Prefix + f.Name];
        return Json(typed);
    }

    /// <summary>The object that it is; null when it is none, names a member twice, or holds half a character.</summary>
    internal static JsonObject? Parsed(string json)
    {
        try
        {
            var found = JsonNode.Parse(json) as JsonObject;
            foreach (var (_, value) in found ?? [])
                if (value is JsonValue text && text.GetValueKind() == JsonValueKind.String)
                    _ = (string?)text;
            return found;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
