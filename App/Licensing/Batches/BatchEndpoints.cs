using Gatehouse.Licensing.Imports;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Licensing.Batches;

/// <summary>/api/batches, and how keys come to be: /api/keys/generate and /api/keys/import.</summary>
public static class BatchEndpoints
{
    private const long MaxImportBytes = 16 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api").RequireRateLimiting(RateLimits.Api).WithTags("Keys");
        group.MapGet("/batches", List).Requires(LicensingPermissions.KeysRead).WithSummary("List batches, newest first").Query("q", "Part of a batch's name.").Paged().Produces<BatchList>();
        var write = group.MapGroup("").Requires(LicensingPermissions.KeysWrite);
        write.MapPost($"/keys/{LicenseLinks.GenerateWord}", Generate).WithSummary("Generate a batch of keys").Idempotent().Accepts<GenerateRequest>("application/json").Produces<GenerateResponse>();
        write.MapPost($"/keys/{LicenseLinks.ImportWord}", Import).WithSummary("Import keys made elsewhere; dry_run lists what is wrong by line").Idempotent()
            .WithMetadata(new RequestSizeLimitAttribute(MaxImportBytes)).Accepts<ImportRequest>("application/json").Produces<ImportResponse>();
    }

    private static async Task List(HttpContext ctx, BatchQueries batches)
    {
        var query = ctx.Request.Query;
        var page = await batches.List(ctx.Caller().TenantId, query["after"], Cursor.Limit(query["limit"]), ctx.RequestAborted, SearchTerm.Of(query["q"]));
        await SignedJson.Send(ctx, new BatchList(true, [.. page.Items.Select(BatchView.Of)], page.Next), BatchJson.Default.BatchList);
    }

    private static async Task Generate(HttpContext ctx, Database db, BatchService keys)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, BatchJson.Default.GenerateRequest);
        await Idempotency.Run(ctx, db, bytes, async s =>
        {
            var made = await keys.Generate(s, ctx.Caller(), new NewKeys(body.Plan, body.Prefix, body.Count, body.Length, body.Note));
            await OperationStore.Record(s, ctx.Caller(), BatchOperations.Generate, made.Batch.Count, BatchOperations.Result([made.Batch]));
            return new GenerateResponse(true, made.Batch.Id, made.Keys.Count, made.Keys);
        }, BatchJson.Default.GenerateResponse);
    }

    private static async Task Import(HttpContext ctx, Database db, BatchService keys, TenantSettings preferences, TimeProvider clock)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, BatchJson.Default.ImportRequest);
        if (body.Format is not ("txt" or "csv"))
            throw Refusal.Field("format", "field.one_of", "txt, csv");
        var who = ctx.Caller();
        var text = ctx.Text();
        var file = LicenseImport.Parse(body.Content, body.Format == "csv", clock.GetUtcNow().ToUnixTimeMilliseconds(), preferences.Zone(who.TenantId));
        if (file.IsEmpty)
            throw Refusal.Field("content", "field.required");
        if (string.IsNullOrWhiteSpace(body.Plan) && file.Lines.All(l => l.Plan.Length == 0))
            throw Refusal.Field("plan", "field.required");
        var notRead = file.NotRead.Count > 0 ? file.NotRead : null;
        IReadOnlyList<ImportError> told = [];
        if (body.DryRun || file.Faults.Count > 0 || body.SkipFaults || string.IsNullOrWhiteSpace(body.Plan))
        {
            var faults = await db.Read(s => keys.Check(s, who.TenantId, body.Plan, file), ctx.RequestAborted);
            if (!body.DryRun && faults.Count > 0 && (!body.SkipFaults || file.Broken))
                throw Refusal.Field("content", "field.import_faults", faults.Count, faults[0].Line, text[faults[0].Reason]);
            told = [.. faults.Select(f => new ImportError(f.Line, f.Key, text[f.Reason]))];
            if (body.DryRun)
            {
                await SignedJson.Send(ctx, new ImportResponse(true, true, file.Lines.Count, null, told, NotRead: notRead), BatchJson.Default.ImportResponse);
                return;
            }
        }
        await Idempotency.Run(ctx, db, bytes, async s =>
        {
            var batches = await keys.Import(s, who, body.Plan, body.Note, file.Lines, body.SkipFaults);
            var count = batches.Sum(b => b.Count);
            return new ImportResponse(true, false, count, batches[0].Id, told, batches.Count > 1 ? [.. batches.Select(b => b.Id)] : null, notRead, body.SkipFaults ? file.FaultCount + file.Lines.Count - count : null);
        }, BatchJson.Default.ImportResponse);
    }
}
