using System.Collections.Concurrent;
using System.Collections.Frozen;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Settings;

/// <summary>
/// What an operator changes at run time (<c>/admin/settings</c>), kept in memory and read anew every few seconds, so that
/// every node of a shared database sees a change within <see cref="Freshness"/>.
/// </summary>
public sealed class TenantSettings(Database db, TimeProvider clock, IEnumerable<SettingDefinition> definitions)
{
    /// <summary>Of a tenant's own: what times are shown in, and what this place is called.</summary>
    public static readonly SettingDefinition SiteName = new("site_name", 10, SettingKind.Text, "Gatehouse", v => v.Length is >= 1 and <= 40);

    public static readonly SettingDefinition TimeZone = new("time_zone", 20, SettingKind.TimeZone, "UTC", v => TimeZoneInfo.TryFindSystemTimeZoneById(v, out _));

    /// <summary>A change on another node is in force here after this at the latest.</summary>
    internal static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (long ReadAt, FrozenDictionary<string, string> Values)> _cache = new();

    /// <summary>What features have declared, in the order of the page.</summary>
    public IReadOnlyList<SettingDefinition> All { get; } = [.. definitions.OrderBy(d => d.Order)];

    /// <summary>The value in force: what was last read, never waiting for storage.</summary>
    public string Get(string tenant, SettingDefinition setting) =>
        _cache.TryGetValue(tenant, out var known) && known.Values.TryGetValue(setting.Name, out var value) ? value : setting.Default;

    public TimeZoneInfo Zone(string tenant) => TimeZoneInfo.TryFindSystemTimeZoneById(Get(tenant, TimeZone), out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>Reads the tenant's settings where what is known is older than a few seconds.</summary>
    public async ValueTask Refresh(string tenant, bool now = false)
    {
        var time = clock.GetTimestamp();
        if (!now && _cache.TryGetValue(tenant, out var known) && clock.GetElapsedTime(known.ReadAt, time) < Freshness)
            return;
        var rows = await db.Read(s => s.All("SELECT name, value FROM settings WHERE tenant_id = @tenant",
            r => KeyValuePair.Create(r.GetString(0), r.GetString(1)), ("tenant", tenant)));
        var read = (ReadAt: time, Values: rows.ToFrozenDictionary());
        // What was read before a change must not take the place of what was read after it.
        _cache.AddOrUpdate(tenant, read, (_, there) => there.ReadAt > time ? there : read);
    }

    /// <summary>Stores a value inside the caller's transaction; in force on this node when that has ended.</summary>
    public async ValueTask Set(WriteTx s, string tenant, SettingDefinition setting, string value)
    {
        await s.Execute(
            "INSERT INTO settings (tenant_id, name, value, updated_at) VALUES (@tenant, @name, @value, @now) ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
            ("tenant", tenant), ("name", setting.Name), ("value", value), ("now", clock.GetUtcNow().ToUnixTimeMilliseconds()));
        s.AfterCommit(async () => await Refresh(tenant, now: true));
    }
}
