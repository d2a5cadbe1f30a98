using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Messaging.Unsubscribe;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Mail;

/// <summary>Leaves mails to be sent when a transaction has committed.</summary>
public sealed class MailQueue(OutboxStore outbox, SecretBox box)
{
    internal const string Topic = "mail";

    /// <summary>Has the mail sent if and only if the transaction commits, within seconds where the tenant's mail server takes it, else for up to two hours.</summary>
    /// <param name="dedupeKey">One mail a key, also after it was sent. It is kept for a week: name rows by their ids in it, and never the address or a code.</param>
    public async ValueTask Add(WriteTx tx, string tenant, MailMessage mail, string dedupeKey)
    {
        var until = mail.Lasts is { } lasts ? await tx.Now() + (long)lasts.TotalMilliseconds : (long?)null;
        var payload = JsonSerializer.Serialize(new WaitingMail(mail.To, mail.Language, mail.Content.ToStored(MailMessage.MaxValue), until, mail.Written, mail.Optional), MailJson.Default.WaitingMail);
        var label = new OutboxLabel(new Message(mail.Template.Title), mail.To) { Account = mail.Account };
        if (mail.Template.Secret)
            await outbox.AddSecret(tx, box, tenant, Topic, payload, dedupeKey, label);
        else
            await outbox.Add(tx, tenant, Topic, payload, dedupeKey, label);
    }
}

/// <summary>A mail as it waits in the outbox.</summary>
/// <param name="Content">A stored message: the template's name and its values.</param>
/// <param name="Until">Unix milliseconds; after it nobody can use the mail.</param>
/// <param name="Written">The name of the words that take the place of the template's own.</param>
/// <param name="Optional">The account that may want no such mails.</param>
internal sealed record WaitingMail(string To, string Language, string Content, long? Until, string? Written = null, string? Optional = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WaitingMail))]
internal sealed partial class MailJson : JsonSerializerContext;

/// <summary>Sends the mails that wait.</summary>
public sealed class MailDelivery(MailSender sender, MailComposer composer, IMailTexts texts, UnsubscribeLinks links, SecretBox box, Database db) : IOutboxHandler
{
    public string Topic => MailQueue.Topic;

    /// <summary>As many connections as the strictest of the common mail servers take from one client.</summary>
    public int PerTenant => 4;

    public async Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        var mail = JsonSerializer.Deserialize(message.Open(box), MailJson.Default.WaitingMail)!;
        var late = mail.Until is { } until && await db.Read(tx => tx.Now(), ct) >= until;
        if (late && mail.Optional is null)
            throw new DeliveryFailure(new Message("mail.fault.out_of_date")) { Final = true };
        // They may have said so while it waited. News that are over are nobody's trouble.
        if (late || mail.Optional is { } account && await db.Read(tx => MailChoices.IsOff(tx, message.TenantId, account), ct))
        {
            message.NotNeeded = new Message(late ? "mail.fault.out_of_date" : "mail.fault.unsubscribed");
            return;
        }
        var content = Message.Parse(mail.Content);
        var template = composer.Find(content.Key) ?? throw new DeliveryFailure(new Message("mail.fault.no_template", content.Key));
        var written = await texts.Find(message.TenantId, mail.Written ?? template.Name, mail.Language, ct);
        if (template.Written && written is null)
            throw new DeliveryFailure(new Message("mail.fault.no_words")) { Final = true };
        if (written == MailText.Withdrawn)
        {
            message.NotNeeded = new Message("mail.fault.withdrawn");
            return;
        }
        message.Answer = await sender.Send(new(message.TenantId, template, mail.To, mail.Language, content, message.Id)
        {
            Text = written, Unsubscribe = mail.Optional is null ? null : await links.Of(message.TenantId, mail.Optional),
        }, ct);
    }
}
