using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Licensing.AccountKeys;

/// <summary><c>/account/keys</c>: the keys that a customer has put on the account.</summary>
public static class AccountKeyPages
{
    public const string Path = "/account/keys";
    private const int OnHome = 5;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequiresCustomer().ExcludeFromDescription();
        pages.MapGet("", (HttpContext ctx, Database db, PageRenderer render, AccountKeyService keys) => Show(ctx, db, render, keys, "", null)).RequireRateLimiting(RateLimits.Pages);
        // A key that is typed may be a guess.
        pages.MapPost("", Add).RequireRateLimiting(RateLimits.Api);
        pages.MapPost("/{id}/remove", Remove).RequireRateLimiting(RateLimits.Pages);
    }

    /// <summary>The tab of a customer's page for staff.</summary>
    public static readonly PersonTab Tab = new("keys", 20, "accountkeys.tab", LicensingPermissions.KeysRead, LoadTab) { Count = AccountKeyService.Count };

    private static async Task<RenderFragment> LoadTab(HttpContext ctx, string id)
    {
        var tenant = ctx.Caller().TenantId;
        var keys = await ctx.RequestServices.GetRequiredService<Database>().Read(s => AccountKeyService.Of(s, tenant, id), ctx.RequestAborted);
        return ComponentFragment.Of<PersonKeys>((nameof(PersonKeys.Keys), keys));
    }

    /// <summary>The part of the customer's first page.</summary>
    public static async Task<AccountCards> Load(HttpContext ctx)
    {
        var keys = ctx.RequestServices.GetRequiredService<AccountKeyService>();
        var (newest, count) = await ctx.RequestServices.GetRequiredService<Database>().Read(async s => (await keys.List(s, ctx.Caller(), OnHome), await AccountKeyService.Count(s, ctx.Caller().TenantId, ctx.Caller().Id ?? "")), ctx.RequestAborted);
        return new AccountCards { Main = ComponentFragment.Of<AccountKeysCard>((nameof(AccountKeysCard.Keys), newest), (nameof(AccountKeysCard.Count), count)) };
    }

    private static async Task Show(HttpContext ctx, Database db, PageRenderer pages, AccountKeyService keys, string typed, Refusal? refusal)
    {
        var own = await db.Read(s => keys.List(s, ctx.Caller()), ctx.RequestAborted);
        if (refusal?.RetryAfter is { } wait)
            ctx.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString();
        await pages.Render<AccountKeysPage, AccountKeysModel>(ctx, new(own, typed, refusal), refusal?.Status ?? 200);
    }

    private static async Task Add(HttpContext ctx, Database db, PageRenderer pages, ActivationService activation, AccountKeyService keys)
    {
        var typed = (await RequestBody.Form(ctx))["key"].ToString();
        try
        {
            var license = await activation.Look(ctx.Caller(), typed, ctx.RequestAborted) ?? throw Refusal.Field("key", "accountkeys.unknown");
            var added = await db.Write(s => keys.Add(s, ctx.Caller(), license), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", added ? "accountkeys.added" : "accountkeys.there", license.Key));
        }
        catch (Refusal refusal) when (refusal.Status is 422 or 429)
        {
            await Show(ctx, db, pages, keys, typed, refusal);
        }
    }

    private static async Task Remove(HttpContext ctx, Database db, AccountKeyService keys, string id)
    {
        await db.Write(s => keys.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "accountkeys.removed"));
    }
}

/// <param name="Typed">What was typed into a form that was refused.</param>
public sealed record AccountKeysModel(IReadOnlyList<License> Keys, string Typed = "", Refusal? Refusal = null) : IFormModel;
