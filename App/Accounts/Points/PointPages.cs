using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Person;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Accounts.Points;

/// <summary>Points on a customer's page for staff, and <c>/account/points</c>.</summary>
public static class PointPages
{
    public const string Path = "/account/points";
    private const string TabName = "points";

    /// <summary>The tab of a customer's page for staff.</summary>
    public static readonly PersonTab Tab = new(TabName, 50, "points.title", AccountsPermissions.UsersRead, (ctx, id) => Content(ctx, id, null, null))
    {
        Count = async (s, tenant, account) => (await PointStore.Last(s, tenant, account))?.Balance ?? 0,
    };

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Path, Own).RequiresCustomer().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        app.MapPost("/admin/users/{id}/points", Change).Requires(AccountsPermissions.PointsWrite).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
    }

    /// <summary>The part of a customer's first page; nothing for who never had any.</summary>
    public static async Task<AccountCards> Load(HttpContext ctx)
    {
        var who = ctx.Caller();
        var last = await ctx.RequestServices.GetRequiredService<Database>().Read(s => PointStore.Last(s, who.TenantId, who.Id!), ctx.RequestAborted);
        return last is null ? AccountCards.None : new AccountCards { Side = ComponentFragment.Of<PointsCard>((nameof(PointsCard.Last), last)) };
    }

    private static async Task Own(HttpContext ctx, Database db, PageRenderer pages, PointService points)
    {
        var (who, after) = (ctx.Caller(), ctx.Request.Query["after"].ToString());
        var model = await db.Read(async s => new PointsModel(
            await points.Balance(s, who.TenantId, who.Id!), await points.List(s, who.TenantId, who.Id!, after), after.Length == 0), ctx.RequestAborted);
        await pages.Render<PointsPage, PointsModel>(ctx, model);
    }

    private static async Task<RenderFragment> Content(HttpContext ctx, string id, FormValues? typed, Refusal? refusal)
    {
        var (points, tenant, after) = (ctx.RequestServices.GetRequiredService<PointService>(), ctx.Caller().TenantId, ctx.Request.Query["after"].ToString());
        var page = await ctx.RequestServices.GetRequiredService<Database>().Read(s => points.List(s, tenant, id, after), ctx.RequestAborted);
        return ComponentFragment.Of<PersonPoints>(
            (nameof(PersonPoints.Account), id), (nameof(PersonPoints.Page), page), (nameof(PersonPoints.First), after.Length == 0), (nameof(PersonPoints.Typed), typed), (nameof(PersonPoints.Refusal), refusal));
    }

    private static async Task Change(HttpContext ctx, Database db, PointService points, string id)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            // The form says by its button whether points are given or taken: on a phone nobody finds the minus.
            var typed = PointEntry.Fields.FromForm(new PointEntry(), form);
            var wanted = typed with { Amount = form["do"] == "take" ? -Math.Abs(typed.Amount) : typed.Amount };
            var entry = await db.Command(ctx.Caller(), s => points.Change(s, ctx.Caller(), id, wanted), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, PersonTab.Address(id, TabName), new Toast("ok", entry.Amount > 0 ? "points.given" : "points.taken", Math.Abs(entry.Amount)));
        }
        catch (Refusal refusal) when (refusal.Status == 422 || refusal.Code == PointsErrors.Insufficient.Code)
        {
            await PersonPages.ShowTab(ctx, id, TabName, await Content(ctx, id, form, refusal), refusal);
        }
    }
}

public sealed record PointsModel(long Balance, Slice<PointEntry> Page, bool First);
