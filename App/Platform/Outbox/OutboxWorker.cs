using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Outbox;

/// <summary>
/// Delivers what transactions left in the outbox for one topic: each message at least once, by any of the nodes. One that fails is
/// tried again, later each time, and after <see cref="MaxTries"/> it is given up, which the server's health tells. A message that takes
/// long keeps no other waiting, and neither does a tenant or a topic.
/// </summary>
public sealed partial class OutboxWorker(OutboxStore outbox, IOutboxHandler handler, Database db, TimeProvider clock, ILogger<OutboxWorker> log) : PollingService
{
    /// <summary>About two hours.</summary>
    internal const int MaxTries = 12;

    private const int MaxFault = 500;
    private static readonly TimeSpan OthersAreAtIt = TimeSpan.FromSeconds(1);

    /// <summary>What a delivery may take: less than a hold lasts.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    protected override WakeSignal Signal => outbox.Added(handler.Topic);

    protected override void Trouble(Exception e) => Waits(log, handler.Topic, e.Message);

    /// <summary>Delivers what is due, and what becomes due meanwhile; returns when none is under way.</summary>
    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        if (await db.Read(OutboxStore.AnyAhead, ct))
            Ahead(log, await db.Write(OutboxStore.DropAhead, ct));
        var running = new List<(string Tenant, Task Delivery)>();
        try
        {
            while (true)
            {
                var free = handler.AtOnce - running.Count;
                var wait = free > 0 && !ct.IsCancellationRequested ? await Begin(running, free, ct) : LongestWait;
                if (running.Count == 0)
                    return ct.IsCancellationRequested ? TimeSpan.Zero : wait;
                if (wait == TimeSpan.Zero)
                    continue;
                using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
                await Task.WhenAny([.. running.Select(r => r.Delivery), free > 0 ? Signal.Wait(wait, over.Token) : Task.Delay(Timeout.Infinite, over.Token)]);
                await over.CancelAsync();
                running.RemoveAll(r => r.Delivery.IsCompleted);
            }
        }
        finally
        {
            await Task.WhenAll(running.Select(r => r.Delivery));
        }
    }

    // How long nothing more is due.
    private async Task<TimeSpan> Begin(List<(string Tenant, Task Delivery)> running, int free, CancellationToken ct)
    {
        var (due, now) = await db.Read(tx => OutboxStore.Next(tx, handler.Topic), ct);
        if (due is not { } at)
            return LongestWait;
        if (at > now)
            return TimeSpan.FromMilliseconds(Math.Min(at - now, LongestWait.TotalMilliseconds));
        var busy = running.CountBy(r => r.Tenant).ToDictionary();
        var taken = await db.Write(tx => OutboxStore.Claim(tx, handler.Topic, free, busy, handler.PerTenant), ct);
        running.AddRange(taken.Select(message => (message.TenantId, Deliver(message, ct))));
        return taken.Count > 0 ? TimeSpan.Zero : OthersAreAtIt;
    }

    private async Task Deliver(OutboxMessage message, CancellationToken stop)
    {
        if (message.Tries > MaxTries)
        {
            // Whoever took it never came to tell.
            await Fail(message, "No try came to an end.");
            return;
        }
        using var patience = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            // One that does not listen is let go of as well.
            await handler.Deliver(message, both.Token).WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Record(message, tx => OutboxStore.Release(tx, message));
            return;
        }
        catch (DeliveryPostponed postponed)
        {
            await Record(message, tx => OutboxStore.Release(tx, message, postponed.After < OutboxBackoff.Most ? postponed.After : OutboxBackoff.Most));
            return;
        }
        catch (DeliveryFailure failure)
        {
            await Fail(message, failure.Reason.ToStored(), failure);
            return;
        }
        catch (Exception e)
        {
            var fault = patience.IsCancellationRequested ? "It took too long." : e.Message.ReplaceLineEndings(" ");
            await Fail(message, fault.Length <= MaxFault ? fault : fault[..MaxFault]);
            return;
        }
        await Record(message, tx => OutboxStore.Done(tx, message));
    }

    private async Task Fail(OutboxMessage message, string fault, DeliveryFailure? told = null)
    {
        var reason = told?.Message ?? fault;
        if (message.Tries >= MaxTries || told is { Final: true })
        {
            GivenUp(log, message.Topic, message.Id, message.Tries, reason);
            await Record(message, tx => OutboxStore.GiveUp(tx, message, fault));
            return;
        }
        var after = OutboxBackoff.After(message.Tries, Random.Shared.NextDouble());
        if (told?.RetryAfter is { } wanted && wanted > after)
            after = wanted < OutboxBackoff.Most ? wanted : OutboxBackoff.Most;
        Failed(log, message.Topic, message.Id, after, reason);
        await Record(message, tx => OutboxStore.Retry(tx, message, after, fault));
    }

    // What cannot be recorded is delivered once more when the hold runs out.
    private async Task Record(OutboxMessage message, Func<WriteTx, ValueTask<bool>> end)
    {
        try
        {
            await db.Write(end);
        }
        catch (StorageException e)
        {
            NotRecorded(log, message.Topic, message.Id, e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The clock was ahead: {Count} messages waited for times to come, and are due now")]
    private static partial void Ahead(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbox of {Topic} waits: {Reason}")]
    private static partial void Waits(ILogger log, string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Id} of {Topic} could not be delivered and is tried again in {After}: {Reason}")]
    private static partial void Failed(ILogger log, string topic, string id, TimeSpan after, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {Id} of {Topic} is given up after {Tries} tries: {Reason}")]
    private static partial void GivenUp(ILogger log, string topic, string id, long tries, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "How the delivery of message {Id} of {Topic} ended could not be stored: {Reason}")]
    private static partial void NotRecorded(ILogger log, string topic, string id, string reason);
}

/// <summary>A worker for each topic.</summary>
internal sealed class OutboxWorkers(OutboxStore outbox, IEnumerable<IOutboxHandler> handlers, Database db, TimeProvider clock, ILogger<OutboxWorker> log) : IHostedService, IDisposable
{
    private readonly List<OutboxWorker> _workers = [.. handlers.ToDictionary(h => h.Topic).Values.Select(h => new OutboxWorker(outbox, h, db, clock, log))];

    public Task StartAsync(CancellationToken ct) => Task.WhenAll(_workers.Select(w => w.StartAsync(ct)));

    public Task StopAsync(CancellationToken ct) => Task.WhenAll(_workers.Select(w => w.StopAsync(ct)));

    public void Dispose() => _workers.ForEach(w => w.Dispose());
}

public static class OutboxSetup
{
    public static IServiceCollection AddOutbox(this IServiceCollection services)
    {
        services.AddSingleton<OutboxStore>();
        services.AddSealed(OutboxStore.Sealed);
        services.AddHostedService<OutboxWorkers>();
        return services;
    }
}
