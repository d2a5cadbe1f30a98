using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Sending;

/// <summary>Sends a test at once, past the outbox: whoever set the channel up sees what the other side says of it.</summary>
public sealed class ChannelTrial(ChannelSecrets secrets, ChannelSender sender, TenantSettings settings, AuditWriter audit, Database db)
{
    /// <summary>Sends it by one of the staff's channels and returns the other side's own answer. The audit log tells of it either way.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_CHANNEL; 422 CHANNEL_FAILED, which says why.</exception>
    public async Task<Message> Send(Caller who, string id, Localizer text, CancellationToken ct)
    {
        var channel = await db.Read(s => ChannelStore.Find(s, who.TenantId, id), ct) ?? throw new Refusal(ChannelErrors.NotFound);
        var verdict = await Send(who.TenantId, channel, false, text["channels.test.title"], text["channels.test.body"], text.Language, ct);
        await db.Command(who, async tx =>
        {
            var now = await tx.Now();
            await ChannelStore.Note(tx, who.TenantId, id, now, verdict.Outcome == ChannelOutcome.Sent, verdict.Answer.ToStored(), null);
            await audit.Write(tx, who, "channel.tested", ChannelService.Target(channel),
                after: JsonSerializer.Serialize(new ChannelTestAudit(verdict.Outcome == ChannelOutcome.Sent, Localizer.For("en")[verdict.Answer]), ChannelJson.Default.ChannelTestAudit));
        }, CancellationToken.None);
        return verdict.Outcome == ChannelOutcome.Sent ? verdict.Answer : throw new Refusal(ChannelErrors.Failed, verdict.Answer);
    }

    /// <summary>Says a text by a channel just now, whoever's it is.</summary>
    /// <param name="own">It is a customer's.</param>
    public async Task<ChannelVerdict> Send(string tenant, Channel channel, bool own, string title, string body, string language, CancellationToken ct)
    {
        await settings.Refresh(tenant);
        if (channel.Format is not { } kind)
            return new(ChannelOutcome.Refused, new Message("channels.fault.unknown_kind", channel.Kind));
        try
        {
            return await sender.Send(tenant, kind, secrets.Values(channel), own, new ChannelText(settings.Get(tenant, TenantSettings.SiteName), title, body), language, Ids.New(), ct);
        }
        catch (CryptographicException)
        {
            return new(ChannelOutcome.Refused, new Message("channels.fault.secret_lost"));
        }
    }
}
