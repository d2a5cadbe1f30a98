using Gatehouse.Platform;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Web;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Licensing;

/// <summary>/api/keys, /api/batches and /api/statistics/keys.</summary>
public static class KeyEndpoints
{
    private const long MaxImportBytes = 16 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api").RequireRateLimiting(RateLimits.Api).WithTags("Keys");
        var read = group.MapGroup("").Requires(Permission.KeysRead);
        Filtered(read.MapGet("/keys", List)).Paged().WithSummary("List keys, newest first").Produces<KeyList>();
        Filtered(read.MapGet("/keys/export", ExportKeys)).Query("format", "`txt`, `csv` or `jsonl`.").Sends("text/plain", "The keys as a file.").WithSummary("Export keys as txt, csv or jsonl");
        read.MapGet("/keys/{key}", Get).WithSummary("One key with its machines and history").Refuses("KEY_NOT_FOUND").Produces<KeyAnswer>();
        read.MapGet("/batches", Batches).WithSummary("List batches, newest first").Paged().Produces<BatchList>();
        var write = group.MapGroup("").Requires(Permission.KeysWrite);
        write.MapPost("/keys/generate", Generate).WithSummary("Generate a batch of keys").Idempotent().Accepts<GenerateRequest>("application/json").Produces<GenerateAnswer>();
        write.MapPost("/keys/import", Import).WithSummary("Import keys made elsewhere; dry_run lists what is wrong by line").Idempotent()
            .WithMetadata(new RequestSizeLimitAttribute(MaxImportBytes)).Accepts<ImportRequest>("application/json").Produces<ImportAnswer>();
        write.MapPost("/keys/bulk", Bulk).WithSummary("Do one thing to many keys").Idempotent().Accepts<BulkRequest>("application/json").Produces<BulkAnswer>();
        write.MapPatch("/keys/{key}", Change).WithSummary("Change a key, or do one thing to it").Refuses("KEY_NOT_FOUND", "ALREADY_SUSPENDED", "NOT_SUSPENDED", "ALREADY_REVOKED", "ALREADY_UNUSED", "NOT_ACTIVATED", "NEVER_EXPIRES", "NOT_BOUND").Accepts<KeyPatch>("application/json").Produces<KeyAnswer>();
        write.MapDelete("/keys/{key}", Delete).WithSummary("Delete an unused key").Refuses("KEY_NOT_FOUND", "NOT_UNUSED").Produces<KeyDeleted>();
        group.MapGet("/statistics/keys", Statistics).Requires(Permission.StatisticsRead).WithSummary("Counts by state and plan, activations over time").Produces<KeyStatistics>();
    }

    private static RouteHandlerBuilder Filtered(RouteHandlerBuilder builder) => builder
        .Query("status", "`unused`, `active`, `expired`, `suspended` or `revoked`; all when left out.").Query("prefix", "Keys with this prefix.")
        .Query("plan", "A plan's id.").Query("batch", "A batch's id.").Query("q", "Part of a key, a machine code or a note.");

    private static async Task List(HttpContext ctx, KeyQueries queries, TimeProvider clock)
    {
        var query = ctx.Request.Query;
        var page = await queries.List(ctx.Caller().TenantId, LicenseFilter.From(query), query["after"], Cursor.Limit(query["limit"]), ctx.RequestAborted);
        var now = Now(clock);
        await Answer.Send(ctx, new KeyList(true, [.. page.Items.Select(k => KeyView.Of(k, now))], page.Next), LicensingJson.Default.KeyList);
    }

    private static Task ExportKeys(HttpContext ctx, KeyExport export) => export.Send(ctx, LicenseFilter.From(ctx.Request.Query), ctx.Request.Query["format"]);

    private static async Task Get(HttpContext ctx, string key, KeyQueries queries, TimeProvider clock) =>
        await Answer.Send(ctx, await Detailed(ctx, await queries.Get(ctx.Caller().TenantId, key, ctx.RequestAborted), queries, clock), LicensingJson.Default.KeyAnswer);

    private static async Task Batches(HttpContext ctx, KeyQueries queries)
    {
        var query = ctx.Request.Query;
        var page = await queries.Batches(ctx.Caller().TenantId, query["after"], Cursor.Limit(query["limit"]), ctx.RequestAborted);
        await Answer.Send(ctx, new BatchList(true, [.. page.Items.Select(BatchView.Of)], page.Next), LicensingJson.Default.BatchList);
    }

    private static async Task Generate(HttpContext ctx, Database db, KeyService keys, KeyQueries queries)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, LicensingJson.Default.GenerateRequest);
        await Idempotency.Run(ctx, db, bytes, async s =>
        {
            var made = await keys.Generate(s, ctx.Caller(), new NewKeys(body.Plan, body.Prefix, body.Count, body.Length, body.Note));
            return new GenerateAnswer(true, made.Batch.Id, made.Keys.Count, made.Keys);
        }, LicensingJson.Default.GenerateAnswer);
        queries.Changed(ctx.Caller().TenantId);
    }

    private static async Task Import(HttpContext ctx, Database db, KeyService keys, KeyQueries queries)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, LicensingJson.Default.ImportRequest);
        if (body.Format is not ("txt" or "csv"))
            throw Refusal.Field("format", "field.one_of", "txt, csv");
        var who = ctx.Caller();
        var text = ctx.Text();
        var (lines, faults) = KeyImport.Parse(body.Content, body.Format == "csv");
        if (lines.Count == 0 && faults.Count == 0)
            throw Refusal.Field("content", "field.required");
        if (body.DryRun || faults.Count > 0)
        {
            faults = await db.Read(s => KeyImport.Check(s, who.TenantId, lines, faults), ctx.RequestAborted);
            if (!body.DryRun)
                throw Refusal.Field("content", "field.import_faults", faults.Count, faults[0].Line, text[faults[0].Reason]);
            await Answer.Send(ctx, new ImportAnswer(true, true, lines.Count, null, [.. faults.Select(f => new ImportError(f.Line, f.Key, text[f.Reason]))]), LicensingJson.Default.ImportAnswer);
            return;
        }
        await Idempotency.Run(ctx, db, bytes, async s =>
            new ImportAnswer(true, false, lines.Count, (await keys.Import(s, who, body.Plan, body.Note, lines)).Id, []), LicensingJson.Default.ImportAnswer);
        queries.Changed(who.TenantId);
    }

    private static async Task Bulk(HttpContext ctx, Database db, LifeService life, KeyQueries queries)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, LicensingJson.Default.BulkRequest);
        if (body.Keys is null == body.Filter is null)
            throw Refusal.Field("keys", "field.keys_or_filter");
        if (body.Keys?.Contains(null!) == true)
            throw Refusal.Field("keys", "field.wrong_type");
        var filter = body.Filter?.ToFilter();
        await Idempotency.Run(ctx, db, bytes, async s =>
        {
            var done = await life.ApplyMany(s, ctx.Caller(), body.Keys, filter, body.ToAction());
            return new BulkAnswer(true, done.Matched, done.Changed, [.. done.Skipped.Select(k => new BulkSkipped(k.Key, k.Code))]);
        }, LicensingJson.Default.BulkAnswer);
        queries.Changed(ctx.Caller().TenantId);
    }

    private static async Task Change(HttpContext ctx, string key, Database db, LifeService life, KeyQueries queries, TimeProvider clock)
    {
        var steps = (await RequestBody.Read(ctx, LicensingJson.Default.KeyPatch)).Steps().ToList();
        if (steps.Count == 0 || steps.Any(a => a.Name == ActionName.Delete))
            throw Refusal.Field("action", "field.action", string.Join(", ", ActionName.All.Where(a => a != ActionName.Delete)));
        var changed = await db.Write(async s =>
        {
            License? now = null;
            foreach (var step in steps)
                now = await life.Apply(s, ctx.Caller(), now?.Key ?? key, step);
            return now!;
        }, ctx.RequestAborted);
        queries.Changed(ctx.Caller().TenantId);
        await Answer.Send(ctx, await Detailed(ctx, changed, queries, clock), LicensingJson.Default.KeyAnswer);
    }

    private static async Task Delete(HttpContext ctx, string key, Database db, LifeService life, KeyQueries queries)
    {
        await db.Write(s => life.Apply(s, ctx.Caller(), key, new LicenseAction(ActionName.Delete)), ctx.RequestAborted);
        queries.Changed(ctx.Caller().TenantId);
        await Answer.Send(ctx, new KeyDeleted(true, KeyFormat.Normalize(key)!), LicensingJson.Default.KeyDeleted);
    }

    private static async Task Statistics(HttpContext ctx, Statistics statistics) =>
        await Answer.Send(ctx, await statistics.Of(ctx.Caller().TenantId, ctx.RequestAborted), LicensingJson.Default.KeyStatistics);

    private static async Task<KeyAnswer> Detailed(HttpContext ctx, License key, KeyQueries queries, TimeProvider clock)
    {
        var (machines, history) = await queries.Detail(ctx.Caller().TenantId, key.Id, ctx.RequestAborted);
        return new KeyAnswer(true, KeyView.Of(key, Now(clock)) with
        {
            Machines = [.. machines.Select(m => new MachineView(m.MachineCode, Iso.Text(m.CreatedAt), m.Ip))],
            History = [.. history.Select(e => new EventView(Iso.Text(e.At), e.Kind, e.Actor, e.Ip, e.Detail))],
        });
    }

    private static long Now(TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
