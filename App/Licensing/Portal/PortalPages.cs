using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Licensing.Portal;

/// <summary>
/// /activate and /status, for whoever has a key. A key is sent in the body, so that it stays out of the logs of proxies; only the
/// links of QR codes carry it in their query.
/// </summary>
public static class PortalPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").OpenToAll().ExcludeFromDescription();
        var read = group.MapGroup("").RequireRateLimiting(RateLimits.Pages);
        read.MapGet("/activate", ActivateForm);
        read.MapGet("/status", StatusForm);
        var ask = group.MapGroup("").RequireRateLimiting(RateLimits.Api);
        ask.MapPost("/activate", Activate);
        ask.MapPost("/status", Status);
    }

    private static Task ActivateForm(HttpContext ctx, PageRenderer pages, ActivationService activation) =>
        Offer(ctx, pages, activation, ctx.Request.Query["key"].ToString(), "");

    private static async Task Activate(HttpContext ctx, PageRenderer pages, ActivationService activation)
    {
        var form = await RequestBody.Form(ctx);
        var (key, machine) = (form["key"].ToString(), form["machine"].ToString());
        if (form.ContainsKey("look"))
        {
            await Offer(ctx, pages, activation, key, machine);
            return;
        }
        try
        {
            var validation = await activation.Validate(ctx.Caller(), key, machine, ctx.RequestAborted);
            if (validation.Valid)
                await pages.Render<ActivatedPage, Validation>(ctx, validation);
            else
                await ShowOffer(ctx, pages, key, machine, new LookupResult(validation.Key, Verdict: validation.Code));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 422 or 429)
        {
            await ShowOffer(ctx, pages, key, machine, new LookupResult(Trouble: refusal), refusal);
        }
    }

    private static async Task Offer(HttpContext ctx, PageRenderer pages, ActivationService activation, string key, string machine)
    {
        if (string.IsNullOrWhiteSpace(key))
        {
            await ShowOffer(ctx, pages, key, machine, null);
            return;
        }
        try
        {
            var offer = await activation.Offer(ctx.Caller(), key, ctx.RequestAborted);
            await ShowOffer(ctx, pages, key, machine, new LookupResult(offer));
        }
        catch (Refusal refusal) when (refusal.Status is 422 or 429)
        {
            await ShowOffer(ctx, pages, key, machine, new LookupResult(Trouble: refusal), refusal);
        }
    }

    private static Task StatusForm(HttpContext ctx, PageRenderer pages, ActivationService activation) =>
        ctx.Request.Query["key"].ToString() is { Length: > 0 } key ? Look(ctx, pages, activation, key) : ShowStatus(ctx, pages, "", null, null);

    private static async Task Status(HttpContext ctx, PageRenderer pages, ActivationService activation) =>
        await Look(ctx, pages, activation, (await RequestBody.Form(ctx))["key"].ToString());

    private static async Task Look(HttpContext ctx, PageRenderer pages, ActivationService activation, string key)
    {
        try
        {
            var license = await activation.Look(ctx.Caller(), key, ctx.RequestAborted);
            await ShowStatus(ctx, pages, key, license, license is null ? new LookupResult(null) : null);
        }
        catch (Refusal refusal) when (refusal.Status is 422 or 429)
        {
            await ShowStatus(ctx, pages, key, null, new LookupResult(Trouble: refusal), refusal);
        }
    }

    private static Task ShowOffer(HttpContext ctx, PageRenderer pages, string key, string machine, LookupResult? result, Refusal? refused = null) =>
        pages.Render<ActivatePage, ActivateModel>(ctx, new(key, machine, result, refused), StatusOf(ctx, refused));

    private static Task ShowStatus(HttpContext ctx, PageRenderer pages, string key, License? license, LookupResult? result, Refusal? refused = null) =>
        pages.Render<StatusPage, StatusModel>(ctx, new(key, license, result, refused), StatusOf(ctx, refused));

    private static int StatusOf(HttpContext ctx, Refusal? refused)
    {
        if (refused?.RetryAfter is { } wait)
            ctx.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString();
        return refused?.Status ?? 200;
    }
}

/// <summary>What a customer is told of the key that was typed.</summary>
/// <param name="Offer">The key; null when there is none.</param>
/// <param name="Verdict">Why it could not be activated; null when it was only looked at.</param>
/// <param name="Trouble">Why nothing is told now.</param>
public sealed record LookupResult(Candidate? Offer = null, string? Verdict = null, Refusal? Trouble = null);

public sealed record ActivateModel(string Key = "", string Machine = "", LookupResult? Result = null, Refusal? Refusal = null) : IFormModel;

public sealed record StatusModel(string Key = "", License? License = null, LookupResult? Result = null, Refusal? Refusal = null) : IFormModel;
