using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.Profile;

/// <summary><c>/admin/account/passkeys</c> and <c>/account/security/passkeys</c>: making, naming and removing one's own.</summary>
public static class PasskeyPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var (home, customers) in OwnPages.Homes)
        {
            var pages = app.MapOwn(home + "/passkeys", customers, RateLimits.Pages);
            pages.MapPost("", Add).AsksForProof();
            pages.MapGet("/new", ShowNew);
            pages.MapPost("/new", (HttpContext ctx) => PageRenderer.Redirect(ctx, OwnPages.Passkeys(ctx.Caller()) + "/new")).AsksForProof();
            pages.MapPost("/remove", Remove).AsksForProof();
            pages.MapGet("/{id}", ShowName);
            pages.MapPost("/{id}", Rename);
        }
    }

    // It is asked for by the form that leads here, which can ask for a proof first.
    private static async Task ShowNew(HttpContext ctx, Database db, PageRenderer pages, PasskeyService passkeys, PasskeySites sites, RecentProof proof)
    {
        if (sites.Of(ctx) is { } site && proof.Holds(ctx.Caller()))
            await Ask(ctx, db, pages, passkeys, site, UserAgents.Short(ctx.Caller().UserAgent) ?? "", null);
        else
            PageRenderer.Redirect(ctx, OwnPages.Home(ctx.Caller()));
    }

    private static async Task Add(HttpContext ctx, Database db, PageRenderer pages, PasskeyService passkeys, PasskeySites sites)
    {
        var form = await RequestBody.Form(ctx);
        var (who, name) = (ctx.Caller(), form["name"].ToString());
        if (sites.Of(ctx) is not { } site)
        {
            PageRenderer.Redirect(ctx, OwnPages.Home(who));
            return;
        }
        try
        {
            var made = passkeys.Made(who, site, form["passkey"].ToString()) ?? throw Refusal.Field("passkey", "passkey.not_added");
            var passkey = await db.Change(who, s => passkeys.Add(s, who, made, name, ctx.Text().Language));
            PageRenderer.RedirectWithToast(ctx, OwnPages.Home(who), new Toast("ok", "passkey.added", passkey.Name));
        }
        catch (Refusal refusal) when (refusal.Status is 422)
        {
            await Ask(ctx, db, pages, passkeys, site, name, refusal);
        }
    }

    private static async Task Remove(HttpContext ctx, Database db, PasskeyService passkeys)
    {
        var (who, id) = (ctx.Caller(), (await RequestBody.Form(ctx))["id"].ToString());
        var passkey = await db.Change(who, s => passkeys.Remove(s, who, id, ctx.Text().Language));
        PageRenderer.RedirectWithToast(ctx, OwnPages.Home(who), new Toast("ok", "passkey.removed", passkey.Name));
    }

    private static async Task ShowName(HttpContext ctx, string id, Database db, PageRenderer pages, PasskeyService passkeys)
    {
        var passkey = await db.Read(s => passkeys.Get(s, ctx.Caller(), id), ctx.RequestAborted);
        await pages.Render<PasskeyNamePage, PasskeyNameModel>(ctx, new(passkey, passkey.Name));
    }

    private static async Task Rename(HttpContext ctx, string id, Database db, PageRenderer pages, PasskeyService passkeys)
    {
        var (who, name) = (ctx.Caller(), (await RequestBody.Form(ctx))["name"].ToString());
        try
        {
            await db.Change(who, s => passkeys.Rename(s, who, id, name));
            PageRenderer.RedirectWithToast(ctx, OwnPages.Home(who), new Toast("ok", "passkey.renamed"));
        }
        catch (Refusal refusal) when (refusal.Status is 422)
        {
            await pages.Render<PasskeyNamePage, PasskeyNameModel>(ctx, new(await db.Read(s => passkeys.Get(s, who, id), ctx.RequestAborted), name, refusal), 422);
        }
    }

    private static async Task Ask(HttpContext ctx, Database db, PageRenderer pages, PasskeyService passkeys, PasskeySite site, string name, Refusal? refusal)
    {
        var options = await db.Read(s => passkeys.AskToAdd(s, ctx.Caller(), site, ctx.Caller().Name));
        await pages.Render<PasskeyNewPage, PasskeyNewModel>(ctx, new(options, name, refusal), refusal?.Status ?? 200);
    }
}

/// <param name="Options">What the browser is asked, as JSON.</param>
public sealed record PasskeyNewModel(string Options, string Name, Refusal? Refusal = null) : IFormModel;

/// <param name="Name">What was typed.</param>
public sealed record PasskeyNameModel(Passkey Passkey, string Name, Refusal? Refusal = null) : IFormModel;
