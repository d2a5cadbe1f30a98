using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Tailnets;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.TailnetDesk;

/// <summary><c>/account/rentals/{id}/tailnet</c>: a rental's tailnet, to connect, to look at what would be written, to write it and to take it out again.</summary>
public sealed class TailnetPages(Database db, PageRenderer pages, TailnetService tailnets)
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/account/rentals/{id}/tailnet").RequiresCustomer().ExcludeFromDescription();
        group.MapGet("", (HttpContext ctx, string id, TailnetPages own) => own.Show(ctx, id, new FormValues())).RequireRateLimiting(RateLimits.Pages);
        // Each asks somebody else's server.
        var asks = group.MapGroup("").RequireRateLimiting(RateLimits.Api);
        asks.MapPost("/connect", (HttpContext ctx, string id, TailnetPages own) => own.Connect(ctx, id));
        asks.MapPost("/preview", (HttpContext ctx, string id, TailnetPages own) => own.Preview(ctx, id));
        asks.MapPost("/deliver", (HttpContext ctx, string id, TailnetPages own) => own.Deliver(ctx, id));
        asks.MapPost("/undo", (HttpContext ctx, string id, TailnetPages own) => own.Undo(ctx, id));
        asks.MapPost("/sync", (HttpContext ctx, string id, TailnetPages own) => own.Sync(ctx, id));
        asks.MapPost("/disconnect", (HttpContext ctx, string id, TailnetPages own) => own.Disconnect(ctx, id));
    }

    internal static string Path(string rental) => $"/account/rentals/{rental}/tailnet";

    /// <summary>On the rental's own page: how it stands with its tailnet.</summary>
    internal static async Task<RenderFragment?> Panel(HttpContext ctx, Rental rental)
    {
        if (rental.ReleasedAt is not null)
            return null;
        var tailnet = await ctx.RequestServices.GetRequiredService<Database>().Read(s => TailnetStore.Find(s, rental.Id), ctx.RequestAborted);
        return ComponentFragment.Of<TailnetPanel>((nameof(TailnetPanel.Rental), rental.Id), (nameof(TailnetPanel.Tailnet), tailnet));
    }

    private async Task Show(HttpContext ctx, string id, FormValues form, Refusal? refusal = null, TailnetPreview? preview = null)
    {
        var (rental, tailnet) = await db.Read(s => TailnetService.Find(s, ctx.Caller(), id), ctx.RequestAborted);
        if (refusal?.RetryAfter is { } wait)
            ctx.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        ctx.Response.Headers.CacheControl = "no-store";
        await pages.Render<TailnetPage, TailnetModel>(ctx, new(rental, tailnet, form, refusal) { Preview = preview, HookAddress = SiteAddress.Of(ctx) + TailnetHooks.Path(id) }, refusal?.Status ?? 200);
    }

    private Task Connect(HttpContext ctx, string id) => Do(ctx, id, "tailnet.connected",
        (who, form) => tailnets.Connect(who, id, form.Has("url") ? new(form["key"], "", true, form["tag"], form["choose"]) { Url = form["url"] } : new(form["secret"], form["hook"], form["read_only"] == "true", form["tag"], form["choose"]), ctx.RequestAborted));

    private Task Deliver(HttpContext ctx, string id) => Do(ctx, id, "tailnet.delivered", (who, form) => tailnets.Deliver(who, id, form["seen"], form["sure"] == "true", ctx.RequestAborted));

    private Task Undo(HttpContext ctx, string id) => Do(ctx, id, "tailnet.undone", (who, _) => tailnets.Undo(who, id, ctx.RequestAborted));

    private Task Sync(HttpContext ctx, string id) => Do(ctx, id, "tailnet.synced", (who, _) => tailnets.Sync(who, id, ctx.RequestAborted));

    private Task Disconnect(HttpContext ctx, string id) => Do(ctx, id, "tailnet.disconnected", (who, _) => tailnets.Disconnect(who, id, ctx.RequestAborted));

    private async Task Preview(HttpContext ctx, string id)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            await Show(ctx, id, form, preview: await tailnets.Preview(ctx.Caller(), id, ctx.RequestAborted));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await Show(ctx, id, form, refusal);
        }
    }

    private async Task Do(HttpContext ctx, string id, string said, Func<Caller, FormValues, Task> work)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            await work(ctx.Caller(), form);
            PageRenderer.RedirectWithToast(ctx, Path(id), new Toast("ok", said));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await Show(ctx, id, form, refusal);
        }
    }
}

/// <param name="Tailnet">Null: it is connected with none.</param>
public sealed record TailnetModel(Rental Rental, Tailnet? Tailnet, FormValues Form, Refusal? Refusal = null) : IFormModel
{
    /// <summary>What would be written; null: it was not asked for.</summary>
    public TailnetPreview? Preview { get; init; }

    /// <summary>Where webhooks go.</summary>
    public string HookAddress { get; init; } = "";
}
