using System.Collections.Concurrent;
using System.Collections.Frozen;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Settings;

/// <summary>
/// What an operator changes at run time (<c>/admin/settings</c>), kept in memory and read anew every few seconds, so that
/// every node of a shared database sees a change.
/// </summary>
public sealed class TenantSettings(Database db, TimeProvider clock)
{
    /// <summary>Name, default, and what it may be.</summary>
    public sealed record Definition(string Name, string Default, Func<string, bool> Valid);

    public const string TimeZone = "time_zone";
    public const string SiteName = "site_name";
    public const string KeyAlphabet = "key_alphabet";
    public const string ExpiringSoonDays = "expiring_soon_days";

    /// <summary>Without 0 O 1 I L: what a person can tell apart on paper.</summary>
    public const string DefaultAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

    public static readonly IReadOnlyList<Definition> All =
    [
        new(SiteName, "Gatehouse", v => v.Length is >= 1 and <= 40),
        new(TimeZone, "UTC", v => TimeZoneInfo.TryFindSystemTimeZoneById(v, out _)),
        new(KeyAlphabet, DefaultAlphabet, v => v.Length is >= 16 and <= 36 && v.Distinct().Count() == v.Length && v.All(c => c is >= 'A' and <= 'Z' or >= '0' and <= '9')),
        new(ExpiringSoonDays, "7", v => int.TryParse(v, out var n) && n is >= 1 and <= 365),
    ];

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, (long ReadAt, FrozenDictionary<string, string> Values)> _cache = new();

    /// <summary>The value in force: what was last read, never waiting for storage.</summary>
    public string Get(string tenant, string name) =>
        _cache.TryGetValue(tenant, out var known) && known.Values.TryGetValue(name, out var value) ? value : All.First(d => d.Name == name).Default;

    public TimeZoneInfo Zone(string tenant) => TimeZoneInfo.TryFindSystemTimeZoneById(Get(tenant, TimeZone), out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>Reads the tenant's settings where what is known is older than a few seconds.</summary>
    public async ValueTask Refresh(string tenant, bool now = false)
    {
        var time = clock.GetTimestamp();
        if (!now && _cache.TryGetValue(tenant, out var known) && clock.GetElapsedTime(known.ReadAt, time) < Freshness)
            return;
        var rows = await db.Read(s => s.All("SELECT name, value FROM settings WHERE tenant_id = @tenant",
            r => KeyValuePair.Create(r.GetString(0), r.GetString(1)), ("tenant", tenant)));
        _cache[tenant] = (time, rows.ToFrozenDictionary());
    }

    /// <summary>Stores a value inside the caller's transaction; in force on this node when that has ended.</summary>
    public async ValueTask Set(WriteTx s, string tenant, string name, string value)
    {
        await s.Execute(
            "INSERT INTO settings (tenant_id, name, value, updated_at) VALUES (@tenant, @name, @value, @now) ON CONFLICT (tenant_id, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
            ("tenant", tenant), ("name", name), ("value", value), ("now", clock.GetUtcNow().ToUnixTimeMilliseconds()));
        s.AfterCommit(async () => await Refresh(tenant, now: true));
    }
}
