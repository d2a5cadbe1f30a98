using System.Collections.Concurrent;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Scheduling;

/// <summary>A run that was claimed and is to be started once its transaction has been committed.</summary>
/// <param name="StartedAt">As claimed, by the database's clock; with the job's name it tells the run from all others.</param>
/// <param name="ClaimedBefore">The firing to go back to when the server stops under the run.</param>
/// <param name="Asked">This node's timestamp (<see cref="TimeProvider.GetTimestamp"/>) before the claim: the hold lasts from then, at least.</param>
public sealed record JobStart(Job Job, long StartedAt, long ClaimedBefore, long Asked);

/// <summary>
/// Runs jobs that were claimed for this node, beside each other and outside any transaction, and records how they ended. A run holds its
/// job by a lease that it renews; one that cannot, because another took the job or the storage is away, is told to stop before another may begin.
/// </summary>
public sealed partial class JobRunner(IServiceProvider services, Database db, TimeProvider clock, ILogger<JobRunner> log)
{
    /// <summary>A job that did its work the time before has not done it now.</summary>
    public static readonly NoticeKind FailedNotice = new("jobs.failed", NoticeKind.Warn, 30);

    private static readonly TimeSpan RecordPause = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly ConcurrentDictionary<string, byte> _working = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Starts the run in the background. The caller has claimed the job in a transaction that has been committed.</summary>
    public Task Start(JobStart start)
    {
        var run = Task.Run(() => Run(start));
        _running.TryAdd(run, 0);
        run.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
        return run;
    }

    /// <summary>Whether this node still works on the job, be it that the run has lost its hold and takes its time to stop.</summary>
    public bool Works(string name) => _working.ContainsKey(name);

    /// <summary>Tells all runs to end, and waits until they have.</summary>
    public async Task Stop()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Keys);
    }

    private async Task Run(JobStart start)
    {
        var (job, startedAt, begun) = (start.Job, start.StartedAt, clock.GetTimestamp());
        var hold = new LeaseHold(clock, TimeSpan.FromMilliseconds(JobStore.Lease), start.Asked, JobStore.RenewEvery,
            async ended => await db.Write(s => JobStore.Renew(s, job.Name, startedAt), ended), e => NotRecorded(log, job.Name, e.Message));
        _working[job.Name] = 0;
        var (succeeded, told) = await Attempt(job, hold.Lost);
        _working.TryRemove(job.Name, out _);
        await hold.DisposeAsync();
        if (told is not { } message)
        {
            await Record(job.Name, s => JobStore.Release(s, job.Name, startedAt, start.ClaimedBefore));
            return;
        }
        var run = new JobRun(Ids.New(), startedAt, (long)clock.GetElapsedTime(begun).TotalMilliseconds, succeeded, message);
        if (succeeded)
            Succeeded(log, job.EveryMinute ? LogLevel.Debug : LogLevel.Information, job.Name, run.DurationMs, Localizer.For("en")[message]);
        await Record(job.Name, async s =>
        {
            var anew = !succeeded && await JobStore.Runs(s, job.Name, 1) is not [{ Succeeded: false }];
            await JobStore.Finish(s, job.Name, run);
            if (anew && services.GetService<INotices>() is { } notices)
                await notices.Tell(s, Caller.DefaultTenant, FailedNotice, new Message("job.notice", new Message("job." + job.Name), message), run.Id);
        });
    }

    /// <summary>Told is null: the server is stopping.</summary>
    private async Task<(bool Succeeded, Message? Told)> Attempt(Job job, CancellationToken lost)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, lost);
        try
        {
            return (true, await job.Run(services, stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return (false, null);
        }
        catch (Exception e) when (lost.IsCancellationRequested && e is OperationCanceledException or StorageException)
        {
            Stopped(log, job.Name);
            return (false, new Message("job.stopped"));
        }
        catch (Exception e)
        {
            Failed(log, job.Name, e);
            return (false, Explain(e));
        }
    }

    private static Message Explain(Exception e) => e switch
    {
        JobFailure failure => failure.Found,
        Refusal refusal => refusal.Detail,
        StorageException trouble => new Message(HttpErrors.Of(trouble).Key),
        _ => new Message("job.failed", e.Message.ReplaceLineEndings(" ")),
    };

    // For as long as the storage is away: how a run ended is known here only. When the server stops meanwhile, it shows as cut short.
    private async Task Record(string name, Func<WriteTx, ValueTask> change)
    {
        for (var first = true; ; first = false)
        {
            try
            {
                await db.Write(async s =>
                {
                    await change(s);
                    return true;
                });
                return;
            }
            catch (StorageException e)
            {
                if (first)
                    NotRecorded(log, name, e.Message);
                if (_stop.IsCancellationRequested)
                    return;
                await Task.Delay(RecordPause, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(Message = "Job {Name} ran {Milliseconds} ms: {Result}")]
    private static partial void Succeeded(ILogger log, LogLevel level, string name, long milliseconds, string result);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Name} failed")]
    private static partial void Failed(ILogger log, string name, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Name} was stopped: it could not renew its hold")]
    private static partial void Stopped(ILogger log, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The state of job {Name} could not be stored: {Reason}")]
    private static partial void NotRecorded(ILogger log, string name, string reason);
}
