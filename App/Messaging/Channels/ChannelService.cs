using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Channels;

/// <summary>The use cases of the staff's channels; each runs inside the transaction it is given.</summary>
public sealed class ChannelService(ChannelSecrets secrets, AuditWriter audit, TimeProvider clock)
{
    /// <exception cref="Refusal">404 NO_SUCH_CHANNEL; also for a customer's own.</exception>
    public async ValueTask<Channel> Get(ReadTx s, string tenant, string id) => await ChannelStore.Find(s, tenant, id) ?? throw new Refusal(ChannelErrors.NotFound);

    /// <summary>The newest first.</summary>
    public async ValueTask<Slice<Channel>> List(ReadTx s, string tenant, string? after, int limit) =>
        Slice<Channel>.Of(await ChannelStore.List(s, tenant, Cursor.Decode(after), limit + 1), limit, c => c.Id);

    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public async ValueTask<Channel> Create(WriteTx s, Caller who, Channel wanted)
    {
        var now = Now();
        var channel = secrets.Checked(Channel.Fields.Checked(wanted), null) with { Id = Ids.New(), CreatedAt = now, UpdatedAt = now };
        await ChannelStore.Insert(s, who.TenantId, channel);
        await audit.Write(s, who, "channel.created", Target(channel), after: Channel.Audited.Json(channel));
        return channel;
    }

    /// <exception cref="Refusal">404 NO_SUCH_CHANNEL, or 422 with all that is wrong, by field.</exception>
    public async ValueTask<Channel> Update(WriteTx s, Caller who, string id, Func<Channel, Channel> change)
    {
        var before = await Get(s, who.TenantId, id);
        var channel = secrets.Checked(Channel.Fields.Checked(change(before)), before) with { UpdatedAt = Now() };
        await ChannelStore.Update(s, who.TenantId, channel, anew: channel.Enabled && (!before.Enabled || before.Settings != channel.Settings || before.Secrets != channel.Secrets));
        await audit.Write(s, who, "channel.changed", Target(channel), Channel.Audited.Json(before), Channel.Audited.Json(channel));
        return channel;
    }

    /// <summary>Chooses what comes by it, whatever else is the matter with it; kinds that are not named stay as they are.</summary>
    /// <param name="events">See <see cref="ChannelEvents"/>.</param>
    /// <exception cref="Refusal">404 NO_SUCH_CHANNEL.</exception>
    public async ValueTask Choose(WriteTx s, Caller who, string id, string events)
    {
        var before = await Get(s, who.TenantId, id);
        var channel = before with { Events = ChannelEvents.Overlaid(before.Events, events), UpdatedAt = Now() };
        if (before.Events == channel.Events)
            return;
        await ChannelStore.Update(s, who.TenantId, channel, anew: false);
        await audit.Write(s, who, "channel.changed", Target(channel), Channel.Audited.Json(before), Channel.Audited.Json(channel));
    }

    /// <summary>Returns what there was. What waits for it is dropped.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_CHANNEL.</exception>
    public async ValueTask<Channel> Remove(WriteTx s, Caller who, string id)
    {
        var gone = await Get(s, who.TenantId, id);
        await ChannelStore.Delete(s, who.TenantId, id);
        await audit.Write(s, who, "channel.deleted", Target(gone), before: Channel.Audited.Json(gone));
        return gone;
    }

    internal static AuditTarget Target(Channel c) => new("channel", c.Id, c.Name);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
