using System.Text.Json;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.Settings;

/// <summary>What an operator changes at run time, see <see cref="TenantSettings"/>.</summary>
public sealed class SettingsService(TenantSettings preferences, AuditWriter audit)
{
    private const string Mask = "••••";

    /// <summary>Stores those values that differ.</summary>
    /// <param name="wanted">Setting -> value; settings that are not named stay.</param>
    /// <exception cref="Refusal">422 naming each setting that is unknown or wrong.</exception>
    public async ValueTask Change(WriteTx s, Caller who, IReadOnlyDictionary<string, string> wanted)
    {
        var checks = new FieldChecks();
        var values = wanted.ToDictionary(w => w.Key, w => Checked(checks, w.Key, w.Value));
        checks.ThrowIfAny();
        var stored = await preferences.Stored(s, who.TenantId);
        foreach (var group in preferences.All.Where(d => values.ContainsKey(d.Name)).Select(d => d.Group).OfType<SettingGroup>().Distinct())
            foreach (var (setting, words) in group.Check(d => values.TryGetValue(d.Name, out var value) ? value : Old(d)))
                checks.Wrong(setting.Name, words);
        checks.ThrowIfAny();
        var before = new Dictionary<string, string>();
        var after = new Dictionary<string, string>();
        foreach (var definition in preferences.All)
        {
            var old = Old(definition);
            if (!values.TryGetValue(definition.Name, out var value) || value == old)
                continue;
            if (definition.OwnersOnly && who.Role != Role.Owner)
                throw Refusal.Field(definition.Name, "settings.owners_only");
            if (definition.Unsuited?.Invoke(value, who) is { } unsuited)
                throw Refusal.Field(definition.Name, unsuited, who.Ip ?? "?");
            (before[definition.Name], after[definition.Name]) = definition.Kind == SettingKind.Secret ? (Masked(old), Masked(value)) : (old, value);
            await preferences.Set(s, who.TenantId, definition, value);
        }
        if (after.Count > 0)
            await audit.Write(s, who, "settings.changed", new AuditTarget("settings", who.TenantId, "settings"), Json(before), Json(after));

        string Old(SettingDefinition definition) => stored.GetValueOrDefault(definition.Name, preferences.DefaultOf(definition));
    }

    private string Checked(FieldChecks checks, string name, string value)
    {
        if (preferences.All.FirstOrDefault(d => d.Name == name) is not { } definition)
        {
            checks.Wrong(name, "field.unknown");
            return value;
        }
        var text = checks.Text(name, value, definition.Optional || definition.Kind == SettingKind.Several ? 0 : 1, definition.MaxLength, definition.Lines);
        // A secret may begin and end as it likes.
        if (definition.Kind == SettingKind.Secret)
            text = value;
        if (definition.Normal is { } normal)
            text = normal(text);
        if (!(definition.Optional && text.Length == 0) && (!definition.Valid(text) || definition.Kind == SettingKind.Choice && definition.Choices.All(c => c.Value != text)))
            checks.Wrong(name, $"setting.{name}.wrong");
        return text;
    }

    private static string Masked(string secret) => secret.Length == 0 ? "" : Mask;

    private static string Json(Dictionary<string, string> values) => JsonSerializer.Serialize(values, SettingsJson.Default.DictionaryStringString);
}
