using Gatehouse.Accounts.CustomerActions;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Accounts.CustomerImport;

/// <summary><c>/admin/users/import</c>: first what would become of each line, then the import, and what came of it.</summary>
public static class CustomerImportPages
{
    internal const string Path = "/admin/users/import";
    private const int MaxBytes = CustomerImportEndpoints.MaxBytes;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        pages.MapGet("", (HttpContext ctx, PageRenderer p, MailStatus mail) => Show(ctx, p, mail, CustomerImportForm.New));
        pages.MapPost("", Import).WithMetadata(new RequestSizeLimitAttribute(MaxBytes)).WithFormOptions(valueLengthLimit: MaxBytes, multipartBodyLengthLimit: MaxBytes, bufferBodyLengthLimit: MaxBytes);
        pages.MapGet("/{run}", Watch);
        pages.MapPost("/{run}/links", TakeLinks);
    }

    private static async Task Import(HttpContext ctx, PageRenderer pages, Database db, CustomerImports imports, MailStatus mail)
    {
        var (sent, who) = (await RequestBody.Form(ctx), ctx.Caller());
        var form = CustomerImportForm.Typed(sent);
        IReadOnlyList<JudgedLine> judged = [];
        try
        {
            form = await CustomerImportForm.Read(sent, ctx.RequestAborted);
            var invite = CustomerImportEndpoints.InviteOf(form.Invite);
            if (string.IsNullOrWhiteSpace(form.Content))
                throw Refusal.Field("content", "users.import.empty");
            var (lines, notRead) = CustomerFile.Parse(form.Content);
            if (invite == ImportInvite.Mail && !await mail.IsSetUp(who.TenantId))
                throw Refusal.Field("invite", "users.import.no_mail");
            if (sent["step"] != "import")
            {
                judged = await db.Read(s => imports.Judge(s, who.TenantId, lines), ctx.RequestAborted);
                await Show(ctx, pages, mail, form, null, judged, notRead);
                return;
            }
            // The form that was sent twice brings them in once: passwords are hashed for nothing.
            if (await db.Read(s => imports.Find(s, who, form.Run), ctx.RequestAborted) is null)
            {
                var batch = await imports.Prepare(lines, invite, ctx.Text().Language);
                await db.Write(s => imports.Start(s, who, batch, form.Run), ctx.RequestAborted);
            }
            PageRenderer.Redirect(ctx, $"{Path}/{form.Run}");
        }
        catch (CsvException e)
        {
            await Show(ctx, pages, mail, form, Refusal.Field("content", "users.import.unreadable", e.Line, new Message("users.import.encoding", e.Column)));
        }
        catch (Refusal refusal) when (refusal.Status is 422 or 503)
        {
            await Show(ctx, pages, mail, form, refusal, judged);
        }
    }

    private static async Task Watch(HttpContext ctx, string run, PageRenderer pages, Database db, CustomerImports imports)
    {
        var (operation, links) = await db.Read(async s => (await imports.Find(s, ctx.Caller(), run), await CustomerImports.HasLinks(s, ctx.Caller(), run)), ctx.RequestAborted);
        await pages.Render<CustomerImportRunPage, CustomerImportRunModel>(ctx, new(run, operation ?? throw new Refusal(HttpErrors.NoSuchPage), operation is null ? null : CustomerImports.ResultOf(operation), links));
    }

    private static async Task TakeLinks(HttpContext ctx, string run, Database db, CustomerImports imports)
    {
        var file = await db.Write(s => imports.TakeLinks(s, ctx.Caller(), run), ctx.RequestAborted);
        ctx.Response.ContentType = "text/csv; charset=utf-8";
        ctx.Response.Headers.ContentDisposition = "attachment; filename=\"links.csv\"";
        ctx.Response.Headers.CacheControl = "no-store";
        await ctx.Response.BodyWriter.WriteAsync(file, ctx.RequestAborted);
    }

    private static async Task Show(HttpContext ctx, PageRenderer pages, MailStatus mail, CustomerImportForm form, Refusal? refusal = null, IReadOnlyList<JudgedLine>? judged = null, IReadOnlyList<string>? notRead = null) =>
        await pages.Render<CustomerImportPage, CustomerImportModel>(ctx, new(form, await mail.IsSetUp(ctx.Caller().TenantId), judged ?? [], notRead ?? [], refusal), refusal?.Status ?? 200);
}

/// <summary>The form as it was filled in. A file's text takes the place of what was pasted, so that the next step has it.</summary>
/// <param name="Run">Known by the form since it was shown, so that sending it twice brings in once.</param>
public sealed record CustomerImportForm(string Run, string Content, string Invite)
{
    public static CustomerImportForm New => new(OperationKey.Of(null), "", "none");

    public static CustomerImportForm Typed(IFormCollection form) =>
        new(OperationKey.Of(form["run"]), form["content"].ToString(), form["invite"].ToString() is { Length: > 0 } invite ? invite : "none");

    /// <exception cref="CsvException">The file's text is in no encoding that can be read.</exception>
    public static async Task<CustomerImportForm> Read(IFormCollection form, CancellationToken ct)
    {
        if (form.Files.GetFile("file") is not { Length: > 0 } file)
            return Typed(form);
        using var bytes = new MemoryStream((int)file.Length);
        await file.CopyToAsync(bytes, ct);
        return Typed(form) with { Content = FileText.Decode(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)) };
    }
}

/// <param name="Judged">What would become of each line; empty before the dry run.</param>
public sealed record CustomerImportModel(CustomerImportForm Form, bool CanMail, IReadOnlyList<JudgedLine> Judged, IReadOnlyList<string> NotRead, Refusal? Refusal = null) : IFormModel;

/// <param name="Result">Null until it is done.</param>
/// <param name="HasLinks">They wait to be fetched.</param>
public sealed record CustomerImportRunModel(string Run, Operation Operation, ImportResult? Result, bool HasLinks);
