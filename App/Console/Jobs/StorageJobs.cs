using Gatehouse.Audit.Health;
using Gatehouse.Audit.Log;
using Gatehouse.Audit.Security;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.Jobs;

/// <summary>What keeps the database tidy and watches that it is whole.</summary>
public sealed class StorageJobs(Database db, AuditVerifier chain, AuditHeads heads, SecurityEvents events, TimeProvider clock)
{
    public const string Tidy = "storage.tidy";
    private const int Bite = 5000;

    /// <summary>Removes Idempotency-Keys that have run out, in bites, so that no other write waits long, old runs of jobs, and what of the outbox and of operations ended long ago.</summary>
    public async Task<Message> RunTidy(CancellationToken ct)
    {
        var gone = await Keys((clock.GetUtcNow() - Idempotency.Kept).ToUnixTimeMilliseconds(), ct) + await db.Write(Runs, ct)
            + await InBites(OutboxStore.Tidy, ct) + await InBites(OperationStore.Tidy, ct);
        return new Message("job.storage.tidy.done", gone);
    }

    /// <summary>The engine's own full check, then the chain of the audit log. A finding is a security event, and the run counts as failed.</summary>
    public async Task<Message> RunIntegrity(CancellationToken ct)
    {
        var damage = await db.CheckIntegrity();
        if (damage.Count > 0)
            throw await Found(IntegrityJob.DamagedMessage, damage);
        var altered = await chain.Verify(ct);
        if (altered.Count > 0)
            throw await Found(IntegrityJob.ChainMessage, altered);
        // What other nodes have written since this one started is remembered here too.
        await heads.CatchUp();
        return new Message("job.storage.integrity.done");
    }

    private async Task<JobFailure> Found(string key, IReadOnlyList<string> findings)
    {
        var detail = string.Join("; ", findings.Take(5));
        await db.Write(async s =>
        {
            if (key == IntegrityJob.DamagedMessage)
                await events.Record(s, Caller.System, "storage.damaged", "bad", db.Engine, detail);
            else
                await events.Record(s, Caller.System, "audit.broken", "bad", "", detail);
            return true;
        });
        return new JobFailure(new Message(key, findings.Count, findings[0]));
    }

    // Their key has three parts, which both engines compare only one by one: the age bounds each bite instead.
    private async Task<int> Keys(long limit, CancellationToken ct)
    {
        for (var total = 0; ;)
        {
            var until = await db.Read(s => s.Number($"SELECT created_at FROM idempotency_keys WHERE created_at < @limit ORDER BY created_at LIMIT 1 OFFSET {Bite}", ("limit", limit)), ct);
            total += await db.Write(s => s.Execute("DELETE FROM idempotency_keys WHERE created_at < @limit", ("limit", until == 0 ? limit : until + 1)), ct);
            if (until == 0)
                return total;
        }
    }

    private async Task<int> InBites(Func<WriteTx, int, ValueTask<int>> tidy, CancellationToken ct)
    {
        for (var total = 0; ;)
        {
            var gone = await db.Write(s => tidy(s, Bite), ct);
            total += gone;
            if (gone < Bite)
                return total;
        }
    }

    // Runs of jobs that this version no longer has are trimmed as well.
    private static async ValueTask<int> Runs(WriteTx s)
    {
        var gone = 0;
        foreach (var name in await s.All("SELECT DISTINCT name FROM job_runs ORDER BY name LIMIT 1000", r => r.GetString(0)))
            gone += await JobStore.Trim(s, name);
        return gone;
    }
}
