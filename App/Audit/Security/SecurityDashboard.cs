using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Audit.Security;

/// <summary>What looked wrong lately, on the dashboard.</summary>
internal static class SecurityDashboard
{
    private const int Listed = 6;

    public static async Task<DashboardCards> Load(HttpContext ctx)
    {
        var security = ctx.RequestServices.GetRequiredService<SecurityEvents>();
        var events = await ctx.RequestServices.GetRequiredService<Database>().ReadOne(s => security.Recent(s, ctx.Caller().TenantId, Listed), ctx.RequestAborted);
        return events.Count == 0 ? DashboardCards.None : new() { Attention = ComponentFragment.Of<RecentEvents>((nameof(RecentEvents.Events), events)) };
    }
}
