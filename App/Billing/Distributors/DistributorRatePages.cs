using System.Globalization;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Permissions;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Distributors;

/// <summary>What distributors get of what their links sell, as staff set it on the page of their prices.</summary>
public static class DistributorRatePages
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost(DistributorPages.Path + "/rates", Set).Requires(BillingPermissions.DistributorsManage).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();

    /// <summary>The forms as they are stored: of a plan, and of all.</summary>
    internal static async ValueTask<FormValues> Stored(ReadTx s, string tenant, Plan? plan) => new()
    {
        ["rates"] = plan is null ? "" : RateLines.Write(await DistributorRates.List(s, tenant, plan.Id)),
        ["rates_all"] = RateLines.Write(await DistributorRates.List(s, tenant, null)),
        ["hold_days"] = (await DistributorRates.HoldDays(s, tenant)).ToString(CultureInfo.InvariantCulture),
    };

    private static async Task Set(HttpContext ctx, PageRenderer pages, Database db, PlanService plans, DistributorRates rates)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        var ofAll = form["of"] == "all";
        try
        {
            var typed = RateLines.Read(form[ofAll ? "rates_all" : "rates"]);
            long? days = !ofAll ? null : long.TryParse(form["hold_days"].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : throw Refusal.Field("hold_days", "field.whole_number");
            if (!ofAll && form["plan"].Length == 0)
                throw Refusal.Field("plan", "field.required");
            await db.Command(ctx.Caller(), s => rates.Set(s, ctx.Caller(), ofAll ? null : form["plan"], typed, days), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{DistributorPages.Path}/prices?plan={Uri.EscapeDataString(form["plan"])}", new Toast("ok", "distributors.rates_saved"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await DistributorPages.ShowPrices(ctx, pages, db, plans, form["plan"], null, refusal, form);
        }
    }
}
