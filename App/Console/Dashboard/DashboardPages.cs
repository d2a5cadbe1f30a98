using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console.Dashboard;

/// <summary>/admin.</summary>
public static class DashboardPages
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/admin", Show).RequiresSignIn().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();

    private static async Task Show(HttpContext ctx, PageRenderer pages, DashboardService dashboard)
    {
        var who = ctx.Caller();
        var range = DashboardService.Ranges.Contains(ctx.Request.Query["range"].ToString()) ? ctx.Request.Query["range"].ToString() : "30d";
        await pages.Render<DashboardPage, DashboardModel>(ctx, new(
            who.May(Permission.StatisticsRead) ? await dashboard.Load(who.TenantId, range, ctx.RequestAborted) : null,
            range,
            dashboard.SoonDays(who.TenantId)));
    }
}

/// <param name="Figures">Null for those who may not see figures.</param>
public sealed record DashboardModel(DashboardFigures? Figures = null, string Range = "30d", int SoonDays = 0);
