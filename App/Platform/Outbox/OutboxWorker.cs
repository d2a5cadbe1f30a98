using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Outbox;

/// <summary>
/// Delivers what transactions left in the outbox: each message at least once, by any of the nodes. One that fails is tried again, later
/// each time, and after <see cref="MaxTries"/> it is given up, which the server's health tells.
/// </summary>
public sealed partial class OutboxWorker(OutboxStore outbox, IEnumerable<IOutboxHandler> handlers, Database db, TimeProvider clock, ILogger<OutboxWorker> log) : PollingService
{
    /// <summary>About two hours.</summary>
    internal const int MaxTries = 12;

    private const int AtOnce = 16;
    private const int MaxFault = 500;
    private static readonly TimeSpan OthersAreAtIt = TimeSpan.FromSeconds(1);

    /// <summary>What a delivery may take: less than a hold lasts.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, IOutboxHandler> _handlers = handlers.ToDictionary(h => h.Topic);

    protected override WakeSignal Signal => outbox.Added;

    protected override void Trouble(Exception e) => Waits(log, e.Message);

    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        if (_handlers.Count == 0)
            return LongestWait;
        if (await db.Read(OutboxStore.AnyAhead, ct))
            Ahead(log, await db.Write(OutboxStore.DropAhead, ct));
        var (due, now) = await db.Read(tx => OutboxStore.Next(tx, _handlers.Keys), ct);
        if (due is not { } at)
            return LongestWait;
        if (at > now)
            return TimeSpan.FromMilliseconds(Math.Min(at - now, LongestWait.TotalMilliseconds));
        var taken = await db.Write(tx => OutboxStore.Claim(tx, _handlers.Keys, AtOnce), ct);
        await Task.WhenAll(taken.Select(message => Deliver(message, ct)));
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
            await _handlers[message.Topic].Deliver(message, both.Token).WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Record(message, tx => OutboxStore.Release(tx, message));
            return;
        }
        catch (Exception e)
        {
            await Fail(message, patience.IsCancellationRequested ? "It took too long." : e.Message.ReplaceLineEndings(" "));
            return;
        }
        await Record(message, tx => OutboxStore.Done(tx, message));
    }

    private async Task Fail(OutboxMessage message, string fault)
    {
        fault = fault.Length <= MaxFault ? fault : fault[..MaxFault];
        if (message.Tries >= MaxTries)
        {
            GivenUp(log, message.Topic, message.Id, MaxTries, fault);
            await Record(message, tx => OutboxStore.GiveUp(tx, message, fault));
            return;
        }
        var after = OutboxBackoff.After(message.Tries, Random.Shared.NextDouble());
        Failed(log, message.Topic, message.Id, after, fault);
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

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbox waits: {Reason}")]
    private static partial void Waits(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {Id} of {Topic} could not be delivered and is tried again in {After}: {Reason}")]
    private static partial void Failed(ILogger log, string topic, string id, TimeSpan after, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Message {Id} of {Topic} is given up after {Tries} tries: {Reason}")]
    private static partial void GivenUp(ILogger log, string topic, string id, int tries, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "How the delivery of message {Id} of {Topic} ended could not be stored: {Reason}")]
    private static partial void NotRecorded(ILogger log, string topic, string id, string reason);
}

public static class OutboxSetup
{
    public static IServiceCollection AddOutbox(this IServiceCollection services)
    {
        services.AddSingleton<OutboxStore>();
        services.AddSingleton<OutboxWorker>();
        services.AddHostedService(s => s.GetRequiredService<OutboxWorker>());
        return services;
    }
}
