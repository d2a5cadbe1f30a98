using Gatehouse.Billing.Distributors;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Commissions;

/// <summary><c>/account/distributor/customers</c>: a distributor's links, and who bought by them.</summary>
public static class CommissionPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup(DistributorPages.Own).RequiresCustomer().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        own.MapGet(DistributorPages.Customers, (HttpContext ctx, PageRenderer pages, Database db, CommissionService service) => Show(ctx, pages, db, service, new(), null));
        own.MapPost("/links", NewLink);
        own.MapPost("/links/{code}/remove", RemoveLink);
    }

    private static async Task Show(HttpContext ctx, PageRenderer pages, Database db, CommissionService service, FormValues form, Refusal? refused)
    {
        var (who, after) = (ctx.Caller(), ctx.Request.Query["after"]);
        var model = await db.Read(async s =>
        {
            var known = await DistributorStore.Find(s, who.TenantId, who.Id!);
            var customers = Slice<DistributorCustomer>.Of(await CommissionStore.Customers(s, who.TenantId, who.Id!, Cursor.Decode(after), Cursor.DefaultLimit + 1), Cursor.DefaultLimit, c => c.Last);
            var links = await CommissionStore.Links(s, who.TenantId, who.Id!);
            var offers = known is null ? [] : await DistributorRates.Offers(s, who.TenantId, known.Level);
            return new OwnCustomersModel(known, [.. links.Select(l => (l, service.Address(who.TenantId, l.Code)))], offers, customers, string.IsNullOrEmpty(after), form, refused);
        }, ctx.RequestAborted);
        await pages.Render<OwnCustomersPage, OwnCustomersModel>(ctx, model, refused is null ? 200 : 422);
    }

    private static async Task RemoveLink(HttpContext ctx, string code, Database db, CommissionService service)
    {
        var name = await db.Write(s => service.RemoveLink(s, ctx.Caller(), code), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, DistributorPages.Own + DistributorPages.Customers, new Toast("ok", "commission.link_removed", name));
    }

    private static async Task NewLink(HttpContext ctx, PageRenderer pages, Database db, CommissionService service)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            await db.Write(s => service.NewLink(s, ctx.Caller(), form["name"]), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, DistributorPages.Own + DistributorPages.Customers, new Toast("ok", "commission.link_made"));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 409 or 422)
        {
            await Show(ctx, pages, db, service, form, refusal);
        }
    }
}

/// <param name="Offers">What is on sale, and what they get of it.</param>
public sealed record OwnCustomersModel(
    Distributor? Distributor, IReadOnlyList<(DistributorLink Link, string Address)> Links, IReadOnlyList<DistributorOffer> Offers, Slice<DistributorCustomer> Customers, bool First, FormValues Form, Refusal? Refusal) : IFormModel;
