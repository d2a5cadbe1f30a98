using System.Text.Json;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.Jobs;

/// <summary>A job as staff see it.</summary>
/// <param name="State">Null until the scheduler has seen the job.</param>
/// <param name="Schedule">The one in force.</param>
/// <param name="UnreadCron">What is stored and cannot be read, so that the default is in force; null when all is well.</param>
/// <param name="Next">When it is due; null when never again.</param>
public sealed record JobView(Job Job, JobState? State, CronSchedule Schedule, string? UnreadCron, DateTimeOffset? Next, bool Running, bool Interrupted)
{
    /// <summary>Milliseconds that the last run took; null when it has not ended.</summary>
    public long? Duration => State is { FinishedAt: { } finished, StartedAt: { } started } && finished >= started ? finished - started : null;
}

/// <summary>What staff do with scheduled jobs.</summary>
public sealed class JobService(JobCatalog catalog, JobRunner runner, Scheduler scheduler, AuditWriter audit, TimeProvider clock)
{
    public async ValueTask<List<JobView>> All(ReadTx s)
    {
        var now = await Now(s);
        var states = (await JobStore.All(s)).ToDictionary(x => x.Name);
        return [.. catalog.All.Select(job => View(job, states.GetValueOrDefault(job.Name), now))];
    }

    /// <exception cref="Refusal">404 JOB_NOT_FOUND.</exception>
    public async ValueTask<JobView> Get(ReadTx s, string name)
    {
        var job = Find(name);
        return View(job, await JobStore.Find(s, name), await Now(s));
    }

    /// <summary>Claims a run outside the schedule, which begins when the transaction has been committed.</summary>
    /// <exception cref="Refusal">404 JOB_NOT_FOUND, 409 JOB_RUNNING.</exception>
    public async ValueTask Run(WriteTx s, Caller who, string name)
    {
        var job = Find(name);
        var asked = clock.GetTimestamp();
        await JobStore.Ensure(s, [name]);
        if (runner.Works(name) || await JobStore.Begin(s, name) is not { } startedAt)
            throw new Refusal(JobErrors.Running);
        await audit.Write(s, who, "job.run", Target(name));
        var start = new JobStart(job, startedAt, (await JobStore.Find(s, name))!.ClaimedFor, asked);
        // In the background: a task given back would be waited for, and with it the run's end.
        s.AfterCommit(() => { _ = runner.Start(start); });
    }

    /// <summary>Changes the schedule; null or empty takes the program's default back. It counts on this node at once.</summary>
    /// <exception cref="Refusal">404 JOB_NOT_FOUND, 422 on <c>cron</c>.</exception>
    public async ValueTask SetCron(WriteTx s, Caller who, string name, string? cron)
    {
        var job = Find(name);
        CronSchedule? wanted = null;
        if (!string.IsNullOrWhiteSpace(cron))
        {
            if (!CronSchedule.TryParse(cron, out wanted))
                throw Refusal.Field("cron", "field.cron");
            if (wanted.Next(await Now(s)) is null)
                throw Refusal.Field("cron", "field.cron_never");
        }
        await JobStore.Ensure(s, [name]);
        var before = (await JobStore.Find(s, name))!.Cron;
        var after = wanted?.Expression == job.DefaultCron ? null : wanted?.Expression;
        if (before == after)
            return;
        await JobStore.SetCron(s, name, after);
        s.AfterCommit(scheduler.Wake);
        await audit.Write(s, who, "job.rescheduled", Target(name), CronJson(before ?? job.DefaultCron), CronJson(after ?? job.DefaultCron));
    }

    private Job Find(string name) => catalog.Find(name) ?? throw new Refusal(JobErrors.NotFound);

    private static AuditTarget Target(string name) => new("job", name, name);

    private static string CronJson(string cron) => JsonSerializer.Serialize(new CronChange(cron), JobJson.Default.CronChange);

    private static async ValueTask<DateTimeOffset> Now(ReadTx s) => DateTimeOffset.FromUnixTimeMilliseconds(await s.Now());

    private static JobView View(Job job, JobState? state, DateTimeOffset now)
    {
        var schedule = Scheduler.Schedule(job, state);
        // A firing that is due and not yet claimed is the next one, even when its time has just passed.
        var next = schedule.Next(state is null ? now : DateTimeOffset.FromUnixTimeMilliseconds(state.ClaimedFor));
        if (next < now - TimeSpan.FromMinutes(1))
            next = schedule.Next(now);
        var ms = now.ToUnixTimeMilliseconds();
        return new JobView(job, state, schedule, Scheduler.Unread(state), next, state?.Running(ms) ?? false, state?.Interrupted(ms) ?? false);
    }
}
