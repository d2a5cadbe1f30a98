using Gatehouse.Audit.Log;
using System.Text;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Licensing.Batches;

/// <summary>/admin/keys/import: first a dry run that names what is wrong by line, then the import.</summary>
public static class ImportPages
{
    private const int MaxBytes = 16 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("/admin/keys/import").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(Permission.KeysWrite);
        pages.MapGet("", (HttpContext ctx, PageRenderer p, LicenseLists lists) => Show(ctx, p, lists, new ImportForm(ctx.Request.Query["plan"].ToString(), "", "", "")));
        pages.MapPost("", Import).WithMetadata(new RequestSizeLimitAttribute(MaxBytes)).WithFormOptions(valueLengthLimit: MaxBytes, multipartBodyLengthLimit: MaxBytes, bufferBodyLengthLimit: MaxBytes);
    }

    private static async Task Import(HttpContext ctx, PageRenderer pages, Database db, BatchService keys, LicenseLists lists)
    {
        var sent = await ctx.Request.ReadFormAsync(ctx.RequestAborted);
        var form = await ImportForm.Read(sent, ctx.RequestAborted);
        var who = ctx.Caller();
        var (lines, faults) = LicenseImport.Parse(form.Content, form.HasColumns);
        if (lines.Count == 0 && faults.Count == 0)
        {
            await Show(ctx, pages, lists, form, Refusal.Field("content", "import.empty"));
            return;
        }
        faults = await db.Read(s => LicenseImport.Check(s, who.TenantId, lines, faults), ctx.RequestAborted);
        if (sent["step"] != "import" || faults.Count > 0)
        {
            await Show(ctx, pages, lists, form, null, new ImportCheck(lines, faults), faults.Count > 0 ? 422 : 200);
            return;
        }
        try
        {
            var batch = await db.Write(s => keys.Import(s, who, form.Plan, form.Note, lines), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, LicenseLinks.Batch(batch.Id), new Toast("ok", ctx.Text()["import.done", lines.Count]));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, pages, lists, form, refusal, new ImportCheck(lines, faults));
        }
    }

    private static async Task Show(HttpContext ctx, PageRenderer pages, LicenseLists lists, ImportForm form, Refusal? refusal = null, ImportCheck? check = null, int status = 200) =>
        await pages.Render<ImportPage>(ctx, new()
        {
            [nameof(ImportPage.Form)] = form, [nameof(ImportPage.Errors)] = refusal?.Fields, [nameof(ImportPage.Check)] = check,
            [nameof(ImportPage.Plans)] = await lists.Sellable(ctx.Caller().TenantId, ctx.RequestAborted),
        }, refusal?.Status ?? status);
}

/// <summary>What a dry run found.</summary>
public sealed record ImportCheck(IReadOnlyList<ImportLine> Lines, IReadOnlyList<ImportFault> Faults);

/// <summary>The form as it was filled in. A file's text takes the place of what was pasted, so that the next step has it.</summary>
public sealed record ImportForm(string Plan, string Note, string Content, string FileName)
{
    /// <summary>A comma, semicolon or tab can be in no key: they part columns.</summary>
    public bool HasColumns => FileName.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || Content.AsSpan().IndexOfAny(",;\t") >= 0;

    public static async Task<ImportForm> Read(IFormCollection form, CancellationToken ct)
    {
        var content = form["content"].ToString();
        var name = form["file_name"].ToString();
        if (form.Files.GetFile("file") is { Length: > 0 } file)
        {
            // As spreadsheets save it: UTF-8 or UTF-16, told apart by the mark at its beginning.
            using var reader = new StreamReader(file.OpenReadStream(), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
            content = await reader.ReadToEndAsync(ct);
            name = file.FileName.Length > 100 ? file.FileName[^100..] : file.FileName;
        }
        return new ImportForm(form["plan"].ToString(), form["note"].ToString(), content, name);
    }
}
