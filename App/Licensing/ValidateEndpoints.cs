using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Web;

namespace Gatehouse.Licensing;

/// <summary>What client programs call without a token.</summary>
public static class ValidateEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api").OpenToAll().RequireRateLimiting(RateLimits.Api).WithTags("Keys for programs");
        group.MapPost("/validate", Validate).WithSummary("Validate a key for a machine; the first call activates it").Refuses("TOO_MANY_WRONG_KEYS")
            .Accepts<ValidateRequest>("application/json").Produces<ValidateAnswer>();
        group.MapGet("/status/{code}", Status).WithSummary("What a key is, without activating it").Refuses("KEY_NOT_FOUND", "TOO_MANY_WRONG_KEYS").Produces<StatusAnswer>();
        group.MapGet("/public-key", PublicKey).WithSummary("The key that answers and licence files are signed with").Produces<PublicKeyAnswer>();
    }

    private static async Task Validate(HttpContext ctx, ActivationService activation)
    {
        var body = await RequestBody.Read(ctx, LicensingJson.Default.ValidateRequest);
        var who = ctx.Caller();
        var validation = await activation.Validate(who, body.Code, body.MachineCode, ctx.RequestAborted);
        var answer = ValidateAnswer.Of(validation, ctx.Text()["verdict." + validation.Code], await activation.Certificate(who, validation));
        await Answer.Send(ctx, answer, LicensingJson.Default.ValidateAnswer);
    }

    private static async Task Status(HttpContext ctx, string code, ActivationService activation, TimeProvider clock)
    {
        var key = await activation.Look(ctx.Caller(), code, ctx.RequestAborted) ?? throw new Refusal(404, "KEY_NOT_FOUND");
        await Answer.Send(ctx, StatusAnswer.Of(key, clock.GetUtcNow().ToUnixTimeMilliseconds()), LicensingJson.Default.StatusAnswer);
    }

    private static async Task PublicKey(HttpContext ctx, SigningKeys keys)
    {
        var tenant = ctx.Caller().TenantId;
        var key = await keys.Current(tenant);
        await Answer.Send(ctx, new PublicKeyAnswer(true, key.Id, "ed25519", key.PublicKeyHex), LicensingJson.Default.PublicKeyAnswer);
    }
}
