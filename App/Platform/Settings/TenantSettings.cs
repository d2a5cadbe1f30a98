using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Settings;

/// <summary>
/// What an operator changes at run time (<c>/admin/settings</c>), kept in memory and read anew every few seconds, so that
/// every node of a shared database sees a change within <see cref="Freshness"/>.
/// </summary>
public sealed class TenantSettings(Database db, SecretBox box, TimeProvider clock, IEnumerable<SettingDefinition> definitions, IConfiguration? config = null)
{
    /// <summary>Settings that are secret; without its key nothing can be made of one.</summary>
    public static readonly SealedColumn Sealed = new("setting_secrets", "id", "sealed_value", "setting", "UPDATE setting_secrets SET sealed_value = '', updated_at = @now");

    /// <summary>Of a tenant's own: what times are shown in, and what this place is called.</summary>
    public static readonly SettingDefinition SiteName = new("site_name", 10, SettingKind.Text, "Gatehouse", v => v.Length is >= 1 and <= 40);

    public static readonly SettingDefinition TimeZone = new("time_zone", 20, SettingKind.TimeZone, "UTC", v => TimeZoneInfo.TryFindSystemTimeZoneById(v, out _));

    /// <summary>A change on another node is in force here after this at the latest.</summary>
    internal static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (long ReadAt, FrozenDictionary<string, string> Values)> _cache = new();

    /// <summary>What features have declared, in the order of the page.</summary>
    public IReadOnlyList<SettingDefinition> All { get; } = [.. definitions.OrderBy(d => d.Order)];

    /// <summary>The value in force: what was last read, never waiting for storage. Of a secret, its sealed text.</summary>
    public string Get(string tenant, SettingDefinition setting) =>
        _cache.TryGetValue(tenant, out var known) && known.Values.TryGetValue(setting.Name, out var value) ? value : DefaultOf(setting);

    /// <summary>What is in force where a tenant has set nothing: what the configuration says, where it is asked.</summary>
    public string DefaultOf(SettingDefinition setting) => setting.Option is { } option && config is not null ? ConfigOptions.Value(config, option) : setting.Default;

    /// <summary>A secret in force; empty when none is set.</summary>
    /// <exception cref="CryptographicException">It was sealed under another key.</exception>
    public string Secret(string tenant, SettingDefinition setting) => Open(Get(tenant, setting));

    public TimeZoneInfo Zone(string tenant) => TimeZoneInfo.TryFindSystemTimeZoneById(Get(tenant, TimeZone), out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>Reads the tenant's settings where what is known is older than a few seconds.</summary>
    public async ValueTask Refresh(string tenant, bool now = false)
    {
        var time = clock.GetTimestamp();
        if (!now && _cache.TryGetValue(tenant, out var known) && clock.GetElapsedTime(known.ReadAt, time) < Freshness)
            return;
        var rows = await db.Read(s => s.All("SELECT name, value FROM settings WHERE tenant_id = @tenant UNION ALL SELECT name, sealed_value FROM setting_secrets WHERE tenant_id = @tenant",
            r => KeyValuePair.Create(r.GetString(0), r.GetString(1)), ("tenant", tenant)));
        var read = (ReadAt: time, Values: rows.ToFrozenDictionary());
        // What was read before a change must not take the place of what was read after it.
        _cache.AddOrUpdate(tenant, read, (_, there) => there.ReadAt > time ? there : read);
    }

    /// <summary>What is stored, locked, by the settings' names; secrets opened, and one that cannot be opened is as none.</summary>
    public async ValueTask<Dictionary<string, string>> Stored(WriteTx s, string tenant)
    {
        var stored = (await s.LockedAll("SELECT name, value FROM settings WHERE tenant_id = @tenant", null, r => KeyValuePair.Create(r.GetString(0), r.GetString(1)), ("tenant", tenant))).ToDictionary();
        foreach (var (name, text) in await s.LockedAll("SELECT name, sealed_value FROM setting_secrets WHERE tenant_id = @tenant", null, r => (r.GetString(0), r.GetString(1)), ("tenant", tenant)))
            try
            {
                stored[name] = Open(text);
            }
            catch (CryptographicException)
            {
                stored[name] = "";
            }
        return stored;
    }

    /// <summary>Stores a value inside the caller's transaction; in force on this node when that has ended.</summary>
    public async ValueTask Set(WriteTx s, string tenant, SettingDefinition setting, string value)
    {
        if (setting.Kind == SettingKind.Secret)
            await s.Execute(
                "INSERT INTO setting_secrets (id, tenant_id, name, sealed_value, updated_at) VALUES (@id, @tenant, @name, @value, @now) ON CONFLICT (tenant_id, name) DO UPDATE SET sealed_value = excluded.sealed_value, updated_at = excluded.updated_at",
                ("id", Ids.New()), ("tenant", tenant), ("name", setting.Name), ("value", value.Length == 0 ? "" : box.Seal(Encoding.UTF8.GetBytes(value), Sealed.Purpose)), ("now", clock.GetUtcNow().ToUnixTimeMilliseconds()));
        else
            await s.Execute(
                "INSERT INTO settings (tenant_id, name, value, updated_at) VALUES (@tenant, @name, @value, @now) ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
                ("tenant", tenant), ("name", setting.Name), ("value", value), ("now", clock.GetUtcNow().ToUnixTimeMilliseconds()));
        s.AfterCommit(async () => await Refresh(tenant, now: true));
    }

    private string Open(string text) => text.Length == 0 ? "" : Encoding.UTF8.GetString(box.Open(text, Sealed.Purpose));
}
