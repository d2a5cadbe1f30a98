using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Licenses;

/// <summary>The hourly tidying: writes down which keys have run out. Verdicts never wait for it.</summary>
public sealed class ExpiryJob(Database db, LicenseQueries queries, TimeProvider clock)
{
    public const string Name = "keys.expire";
    private const int Step = 1000;

    /// <summary>Marks all keys of all tenants that have run out and writes their history. Returns how many.</summary>
    public async Task<Message> Run(CancellationToken ct)
    {
        var total = 0;
        int done;
        do
        {
            done = await db.Write(Expire, ct);
            total += done;
        }
        while (done == Step);
        return new Message("job.keys.expire.done", total);
    }

    private async ValueTask<int> Expire(WriteTx s)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var due = await s.LockedAll(
            "SELECT id, tenant_id, expire_at FROM licenses WHERE state = 'active' AND expire_at <= @now AND tenant_id IN (SELECT id FROM tenants) ORDER BY expire_at LIMIT @limit", null,
            r => (Id: r.GetString(0), Tenant: r.GetString(1), At: r.GetInt64(2)), ("now", now), ("limit", (long)Step));
        await s.ExecuteMany("UPDATE licenses SET state = 'expired' WHERE id = @id AND tenant_id = @tenant",
            due.ConvertAll(d => new (string, object?)[] { ("id", d.Id), ("tenant", d.Tenant) }));
        // The history tells when it ran out, not when that was noticed.
        await s.ExecuteMany(LicenseStore.InsertEvent,
            due.ConvertAll(d => LicenseStore.Event(d.Tenant, d.Id, Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(d.At)).ToString(), d.At, "expired", Caller.System.Name, null)));
        foreach (var tenant in due.Select(d => d.Tenant).Distinct())
            queries.CountAgainAfter(s, tenant);
        return due.Count;
    }
}
