using System.Text.Json;
using Gatehouse.Messaging.Channels;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Notices;

/// <summary>Decides by which channels something is told, and when.</summary>
public sealed class NoticeFanOut(TenantSettings settings, NoticeGathering gathering, Database db) : IOutboxHandler
{
    /// <summary>What comes within so long of another of its kind is told with others, in one message.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private const int PageSize = 500;

    public string Topic => NoticeBoard.Topic;

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        var notice = JsonSerializer.Deserialize(message.Payload, NoticeJson.Default.WaitingNotice)!;
        await settings.Refresh(message.TenantId);
        if (notice.Account == WaitingNotice.All)
        {
            for (var after = ""; ;)
            {
                var page = await db.Write(async tx => await Spread(tx, message, notice, await ChannelStore.AllOwn(tx, message.TenantId, after, PageSize)), ct);
                if (page.Count < PageSize)
                    return;
                after = page[^1].Id;
            }
        }
        await db.Write(async tx => await Spread(tx, message, notice, notice.Account is { } account
            ? await ChannelStore.AllOf(tx, message.TenantId, account) : await ChannelStore.All(tx, message.TenantId)), ct);
    }

    private async ValueTask<List<Channel>> Spread(WriteTx tx, OutboxMessage message, WaitingNotice notice, List<Channel> channels)
    {
        var (tenant, kind, now) = (message.TenantId, new NoticeKind(notice.Kind, notice.Severity, 0), await tx.Now());
        var morning = notice.Account is null && kind.Severity != NoticeKind.Bad
            ? NoticeSettings.QuietEnd(settings.Get(tenant, NoticeSettings.QuietFrom), settings.Get(tenant, NoticeSettings.QuietUntil), settings.Zone(tenant), now) : null;
        foreach (var channel in channels.Where(c => c.Enabled && (notice.Account is null ? ChannelEvents.Tells(c, kind) : ChannelEvents.Wants(c, kind))))
        {
            // One that lies ahead was set by a clock that was wrong.
            var next = await NoticeStore.ToldAt(tx, channel.Id, kind.Name) is { } told && told <= now ? told + (long)Window.TotalMilliseconds : 0;
            await NoticeStore.Add(tx, tenant, channel.Id, new($"{message.Id}.{channel.Id}", kind.Name, kind.Severity, notice.What, message.CreatedAt), Math.Max(now, morning ?? next));
        }
        tx.AfterCommit(gathering.Wake.Wake);
        return channels;
    }
}

/// <summary>Tells this node's gatherer that something may be due.</summary>
public sealed class NoticeGathering
{
    public WakeSignal Wake { get; } = new();
}
