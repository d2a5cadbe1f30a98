using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Renewals;

/// <summary>A key that is renewed from its owner's balance before it ends. Times in unix milliseconds.</summary>
/// <param name="ToldEnd">The end that the owner was told of; null: none.</param>
/// <param name="Price">As it was told, in minor units.</param>
/// <param name="FailedAt">Since when the balance is too small for it.</param>
/// <param name="LookAt">When it is looked at next.</param>
public sealed record AutoRenewal(string LicenseId, string AccountId, long? ToldEnd, long ToldAt, long Price, string Currency, long? FailedAt, long LookAt)
{
    internal const long Day = 86_400_000;

    /// <summary>So long before the end it is tried for the last time: a key that is renewed never stands still.</summary>
    internal const long LastMoment = 30 * 60_000;

    /// <summary>When it is renewed: so long before the end, and a day after its owner was told; at the latest right before the end.</summary>
    public long Due(long end, long before) => Math.Max(end - before, Math.Min(ToldAt + Day, end - LastMoment));
}

/// <summary>A key of an account, and whether it is renewed by itself.</summary>
/// <param name="RenewsAt">When that is tried first; null: it is off.</param>
/// <param name="Obstacle">Why it cannot be renewed now; null: it can.</param>
public sealed record RenewalLine(License Key, Plan Plan, bool On, long? RenewsAt, ErrorCode? Obstacle);

/// <summary>Why a key is not renewed by itself.</summary>
public static class AutoRenewalErrors
{
    public static readonly ErrorCode Taken = new(409, "AUTO_RENEWAL_TAKEN");

    public static readonly IReadOnlyList<ErrorCode> All = [Taken];
}

/// <summary>When keys are renewed by themselves.</summary>
public static class RenewalSettings
{
    private static readonly SettingGroup Group = new("renewal", _ => []);

    /// <summary>So many days before a key ends its owner is told.</summary>
    public static readonly SettingDefinition NoticeDays = new("renewal.notice_days", 640, SettingKind.Number, "3", v => int.TryParse(v, out var n) && n is >= 1 and <= 30) { Group = Group };

    /// <summary>So many days before its end it is renewed.</summary>
    public static readonly SettingDefinition DaysBefore = new("renewal.days_before", 650, SettingKind.Number, "1", v => int.TryParse(v, out var n) && n is >= 0 and <= 29) { Group = Group };

    public static readonly IReadOnlyList<SettingDefinition> All = [NoticeDays, DaysBefore];
}

/// <summary>Keys that are renewed by themselves, in the database.</summary>
internal static class AutoRenewalStore
{
    private const string Select = "SELECT license_id, account_id, told_end, told_at, price, currency, failed_at, look_at FROM auto_renewals";

    public static async ValueTask<AutoRenewal?> Locked(WriteTx s, string tenant, string license) =>
        await s.Locked("SELECT license_id FROM auto_renewals WHERE tenant_id = @tenant AND license_id = @license", r => r.GetString(0), ("tenant", tenant), ("license", license)) is null ? null
        : await s.One(Select + " WHERE tenant_id = @tenant AND license_id = @license", Map, ("tenant", tenant), ("license", license));

    public static ValueTask<List<AutoRenewal>> OfAccount(ReadTx s, string tenant, string account) => s.All(Select + " WHERE tenant_id = @tenant AND account_id = @account", Map, ("tenant", tenant), ("account", account));

    public static ValueTask<List<(string Tenant, string License)>> Due(ReadTx s, long now, int limit) =>
        s.All("SELECT tenant_id, license_id FROM auto_renewals WHERE look_at <= @now ORDER BY look_at, license_id LIMIT @limit", r => (r.GetString(0), r.GetString(1)), ("now", now), ("limit", (long)limit));

    /// <summary>Was it written? Not when the key is renewed already.</summary>
    public static async ValueTask<bool> Insert(WriteTx s, string tenant, AutoRenewal a, long now) => await s.Execute(
        "INSERT INTO auto_renewals (license_id, account_id, tenant_id, told_end, told_at, price, currency, look_at, created_at) VALUES (@license, @account, @tenant, @end, @told, @price, @currency, @look, @now) ON CONFLICT DO NOTHING",
        ("license", a.LicenseId), ("account", a.AccountId), ("tenant", tenant), ("end", a.ToldEnd), ("told", a.ToldAt), ("price", a.Price), ("currency", a.Currency), ("look", a.LookAt), ("now", now)) == 1;

    public static async ValueTask Update(WriteTx s, string tenant, AutoRenewal a) => await s.Execute(
        "UPDATE auto_renewals SET told_end = @end, told_at = @told, price = @price, currency = @currency, failed_at = @failed, look_at = @look WHERE tenant_id = @tenant AND license_id = @license",
        ("end", a.ToldEnd), ("told", a.ToldAt), ("price", a.Price), ("currency", a.Currency), ("failed", a.FailedAt), ("look", a.LookAt), ("tenant", tenant), ("license", a.LicenseId));

    public static async ValueTask<bool> Delete(WriteTx s, string tenant, string account, string license) =>
        await s.Execute("DELETE FROM auto_renewals WHERE tenant_id = @tenant AND account_id = @account AND license_id = @license", ("tenant", tenant), ("account", account), ("license", license)) == 1;

    private static AutoRenewal Map(Row r) => new(r.GetString(0), r.GetString(1), r.LongOrNull(2), r.GetInt64(3), r.GetInt64(4), r.GetString(5), r.LongOrNull(6), r.GetInt64(7));
}
