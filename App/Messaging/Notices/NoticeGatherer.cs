using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Sending;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Notices;

/// <summary>Puts into one message what is due to be told by a channel, and leaves it to be sent. Of several nodes one does so, once.</summary>
public sealed partial class NoticeGatherer(NoticeGathering gathering, NoticeWords words, ChannelQueue queue, TenantSettings settings, Database db, ILogger<NoticeGatherer> log) : PollingService
{
    private const int ChannelsAtOnce = 100;

    /// <summary>In one message.</summary>
    internal const int Most = 1000;

    protected override WakeSignal Signal => gathering.Wake;

    protected override void Trouble(Exception e) => Waits(log, e.Message);

    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        foreach (var (tenant, channel) in await db.Read(tx => NoticeStore.Due(tx, ChannelsAtOnce), ct))
        {
            await settings.Refresh(tenant);
            await db.Write(tx => Gather(tx, tenant, channel), ct);
        }
        var (due, now) = await db.Read(NoticeStore.Next, ct);
        return due is not { } at ? LongestWait : TimeSpan.FromMilliseconds(Math.Clamp(at - now, 0, LongestWait.TotalMilliseconds));
    }

    private async ValueTask<int> Gather(WriteTx tx, string tenant, string id)
    {
        if (await ChannelStore.FindToSend(tx, tenant, id) is not { } found)
            return 0;
        if (!found.Channel.Enabled)
            return await NoticeStore.Drop(tx, id);
        var now = await tx.Now();
        var due = await NoticeStore.DueFor(tx, id, now, Most);
        if (due.Count == 0)
            return 0;
        var text = Localizer.For(found.Channel.Language.Length > 0 ? found.Channel.Language : settings.Get(tenant, NoticeSettings.Language));
        await queue.Add(tx, tenant, found.Channel, found.Account, words.Of(due, text, settings.Get(tenant, TenantSettings.SiteName), settings.Zone(tenant), found.Account is not null), text.Language, due[0].Id);
        await NoticeStore.Told(tx, tenant, id, due, now);
        return due.Count;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What is to be told waits: {Reason}")]
    private static partial void Waits(ILogger log, string reason);
}
