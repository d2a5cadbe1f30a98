using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Scheduling;

/// <summary>
/// Starts each job when it is due. A firing is claimed in the database, so any number of nodes run each once; firings that were
/// missed while no node was up are made good by one run.
/// </summary>
public sealed partial class Scheduler(JobCatalog catalog, JobRunner runner, Database db, TimeProvider clock, ILogger<Scheduler> log) : BackgroundService
{
    // Another node may change a schedule: it is seen after this long.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _changed = new(0, 1);
    private bool _known;

    /// <summary>Look again now: a schedule was changed.</summary>
    public void Wake()
    {
        if (_changed.CurrentCount == 0)
            _changed.Release();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await runner.Stop();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                wait = await Tick(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Trouble(log, e.Message);
                wait = AfterTrouble;
            }
            await _changed.WaitAsync(wait, stoppingToken);
        }
    }

    /// <summary>Starts what is due and returns how long nothing will be.</summary>
    internal async Task<TimeSpan> Tick(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!_known)
            await db.Write(async s =>
            {
                await JobStore.Ensure(s, catalog.All.Select(j => j.Name), now.ToUnixTimeMilliseconds());
                return true;
            }, ct);
        _known = true;
        var wait = LongestWait;
        foreach (var state in await db.Read(JobStore.All, ct))
        {
            if (catalog.Find(state.Name) is not { } job)
                continue;
            var schedule = Schedule(job, state);
            if (schedule.Latest(DateTimeOffset.FromUnixTimeMilliseconds(state.ClaimedFor), now) is { } due && !state.Running(now.ToUnixTimeMilliseconds()))
                await Claim(job, state, due.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds(), ct);
            if (schedule.Next(now) - clock.GetUtcNow() is { } left && left < wait)
                wait = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
        return wait;
    }

    /// <summary>The schedule in force.</summary>
    public static CronSchedule Schedule(Job job, JobState? state) =>
        CronSchedule.TryParse(state?.Cron, out var own) || CronSchedule.TryParse(job.DefaultCron, out own)
            ? own
            : throw new InvalidOperationException($"Job {job.Name} has no valid cron expression: {job.DefaultCron}");

    private async Task Claim(Job job, JobState state, long firing, long now, CancellationToken ct)
    {
        if (await db.Write(s => JobStore.Claim(s, job.Name, firing, now), ct))
            _ = runner.Start(job, now, state.ClaimedFor);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Scheduled jobs wait: {Reason}")]
    private static partial void Trouble(ILogger log, string reason);
}
