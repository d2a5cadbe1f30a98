using Gatehouse.Audit.Health;
using Gatehouse.Audit.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Audit.Log;

public static class AuditPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("/admin/audit").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(AuditPermissions.AuditRead);
        pages.MapGet("", List);
        pages.MapGet("/export", Export).AsksForProof();
    }

    private static async Task List(HttpContext ctx, Database db, TenantSettings preferences, PageRenderer pages)
    {
        var tenant = ctx.Caller().TenantId;
        var query = AuditFilter.FromPage(ctx.Request.Query, preferences.Zone(tenant));
        var (page, actions, chain) = await db.Read(async s => (
            await AuditStore.Find(s, tenant, query, ctx.Request.Query["after"], Cursor.DefaultLimit),
            await AuditStore.Actions(s, tenant),
            ChainState.Of(await JobStore.Find(s, IntegrityJob.Name))), ctx.RequestAborted);
        await pages.Render<AuditPage, AuditModel>(ctx, new(page, ctx.Request.Query, actions, chain, query.Any));
    }

    private static Task Export(HttpContext ctx, Database db, TenantSettings preferences, TimeProvider clock)
    {
        var tenant = ctx.Caller().TenantId;
        return AuditExport.Send(ctx, db, clock, tenant, AuditFilter.FromPage(ctx.Request.Query, preferences.Zone(tenant)), ctx.Request.Query["format"] == "csv");
    }
}

/// <summary>What the last nightly check said of the audit log's chain.</summary>
/// <param name="Intact">Null: it has not been checked yet, or the check could not end.</param>
public sealed record ChainState(bool? Intact, long? CheckedAt)
{
    public static ChainState Of(JobState? job) => job switch
    {
        { Succeeded: true, FinishedAt: { } at } => new(true, at),
        { Succeeded: false, FinishedAt: { } at, Message.Key: IntegrityJob.ChainMessage } => new(false, at),
        _ => new(null, null),
    };
}

/// <param name="Filtered">Something narrows the list.</param>
public sealed record AuditModel(Slice<AuditEntry> Entries, IQueryCollection Query, IReadOnlyList<string> Actions, ChainState Chain, bool Filtered = false);
