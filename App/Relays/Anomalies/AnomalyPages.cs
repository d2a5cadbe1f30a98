using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.Anomalies;

/// <summary><c>/admin/anomalies</c>: traffic that looked wrong, and what is done about it.</summary>
public static class AnomalyPages
{
    public const string Path = "/admin/anomalies";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        group.MapGroup("").Requires(RelayPermissions.RentalsRead).MapGet("", List);
        group.MapGroup("").Requires(RelayPermissions.RentalsWrite).MapPost("/{id}/lift", Lift);
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db)
    {
        var (query, tenant) = (ctx.Request.Query, ctx.Caller().TenantId);
        var kind = Anomaly.Kinds.FirstOrDefault(k => k == query["kind"]);
        var model = await db.Read(async s =>
        {
            var page = await AnomalyService.List(s, tenant, kind, query["after"], Cursor.DefaultLimit);
            var rentals = new Dictionary<string, string>();
            foreach (var id in page.Items.Select(a => a.RentalId).Distinct())
                rentals[id] = (await RentalStore.Find(s, tenant, id))?.Name ?? id;
            return new AnomalyModel(page, kind, await RentalStore.People(s, tenant, page.Items.Select(a => a.AccountId)), rentals, !query.ContainsKey("after"));
        }, ctx.RequestAborted);
        await pages.Render<AnomaliesPage, AnomalyModel>(ctx, model);
    }

    private static async Task Lift(HttpContext ctx, string id, Database db, AnomalyService anomalies)
    {
        await db.Command(ctx.Caller(), s => anomalies.Lift(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "anomalies.lifted"));
    }
}

/// <param name="Kind">What it is narrowed to; null: all.</param>
/// <param name="People">What owners are called, by their ids.</param>
/// <param name="Rentals">The same of rentals.</param>
/// <param name="First">Is this the newest page?</param>
public sealed record AnomalyModel(Slice<Anomaly> Anomalies, string? Kind, IReadOnlyDictionary<string, string> People, IReadOnlyDictionary<string, string> Rentals, bool First);
