using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Permissions;

namespace Gatehouse.Relays.Fleet;

/// <summary>/api/server/figures.</summary>
public static class FleetEndpoints
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGroup("/api/server").RequireRateLimiting(RateLimits.Api).WithTags("Relay servers").Requires(RelayPermissions.ServersRead).MapGet("/figures", Figures)
        .WithSummary("What servers carry, cost and bring").WithDescription("People, traffic of the provider's month with a forecast, rate, load, latency and margin of each server, by region and name, with totals. Rates are bytes a second, money is minor units a month: of a rental on three servers each brings a third, and other currencies are not summed.")
        .Produces<FleetResponse>();

    private static async Task Figures(HttpContext ctx, Database db, FleetReport report)
    {
        var view = await db.Read(s => report.Load(s, ctx.Caller().TenantId), ctx.RequestAborted);
        await SignedJson.Send(ctx, new FleetResponse(true, [.. view.Regions.SelectMany(r => r.Servers).Select(View)], [.. view.Regions.Select(View)], View(view.All)), FleetJson.Default.FleetResponse);
    }

    private static ServerFiguresView View(ServerFigures f) => new(
        f.Server.Id, f.Server.Name, f.Server.RegionCode, f.People, f.Server.Slots, f.Server.Room,
        new(f.Allowance.Counted, f.Period.From.UtcDateTime, f.Period.Until!.Value.UtcDateTime, f.Used, f.Allowance.Bytes, f.Left, f.Forecast.FullAt?.UtcDateTime, f.Forecast.Percent),
        f.RateIn, f.RateOut, f.Load, f.Ms, f.State,
        [.. f.Brings.Where(b => b.Key != f.Server.Currency).OrderBy(b => b.Key, StringComparer.Ordinal).Select(b => new FleetMoney(b.Key, b.Value, 0, b.Value)).Prepend(new(f.Server.Currency, f.Brings.GetValueOrDefault(f.Server.Currency), f.Server.Cost, f.Margin))]);

    private static FleetTotalsView View(FleetTotals t) => new(
        t.Code, t.Name, t.Servers.Count, t.People, t.Slots, t.Places, t.Used, t.Allowed, t.RateIn, t.RateOut, [.. t.Money.Select(m => new FleetMoney(m.Currency, m.Brings, m.Cost, m.Brings - m.Cost))]);
}
