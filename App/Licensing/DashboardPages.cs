using Gatehouse.Platform.Web;

namespace Gatehouse.Licensing;

/// <summary>/admin.</summary>
public static class DashboardPages
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/admin", Show).RequiresSignIn().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();

    private static async Task Show(HttpContext ctx, Pages pages, Dashboard dashboard)
    {
        var who = ctx.Caller();
        var range = Dashboard.Ranges.Contains(ctx.Request.Query["range"].ToString()) ? ctx.Request.Query["range"].ToString() : "30d";
        await pages.Render<DashboardPage>(ctx, new()
        {
            [nameof(DashboardPage.Figures)] = who.May(Permission.StatisticsRead) ? await dashboard.Load(who.TenantId, range, ctx.RequestAborted) : null,
            [nameof(DashboardPage.Range)] = range, [nameof(DashboardPage.SoonDays)] = dashboard.SoonDays(who.TenantId),
        });
    }
}
