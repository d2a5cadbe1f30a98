using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Health;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Servers;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.Fleet;

/// <summary><c>/admin/servers</c>: all servers by region, with what they carry, cost and bring.</summary>
public static class FleetPages
{
    /// <summary>Which servers a tab holds: all, those that need a look, that are drained, or that are down.</summary>
    public const string All = "", Look = "look", Draining = "draining", Down = "down";
    private static readonly string[] Tabs = [All, Look, Draining, Down];

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(ServerPages.Path, List).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(RelayPermissions.ServersRead);

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, FleetReport report)
    {
        var (query, search) = (ctx.Request.Query, SearchTerm.Of(ctx.Request.Query["q"]));
        var tab = Tabs.FirstOrDefault(t => t == query["tab"].ToString()) ?? throw Refusal.Field("tab", "field.one_of", string.Join(", ", Tabs[1..]));
        var after = Cursor.Decode(query["after"]);
        var view = await db.Read(s => report.Load(s, ctx.Caller().TenantId), ctx.RequestAborted);
        // A business has tens of servers, and the totals need them all: they are looked through here.
        var found = view.Regions.SelectMany(r => r.Servers).Where(f => search is null || f.Server.Finds(search)).ToList();
        var page = found.Where(f => Holds(tab, f) && (after is null || string.CompareOrdinal(Place(f), after) > 0)).Take(Cursor.DefaultLimit + 1).ToList();
        await pages.Render<FleetPage, FleetModel>(ctx, new(view, Slice<ServerFigures>.Of(page, Cursor.DefaultLimit, Place), search ?? "", tab, [.. Tabs.Select(t => (t, (long)found.Count(f => Holds(t, f))))], !query.ContainsKey("after")) { Notices = await ServersNotice.All(ctx) });
    }

    private static string Place(ServerFigures f) => $"{f.Server.RegionCode} {f.Server.Name}";

    private static bool Holds(string tab, ServerFigures f) => tab switch
    {
        Look => f.NeedsLook,
        Draining => f.Server.Draining,
        Down => f.Server.Health == ServerHealth.Down,
        _ => true,
    };
}

/// <param name="Servers">Those of this page.</param>
/// <param name="Counts">How many each tab holds.</param>
/// <param name="First">Is this the first page?</param>
public sealed record FleetModel(FleetView View, Slice<ServerFigures> Servers, string Search, string Tab, IReadOnlyList<(string Tab, long Count)> Counts, bool First)
{
    /// <summary>Cards of other rooms.</summary>
    public IReadOnlyList<RenderFragment> Notices { get; init; } = [];
}
