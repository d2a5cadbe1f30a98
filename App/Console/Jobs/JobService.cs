using System.Text.Json;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.Jobs;

/// <summary>A job as staff see it.</summary>
/// <param name="State">Null until the scheduler has seen the job.</param>
/// <param name="Next">When it is due; null when never again.</param>
public sealed record JobView(Job Job, JobState? State, CronSchedule Schedule, DateTimeOffset? Next, bool Running, bool Interrupted)
{
    /// <summary>Milliseconds that the last run took; null when it has not ended.</summary>
    public long? Duration => State is { FinishedAt: { } finished, StartedAt: { } started } && finished >= started ? finished - started : null;
}

/// <summary>A run that was claimed and is to be started once its transaction has been committed.</summary>
public sealed record JobStart(Job Job, long StartedAt, long ClaimedBefore);

/// <summary>What staff do with scheduled jobs.</summary>
public sealed class JobService(JobCatalog catalog, JobRunner runner, Scheduler scheduler, AuditWriter audit, TimeProvider clock)
{
    public async ValueTask<List<JobView>> All(ReadTx s)
    {
        var states = (await JobStore.All(s)).ToDictionary(x => x.Name);
        return [.. catalog.All.Select(job => View(job, states.GetValueOrDefault(job.Name)))];
    }

    /// <exception cref="Refusal">404 JOB_NOT_FOUND.</exception>
    public async ValueTask<JobView> Get(ReadTx s, string name)
    {
        var job = Find(name);
        return View(job, await JobStore.Find(s, name));
    }

    /// <summary>Claims a run outside the schedule. Give the result to <see cref="Launch"/> when the transaction has been committed.</summary>
    /// <exception cref="Refusal">404 JOB_NOT_FOUND, 409 JOB_RUNNING.</exception>
    public async ValueTask<JobStart> Run(WriteTx s, Caller who, string name)
    {
        var job = Find(name);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await JobStore.Ensure(s, [name], now);
        if (!await JobStore.Begin(s, name, now))
            throw new Refusal(409, "JOB_RUNNING");
        await audit.Write(s, who, "job.run", Target(name));
        return new JobStart(job, now, (await JobStore.Find(s, name))!.ClaimedFor);
    }

    /// <summary>Starts the run in the background.</summary>
    public void Launch(JobStart start) => runner.Start(start.Job, start.StartedAt, start.ClaimedBefore);

    /// <summary>Changes the schedule; null or empty takes the program's default back. Call <see cref="Rescheduled"/> afterwards.</summary>
    /// <exception cref="Refusal">404 JOB_NOT_FOUND, 422 on <c>cron</c>.</exception>
    public async ValueTask SetCron(WriteTx s, Caller who, string name, string? cron)
    {
        var job = Find(name);
        var now = clock.GetUtcNow();
        CronSchedule? wanted = null;
        if (!string.IsNullOrWhiteSpace(cron))
        {
            if (!CronSchedule.TryParse(cron, out wanted))
                throw Refusal.Field("cron", "field.cron");
            if (wanted.Next(now) is null)
                throw Refusal.Field("cron", "field.cron_never");
        }
        await JobStore.Ensure(s, [name], now.ToUnixTimeMilliseconds());
        var before = Scheduler.Schedule(job, await JobStore.Find(s, name)).Expression;
        var after = wanted?.Expression == job.DefaultCron ? null : wanted?.Expression;
        if (before == (after ?? job.DefaultCron))
            return;
        await JobStore.SetCron(s, name, after, now.ToUnixTimeMilliseconds());
        await audit.Write(s, who, "job.rescheduled", Target(name), CronJson(before), CronJson(after ?? job.DefaultCron));
    }

    /// <summary>Makes a new schedule count at once on this node.</summary>
    public void Rescheduled() => scheduler.Wake();

    private Job Find(string name) => catalog.Find(name) ?? throw new Refusal(404, "JOB_NOT_FOUND");

    private static AuditTarget Target(string name) => new("job", name, name);

    private static string CronJson(string cron) => JsonSerializer.Serialize(new CronChange(cron), ConsoleJson.Default.CronChange);

    private JobView View(Job job, JobState? state)
    {
        var now = clock.GetUtcNow();
        var schedule = Scheduler.Schedule(job, state);
        // A firing that is due and not yet claimed is the next one, even when its time has just passed.
        var next = schedule.Next(state is null ? now : DateTimeOffset.FromUnixTimeMilliseconds(state.ClaimedFor));
        if (next < now - TimeSpan.FromMinutes(1))
            next = schedule.Next(now);
        var ms = now.ToUnixTimeMilliseconds();
        return new JobView(job, state, schedule, next, state?.Running(ms) ?? false, state?.Interrupted(ms) ?? false);
    }
}
