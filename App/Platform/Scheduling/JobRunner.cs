using Gatehouse.Platform.Crypto;
using System.Collections.Concurrent;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Scheduling;

/// <summary>Runs jobs that were claimed for this node, beside each other and outside any transaction, and records how they ended.</summary>
public sealed partial class JobRunner(IServiceProvider services, Database db, TimeProvider clock, ILogger<JobRunner> log)
{
    private const int RecordAttempts = 4;
    private static readonly TimeSpan RecordPause = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Starts the run in the background. The caller has claimed the job in a transaction that has been committed.</summary>
    /// <param name="startedAt">As claimed.</param>
    /// <param name="claimedBefore">The firing to go back to when the server stops under the run.</param>
    public Task Start(Job job, long startedAt, long claimedBefore)
    {
        var run = Task.Run(() => Run(job, startedAt, claimedBefore));
        _running.TryAdd(run, 0);
        run.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
        return run;
    }

    /// <summary>Tells all runs to end, and waits until they have.</summary>
    public async Task Stop()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Keys);
    }

    private async Task Run(Job job, long startedAt, long claimedBefore)
    {
        var begun = clock.GetTimestamp();
        using var ended = new CancellationTokenSource();
        var holding = Hold(job.Name, startedAt, ended.Token);
        var (succeeded, message) = await Attempt(job);
        await ended.CancelAsync();
        await holding;
        if (message is null)
        {
            await Record(job.Name, s => JobStore.Release(s, job.Name, startedAt, claimedBefore));
            return;
        }
        var run = new JobRun(Ids.New(), startedAt, (long)clock.GetElapsedTime(begun).TotalMilliseconds, succeeded, message);
        if (succeeded)
            Succeeded(log, job.Name, run.DurationMs, JobMessage.Show(Localizer.For("en"), message));
        await Record(job.Name, s => JobStore.Finish(s, job.Name, run));
    }

    /// <summary>Null for the message: the server is stopping.</summary>
    private async Task<(bool Succeeded, string? Message)> Attempt(Job job)
    {
        try
        {
            return (true, await job.Run(services, _stop.Token));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return (false, null);
        }
        catch (Exception e)
        {
            Failed(log, job.Name, e);
            return (false, Explain(e));
        }
    }

    private static string Explain(Exception e) => e switch
    {
        JobFailure failure => failure.Message,
        Refusal refusal => JobMessage.Of("error." + refusal.Code, refusal.Args),
        StorageFullException => JobMessage.Of("error.STORAGE_FULL"),
        StorageException => JobMessage.Of("error.STORAGE_UNAVAILABLE"),
        _ => JobMessage.Of("job.failed", e.Message.ReplaceLineEndings(" ")),
    };

    private async Task Hold(string name, long startedAt, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(JobStore.RenewEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
                await Record(name, s => JobStore.Renew(s, name, startedAt, clock.GetUtcNow().ToUnixTimeMilliseconds()), attempts: 1);
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    private async Task Record(string name, Func<WriteTx, ValueTask> change, int attempts = RecordAttempts)
    {
        for (var attempt = 1; ; attempt++)
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
            catch (StorageException e) when (attempt < attempts && !_stop.IsCancellationRequested)
            {
                NotRecorded(log, name, e.Message);
                await Task.Delay(RecordPause, clock, CancellationToken.None);
            }
            catch (StorageException e)
            {
                // The hold runs out by itself, and the run shows as interrupted.
                NotRecorded(log, name, e.Message);
                return;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Name} ran {Milliseconds} ms: {Result}")]
    private static partial void Succeeded(ILogger log, string name, long milliseconds, string result);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Name} failed")]
    private static partial void Failed(ILogger log, string name, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The state of job {Name} could not be stored: {Reason}")]
    private static partial void NotRecorded(ILogger log, string name, string reason);
}
