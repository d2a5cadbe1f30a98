using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.Acls;
using Gatehouse.Relays.Rentals;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Relays.AclPages;

/// <summary><c>/account/rentals/{id}/acl</c>: a customer's map of a rental, to copy, to take along, to subscribe to and to put into their policy.</summary>
public sealed class OwnAclPages(Database db, PageRenderer pages, AclService maps, AclLinks links)
{
    private const int Shown = 20;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/account/rentals/{id}/acl").RequiresCustomer().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        group.MapGet("", (HttpContext ctx, string id, OwnAclPages own) => own.Show(ctx, id, new FormValues()));
        group.MapGet("/download", (HttpContext ctx, string id, OwnAclPages own) => own.Download(ctx, id));
        group.MapPost("/machines", (HttpContext ctx, string id, OwnAclPages own) => own.Machines(ctx, id));
        group.MapPost("/choices", (HttpContext ctx, string id, OwnAclPages own) => own.Choose(ctx, id));
        group.MapPost("/again", (HttpContext ctx, string id, OwnAclPages own) => own.Again(ctx, id));
        group.MapPost("/link", (HttpContext ctx, string id, OwnAclPages own) => own.Link(ctx, id));
        group.MapPost("/unlink", (HttpContext ctx, string id, OwnAclPages own) => own.Unlink(ctx, id));
        group.MapPost("/merge", (HttpContext ctx, string id, OwnAclPages own) => own.Merge(ctx, id)).WithMetadata(new RequestSizeLimitAttribute(AclEndpoints.MaxPolicyBody));
    }

    internal static string Path(string rental) => $"/account/rentals/{rental}/acl";

    /// <summary>On the rental's own page: the way to its map.</summary>
    internal static async Task<RenderFragment?> Panel(HttpContext ctx, Rental rental)
    {
        if (!rental.Admits(ctx.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds()))
            return null;
        var choices = await ctx.RequestServices.GetRequiredService<Database>().Read(s => AclStore.Choices(s, rental.Id), ctx.RequestAborted);
        return ComponentFragment.Of<AclPanel>((nameof(AclPanel.Rental), rental.Id), (nameof(AclPanel.Version), rental.AclVersion), (nameof(AclPanel.Counted), choices.Machines is not null));
    }

    private async Task Show(HttpContext ctx, string id, FormValues form, Refusal? refusal = null, PolicyMerge? merged = null)
    {
        var (who, format) = (ctx.Caller(), ctx.Request.Query["format"].ToString());
        var model = await db.Write(async s =>
        {
            var rental = await maps.Find(s, who, id);
            AclState? state = null;
            try
            {
                state = await maps.Current(s, who, id);
            }
            catch (Refusal stopped) when (stopped.Error == AclErrors.Stopped)
            {
                // There is nothing to give away; what was given is shown.
            }
            var log = await AclLog.List(s, who.TenantId, new AclLogFilter(who.Id, id), null, Shown);
            return new OwnAclModel(rental, state, state is null ? [] : await links.Of(s, id), log, AclVersion.Formats.Contains(format) ? format : AclVersion.Policy, form, refusal) { Merged = merged };
        }, ctx.RequestAborted);
        model = model with { Address = model.Links.FirstOrDefault() is { EndsAt: null, Token: { } token } ? AclEndpoints.Address(ctx, token) : null };
        ctx.Response.Headers.CacheControl = "no-store";
        await pages.Render<OwnAclPage, OwnAclModel>(ctx, model, refusal?.Status ?? 200);
    }

    // Not before it is known how many machines would use it: the page asks.
    private async Task Download(HttpContext ctx, string id)
    {
        var (who, asked) = (ctx.Caller(), ctx.Request.Query["format"].ToString());
        var format = AclVersion.Formats.Contains(asked) ? asked : AclVersion.Policy;
        var text = await db.Write(async s =>
        {
            await maps.Find(s, who, id);
            return (await AclStore.Choices(s, id)).Machines is null ? null : (await maps.Take(s, who, id, format)).Text;
        }, ctx.RequestAborted);
        if (text is null)
            PageRenderer.Redirect(ctx, Path(id));
        else
            await AclEndpoints.Send(ctx, format, text);
    }

    private Task Machines(HttpContext ctx, string id) => Change(ctx, id, "acl.machines.saved", form => new AclWish(Machines: Whole(form, "machines") ?? throw Refusal.Field("machines", "field.number")));

    private Task Choose(HttpContext ctx, string id) => Change(ctx, id, "acl.choices.saved", form => new AclWish(
        form["omit_default_regions"] == "true",
        [.. form.All("servers").Select(v => int.TryParse(v, out var region) ? region : 0)],
        form.Pairs("region", "name").DistinctBy(p => p.First).ToDictionary(p => p.First, p => p.Second),
        Whole(form, "machines"),
        form["base"].Length == 0 ? null : (int)Math.Clamp(Whole(form, "base") ?? throw Refusal.Field("base", "field.number"), 0, 10_000)));

    private async Task Change(HttpContext ctx, string id, string said, Func<FormValues, AclWish> wish)
    {
        var (form, who) = (new FormValues(await RequestBody.Form(ctx)), ctx.Caller());
        try
        {
            await db.Write(async s => await maps.Change(s, who, (await maps.Find(s, who, id)).Id, wish(form)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path(id), new Toast("ok", said));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await Show(ctx, id, form, refusal);
        }
    }

    private async Task Again(HttpContext ctx, string id)
    {
        var who = ctx.Caller();
        await Done(ctx, id, "acl.again.done", async s => await maps.Current(s, who, (await maps.Find(s, who, id)).Id, again: true, AclVersion.Asked));
    }

    private async Task Link(HttpContext ctx, string id)
    {
        var who = ctx.Caller();
        await Done(ctx, id, "acl.link.made", async s => await links.Rotate(s, who, (await maps.Current(s, who, (await maps.Find(s, who, id)).Id)).Rental));
    }

    private async Task Unlink(HttpContext ctx, string id)
    {
        var who = ctx.Caller();
        await Done(ctx, id, "acl.link.ended", async s => await links.Revoke(s, who, await maps.Find(s, who, id)));
    }

    private async Task Done(HttpContext ctx, string id, string said, Func<WriteTx, ValueTask> work)
    {
        try
        {
            await db.Write(work, ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path(id), new Toast("ok", said));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await Show(ctx, id, new FormValues(), refusal);
        }
    }

    private async Task Merge(HttpContext ctx, string id)
    {
        var (form, who) = (new FormValues(await RequestBody.Form(ctx)), ctx.Caller());
        try
        {
            // Browsers send each line end as two characters, whatever stood there.
            var (merge, _) = await db.Write(async s => await maps.Merge(s, who, (await maps.Find(s, who, id)).Id, form["policy"].Replace("\r\n", "\n", StringComparison.Ordinal), Whole(form, "base") is { } first ? (int)Math.Clamp(first, 0, 10_000) : null), ctx.RequestAborted);
            await Show(ctx, id, form, merged: merge);
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await Show(ctx, id, form, refusal);
        }
    }

    private static long? Whole(FormValues form, string field) => long.TryParse(form[field].Trim(), out var number) ? number : null;
}

/// <param name="State">Null: the rental has stopped, and there is no map.</param>
/// <param name="Links">Those that work, the newest first.</param>
/// <param name="Format">The one that is shown.</param>
public sealed record OwnAclModel(AclRental Rental, AclState? State, IReadOnlyList<AclLink> Links, IReadOnlyList<AclLogEntry> Log, string Format, FormValues Form, Refusal? Refusal = null) : IFormModel
{
    /// <summary>The newest link; null where there is none, or it cannot be shown.</summary>
    public string? Address { get; init; }

    /// <summary>What came of putting the map into a policy.</summary>
    public PolicyMerge? Merged { get; init; }
}
