using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Scheduling;

/// <summary>What the nodes share of a job. Times in unix milliseconds by the database's clock.</summary>
/// <param name="Cron">Set by staff; null for the program's default.</param>
/// <param name="ClaimedFor">The firing that a node has taken last.</param>
/// <param name="RunningUntil">A run holds the job until then and renews it, so a node that died lets go by itself.</param>
public sealed record JobState(string Name, string? Cron, long ClaimedFor, long? StartedAt, long? FinishedAt, bool? Succeeded, Message? Message, long? RunningUntil)
{
    public bool Running(long now) => RunningUntil > now;

    /// <summary>Claimed or held further ahead than can be: by a clock that was wrong.</summary>
    public bool LiesAhead(long now) => ClaimedFor > now + JobStore.Lease || RunningUntil > now + JobStore.Lease;

    /// <summary>Its last run neither ended nor runs: the server was killed under it.</summary>
    public bool Interrupted(long now) => StartedAt > (FinishedAt ?? 0) && !Running(now);
}

/// <summary>A run that has ended.</summary>
public sealed record JobRun(string Id, long StartedAt, long DurationMs, bool Succeeded, Message Message);

/// <summary>
/// The tables job_states and job_runs. They belong to the whole installation, not to a tenant. Who may run, and until when, is decided
/// by the database's clock alone (<see cref="ReadTx.Now"/>), whatever the nodes' clocks say.
/// </summary>
public static class JobStore
{
    private const int RunsKept = 200;

    /// <summary>How long a run holds its job from when it took or last renewed it, in milliseconds.</summary>
    internal const long Lease = 60_000;

    /// <summary>How often a run renews its hold.</summary>
    public static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(20);

    private const string Columns = "name, cron, claimed_for, started_at, finished_at, succeeded, message, running_until";

    /// <summary>Gives each new job a row. Its first firing is the next one from now.</summary>
    public static async ValueTask Ensure(WriteTx s, IEnumerable<string> names)
    {
        var now = await s.Now();
        await s.ExecuteMany("INSERT INTO job_states (name, claimed_for) VALUES (@name, @now) ON CONFLICT DO NOTHING",
            [.. names.Select(n => new (string, object?)[] { ("name", n), ("now", now) })]);
    }

    public static ValueTask<List<JobState>> All(ReadTx s) => s.All($"SELECT {Columns} FROM job_states ORDER BY name", Map);

    public static ValueTask<JobState?> Find(ReadTx s, string name) => s.One($"SELECT {Columns} FROM job_states WHERE name = @name", Map, ("name", name));

    /// <summary>Takes a firing for this node and returns when its run began.</summary>
    /// <returns>Null when another node has changed the job since it was seen, the firing lies ahead, or a run is still going on (it then stays due).</returns>
    public static async ValueTask<long?> Claim(WriteTx s, JobState seen, long firing)
    {
        var now = await s.Now();
        return firing <= now && await s.Execute(
            """
            UPDATE job_states SET claimed_for = @firing, started_at = @now, running_until = @until
            WHERE name = @name AND claimed_for = @seen AND (running_until IS NULL OR running_until <= @now)
            """, ("name", seen.Name), ("seen", seen.ClaimedFor), ("firing", firing), ("now", now), ("until", now + Lease)) == 1 ? now : null;
    }

    /// <summary>Starts a run outside the schedule and returns when it began; null when one is going on.</summary>
    public static async ValueTask<long?> Begin(WriteTx s, string name)
    {
        var now = await s.Now();
        return await s.Execute("UPDATE job_states SET started_at = @now, running_until = @until WHERE name = @name AND (running_until IS NULL OR running_until <= @now)",
            ("name", name), ("now", now), ("until", now + Lease)) == 1 ? now : null;
    }

    /// <summary>Holds the job for another minute from now; false when the run holds it no more.</summary>
    public static async ValueTask<bool> Renew(WriteTx s, string name, long startedAt) =>
        await s.Execute("UPDATE job_states SET running_until = @until WHERE name = @name AND started_at = @started AND running_until IS NOT NULL",
            ("name", name), ("started", startedAt), ("until", await s.Now() + Lease)) == 1;

    /// <summary>
    /// Takes back what lies ahead (<see cref="JobState.LiesAhead"/>), so that no job sleeps until a false time: such a job is claimed up to now,
    /// and held for as long as a run that lives needs to renew its hold. Returns how many jobs it concerned.
    /// </summary>
    public static async ValueTask<int> DropAhead(WriteTx s)
    {
        var now = await s.Now();
        return await s.Execute(
            """
            UPDATE job_states SET claimed_for = CASE WHEN claimed_for > @limit THEN @now ELSE claimed_for END,
              running_until = CASE WHEN running_until > @limit THEN @limit ELSE running_until END
            WHERE claimed_for > @limit OR running_until > @limit
            """, ("now", now), ("limit", now + Lease));
    }

    /// <summary>Records how a run ended and lets go of the job, unless another has taken it.</summary>
    public static async ValueTask Finish(WriteTx s, string name, JobRun run)
    {
        await s.Execute(
            "UPDATE job_states SET finished_at = @finished, succeeded = @ok, message = @message, running_until = NULL WHERE name = @name AND started_at = @started",
            ("name", name), ("started", run.StartedAt), ("finished", run.StartedAt + run.DurationMs), ("ok", run.Succeeded), ("message", run.Message.ToStored()));
        await s.Execute("INSERT INTO job_runs (id, name, started_at, duration_ms, succeeded, message) VALUES (@id, @name, @started, @duration, @ok, @message) ON CONFLICT DO NOTHING",
            ("id", run.Id), ("name", name), ("started", run.StartedAt), ("duration", run.DurationMs), ("ok", run.Succeeded), ("message", run.Message.ToStored()));
        await Trim(s, name);
    }

    /// <summary>Lets go of a job whose run the server's stop cut short: its firing is due again at the next start, unless the schedule was changed since (<see cref="SetCron"/>).</summary>
    public static async ValueTask Release(WriteTx s, string name, long startedAt, long claimedBefore) =>
        await s.Execute("UPDATE job_states SET running_until = NULL, claimed_for = CASE WHEN claimed_for <= @started THEN @before ELSE claimed_for END WHERE name = @name AND started_at = @started",
            ("name", name), ("started", startedAt), ("before", claimedBefore));

    /// <summary>A new schedule counts from now on; null takes the program's default back.</summary>
    public static async ValueTask SetCron(WriteTx s, string name, string? cron) =>
        await s.Execute("UPDATE job_states SET cron = @cron, claimed_for = @now WHERE name = @name", ("name", name), ("cron", cron), ("now", await s.Now()));

    /// <summary>A job's last runs, newest first.</summary>
    public static ValueTask<List<JobRun>> Runs(ReadTx s, string name, int limit) => s.All(
        "SELECT id, started_at, duration_ms, succeeded, message FROM job_runs WHERE name = @name ORDER BY id DESC LIMIT @limit",
        r => new JobRun(r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3) == 1, Message.Parse(r.GetString(4))), ("name", name), ("limit", (long)limit));

    /// <summary>Keeps the last 200 runs of a job; returns how many went.</summary>
    public static async ValueTask<int> Trim(WriteTx s, string name) =>
        await s.Execute($"DELETE FROM job_runs WHERE name = @name AND id <= (SELECT id FROM job_runs WHERE name = @name ORDER BY id DESC LIMIT 1 OFFSET {RunsKept})", ("name", name));

    private static JobState Map(Row r) =>
        new(r.GetString(0), r.TextOrNull(1), r.GetInt64(2), r.LongOrNull(3), r.LongOrNull(4), r.LongOrNull(5) is { } ok ? ok == 1 : null, r.TextOrNull(6) is { } told ? Message.Parse(told) : null, r.LongOrNull(7));
}
