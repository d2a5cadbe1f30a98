using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Console.Permissions;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Templates;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.MailTemplates;

/// <summary>A mail's words in one language.</summary>
/// <param name="Edited">False: they are the program's own.</param>
/// <param name="Placeholders">What the words may have in braces.</param>
/// <param name="Needed">What the text must have.</param>
public sealed record MailTemplateView(
    string Name, string Language, string Title, string Subject, string Body, bool Edited, string? UpdatedAt, IReadOnlyList<string> Placeholders, IReadOnlyList<string> Needed)
{
    public static MailTemplateView Of(TemplateText t, Localizer text) => new(
        t.Template.Name, t.Language, text[t.Template.Title, ""].Trim(), t.Text.Subject, t.Text.Body, t.Edited, t.UpdatedAt is { } at ? Format.Iso(at) : null, t.Template.Placeholders, t.Template.Needed);
}

public sealed record MailTemplateList(bool Success, IReadOnlyList<MailTemplateView> Items);

public sealed record MailTemplateResponse(bool Success, MailTemplateView Template);

/// <summary>Words of a mail, whole or in part: what is left out stays as it is.</summary>
public sealed record MailTemplateInput(string? Subject = null, string? Body = null)
{
    /// <summary>The words with what is given in their place.</summary>
    public MailText Over(MailText text) => new(Subject ?? text.Subject, Body ?? text.Body);
}

public sealed record MailPreviewResponse(bool Success, string Subject, string Text, string Html);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(MailTemplateList))]
[JsonSerializable(typeof(MailTemplateResponse))]
[JsonSerializable(typeof(MailTemplateInput))]
[JsonSerializable(typeof(MailPreviewResponse))]
internal sealed partial class MailTemplateJson : JsonSerializerContext;

/// <summary><c>/api/mail-templates</c>: the words of the mails that the program sends.</summary>
public static class MailTemplateEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/mail-templates").RequireRateLimiting(RateLimits.Api).WithTags("Settings").Requires(ConsolePermissions.SettingsManage);
        group.MapGet("", List).WithSummary("List the words of mails, in both languages").Produces<MailTemplateList>();
        group.MapGet("/{name}/{language}", Get).WithSummary("The words of one mail in one language").Refuses(MailTextErrors.NotFound).Produces<MailTemplateResponse>();
        group.MapPatch("/{name}/{language}", Change).WithSummary("Change the words of a mail")
            .WithDescription("""
                Paragraphs are parted by empty lines. A placeholder such as `{code}` stands for its value, which is never taken for markup; one that the mail does not know is refused.
                A paragraph that is a code's placeholder alone is shown large; one that is `[words](address)` alone is a button. Mails go out as text and as HTML.
                """)
            .Refuses(MailTextErrors.NotFound).Accepts<MailTemplateInput>("application/json").Produces<MailTemplateResponse>();
        group.MapDelete("/{name}/{language}", Reset).WithSummary("Give a mail the program's own words back").Refuses(MailTextErrors.NotFound).Produces<MailTemplateResponse>();
        group.MapPost("/{name}/{language}/preview", Preview).WithSummary("A mail as its receiver sees it, with values made up").Refuses(MailTextErrors.NotFound)
            .Accepts<MailTemplateInput>("application/json").Produces<MailPreviewResponse>();
    }

    private static async Task List(HttpContext ctx, Database db, MailTextService texts)
    {
        var all = await db.Read(s => texts.List(s, ctx.Caller().TenantId), ctx.RequestAborted);
        await SignedJson.Send(ctx, new MailTemplateList(true, [.. all.Select(t => MailTemplateView.Of(t, ctx.Text()))]), MailTemplateJson.Default.MailTemplateList);
    }

    private static async Task Get(HttpContext ctx, string name, string language, Database db, MailTextService texts) =>
        await Send(ctx, await db.Read(s => texts.Get(s, ctx.Caller().TenantId, name, language), ctx.RequestAborted));

    private static async Task Change(HttpContext ctx, string name, string language, Database db, MailTextService texts)
    {
        var body = await RequestBody.Read(ctx, MailTemplateJson.Default.MailTemplateInput);
        await Send(ctx, await db.Command(ctx.Caller(), s => texts.Change(s, ctx.Caller(), name, language, body.Over), ctx.RequestAborted));
    }

    private static async Task Reset(HttpContext ctx, string name, string language, Database db, MailTextService texts) =>
        await Send(ctx, await db.Command(ctx.Caller(), s => texts.Reset(s, ctx.Caller(), name, language), ctx.RequestAborted));

    private static async Task Preview(HttpContext ctx, string name, string language, Database db, MailTextService texts)
    {
        var body = await RequestBody.Read(ctx, MailTemplateJson.Default.MailTemplateInput);
        var kept = await db.Read(s => texts.Get(s, ctx.Caller().TenantId, name, language), ctx.RequestAborted);
        var shown = texts.Preview(ctx.Caller().TenantId, name, language, body.Over(kept.Text));
        await SignedJson.Send(ctx, new MailPreviewResponse(true, shown.Subject, shown.Text, shown.Html), MailTemplateJson.Default.MailPreviewResponse);
    }

    private static Task Send(HttpContext ctx, TemplateText text) => SignedJson.Send(ctx, new MailTemplateResponse(true, MailTemplateView.Of(text, ctx.Text())), MailTemplateJson.Default.MailTemplateResponse);
}
