using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.Tenants;

/// <summary>Closing a business, opening it again, and removing it for good.</summary>
public static class TenantRemovalPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(TenantPages.Path + "/{id}").Requires(AccountsPermissions.TenantsManage).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        pages.MapPost("/close", (HttpContext ctx, string id, Database db, TenantService tenants) => Turn(ctx, id, db, tenants, true)).AsksForProof();
        pages.MapPost("/open", (HttpContext ctx, string id, Database db, TenantService tenants) => Turn(ctx, id, db, tenants, false));
        pages.MapGet("/remove", (HttpContext ctx, string id) => Ask(ctx, id, null, null));
        pages.MapPost("/remove", Remove).AsksForProof();
    }

    private static async Task Turn(HttpContext ctx, string id, Database db, TenantService tenants, bool closed)
    {
        var tenant = await db.Command(ctx.Caller(), s => tenants.Update(s, ctx.Caller(), id, new TenantInput(Closed: closed)), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"{TenantPages.Path}/{id}", new Toast("ok", closed ? "tenants.closed" : "tenants.opened", tenant.Name));
    }

    private static async Task Ask(HttpContext ctx, string id, string? typed, Refusal? refusal)
    {
        var services = ctx.RequestServices;
        var (removals, quotas) = (services.GetRequiredService<TenantRemovals>(), services.GetRequiredService<TenantQuotas>());
        var (what, uses) = await services.GetRequiredService<Database>().Read(async s => (await removals.Preview(s, id), await quotas.Uses(s, id)), ctx.RequestAborted);
        await services.GetRequiredService<PageRenderer>().Render<TenantRemovePage, TenantRemoveModel>(ctx, new(what, uses, typed, refusal), refusal?.Status ?? 200);
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, TenantRemovals removals)
    {
        var typed = (await RequestBody.Form(ctx))["name"].ToString().Trim();
        try
        {
            var what = await db.Read(s => removals.Preview(s, id), ctx.RequestAborted);
            if (what.Tenant.Name != typed)
                throw Refusal.Field("name", "tenants.field.confirm", what.Tenant.Name);
            await db.Command(ctx.Caller(), s => removals.Start(s, ctx.Caller(), what), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, TenantPages.Path, new Toast("ok", "tenants.removal_begun", what.Tenant.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Ask(ctx, id, typed, refusal);
        }
    }
}

/// <param name="Uses">How many there are of what people know by name.</param>
/// <param name="Typed">What was typed for its name.</param>
public sealed record TenantRemoveModel(TenantContents What, IReadOnlyList<QuotaUse> Uses, string? Typed, Refusal? Refusal = null) : IFormModel;
