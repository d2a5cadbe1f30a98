using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.KeyDeals;

/// <summary><c>/buy/change?key=</c>: what is sold on top of a key.</summary>
public static class KeyDealPages
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/buy/change", Show).OpenToAll().ExcludeFromDescription().RequireRateLimiting(RateLimits.Pages);

    private static async Task Show(HttpContext ctx, Database db, PageRenderer pages, ActivationService activation, KeyDealer dealer)
    {
        var (who, typed) = (ctx.Caller(), ctx.Request.Query["key"].ToString());
        var (key, wrong) = await Look(activation, who, typed, ctx.RequestAborted);
        var deal = key is null ? null : await db.Read(s => dealer.Of(s, who.TenantId, key), ctx.RequestAborted);
        await pages.Render<KeyDealPage, KeyDealModel>(ctx, new(deal, wrong));
    }

    /// <summary>A key that somebody names, who may be guessing; or why there is none.</summary>
    internal static async Task<(License? Key, Message? Wrong)> Look(ActivationService activation, Caller who, string typed, CancellationToken ct)
    {
        try
        {
            return await activation.Look(who, new TypedKey(typed, OnPage: true), ct) is { } key ? (key, null) : (null, new("accountkeys.unknown"));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 422 or 429)
        {
            return (null, refusal.Fields.Count > 0 ? refusal.Fields.Values.First() : refusal.Detail);
        }
    }
}

/// <param name="Wrong">Why there is no key; null: there is one.</param>
public sealed record KeyDealModel(KeyDeal? Deal, Message? Wrong);
