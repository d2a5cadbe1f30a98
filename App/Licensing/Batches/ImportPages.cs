using Gatehouse.Licensing.Imports;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
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
        var pages = app.MapGroup($"{LicenseLinks.List}/{LicenseLinks.ImportWord}").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(LicensingPermissions.KeysWrite);
        pages.MapGet("", (HttpContext ctx, PageRenderer p, LicenseLists lists) => Show(ctx, p, lists, new ImportForm(ctx.Request.Query["plan"].ToString(), "", "", "")));
        pages.MapPost("", Import).WithMetadata(new RequestSizeLimitAttribute(MaxBytes)).WithFormOptions(valueLengthLimit: MaxBytes, multipartBodyLengthLimit: MaxBytes, bufferBodyLengthLimit: MaxBytes);
    }

    private static async Task Import(HttpContext ctx, PageRenderer pages, Database db, BatchService keys, LicenseLists lists, TenantSettings preferences, TimeProvider clock)
    {
        var sent = await RequestBody.Form(ctx);
        var who = ctx.Caller();
        ImportForm form;
        try
        {
            form = await ImportForm.Read(sent, ctx.RequestAborted);
        }
        catch (CsvException e)
        {
            await Show(ctx, pages, lists, ImportForm.Typed(sent), null, new ImportCheck([], [new ImportFault(e.Line, "", LicenseImport.Reason(e))], []), 422);
            return;
        }
        var file = LicenseImport.Parse(form.Content, form.HasColumns, clock.GetUtcNow().ToUnixTimeMilliseconds(), preferences.Zone(who.TenantId));
        if (file.IsEmpty)
        {
            await Show(ctx, pages, lists, form, Refusal.Field("content", "import.empty"));
            return;
        }
        ImportCheck? check = null;
        try
        {
            var faults = await db.Read(s => keys.Check(s, who.TenantId, form.PlanOfAll, file), ctx.RequestAborted);
            check = new ImportCheck(file.Lines, faults, file.NotRead) { MaySkip = faults.Count > 0 && file.Lines.Count > 0 && !file.Broken };
            var skip = sent["step"] == "skip" && !file.Broken;
            if (!skip && (sent["step"] != "import" || faults.Count > 0))
            {
                await Show(ctx, pages, lists, form, null, check, faults.Count > 0 ? 422 : 200);
                return;
            }
            var batches = await db.Write(s => keys.Import(s, who, form.PlanOfAll, form.Note, file.Lines, skip), ctx.RequestAborted);
            var count = batches.Sum(b => b.Count);
            PageRenderer.RedirectWithToast(ctx, batches.Count == 1 ? LicenseLinks.Batch(batches[0].Id) : LicenseLinks.Batches,
                skip ? new Toast("ok", "import.done_skipped", count, file.FaultCount + file.Lines.Count - count) : new Toast("ok", "import.done", count));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, pages, lists, form, refusal, check);
        }
    }

    private static async Task Show(HttpContext ctx, PageRenderer pages, LicenseLists lists, ImportForm form, Refusal? refusal = null, ImportCheck? check = null, int status = 200) =>
        await pages.Render<ImportPage, ImportModel>(ctx, new(form, await lists.Sellable(ctx.Caller().TenantId, ctx.RequestAborted), refusal, check), refusal?.Status ?? status);
}

/// <summary>What a dry run found.</summary>
/// <param name="NotRead">Columns that are passed over.</param>
public sealed record ImportCheck(IReadOnlyList<ImportLine> Lines, IReadOnlyList<ImportFault> Faults, IReadOnlyList<string> NotRead)
{
    /// <summary>There are lines that are good: the others may be passed over.</summary>
    public bool MaySkip { get; init; }

    /// <summary>How many keys come in each state; empty when all are unused.</summary>
    public IReadOnlyList<(string State, int Count)> States => Lines.All(l => l.State == LicenseState.Unused) ? []
        : [.. LicenseState.All.Select(state => (state, Lines.Count(l => l.State == state))).Where(s => s.Item2 > 0)];
}

/// <summary>The form as it was filled in. A file's text takes the place of what was pasted, so that the next step has it.</summary>
public sealed record ImportForm(string Plan, string Note, string Content, string FileName)
{
    /// <summary>In place of a plan: each line names its own.</summary>
    public const string AsInFile = "*";

    /// <summary>Null when each line names its own.</summary>
    public string? PlanOfAll => Plan == AsInFile ? null : Plan;

    /// <summary>A comma, semicolon or tab can be in no key: they part columns.</summary>
    public bool HasColumns => FileName.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || Content.AsSpan().IndexOfAny(",;\t") >= 0;

    /// <summary>What was typed or pasted.</summary>
    public static ImportForm Typed(IFormCollection form) =>
        new(form["plan"].ToString(), form["note"].ToString(), form["content"].ToString(), form["file_name"].ToString());

    /// <exception cref="CsvException">The file's text is in no encoding that can be read.</exception>
    public static async Task<ImportForm> Read(IFormCollection form, CancellationToken ct)
    {
        if (form.Files.GetFile("file") is not { Length: > 0 } file)
            return Typed(form);
        using var bytes = new MemoryStream((int)file.Length);
        await file.CopyToAsync(bytes, ct);
        return Typed(form) with { Content = FileText.Decode(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)), FileName = file.FileName.Length > 100 ? file.FileName[^100..] : file.FileName };
    }
}

/// <param name="Check">The dry run, when there was one.</param>
public sealed record ImportModel(ImportForm Form, IReadOnlyList<PlanChoice> Plans, Refusal? Refusal = null, ImportCheck? Check = null) : IFormModel;
