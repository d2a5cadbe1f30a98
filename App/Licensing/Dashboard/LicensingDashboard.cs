using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Licensing.Dashboard;

/// <summary>What the dashboard shows of keys: all of it from one count.</summary>
internal static class LicensingDashboard
{
    public static async Task<DashboardCards> Load(HttpContext ctx)
    {
        var who = ctx.Caller();
        var dashboard = ctx.RequestServices.GetRequiredService<DashboardService>();
        var range = DashboardService.Ranges.Contains(ctx.Request.Query["range"].ToString()) ? ctx.Request.Query["range"].ToString() : "30d";
        var figures = await dashboard.Load(who.TenantId, range, ctx.RequestAborted);
        var soon = dashboard.SoonDays(who.TenantId);
        var any = figures.Counts.Total > 0;
        return new DashboardCards
        {
            Lead = any ? ctx.Text()["dashboard.since_midnight", figures.SinceMidnight] : null,
            Actions = figures.Plans > 0 && who.May(LicensingPermissions.KeysWrite) ? ComponentFragment.Of<GenerateButton>() : null,
            Guide = figures.Activated ? null : ComponentFragment.Of<FirstSteps>((nameof(FirstSteps.Plans), figures.Plans > 0), (nameof(FirstSteps.Keys), any)),
            Figures = any ? ComponentFragment.Of<KeyFigures>((nameof(KeyFigures.Figures), figures), (nameof(KeyFigures.SoonDays), soon)) : null,
            Chart = any ? ComponentFragment.Of<ActivationsChart>((nameof(ActivationsChart.Chart), figures.Chart), (nameof(ActivationsChart.Range), range)) : null,
            Attention = figures.Low.Count > 0 ? ComponentFragment.Of<LowStockList>((nameof(LowStockList.Plans), figures.Low)) : null,
            Table = figures.EndingNext.Count > 0 ? ComponentFragment.Of<EndingSoon>((nameof(EndingSoon.Figures), figures), (nameof(EndingSoon.SoonDays), soon)) : null,
        };
    }
}
