using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Billing.Shop;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.ShopFront;

/// <summary><c>/shop</c>, and <c>/</c> where something is on sale.</summary>
public sealed class ShopPages(Database db, ShopService shop, ShopSign sign, PageRenderer pages) : IHomePage
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/shop", async (HttpContext ctx, ShopPages pages) => { await pages.Show(ctx, true); }).OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();

    public Task<bool> Show(HttpContext ctx) => Show(ctx, false);

    private async Task<bool> Show(HttpContext ctx, bool always)
    {
        var (who, query) = (ctx.Caller(), ctx.Request.Query);
        var search = SearchTerm.Of(query["q"]);
        var offers = await db.Read(s => shop.Offers(s, who.TenantId, ctx.Text().Language), ctx.RequestAborted);
        sign.Set(who.TenantId, offers.Count > 0);
        if (offers.Count == 0 && !always)
            return false;
        await pages.Render<ShopPage, ShopModel>(ctx, () => ShopModel.Of(offers, query["group"], search), Content(offers));
        return true;
    }

    // Prices and what is left are read for each visitor: the page is the one that was made before only when nothing in it is another.
    private static string Content(IReadOnlyList<ShopPlan> offers) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new ShopPlanList(true, offers), ShopJson.Default.ShopPlanList)));
}

/// <param name="Groups">All that there are, with how many offers each has.</param>
/// <param name="Group">The one that is looked at; null: all.</param>
/// <param name="Sections">What is shown, under the names of their groups.</param>
/// <param name="Total">How many offers there are, whatever is looked for.</param>
public sealed record ShopModel(IReadOnlyList<(string Name, int Count)> Groups, string? Group, string Search, IReadOnlyList<(string Name, IReadOnlyList<ShopPlan> Offers)> Sections, int Total)
{
    internal static ShopModel Of(List<ShopPlan> offers, string? group, string? search)
    {
        var groups = offers.GroupBy(o => o.Group).Select(g => (g.Key, g.Count())).ToList();
        group = groups.Any(g => g.Key == group) ? group : null;
        var folded = search is null ? null : SearchText.Of(search);
        var shown = offers.Where(o => (group is null || o.Group == group) && (folded is null || SearchText.Of(o.Name, o.Group, o.Description).Contains(folded, StringComparison.Ordinal)));
        return new(groups, group, search ?? "", [.. shown.GroupBy(o => o.Group).Select(g => (g.Key, (IReadOnlyList<ShopPlan>)[.. g]))], offers.Count);
    }
}
