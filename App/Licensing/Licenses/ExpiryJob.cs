using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Licenses;

/// <summary>
/// The hourly tidying: writes down which keys have run out, and takes back what it wrote while the clock was ahead. No read waits for it
/// or believes it.
/// </summary>
public sealed class ExpiryJob(Database db, LicenseQueries queries, TimeProvider clock)
{
    public const string Name = "keys.expire";
    private const int Step = 1000;

    /// <summary>Marks all keys of all tenants that have run out, unmarks those that have not, and writes their history. Tells how many.</summary>
    public async Task<Message> Run(CancellationToken ct)
    {
        var undone = await InSteps(Undo, ct);
        var done = new Message("job.keys.expire.done", await InSteps(Expire, ct));
        return undone == 0 ? done : new Message("job.keys.expire.undone", undone, done);
    }

    private async Task<int> InSteps(Func<WriteTx, ValueTask<int>> step, CancellationToken ct)
    {
        var total = 0;
        int done;
        do
        {
            done = await db.Write(step, ct);
            total += done;
        }
        while (done == Step);
        return total;
    }

    private async ValueTask<int> Undo(WriteTx s)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var wrong = await s.LockedAll(
            "SELECT id, tenant_id, expire_at FROM licenses WHERE state = 'expired' AND expire_at > @now AND tenant_id IN (SELECT id FROM tenants) ORDER BY expire_at LIMIT @limit", null,
            r => (Id: r.GetString(0), Tenant: r.GetString(1), At: r.GetInt64(2)), ("now", now), ("limit", (long)Step));
        await s.ExecuteMany("UPDATE licenses SET state = 'active' WHERE id = @id AND tenant_id = @tenant",
            wrong.ConvertAll(d => new (string, object?)[] { ("id", d.Id), ("tenant", d.Tenant) }));
        // What the history said of a time to come stands where it was found out.
        await s.ExecuteMany("DELETE FROM license_events WHERE license_id = @id AND tenant_id = @tenant AND kind = 'expired' AND at > @now",
            wrong.ConvertAll(d => new (string, object?)[] { ("id", d.Id), ("tenant", d.Tenant), ("now", now) }));
        foreach (var kind in new[] { "expired", "expiry_undone" })
            await s.ExecuteMany(LicenseStore.InsertEvent,
                wrong.ConvertAll(d => LicenseStore.Event(Caller.System with { TenantId = d.Tenant }, d.Id, Ids.New(), now, kind, kind == "expired" ? [] : [Format.Iso(d.At)])));
        CountAgain(s, wrong.Select(d => d.Tenant));
        return wrong.Count;
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
            due.ConvertAll(d => LicenseStore.Event(Caller.System with { TenantId = d.Tenant }, d.Id, Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(d.At)).ToString(), d.At, "expired")));
        CountAgain(s, due.Select(d => d.Tenant));
        return due.Count;
    }

    private void CountAgain(WriteTx s, IEnumerable<string> tenants)
    {
        foreach (var tenant in tenants.Distinct())
            queries.CountAgainAfter(s, tenant);
    }
}
