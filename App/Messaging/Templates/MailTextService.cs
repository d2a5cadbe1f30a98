using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Templates;

/// <summary>A template's words in one language: its own, or what staff made of them.</summary>
/// <param name="UpdatedAt">When staff wrote them; null: they are the template's own.</param>
public sealed record TemplateText(MailTemplate Template, string Language, MailText Text, long? UpdatedAt)
{
    public bool Edited => UpdatedAt is not null;
}

/// <summary>A mail as its receiver will see it.</summary>
public sealed record MailPreview(string Subject, string Text, string Html);

/// <summary>What the audit log keeps of words.</summary>
internal sealed record MailTextAudit(string Language, string Subject, string Body);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MailTextAudit))]
internal sealed partial class MailTextJson : JsonSerializerContext;

/// <summary>The use cases of templates' words; each runs inside the transaction it is given.</summary>
public sealed class MailTextService(MailComposer composer, TenantSettings settings, AuditWriter audit, IConfiguration config, TimeProvider clock)
{
    public static readonly IReadOnlyList<string> Languages = ["en", "zh"];

    /// <summary>All words that staff may change, by template and language.</summary>
    public async ValueTask<IReadOnlyList<TemplateText>> List(ReadTx s, string tenant)
    {
        var stored = (await MailTextStore.All(s, tenant)).ToDictionary(t => (t.Name, t.Language));
        return [.. from template in composer.Templates where !template.Written orderby template.Name, template.Name
                   from language in Languages select Of(template, language, stored.GetValueOrDefault((template.Name, language)))];
    }

    /// <exception cref="Refusal">404 NO_SUCH_MAIL_TEMPLATE.</exception>
    public async ValueTask<TemplateText> Get(ReadTx s, string tenant, string name, string language)
    {
        var template = Template(name, language);
        return Of(template, language, await MailTextStore.Find(s, tenant, name, language));
    }

    /// <summary>Puts staff's words in the place of the template's own, or of what staff wrote before.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_MAIL_TEMPLATE, or 422 with all that is wrong, by field.</exception>
    public async ValueTask<TemplateText> Change(WriteTx s, Caller who, string name, string language, Func<MailText, MailText> change)
    {
        var template = Template(name, language);
        var before = Of(template, language, await MailTextStore.FindLocked(s, who.TenantId, name, language));
        var text = Checked(template, change(before.Text));
        if (text == before.Text)
            return before;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await MailTextStore.Set(s, who.TenantId, name, language, text, now);
        await audit.Write(s, who, "mail_template.changed", Target(template), Json(before), Json(before with { Text = text }));
        return new(template, language, text, now);
    }

    /// <summary>Gives the template its own words back.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_MAIL_TEMPLATE.</exception>
    public async ValueTask<TemplateText> Reset(WriteTx s, Caller who, string name, string language)
    {
        var template = Template(name, language);
        var before = Of(template, language, await MailTextStore.FindLocked(s, who.TenantId, name, language));
        var own = Of(template, language, null);
        if (before.Edited)
        {
            await MailTextStore.Remove(s, who.TenantId, name, language);
            await audit.Write(s, who, "mail_template.reset", Target(template), Json(before), Json(own));
        }
        return own;
    }

    /// <summary>Words that somebody wrote, as their receiver will see them, with values made up.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_MAIL_TEMPLATE, or 422 with all that is wrong, by field.</exception>
    public MailPreview Preview(string tenant, string name, string language, MailText text) => Preview(tenant, Template(name, language), language, text);

    /// <summary>The same of a letter, which has no template of staff's.</summary>
    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public MailPreview PreviewLetter(string tenant, string language, MailText text) => Preview(tenant, Letter, language, text);

    /// <summary>Keeps a letter's words for as long as mails with them may wait. Returns the name that <see cref="MailMessage.Written"/> takes.</summary>
    /// <param name="id">Of the letter.</param>
    /// <param name="of">The words by language, checked; whoever speaks another gets the first.</param>
    public async ValueTask<string> KeepLetter(WriteTx s, string tenant, string id, IReadOnlyDictionary<string, MailText> of)
    {
        foreach (var language in Languages)
            await MailTextStore.Set(s, tenant, MailTextStore.Letter + id, language, of.GetValueOrDefault(language) ?? of.Values.First(), clock.GetUtcNow().ToUnixTimeMilliseconds());
        return MailTextStore.Letter + id;
    }

    /// <summary>Gives mails of a letter that wait other words; null: they are not sent any more. A letter that was never kept stays none.</summary>
    public async ValueTask Reword(WriteTx s, string tenant, string id, IReadOnlyDictionary<string, MailText>? of)
    {
        foreach (var language in Languages)
            await MailTextStore.Change(s, tenant, MailTextStore.Letter + id, language, of is null ? MailText.Withdrawn : of.GetValueOrDefault(language) ?? of.Values.First(), clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>Notes what is wrong with a letter's words, by fields that end in the language's name, and returns them trimmed.</summary>
    public MailText CheckLetter(FieldChecks checks, MailText text, string language)
    {
        var own = new FieldChecks();
        var kept = Trimmed(own, text);
        MailMarkup.Check(own, Letter, kept.Subject, kept.Body);
        own.CopyTo(checks, field => $"{field}_{language}");
        return kept;
    }

    private static MailTemplate Letter => Mails.LetterTemplate;

    private MailPreview Preview(string tenant, MailTemplate template, string language, MailText text)
    {
        text = Checked(template, text);
        var (words, address) = (Localizer.For(language), PublicAddress.Base(config));
        var (subject, plain, html) = composer.Say(template, words, settings.Get(tenant, TenantSettings.SiteName), template.Samples(words, address), text, template.Written ? address + Unsubscribe.UnsubscribeLinks.Path + "/…" : null);
        return new(subject, plain, html);
    }

    private static MailText Checked(MailTemplate template, MailText wanted)
    {
        var checks = new FieldChecks();
        var text = Trimmed(checks, wanted);
        MailMarkup.Check(checks, template, text.Subject, text.Body);
        checks.ThrowIfAny();
        return text;
    }

    private static MailText Trimmed(FieldChecks checks, MailText text) =>
        new(checks.Text("subject", text.Subject, 1, MailMarkup.MaxSubject), checks.Text("body", text.Body.ReplaceLineEndings("\n"), 1, MailMarkup.MaxBody, lines: true));

    private MailTemplate Template(string name, string language) =>
        composer.Find(name) is { Written: false } template && Languages.Contains(language) ? template : throw new Refusal(MailTextErrors.NotFound);

    private static TemplateText Of(MailTemplate template, string language, StoredMailText? stored)
    {
        if (stored is not null)
            return new(template, language, stored.Text, stored.UpdatedAt);
        var (subject, body) = template.Words(Localizer.For(language));
        return new(template, language, new(subject, body), null);
    }

    private static AuditTarget Target(MailTemplate template) => new("mail_template", template.Name, template.Name);

    private static string Json(TemplateText text) => JsonSerializer.Serialize(new MailTextAudit(text.Language, text.Text.Subject, text.Text.Body), MailTextJson.Default.MailTextAudit);
}

/// <summary>What requests about mail templates are refused with.</summary>
public static class MailTextErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_MAIL_TEMPLATE");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}

/// <summary>Words for mails that go out now.</summary>
internal sealed class MailTexts(Database db) : IMailTexts
{
    public async ValueTask<MailText?> Find(string tenant, string name, string language, CancellationToken ct) =>
        (await db.Read(s => MailTextStore.Find(s, tenant, name, language), ct))?.Text;
}
