using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;

namespace Gatehouse.Messaging.Channels;

/// <summary>The values of a channel, by the fields of its kind. In forms and in what is said to be wrong they are called <c>settings.NAME</c>.</summary>
public static class ChannelValues
{
    private const string Prefix = "settings.";
    private const int MaxMembers = 40;

    /// <summary>How they stand on a form: each in an input of its own. A secret left empty stays as it is.</summary>
    public static readonly FieldInput<Channel, string> Input = new("kind", Show, Read);

    /// <summary>The values with those that were given in their place; what is no JSON object is left for <see cref="Check"/> to say so.</summary>
    internal static string Overlaid(string stored, string given)
    {
        if (Parsed(stored) is not { } values || Parsed(given) is not { } more)
            return given;
        foreach (var (name, value) in more)
            values[name] = value is null ? "" : value.DeepClone();
        return Wire.Text(values);
    }

    /// <summary>An object of texts, numbers and flags.</summary>
    internal static string Check(FieldChecks check, string field, string json)
    {
        if (Parsed(json) is not { } values || values.Count > MaxMembers || values.Any(v => v.Value is not JsonValue))
            check.Wrong(field, "channels.wrong.settings");
        return json;
    }

    /// <summary>Texts by their names, of JSON that <see cref="Check"/> found good.</summary>
    internal static Dictionary<string, string> Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(m => m.Name, m => m.Value.Text());
    }

    /// <summary>The values of a kind as they are kept, or what is wrong with them.</summary>
    /// <param name="given">Secrets among them; one that is left out stays as it was.</param>
    /// <param name="secrets">Those that are set already.</param>
    internal static (Dictionary<string, string> Open, Dictionary<string, string> Secret) Kept(
        FieldChecks checks, ChannelKind kind, IReadOnlyDictionary<string, string> given, IReadOnlyDictionary<string, string> secrets)
    {
        foreach (var name in given.Keys.Where(n => kind.Field(n) is null))
            checks.Wrong(Prefix + name, "field.unknown");
        var (open, secret) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        foreach (var field in kind.Fields)
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
    internal static string Json(Dictionary<string, string> values) => JsonSerializer.Serialize(values, ChannelJson.Default.DictionaryStringString);

    private static void Show(Channel channel, string json, FormValues form)
    {
        form["kind"] = channel.Kind;
        foreach (var (name, value) in Of(json))
            form[Prefix + name] = value;
    }

    private static string Read(FormValues form, FieldChecks checks, string field)
    {
        var typed = new Dictionary<string, string>();
        foreach (var f in ChannelKinds.Find(form["kind"])?.Fields ?? [])
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
