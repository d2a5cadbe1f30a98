using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Formats;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Sending;

/// <summary>Leaves texts to be said by a channel when a transaction has committed.</summary>
public sealed class ChannelQueue(OutboxStore outbox, MailQueue mails)
{
    /// <summary>The topic of all channels of customers' own: whatever they do, the staff's do not wait for them.</summary>
    internal const string Own = "channel.own";

    /// <summary>Each kind of the staff's has a topic, and so a worker, of its own.</summary>
    internal static string Topic(string kind) => "channel." + kind;

    /// <summary>Has it said once, if and only if the transaction commits.</summary>
    /// <param name="account">Whose channel it is; null: the staff's.</param>
    /// <param name="dedupeKey">One message a key, also after it was sent.</param>
    public ValueTask Add(WriteTx tx, string tenant, Channel channel, string? account, ChannelText text, string language, string dedupeKey)
    {
        if (channel.Format is { IsMail: true })
            return mails.Add(tx, tenant, ChannelMail.Of(ChannelValues.Of(channel.Settings).GetValueOrDefault("to", ""), language, text), dedupeKey);
        var payload = JsonSerializer.Serialize(new WaitingText(channel.Id, text, language), SendingJson.Default.WaitingText);
        return outbox.Add(tx, tenant, account is null ? Topic(channel.Kind) : Own, payload, dedupeKey, new OutboxLabel(new Message("channels.kind." + channel.Kind), account is null ? channel.Name : "") { Account = account });
    }
}

/// <summary>A text as it waits in the outbox.</summary>
internal sealed record WaitingText(string Channel, ChannelText Text, string Language);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WaitingText))]
internal sealed partial class SendingJson : JsonSerializerContext;
