using Gatehouse.Billing.KeyChanges;
using Gatehouse.Licensing.AccountKeys;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Renewals;

/// <summary>The switch beside each key on <c>/account/keys</c>.</summary>
public static class AutoRenewalPages
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/account/keys/{id}/auto-renew", Switch).RequiresCustomer().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();

    private static async Task Switch(HttpContext ctx, string id, Database db, AutoRenewalService renewals)
    {
        var on = (await RequestBody.Form(ctx))["on"] == "1";
        try
        {
            await db.Write(s => renewals.Switch(s, ctx.Caller(), id, on), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, AccountKeyPages.Path, new Toast("ok", on ? "renew.auto.is_on" : "renew.auto.is_off"));
        }
        catch (Refusal refusal) when (refusal.Status == 409)
        {
            PageRenderer.RedirectWithToast(ctx, AccountKeyPages.Path, new Toast("bad", refusal.Detail));
        }
    }
}
