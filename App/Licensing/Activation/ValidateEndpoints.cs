using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Http.Origins;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Licensing.Activation;

/// <summary>What client programs call without a token.</summary>
public static class ValidateEndpoints
{
    private const string Ed25519 = "ed25519";

    private const string About =
        "`code` may be as it was typed or pasted: case, dashes, blanks, line ends, quotes around it, full-width forms and characters that cannot be seen do not count, and the same wrong key counts once among the guesses. "
        + "`machine_code` is trimmed and compared in NFKC; whether case and braces count is the plan's `machine_code_rule`: `uuid` (only in UUIDs they do not, the default), `exact` (they do) or `all` (they do not). The answer and the licence file name the machine as it was sent. "
        + "An address that many wrong keys came from is answered `CHALLENGE_REQUIRED` until it sends a solved `challenge` (see `/api/challenge`), a new one each time; a machine that the key is bound to is never asked.";

    private const string AboutMore =
        "\n\n`nonce` comes back inside the signed answer, so that a recorded answer cannot be played again. `product` is what your program is: a key of another product is answered `PRODUCT_MISMATCH`, and is not activated.";

    private const string AboutRelease =
        "For whoever moves to another machine. How many machines a key may free within 30 days, and how long after one the next, its plan says (`releases_per_month`, 0 by default: staff alone; `release_wait_seconds`). "
        + "Sent again after a lost answer, it is `NOT_BOUND`: the machine is free.";

    private const string AboutStatus = "Where `CHALLENGE_REQUIRED` is answered, as to `/api/validate`: `challenge` is the id of the challenge, `nonce` what solves it.";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api").OpenToAll().OpenToOrigins().RequireRateLimiting(RateLimits.Keys).WithTags("Keys for programs");
        group.MapPost("/validate", Validate).WithSummary("Validate a key for a machine; the first call activates it").WithDescription(About + AboutMore).Refuses(ActivationErrors.TooManyWrongKeys, ChallengeErrors.Required)
            .Accepts<ValidateRequest>("application/json").Produces<ValidateResponse>();
        group.MapGet("/status/{code}", Status).WithSummary("What a key is, without activating it").WithDescription(AboutStatus)
            .Query("challenge", "The id of a challenge of `/api/challenge`.").Query("nonce", "What solves it.").Refuses(LicenseErrors.NotFound, ActivationErrors.TooManyWrongKeys, ChallengeErrors.Required).Produces<StatusResponse>();
        group.MapPost("/release", Release).WithSummary("Free a machine, as far as the key's plan allows").WithDescription(AboutRelease)
            .Refuses(LicenseErrors.NotFound, ActionErrors.NotBound, ActivationErrors.ReleaseNotAllowed, ActivationErrors.ReleaseLimitReached, ActivationErrors.TooManyWrongKeys, ChallengeErrors.Required)
            .Accepts<ReleaseRequest>("application/json").Produces<ReleaseResponse>();
        group.MapGet("/public-key", PublicKey).RequireRateLimiting(RateLimits.Api).WithSummary("The key that answers and licence files are signed with, and those of before").Produces<PublicKeyResponse>();
    }

    private static async Task Validate(HttpContext ctx, ActivationService activation)
    {
        var body = (await RequestBody.Read(ctx, ActivationJson.Default.ValidateRequest)).Checked();
        var who = ctx.Caller();
        var validation = await activation.Validate(who, new TypedKey(body.Code, body.Challenge), body.MachineCode, ctx.RequestAborted, body.Product);
        var answer = ValidateResponse.Of(validation, ctx.Text()["verdict." + validation.Code], await activation.Certificate(who, validation), body.Nonce);
        await SignedJson.Send(ctx, answer, ActivationJson.Default.ValidateResponse);
    }

    private static async Task Status(HttpContext ctx, string code, ActivationService activation, TimeProvider clock)
    {
        var key = await activation.Look(ctx.Caller(), new TypedKey(code, new SolvedChallenge(ctx.Request.Query["challenge"], ctx.Request.Query["nonce"])), ctx.RequestAborted) ?? throw new Refusal(LicenseErrors.NotFound);
        await SignedJson.Send(ctx, StatusResponse.Of(key, clock.GetUtcNow().ToUnixTimeMilliseconds()), ActivationJson.Default.StatusResponse);
    }

    private static async Task Release(HttpContext ctx, ReleaseService releases)
    {
        var body = await RequestBody.Read(ctx, ActivationJson.Default.ReleaseRequest);
        var released = await releases.Release(ctx.Caller(), new TypedKey(body.Code, body.Challenge), body.MachineCode, ctx.RequestAborted);
        await SignedJson.Send(ctx, ReleaseResponse.Of(released), ActivationJson.Default.ReleaseResponse);
    }

    private static async Task PublicKey(HttpContext ctx, SigningKeys keys)
    {
        var tenant = ctx.Caller().TenantId;
        var published = (await keys.Published(tenant))
            .Select(k => new PublicKeyView(k.Id, Ed25519, k.PublicKeyHex, Format.Iso(k.CreatedAt), Format.Iso(k.RetiredAt))).ToList();
        var current = published[^1];
        await SignedJson.Send(ctx, new PublicKeyResponse(true, current.KeyId, Ed25519, current.PublicKey, published), ActivationJson.Default.PublicKeyResponse);
    }
}
