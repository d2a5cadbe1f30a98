using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Scheduling;

/// <summary>
/// Starts each job when it is due. A firing is claimed in the database and by its clock, so any number of nodes run each once, whatever
/// their own clocks say; firings that were missed while no node was up are made good by one run.
/// </summary>
public sealed partial class Scheduler(JobCatalog catalog, JobRunner runner, Database db, TimeProvider clock, ILogger<Scheduler> log) : PollingService
{
    private readonly Dictionary<string, string> _told = [];
    private bool _known;

    protected override WakeSignal Signal { get; } = new();

    /// <summary>Look again now: a schedule was changed.</summary>
    public void Wake() => Signal.Wake();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await runner.Stop();
    }

    protected override void Trouble(Exception e) => Trouble(log, e.Message);

    /// <summary>Starts what is due and returns how long nothing will be.</summary>
    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        if (!_known)
            await db.Write(async s =>
            {
                await JobStore.Ensure(s, catalog.All.Select(j => j.Name));
                return true;
            }, ct);
        _known = true;
        var (now, states) = await Look(ct);
        var looked = clock.GetTimestamp();
        var wait = LongestWait;
        foreach (var state in states)
        {
            if (catalog.Find(state.Name) is not { } job)
                continue;
            var schedule = Schedule(job, state);
            if (Unread(state) is { } unread && _told.GetValueOrDefault(job.Name) != unread)
                NotRead(log, job.Name, _told[job.Name] = unread, schedule.Expression);
            if (schedule.Latest(DateTimeOffset.FromUnixTimeMilliseconds(state.ClaimedFor), now) is { } due && !state.Running(now.ToUnixTimeMilliseconds()) && !runner.Works(job.Name))
                await Claim(job, state, due.ToUnixTimeMilliseconds(), ct);
            if (schedule.Next(now) - now - clock.GetElapsedTime(looked) is { } left && left < wait)
                wait = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
        return wait;
    }

    /// <summary>The schedule in force: the default also where what is stored cannot be read.</summary>
    public static CronSchedule Schedule(Job job, JobState? state) =>
        CronSchedule.TryParse(state?.Cron, out var own) || CronSchedule.TryParse(job.DefaultCron, out own)
            ? own
            : throw new InvalidOperationException($"Job {job.Name} has no valid cron expression: {job.DefaultCron}");

    /// <summary>The stored expression that cannot be read, so that the default is in force; null when all is well.</summary>
    public static string? Unread(JobState? state) => state?.Cron is { } cron && !CronSchedule.TryParse(cron, out _) ? cron : null;

    private async Task<(DateTimeOffset Now, List<JobState> States)> Look(CancellationToken ct)
    {
        var (now, states) = await db.Read(async s => (await s.Now(), await JobStore.All(s)), ct);
        if (states.Any(s => s.LiesAhead(now)))
        {
            Ahead(log, await db.Write(JobStore.DropAhead, ct));
            states = await db.Read(JobStore.All, ct);
        }
        return (DateTimeOffset.FromUnixTimeMilliseconds(now), states);
    }

    private async Task Claim(Job job, JobState seen, long firing, CancellationToken ct)
    {
        var start = await db.Write(async s =>
        {
            var asked = clock.GetTimestamp();
            return await JobStore.Claim(s, seen, firing) is { } startedAt ? new JobStart(job, startedAt, seen.ClaimedFor, asked) : null;
        }, ct);
        if (start is not null)
            _ = runner.Start(start);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The clock was ahead: {Count} jobs were claimed or held until times to come, which are dropped")]
    private static partial void Ahead(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The schedule of job {Name} cannot be read: {Cron}. The default is in force: {Default}")]
    private static partial void NotRead(ILogger log, string name, string cron, string @default);

    [LoggerMessage(Level = LogLevel.Error, Message = "Scheduled jobs wait: {Reason}")]
    private static partial void Trouble(ILogger log, string reason);
}
