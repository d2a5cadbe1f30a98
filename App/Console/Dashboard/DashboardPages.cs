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
        await pages.Render<DashboardPage>(ctx, new()
        {
            [nameof(DashboardPage.Figures)] = who.May(Permission.StatisticsRead) ? await dashboard.Load(who.TenantId, range, ctx.RequestAborted) : null,
            [nameof(DashboardPage.Range)] = range, [nameof(DashboardPage.SoonDays)] = dashboard.SoonDays(who.TenantId),
        });
    }
}
