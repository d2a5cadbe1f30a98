using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Plans;

/// <summary>The plans that a plan's keys may be switched to: rules and JSON.</summary>
public static class SwitchTargets
{
    private const int Most = 20, MaxId = 64;

    /// <summary>On the plan's form: a box each.</summary>
    internal static readonly FieldInput<Plan, string> Input = new("switch_to", (_, json, form) => form.SetAll("switch_to", Of(json)),
        (form, _, _) => JsonSerializer.Serialize([.. form.All("switch_to").Where(id => id.Length > 0)], SwitchJson.Default.StringArray));

    /// <summary>Their ids.</summary>
    public static IReadOnlyList<string> Of(string json) => JsonSerializer.Deserialize(json, SwitchJson.Default.StringArray)!;

    internal static string Check(FieldChecks check, string field, string json)
    {
        try
        {
            var ids = JsonSerializer.Deserialize(json, SwitchJson.Default.StringArray) ?? [];
            if (ids.Length <= Most && ids.All(id => id is { Length: > 0 and <= MaxId } && !id.Any(char.IsControl)) && ids.Distinct().Count() == ids.Length)
                return JsonSerializer.Serialize(ids, SwitchJson.Default.StringArray);
        }
        catch (JsonException)
        {
            // Told to the caller below, as anything else that is no such list.
        }
        check.Wrong(field, "field.switch_to");
        return "[]";
    }
}

[JsonSerializable(typeof(string[]))]
internal sealed partial class SwitchJson : JsonSerializerContext;
