using Gatehouse.Audit.Log;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.Health;

/// <summary>The single checks of <see cref="HealthReport"/>.</summary>
public sealed class HealthChecker(Database db, DataFolder folder, JobCatalog catalog, IEnumerable<Contradiction> contradictions, ClockWatch watch, TimeProvider clock)
{
    internal const string Damaged = "DAMAGED";
    internal const string Unavailable = "STORAGE_UNAVAILABLE";
    private const long DiskFail = 50L * 1024 * 1024;
    private const long DiskWarn = 500L * 1024 * 1024;
    private const double DiskWarnPercent = 5;
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(5);

    // The row of job_states that the write check touches: no job has this name.
    private const string ProbeRow = "health";
    private long? _wroteAt;

    /// <summary>Reads a row, and writes one every few seconds. Storage that fails is the answer, not an exception. The size is in bytes, 0 when it is not known.</summary>
    public async Task<(StorageCheck Check, long Size)> Storage()
    {
        var begun = TimeProvider.System.GetTimestamp();
        var (reason, size) = await Reason();
        var check = new StorageCheck(reason is null ? HealthReport.Pass : HealthReport.Fail, db.Engine, (long)TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds, reason);
        return (check, size);
    }

    private async Task<(string?, long)> Reason()
    {
        var size = 0L;
        try
        {
            size = await db.SizeBytes();
            var integrity = await db.Read(s => JobStore.Find(s, IntegrityJob.Name));
            if (_wroteAt is not { } at || clock.GetElapsedTime(at) >= WriteEvery)
            {
                await db.Write(async s => await s.Execute(
                    "INSERT INTO job_states (name, claimed_for) VALUES (@name, @now) ON CONFLICT (name) DO UPDATE SET claimed_for = excluded.claimed_for",
                    ("name", ProbeRow), ("now", clock.GetUtcNow().ToUnixTimeMilliseconds())));
                _wroteAt = clock.GetTimestamp();
            }
            var damaged = integrity is { Succeeded: false, Message.Key: IntegrityJob.DamagedMessage };
            return (damaged ? Damaged : null, size);
        }
        catch (StorageException e)
        {
            _wroteAt = null;
            return (e is StorageFullException ? "STORAGE_FULL" : e is StorageCorruptException ? Damaged : Unavailable, size);
        }
        catch (FileNotFoundException)
        {
            // SQLite goes on with a file that was removed under it, and all of that is lost at the next start.
            return ("FILE_GONE", size);
        }
    }

    public DiskCheck Disk()
    {
        long free, size;
        try
        {
            var drive = new DriveInfo(folder.Path);
            (free, size) = (drive.AvailableFreeSpace, Math.Max(1, drive.TotalSize));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DiskCheck(HealthReport.Fail, 0, 0);
        }
        var percent = 100.0 * free / size;
        var status = free < DiskFail ? HealthReport.Fail : free < DiskWarn || percent < DiskWarnPercent ? HealthReport.Warn : HealthReport.Pass;
        return new DiskCheck(status, free, Math.Round(percent, 1));
    }

    /// <param name="newestAudit">Unix milliseconds of the newest audit entry of any tenant.</param>
    public ClockCheck Clock(long newestAudit)
    {
        var drift = watch.Drift();
        var behind = Math.Max(0, newestAudit - clock.GetUtcNow().ToUnixTimeMilliseconds());
        var status = drift.Duration() > ClockTolerance || behind > ClockTolerance.TotalMilliseconds ? HealthReport.Warn : HealthReport.Pass;
        return new ClockCheck(status, (long)drift.TotalMilliseconds, behind);
    }

    /// <summary>The checks that need rows: the clock against the audit log, the jobs, the outbox, the operations and what contradicts the clock.</summary>
    /// <exception cref="StorageException"/>
    public async Task<(ClockCheck, JobsCheck, OutboxCheck, OperationsCheck, DataCheck)> FromStorage()
    {
        var (newest, states, now, outbox, stuck, contrary) = await db.Read(async s =>
            (await s.Number("SELECT MAX(x.at) FROM (SELECT (SELECT e.at FROM audit_entries e WHERE e.tenant_id = t.id ORDER BY e.seq DESC LIMIT 1) AS at FROM tenants t) x"),
            await JobStore.All(s), await s.Now(), await OutboxStore.Trouble(s), await OperationStore.StuckKinds(s), await Contrary(s)));
        return (Clock(newest), Jobs(states, now),
            new OutboxCheck(Warned(outbox.Dead.Count + outbox.Overdue.Count), outbox.Dead.ToDictionary(d => d.Topic, d => d.Count), outbox.Overdue),
            new OperationsCheck(Warned(stuck.Count), stuck),
            new DataCheck(Warned(contrary.Count), contrary));
    }

    private async ValueTask<List<string>> Contrary(ReadTx s)
    {
        var found = new List<string>();
        foreach (var contradiction in contradictions)
            if (await contradiction.There(s))
                found.Add(contradiction.Name);
        return found;
    }

    private JobsCheck Jobs(List<JobState> states, long now)
    {
        var known = states.Where(s => catalog.Find(s.Name) is not null).ToList();
        var failed = known.Where(s => s.Succeeded == false && !s.Running(now) || s.Interrupted(now)).Select(s => s.Name).ToList();
        var overdue = known.Where(s => !s.Running(now)
            && Scheduler.Schedule(catalog.Find(s.Name)!, s).Next(DateTimeOffset.FromUnixTimeMilliseconds(s.ClaimedFor)) < DateTimeOffset.FromUnixTimeMilliseconds(now) - Overdue).Select(s => s.Name).ToList();
        return new JobsCheck(Warned(failed.Count + overdue.Count), failed, overdue);
    }

    private static string Warned(int findings) => findings == 0 ? HealthReport.Pass : HealthReport.Warn;
}
