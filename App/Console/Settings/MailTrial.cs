using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.Settings;

/// <summary>Where to send a test to.</summary>
public sealed record MailTest(string To);

/// <param name="Answer">The mail server's own.</param>
public sealed record MailTested(bool Success, string Answer);

/// <summary>What the audit log keeps of a test.</summary>
public sealed record MailTestAudit(string To, string Answer);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(MailTest))]
[JsonSerializable(typeof(MailTested))]
[JsonSerializable(typeof(MailTestAudit))]
internal sealed partial class MailTestJson : JsonSerializerContext;

/// <summary>Sends a test at once, past the outbox: staff see what the mail server says of it.</summary>
public sealed class MailTrial(MailStatus status, MailSender sender, IMailTexts texts, AuditWriter audit, Database db)
{
    /// <summary>Sends it to one address and returns the mail server's own answer. The audit log tells of it either way.</summary>
    /// <exception cref="Refusal">422 with the field <c>to</c>; 409 MAIL_NOT_SET_UP; 422 MAIL_FAILED, which says why.</exception>
    public async Task<string> Send(Caller who, string? to, string language, CancellationToken ct)
    {
        to = (to ?? "").Trim();
        if (!EmailAddress.IsValid(to))
            throw Refusal.Field("to", "settings.mail_test.to.wrong");
        if (!await status.IsSetUp(who.TenantId))
            throw new Refusal(MailErrors.NotSetUp);
        var mail = Mails.Test(to, language);
        try
        {
            var answer = await sender.Send(new(who.TenantId, mail.Template, to, language, mail.Content, Ids.New()) { Text = await texts.Find(who.TenantId, mail.Template.Name, language, ct) }, ct);
            await Note(who, to, answer);
            return answer;
        }
        catch (DeliveryFailure failure)
        {
            await Note(who, to, failure.Message);
            throw new Refusal(MailErrors.Failed, failure.Reason);
        }
    }

    private Task Note(Caller who, string to, string answer) => db.Command(who, tx => audit.Write(tx, who, "settings.mail_tested", new AuditTarget("settings", who.TenantId, "mail"),
        after: JsonSerializer.Serialize(new MailTestAudit(to, answer), MailTestJson.Default.MailTestAudit)));
}
