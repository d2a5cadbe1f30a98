using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Sending;

/// <summary>
/// Says the texts that wait for channels of one topic. A channel has one message under way on all nodes together, and those that must
/// wait for it give their place to other channels': one that is slow, or that nothing comes back from, delays nobody but itself.
/// </summary>
public sealed class ChannelDelivery(string topic, ChannelSender sender, ChannelSecrets secrets, INotices notices, Database db) : IOutboxHandler
{
    /// <summary>Somebody's channel does not take what it is sent any more.</summary>
    public static readonly NoticeKind SwitchedOff = new("channels.off", NoticeKind.Bad, 60);

    /// <summary>After so many refusals in a row a channel is switched off.</summary>
    internal const int MaxRefusals = 3;

    /// <summary>How often something is tried by a customer's own channel.</summary>
    internal const int OwnTries = 5;

    private const int MaxQueues = 1000;
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(30);

    // Until when the last of those that wait for a channel was sent away: the next one comes after it, and not all at once.
    private readonly ConcurrentDictionary<string, long> _queues = new();

    public string Topic => topic;

    public int AtOnce => 32;

    private bool IsOwn => topic == ChannelQueue.Own;

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        var waiting = JsonSerializer.Deserialize(message.Payload, SendingJson.Default.WaitingText)!;
        var tenant = message.TenantId;
        // Null: nobody waits for it any more.
        if (await db.Write(tx => Take(tx, tenant, waiting.Channel), ct) is not { } channel)
            return;
        var (verdict, values) = await Send(tenant, channel, waiting, message.Id, ct);
        message.Answer = Localizer.For("en")[verdict.Answer];
        await db.Write(async tx =>
        {
            await Note(tx, tenant, channel, verdict, values);
            return true;
        }, CancellationToken.None);
        // A customer sees on their own page what became of it. It is no trouble of the server's: anybody can name a webhook that is not there.
        if (verdict.Outcome != ChannelOutcome.Sent && !(IsOwn && (verdict.Outcome != ChannelOutcome.Later || message.Tries >= OwnTries)))
            throw new DeliveryFailure(verdict.Answer) { Final = verdict.Outcome != ChannelOutcome.Later, RetryAfter = verdict.Wait };
    }

    private async ValueTask<Channel?> Take(WriteTx tx, string tenant, string id)
    {
        if (await ChannelStore.FindToSend(tx, tenant, id) is not { } found)
            return null;
        var (channel, _, nextAt, heldUntil) = found;
        if (!channel.Enabled && IsOwn)
            return null;
        if (!channel.Enabled)
            throw new DeliveryFailure(new Message("channels.fault.off", channel.Name)) { Final = true };
        if (channel.Format is not { } kind)
            throw new DeliveryFailure(new Message("channels.fault.unknown_kind", channel.Kind));
        var now = await tx.Now();
        // What lies further ahead than either can was set by a clock that was wrong.
        var (waits, held) = (nextAt > now && nextAt <= now + (long)LongestWait.TotalMilliseconds, heldUntil > now && heldUntil <= now + ChannelStore.Hold);
        if (waits || held)
            throw new DeliveryPostponed(Later(id, now, waits ? nextAt : now, kind.Interval));
        await ChannelStore.Take(tx, tenant, id, now);
        return channel;
    }

    private async Task<(ChannelVerdict, Dictionary<string, string>)> Send(string tenant, Channel channel, WaitingText waiting, string id, CancellationToken ct)
    {
        Dictionary<string, string> values;
        try
        {
            values = secrets.Values(channel);
        }
        catch (CryptographicException)
        {
            return (new(ChannelOutcome.Refused, new Message("channels.fault.secret_lost")), []);
        }
        if (channel.Format!.Fields.Any(f => f is { Secret: true, Optional: false } && !values.ContainsKey(f.Name)))
            return (new(ChannelOutcome.Refused, new Message("channels.fault.secret_lost")), values);
        return (await sender.Send(tenant, channel.Format!, values, IsOwn, waiting.Text, waiting.Language, id, ct), values);
    }

    private async ValueTask Note(WriteTx tx, string tenant, Channel channel, ChannelVerdict verdict, Dictionary<string, string> values)
    {
        if (await ChannelStore.FindToSend(tx, tenant, channel.Id) is not { } found)
            return;
        var now = await tx.Now();
        await ChannelStore.Note(tx, tenant, channel.Id, now, verdict.Outcome == ChannelOutcome.Sent, verdict.Answer.ToStored(), now + (long)(verdict.Wait ?? channel.Format!.Interval).TotalMilliseconds);
        if (verdict.Learned is { } learned && ChannelValues.Of(found.Channel.Settings) is var settings && settings.GetValueOrDefault(learned.Field) == values.GetValueOrDefault(learned.Field))
        {
            settings[learned.Field] = learned.Value;
            await ChannelStore.SetSettings(tx, tenant, channel.Id, ChannelValues.Json(settings));
        }
        if (verdict.Outcome is not (ChannelOutcome.Refused or ChannelOutcome.Gone))
            return;
        // It is told by the others: this one is off by then. A customer sees theirs on their own page.
        if (await ChannelStore.Refused(tx, tenant, channel.Id, verdict.Outcome == ChannelOutcome.Gone ? 1 : MaxRefusals) && found.Account is null)
            await notices.Tell(tx, tenant, SwitchedOff, new Message("channels.off", channel.Name, verdict.Answer));
    }

    private TimeSpan Later(string id, long now, long soonest, TimeSpan interval)
    {
        var step = (long)(interval > LeastWait ? interval : LeastWait).TotalMilliseconds;
        if (_queues.Count >= MaxQueues)
            _queues.Clear();
        var at = _queues.AddOrUpdate(id, Math.Max(soonest, now + step), (_, last) => Math.Max(Math.Max(last, now) + step, soonest));
        var wait = TimeSpan.FromMilliseconds(at - now);
        if (wait < LongestWait)
            return wait;
        // So many wait that the last would be due out of all sight: those ask again in turn.
        _queues[id] = now + (long)LongestWait.TotalMilliseconds;
        return LongestWait;
    }
}
