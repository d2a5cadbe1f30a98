using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Licensing.Actions;
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
    /// <summary>The button that takes the key that was offered, in place of the one that was typed.</summary>
    public const string Meant = "meant";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").OpenToAll().ExcludeFromDescription();
        var read = group.MapGroup("").RequireRateLimiting(RateLimits.Pages);
        read.MapGet("/activate", ActivateForm);
        read.MapGet("/status", StatusForm);
        var ask = group.MapGroup("").RequireRateLimiting(RateLimits.Keys);
        ask.MapPost("/activate", Activate);
        ask.MapPost("/status", Status);
        ask.MapPost("/status/release", Release);
    }

    private static Task ActivateForm(HttpContext ctx, PageRenderer pages, ActivationService activation, GuessGuard guesses) =>
        Offer(ctx, pages, activation, guesses, new TypedKey(ctx.Request.Query["key"], OnPage: true), "");

    private static async Task Activate(HttpContext ctx, PageRenderer pages, ActivationService activation, GuessGuard guesses)
    {
        var form = await RequestBody.Form(ctx);
        var (key, machine) = (Typed(form), form["machine"].ToString());
        if (form.ContainsKey("look") || form.ContainsKey(Meant))
        {
            await Offer(ctx, pages, activation, guesses, key, machine);
            return;
        }
        try
        {
            var validation = await activation.Validate(ctx.Caller(), key, machine, ctx.RequestAborted);
            if (validation.Valid)
                await pages.Render<ActivatedPage, Validation>(ctx, validation);
            else
                await ShowOffer(ctx, pages, guesses, key, machine, new LookupResult(validation.Key, Verdict: validation.Code, Meant: validation.DidYouMean));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 422 or 429)
        {
            await ShowOffer(ctx, pages, guesses, key, machine, new LookupResult(Trouble: refusal), refusal);
        }
    }

    private static async Task Offer(HttpContext ctx, PageRenderer pages, ActivationService activation, GuessGuard guesses, TypedKey key, string machine)
    {
        // Asked while it is typed: so little is no key yet.
        if (string.IsNullOrWhiteSpace(key.Text) || ctx.Request.Headers.ContainsKey("HX-Request") && LicenseKey.Canonical(key.Text).Length < LicenseKey.MinCode)
        {
            await ShowOffer(ctx, pages, guesses, key, machine, null);
            return;
        }
        try
        {
            var offer = await activation.Offer(ctx.Caller(), key, ctx.RequestAborted);
            await ShowOffer(ctx, pages, guesses, key, machine, new LookupResult(offer, Meant: offer is null ? await activation.Meant(ctx.Caller(), key, ctx.RequestAborted) : null));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 422 or 429)
        {
            await ShowOffer(ctx, pages, guesses, key, machine, new LookupResult(Trouble: refusal), refusal);
        }
    }

    private static Task StatusForm(HttpContext ctx, PageRenderer pages, ActivationService activation, ReleaseService releases, GuessGuard guesses)
    {
        var key = new TypedKey(ctx.Request.Query["key"], OnPage: true);
        return string.IsNullOrEmpty(key.Text) ? ShowStatus(ctx, pages, guesses, key, null, null) : Look(ctx, pages, activation, releases, guesses, key);
    }

    private static async Task Status(HttpContext ctx, PageRenderer pages, ActivationService activation, ReleaseService releases, GuessGuard guesses) =>
        await Look(ctx, pages, activation, releases, guesses, Typed(await RequestBody.Form(ctx)));

    private static async Task Look(HttpContext ctx, PageRenderer pages, ActivationService activation, ReleaseService releases, GuessGuard guesses, TypedKey key, string machine = "", Refusal? refused = null)
    {
        try
        {
            var license = await activation.Look(ctx.Caller(), key, ctx.RequestAborted);
            await ShowStatus(ctx, pages, guesses, key, license, license is null ? new LookupResult(null, Meant: await activation.Meant(ctx.Caller(), key, ctx.RequestAborted)) : null, refused,
                license is { Bindings: > 0 } ? new ReleaseForm(await releases.Terms(license, ctx.Caller().TenantId, ctx.RequestAborted), machine, refused) : null);
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 422 or 429)
        {
            await ShowStatus(ctx, pages, guesses, key, null, new LookupResult(Trouble: refusal), refusal);
        }
    }

    private static async Task Release(HttpContext ctx, PageRenderer pages, ActivationService activation, ReleaseService releases, GuessGuard guesses)
    {
        var form = await RequestBody.Form(ctx);
        var (key, machine) = (Typed(form), form["machine"].ToString());
        var tenant = ctx.Caller().TenantId;
        try
        {
            var released = await releases.Release(ctx.Caller(), key, machine, ctx.RequestAborted);
            await ShowStatus(ctx, pages, guesses, key, await activation.Find(tenant, key, ctx.RequestAborted), null, release: new ReleaseForm(released.Terms, Done: released.Machine));
        }
        // Nobody has looked at the key yet: that is a guess like any other.
        catch (Refusal refusal) when (refusal.Fields.ContainsKey("machine_code"))
        {
            await Look(ctx, pages, activation, releases, guesses, key, machine, refusal);
        }
        // With the right key and a wrong machine, the key is there to be tried again.
        catch (Refusal refusal) when (refusal.Error == ActionErrors.NotBound || refusal.Error == ActivationErrors.ReleaseNotAllowed || refusal.Error == ActivationErrors.ReleaseLimitReached)
        {
            if (await activation.Find(tenant, key, ctx.RequestAborted) is { } license)
                await ShowStatus(ctx, pages, guesses, key, license, null, refusal, new ReleaseForm(await releases.Terms(license, tenant, ctx.RequestAborted), machine, refusal));
            else
                await ShowStatus(ctx, pages, guesses, key, null, new LookupResult(null));
        }
        catch (Refusal refusal) when (refusal.Status is 403 or 404 or 422 or 429)
        {
            await ShowStatus(ctx, pages, guesses, key, null, refusal.Status == 404 ? new LookupResult(null) : new LookupResult(Trouble: refusal), refusal);
        }
    }

    private static TypedKey Typed(IFormCollection form) => new(form.ContainsKey(Meant) ? form[Meant].ToString() : form["key"].ToString(), new SolvedChallenge(form["challenge"], form["nonce"]), OnPage: true);

    private static async Task ShowOffer(HttpContext ctx, PageRenderer pages, GuessGuard guesses, TypedKey key, string machine, LookupResult? result, Refusal? refused = null)
    {
        var work = await guesses.Work(ctx.Caller().Ip, key.Solved?.Id);
        await pages.Render<ActivatePage, ActivateModel>(ctx, new(key.Text ?? "", machine, result, work, refused), StatusOf(ctx, refused));
    }

    private static async Task ShowStatus(HttpContext ctx, PageRenderer pages, GuessGuard guesses, TypedKey key, License? license, LookupResult? result, Refusal? refused = null, ReleaseForm? release = null)
    {
        var work = await guesses.Work(ctx.Caller().Ip, key.Solved?.Id);
        await pages.Render<StatusPage, StatusModel>(ctx, new(key.Text ?? "", license, result, work, refused, release), StatusOf(ctx, refused));
    }

    private static int StatusOf(HttpContext ctx, Refusal? refused)
    {
        if (refused?.RetryAfter is { } wait)
            ctx.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString();
        // Script does the work and asks again: nothing went wrong for who typed.
        return refused is null || refused.Error == ChallengeErrors.Required && ctx.Request.Headers.ContainsKey("HX-Request") ? 200 : refused.Status;
    }
}

/// <summary>What a customer is told of the key that was typed.</summary>
/// <param name="Offer">The key; null when there is none.</param>
/// <param name="Verdict">Why it could not be activated; null when it was only looked at.</param>
/// <param name="Trouble">Why nothing is told now.</param>
/// <param name="Meant">The key that it looks like.</param>
public sealed record LookupResult(Candidate? Offer = null, string? Verdict = null, Refusal? Trouble = null, string? Meant = null);

/// <param name="Work">Asked for before anything more is told; null where none is.</param>
public sealed record ActivateModel(string Key = "", string Machine = "", LookupResult? Result = null, Challenge? Work = null, Refusal? Refusal = null) : IFormModel;

/// <param name="Work">Asked for before anything more is told; null where none is.</param>
/// <param name="Release">What may be freed of its machines; null: it has none, or nobody asked.</param>
public sealed record StatusModel(string Key = "", License? License = null, LookupResult? Result = null, Challenge? Work = null, Refusal? Refusal = null, ReleaseForm? Release = null) : IFormModel;

/// <summary>What whoever has a key may free of its machines, and what came of it.</summary>
/// <param name="Machine">What was typed.</param>
/// <param name="Refused">Why it was not freed.</param>
/// <param name="Done">The machine that was freed.</param>
public sealed record ReleaseForm(ReleaseTerms Terms, string Machine = "", Refusal? Refused = null, string? Done = null);
