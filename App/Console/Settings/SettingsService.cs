using System.Text.Json;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.Settings;

/// <summary>What an operator changes at run time, see <see cref="TenantSettings"/>.</summary>
public sealed class SettingsService(TenantSettings preferences, AuditWriter audit)
{
    /// <summary>Stores those values that differ.</summary>
    /// <param name="wanted">Setting -> value; settings that are not named stay.</param>
    /// <exception cref="Refusal">422 naming each setting that is unknown or wrong.</exception>
    public async ValueTask Change(WriteTx s, Caller who, IReadOnlyDictionary<string, string> wanted)
    {
        var checks = new FieldChecks();
        var values = wanted.ToDictionary(w => w.Key, w => Checked(checks, w.Key, w.Value));
        checks.ThrowIfAny();
        var stored = (await s.LockedAll("SELECT name, value FROM settings WHERE tenant_id = @tenant", null, r => KeyValuePair.Create(r.GetString(0), r.GetString(1)), ("tenant", who.TenantId)))
            .ToDictionary();
        var before = new Dictionary<string, string>();
        var after = new Dictionary<string, string>();
        foreach (var definition in preferences.All)
        {
            var old = stored.GetValueOrDefault(definition.Name, definition.Default);
            if (!values.TryGetValue(definition.Name, out var value) || value == old)
                continue;
            if (definition.OwnersOnly && who.Role != Role.Owner)
                throw Refusal.Field(definition.Name, "settings.owners_only");
            (before[definition.Name], after[definition.Name]) = (old, value);
            await preferences.Set(s, who.TenantId, definition, value);
        }
        if (after.Count > 0)
            await audit.Write(s, who, "settings.changed", new AuditTarget("settings", who.TenantId, "settings"), Json(before), Json(after));
    }

    private string Checked(FieldChecks checks, string name, string value)
    {
        if (preferences.All.FirstOrDefault(d => d.Name == name) is not { } definition)
        {
            checks.Wrong(name, "field.unknown");
            return value;
        }
        var text = checks.Text(name, value, definition.Kind == SettingKind.Several ? 0 : 1, 200);
        if (definition.Normal is { } normal)
            text = normal(text);
        if (!definition.Valid(text))
            checks.Wrong(name, $"setting.{name}.wrong");
        return text;
    }

    private static string Json(Dictionary<string, string> values) => JsonSerializer.Serialize(values, SettingsJson.Default.DictionaryStringString);
}
