using System.Collections.Concurrent;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Operations;

/// <summary>
/// Runs operations that wait, each on one of the nodes. A run holds its operation by a lease that it renews as it tells its progress; what a
/// node that died leaves behind is begun anew by another. The work and its mark are one transaction, so it is done exactly once.
/// </summary>
public sealed partial class OperationRunner(
    OperationService operations, IEnumerable<OperationKind> kinds, IServiceProvider services, Database db, TimeProvider clock, ILogger<OperationRunner> log) : PollingService
{
    /// <summary>One that its node did not live through so often is given up.</summary>
    internal const int MaxTries = 5;

    private const int MaxRunning = 4;
    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, OperationKind> _kinds = kinds.Where(k => k.Run is not null).ToDictionary(k => k.Name);
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly CancellationTokenSource _stop = new();

    protected override WakeSignal Signal => operations.Started;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _stop.CancelAsync();
        await Task.WhenAll(_running.Keys);
    }

    protected override void Trouble(Exception e) => Waits(log, e.Message);

    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        if (await db.Read(OperationStore.AnyAhead, ct))
            Ahead(log, await db.Write(OperationStore.DropAhead, ct));
        while (_kinds.Count > 0 && _running.Count < MaxRunning && await db.Read(tx => OperationStore.AnyDue(tx, _kinds.Keys), ct))
        {
            var asked = clock.GetTimestamp();
            if (await db.Write(tx => OperationStore.Claim(tx, _kinds.Keys), ct) is not { } operation)
                break;
            Begin(operation, asked);
        }
        return LongestWait;
    }

    private void Begin(Operation operation, long asked)
    {
        var run = Task.Run(() => Run(operation, asked), CancellationToken.None);
        _running.TryAdd(run, 0);
        run.ContinueWith(done =>
        {
            _running.TryRemove(done, out _);
            // One may have waited for a place.
            Signal.Wake();
        }, TaskScheduler.Default);
    }

    private async Task Run(Operation operation, long asked)
    {
        OperationRun? run = null;
        var (told, renewed) = (0, asked);
        var hold = new LeaseHold(clock, TimeSpan.FromMilliseconds(OperationStore.Lease), asked, ReportEvery, Renew, e => NotRecorded(log, operation.Kind, operation.Id, e.Message));
        using var halt = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, hold.Lost);
        run = new OperationRun(operation, halt.Token);
        var end = await Attempt(run);
        await hold.DisposeAsync();
        if (end is not null)
            await Record(operation, end);

        async Task<bool?> Renew(CancellationToken ended)
        {
            var done = run?.Done ?? 0;
            if (done == told && clock.GetElapsedTime(renewed) < RenewEvery)
                return null;
            var before = clock.GetTimestamp();
            var held = await db.Write(tx => OperationStore.Renew(tx, operation, done), ended);
            (told, renewed) = (done, before);
            return held;
        }
    }

    /// <summary>Does the work and returns what is left to record; null when nothing is.</summary>
    private async Task<Func<WriteTx, ValueTask<bool>>?> Attempt(OperationRun run)
    {
        var operation = run.Operation;
        try
        {
            if (operation.Tries > MaxTries)
                throw new InvalidOperationException($"It was begun {MaxTries} times and came to no end.");
            var kind = _kinds[operation.Kind];
            if (kind.Before is { } before)
                await before(services, run);
            await db.Write(async tx =>
            {
                var result = await kind.Run!(services, tx, run);
                if (!await OperationStore.Succeed(tx, operation, result))
                    throw new OperationCanceledException("Another run has it.");
            });
            return null;
        }
        catch (Refusal refusal)
        {
            return Failure(refusal);
        }
        catch (ConflictException)
        {
            return Failure(new Refusal(HttpErrors.Conflict));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return tx => OperationStore.Release(tx, operation);
        }
        catch (OperationCanceledException)
        {
            Lost(log, operation.Kind, operation.Id);
            return null;
        }
        catch (StorageFullException e)
        {
            Failed(log, operation.Kind, operation.Id, e);
            return Failure(new Refusal(HttpErrors.StorageFull));
        }
        catch (StorageException e)
        {
            // Whichever node reaches the storage first begins anew when the hold has run out.
            NotRecorded(log, operation.Kind, operation.Id, e.Message);
            return null;
        }
        catch (Exception e)
        {
            Failed(log, operation.Kind, operation.Id, e);
            return Failure(new Refusal(HttpErrors.Internal));
        }

        Func<WriteTx, ValueTask<bool>> Failure(Refusal refusal) => tx => OperationStore.Fail(tx, operation, refusal);
    }

    // What cannot be recorded is found out once more when the hold has run out.
    private async Task Record(Operation operation, Func<WriteTx, ValueTask<bool>> end)
    {
        try
        {
            await db.Write(end);
        }
        catch (StorageException e)
        {
            NotRecorded(log, operation.Kind, operation.Id, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The clock was ahead: {Count} operations were held until times to come, which are dropped")]
    private static partial void Ahead(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Operations wait: {Reason}")]
    private static partial void Waits(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Operation {Kind} {Id} failed")]
    private static partial void Failed(ILogger log, string kind, string id, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Operation {Kind} {Id} was stopped: it could not renew its hold")]
    private static partial void Lost(ILogger log, string kind, string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The state of operation {Kind} {Id} could not be stored: {Reason}")]
    private static partial void NotRecorded(ILogger log, string kind, string id, string reason);
}

public static class OperationSetup
{
    public static IServiceCollection AddOperationRunner(this IServiceCollection services)
    {
        services.AddSingleton<OperationService>();
        services.AddSingleton<OperationRunner>();
        services.AddHostedService(s => s.GetRequiredService<OperationRunner>());
        return services.AddApiJson(OperationsJson.Default);
    }
}
