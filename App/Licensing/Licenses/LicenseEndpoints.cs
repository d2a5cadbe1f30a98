using Gatehouse.Audit.Log;
using Gatehouse.Accounts.Staff;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Batches;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Licensing.Licenses;

/// <summary>/api/keys, /api/batches and /api/statistics/keys.</summary>
public static class LicenseEndpoints
{
    private const long MaxImportBytes = 16 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api").RequireRateLimiting(RateLimits.Api).WithTags("Keys");
        var read = group.MapGroup("").Requires(Permission.KeysRead);
        Filtered(read.MapGet("/keys", List)).Paged().WithSummary("List keys, newest first").Produces<LicenseListResponse>();
        Filtered(read.MapGet("/keys/export", ExportKeys)).Query("format", "`txt`, `csv` or `jsonl`.").Sends("text/plain", "The keys as a file.").WithSummary("Export keys as txt, csv or jsonl");
        read.MapGet("/keys/{key}", Get).WithSummary("One key with its machines and history").Refuses("KEY_NOT_FOUND").Produces<LicenseResponse>();
        read.MapGet("/batches", Batches).WithSummary("List batches, newest first").Paged().Produces<BatchList>();
        var write = group.MapGroup("").Requires(Permission.KeysWrite);
        write.MapPost("/keys/generate", Generate).WithSummary("Generate a batch of keys").Idempotent().Accepts<GenerateRequest>("application/json").Produces<GenerateResponse>();
        write.MapPost("/keys/import", Import).WithSummary("Import keys made elsewhere; dry_run lists what is wrong by line").Idempotent()
            .WithMetadata(new RequestSizeLimitAttribute(MaxImportBytes)).Accepts<ImportRequest>("application/json").Produces<ImportResponse>();
        write.MapPost("/keys/bulk", Bulk).WithSummary("Do one thing to many keys").Idempotent().Accepts<BulkRequest>("application/json").Produces<BulkResponse>();
        write.MapPatch("/keys/{key}", Change).WithSummary("Change a key, or do one thing to it").Refuses("KEY_NOT_FOUND", "ALREADY_SUSPENDED", "NOT_SUSPENDED", "ALREADY_REVOKED", "ALREADY_UNUSED", "NOT_ACTIVATED", "NEVER_EXPIRES", "NOT_BOUND").Accepts<LicensePatch>("application/json").Produces<LicenseResponse>();
        write.MapDelete("/keys/{key}", Delete).WithSummary("Delete an unused key").Refuses("KEY_NOT_FOUND", "NOT_UNUSED").Produces<LicenseDeleted>();
        group.MapGet("/statistics/keys", Statistics).Requires(Permission.StatisticsRead).WithSummary("Counts by state and plan, activations over time").Produces<LicenseStatisticsResponse>();
    }

    private static RouteHandlerBuilder Filtered(RouteHandlerBuilder builder) => builder
        .Query("status", "`unused`, `active`, `expired`, `suspended` or `revoked`; all when left out.").Query("prefix", "Keys with this prefix.")
        .Query("plan", "A plan's id.").Query("batch", "A batch's id.").Query("q", "Part of a key, a machine code or a note.");

    private static async Task List(HttpContext ctx, LicenseQueries queries, TimeProvider clock)
    {
        var query = ctx.Request.Query;
        var page = await queries.List(ctx.Caller().TenantId, LicenseFilter.From(query), query["after"], Cursor.Limit(query["limit"]), ctx.RequestAborted);
        var now = Now(clock);
        await SignedJson.Send(ctx, new LicenseListResponse(true, [.. page.Items.Select(k => LicenseView.Of(k, now))], page.Next), LicensingJson.Default.LicenseListResponse);
    }

    private static Task ExportKeys(HttpContext ctx, LicenseExport export) => export.Send(ctx, LicenseFilter.From(ctx.Request.Query), ctx.Request.Query["format"]);

    private static async Task Get(HttpContext ctx, string key, LicenseQueries queries, TimeProvider clock) =>
        await SignedJson.Send(ctx, await Detailed(ctx, await queries.Get(ctx.Caller().TenantId, key, ctx.RequestAborted), queries, clock), LicensingJson.Default.LicenseResponse);

    private static async Task Batches(HttpContext ctx, LicenseQueries queries)
    {
        var query = ctx.Request.Query;
        var page = await queries.Batches(ctx.Caller().TenantId, query["after"], Cursor.Limit(query["limit"]), ctx.RequestAborted);
        await SignedJson.Send(ctx, new BatchList(true, [.. page.Items.Select(BatchView.Of)], page.Next), LicensingJson.Default.BatchList);
    }

    private static async Task Generate(HttpContext ctx, Database db, BatchService keys)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, LicensingJson.Default.GenerateRequest);
        await Idempotency.Run(ctx, db, bytes, async s =>
        {
            var made = await keys.Generate(s, ctx.Caller(), new NewKeys(body.Plan, body.Prefix, body.Count, body.Length, body.Note));
            return new GenerateResponse(true, made.Batch.Id, made.Keys.Count, made.Keys);
        }, LicensingJson.Default.GenerateResponse);
    }

    private static async Task Import(HttpContext ctx, Database db, BatchService keys, TenantSettings preferences, TimeProvider clock)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, LicensingJson.Default.ImportRequest);
        if (body.Format is not ("txt" or "csv"))
            throw Refusal.Field("format", "field.one_of", "txt, csv");
        var who = ctx.Caller();
        var text = ctx.Text();
        var file = LicenseImport.Parse(body.Content, body.Format == "csv", Now(clock), preferences.Zone(who.TenantId));
        if (file.IsEmpty)
            throw Refusal.Field("content", "field.required");
        if (string.IsNullOrWhiteSpace(body.Plan) && file.Lines.All(l => l.Plan.Length == 0))
            throw Refusal.Field("plan", "field.required");
        var notRead = file.NotRead.Count > 0 ? file.NotRead : null;
        if (body.DryRun || file.Faults.Count > 0 || string.IsNullOrWhiteSpace(body.Plan))
        {
            var faults = await db.Read(s => keys.Check(s, who.TenantId, body.Plan, file), ctx.RequestAborted);
            if (!body.DryRun && faults.Count > 0)
                throw Refusal.Field("content", "field.import_faults", faults.Count, faults[0].Line, text[faults[0].Reason]);
            if (body.DryRun)
            {
                await SignedJson.Send(ctx, new ImportResponse(true, true, file.Lines.Count, null, [.. faults.Select(f => new ImportError(f.Line, f.Key, text[f.Reason]))], NotRead: notRead), LicensingJson.Default.ImportResponse);
                return;
            }
        }
        await Idempotency.Run(ctx, db, bytes, async s =>
        {
            var batches = await keys.Import(s, who, body.Plan, body.Note, file.Lines);
            return new ImportResponse(true, false, file.Lines.Count, batches[0].Id, [], batches.Count > 1 ? [.. batches.Select(b => b.Id)] : null, notRead);
        }, LicensingJson.Default.ImportResponse);
    }

    private static async Task Bulk(HttpContext ctx, Database db, LicenseActions life)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, LicensingJson.Default.BulkRequest);
        if (body.Keys is null == body.Filter is null)
            throw Refusal.Field("keys", "field.keys_or_filter");
        if (body.Keys?.Contains(null!) == true)
            throw Refusal.Field("keys", "field.wrong_type");
        var filter = body.Filter?.ToFilter();
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
        {
            var done = await life.ApplyMany(s, ctx.Caller(), body.Keys, filter, body.ToAction());
            return new BulkResponse(true, done.Matched, done.Changed, [.. done.Skipped.Select(k => new BulkSkipped(k.Key, k.Code))]);
        }), LicensingJson.Default.BulkResponse);
    }

    private static async Task Change(HttpContext ctx, string key, Database db, LicenseActions life, LicenseQueries queries, TimeProvider clock)
    {
        var steps = (await RequestBody.Read(ctx, LicensingJson.Default.LicensePatch)).Steps().ToList();
        if (steps.Count == 0 || steps.Any(a => a.Name == ActionName.Delete))
            throw Refusal.Field("action", "field.action", string.Join(", ", ActionName.All.Where(a => a != ActionName.Delete)));
        var changed = await db.Command(ctx.Caller(), async s =>
        {
            License? now = null;
            foreach (var step in steps)
                now = await life.Apply(s, ctx.Caller(), now?.Key ?? key, step);
            return now!;
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, await Detailed(ctx, changed, queries, clock), LicensingJson.Default.LicenseResponse);
    }

    private static async Task Delete(HttpContext ctx, string key, Database db, LicenseActions life)
    {
        await db.Command(ctx.Caller(), s => life.Apply(s, ctx.Caller(), key, new LicenseAction(ActionName.Delete)), ctx.RequestAborted);
        await SignedJson.Send(ctx, new LicenseDeleted(true, KeyFormat.Normalize(key)!), LicensingJson.Default.LicenseDeleted);
    }

    private static async Task Statistics(HttpContext ctx, LicenseStatistics statistics) =>
        await SignedJson.Send(ctx, await statistics.Of(ctx.Caller().TenantId, ctx.RequestAborted), LicensingJson.Default.LicenseStatisticsResponse);

    private static async Task<LicenseResponse> Detailed(HttpContext ctx, License key, LicenseQueries queries, TimeProvider clock)
    {
        var (machines, history) = await queries.Detail(ctx.Caller().TenantId, key.Id, ctx.RequestAborted);
        return new LicenseResponse(true, LicenseView.Of(key, Now(clock)) with
        {
            Machines = [.. machines.Select(m => new MachineView(m.MachineCode, Format.Iso(m.CreatedAt), m.Ip))],
            History = [.. history.Select(e => new EventView(Format.Iso(e.At), e.Kind, e.Actor, e.Ip, e.Detail))],
        });
    }

    private static long Now(TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
