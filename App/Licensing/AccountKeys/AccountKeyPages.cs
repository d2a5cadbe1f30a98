using Gatehouse.Accounts.ProofOfWork;
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
        pages.MapGet("", (HttpContext ctx, Database db, PageRenderer render, AccountKeyService keys, GuessGuard guesses) => Show(ctx, db, render, keys, guesses, default, null)).RequireRateLimiting(RateLimits.Pages);
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

    /// <summary>The keys of a customer, as a card for staff.</summary>
    public static async Task<RenderFragment?> LoadOf(HttpContext ctx, string customer)
    {
        var tenant = ctx.Caller().TenantId;
        var (newest, count) = await ctx.RequestServices.GetRequiredService<Database>().Read(
            async s => (await AccountKeyService.Of(s, tenant, customer, OnHome), await AccountKeyService.Count(s, tenant, customer)), ctx.RequestAborted);
        return count == 0 ? null : ComponentFragment.Of<PersonKeysCard>((nameof(PersonKeysCard.Keys), newest), (nameof(PersonKeysCard.Count), count));
    }

    /// <summary>The caller's keys, by which they ask about one.</summary>
    public static async Task<IReadOnlyList<string>> Own(HttpContext ctx)
    {
        var keys = ctx.RequestServices.GetRequiredService<AccountKeyService>();
        return [.. (await ctx.RequestServices.GetRequiredService<Database>().Read(s => keys.List(s, ctx.Caller()), ctx.RequestAborted)).Select(k => k.Key)];
    }

    private static async Task Show(HttpContext ctx, Database db, PageRenderer pages, AccountKeyService keys, GuessGuard guesses, TypedKey typed, Refusal? refusal)
    {
        var (own, offers) = await db.Read(async s =>
        {
            var (own, offers) = (await keys.List(s, ctx.Caller()), new List<IReadOnlyDictionary<string, RenderFragment>>());
            foreach (var feature in ctx.RequestServices.GetServices<IKeyOffers>())
                offers.Add(await feature.Of(s, ctx, own));
            return (own, offers);
        }, ctx.RequestAborted);
        var work = await guesses.Work(ctx.Caller().Ip, typed.Solved?.Id);
        if (refusal?.RetryAfter is { } wait)
            ctx.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString();
        await pages.Render<AccountKeysPage, AccountKeysModel>(ctx, new(own, typed.Text ?? "", work, refusal) { Offers = offers }, refusal?.Status ?? 200);
    }

    private static async Task Add(HttpContext ctx, Database db, PageRenderer pages, ActivationService activation, AccountKeyService keys, GuessGuard guesses)
    {
        var form = await RequestBody.Form(ctx);
        var typed = new TypedKey(form["key"].ToString(), new SolvedChallenge(form["challenge"], form["nonce"]), OnPage: true);
        try
        {
            var license = await activation.Look(ctx.Caller(), typed, ctx.RequestAborted) ?? throw Refusal.Field("key", "accountkeys.unknown");
            var added = await db.Write(s => keys.Add(s, ctx.Caller(), license), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", added ? "accountkeys.added" : "accountkeys.there", license.Key));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 422 or 429)
        {
            await Show(ctx, db, pages, keys, guesses, typed, refusal);
        }
    }

    private static async Task Remove(HttpContext ctx, Database db, AccountKeyService keys, string id)
    {
        await db.Write(s => keys.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "accountkeys.removed"));
    }
}

/// <param name="Typed">What was typed into a form that was refused.</param>
/// <param name="Work">Asked for before a key is looked for; null where none is.</param>
public sealed record AccountKeysModel(IReadOnlyList<License> Keys, string Typed = "", Challenge? Work = null, Refusal? Refusal = null) : IFormModel
{
    /// <summary>What may be done with each, by its id.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, RenderFragment>> Offers { get; init; } = [];
}
