using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Keys;

/// <summary>/api/keys: the list, one key, and what is done to it.</summary>
public static class LicenseEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api").RequireRateLimiting(RateLimits.Api).WithTags("Keys");
        var read = group.MapGroup("").Requires(LicensingPermissions.KeysRead);
        Filtered(read.MapGet("/keys", List)).Paged().WithSummary("List keys, newest first").Produces<LicenseListResponse>();
        Filtered(read.MapGet($"/keys/{LicenseLinks.ExportWord}", ExportKeys)).Query("format", "`txt`, `csv` or `jsonl`.").Sends("text/plain", "The keys as a file.").WithSummary("Export keys as txt, csv or jsonl");
        read.MapGet("/keys/{key}", Get).WithSummary("One key with its machines and history").Refuses(LicenseErrors.NotFound).Produces<LicenseResponse>();
        var write = group.MapGroup("").Requires(LicensingPermissions.KeysWrite);
        write.MapPatch("/keys/{key}", Change).WithSummary("Change a key, or do one thing to it").Refuses(LicenseErrors.NotFound, ActionErrors.AlreadySuspended, ActionErrors.NotSuspended, ActionErrors.AlreadyRevoked, ActionErrors.AlreadyUnused, ActionErrors.NotActivated, ActionErrors.NeverExpires, ActionErrors.NotBound).Accepts<LicensePatch>("application/json").Produces<LicenseResponse>();
        write.MapDelete("/keys/{key}", Delete).WithSummary("Delete an unused key").Refuses(LicenseErrors.NotFound, ActionErrors.NotUnused).Produces<LicenseDeleted>();
    }

    private static RouteHandlerBuilder Filtered(RouteHandlerBuilder builder) => builder
        .Query("status", "`unused`, `active`, `expired`, `suspended` or `revoked`; all when left out.").Query("prefix", "Keys with this prefix.")
        .Query("plan", "A plan's id.").Query("batch", "A batch's id.").Query("q", "How a key, its code or a machine code begins, or any part of a note or of a batch's name.");

    private static async Task List(HttpContext ctx, LicenseQueries queries, TimeProvider clock)
    {
        var query = ctx.Request.Query;
        var page = await queries.List(ctx.Caller().TenantId, LicenseFilter.From(query), query["after"], Cursor.Limit(query["limit"]), ctx.RequestAborted);
        var now = Now(clock);
        await SignedJson.Send(ctx, new LicenseListResponse(true, [.. page.Items.Select(k => LicenseView.Of(k, now))], page.Next), KeyJson.Default.LicenseListResponse);
    }

    private static Task ExportKeys(HttpContext ctx, LicenseExport export) => export.Send(ctx, LicenseFilter.From(ctx.Request.Query), ctx.Request.Query["format"]);

    private static async Task Get(HttpContext ctx, string key, LicenseQueries queries, TimeProvider clock) =>
        await SignedJson.Send(ctx, Detailed(await queries.Whole(ctx.Caller().TenantId, key, ctx.RequestAborted), clock), KeyJson.Default.LicenseResponse);

    private static async Task Change(HttpContext ctx, string key, Database db, LicenseActions life, LicenseQueries queries, TimeProvider clock)
    {
        var steps = (await RequestBody.Read(ctx, KeyJson.Default.LicensePatch)).Steps().ToList();
        if (steps.Count == 0 || steps.Any(a => a.Name == ActionName.Delete))
            throw Refusal.Field("action", "field.action", string.Join(", ", ActionName.All.Where(a => a != ActionName.Delete)));
        var changed = await db.Command(ctx.Caller(), async s =>
        {
            License? now = null;
            foreach (var step in steps)
                now = await life.Apply(s, ctx.Caller(), now?.Key ?? key, step);
            return now!;
        }, ctx.RequestAborted);
        var (machines, history) = await queries.Detail(ctx.Caller().TenantId, changed.Id, ctx.RequestAborted);
        await SignedJson.Send(ctx, Detailed(new LicenseDetail(changed, machines, history), clock), KeyJson.Default.LicenseResponse);
    }

    private static async Task Delete(HttpContext ctx, string key, Database db, LicenseActions life)
    {
        await db.Command(ctx.Caller(), s => life.Apply(s, ctx.Caller(), key, new LicenseAction(ActionName.Delete)), ctx.RequestAborted);
        await SignedJson.Send(ctx, new LicenseDeleted(true, LicenseKey.Canonical(key)), KeyJson.Default.LicenseDeleted);
    }

    private static LicenseResponse Detailed(LicenseDetail detail, TimeProvider clock) => new(true, LicenseView.Of(detail.Key, Now(clock)) with
    {
        Machines = [.. detail.Machines.Select(m => new MachineView(m.MachineCode, Format.Iso(m.CreatedAt), m.Ip))],
        History = [.. detail.History.Select(e => new EventView(Format.Iso(e.At), e.Kind, e.Actor, e.Ip, e.Detail))],
    });

    private static long Now(TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
