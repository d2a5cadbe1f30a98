using System.Text.Json.Serialization;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.RechargeKeys;

/// <param name="Challenge">The work done for it, where <c>CHALLENGE_REQUIRED</c> was answered.</param>
public sealed record RechargeBody(string? Key = null, SolvedChallenge? Challenge = null);

/// <param name="Amount">What the key put on the balance, in minor units.</param>
/// <param name="Balance">What there is now.</param>
public sealed record RechargeResponse(bool Success, string Key, string Currency, long Amount, long Balance);

/// <param name="Plan">An id or a name.</param>
/// <param name="Prefix">The plan's own where it is left out.</param>
public sealed record SerialsBody(string? Plan = null, long Count = 0, string? Prefix = null);

public sealed record SerialsResponse(bool Success, IReadOnlyList<string> Serials);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RechargeBody))]
[JsonSerializable(typeof(RechargeResponse))]
[JsonSerializable(typeof(SerialsBody))]
[JsonSerializable(typeof(SerialsResponse))]
internal sealed partial class RechargeJson : JsonSerializerContext;

/// <summary>/api/user/balance/recharge, and /api/finance/generate_serial.</summary>
public static class RechargeEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/api/user/balance/recharge", Use).RequiresCustomer().RequireRateLimiting(RateLimits.Api).WithTags("My account").WithSummary("Put a recharge key on my balance")
            .WithDescription("Once, whoever comes first. An address that many wrong keys came from is answered `CHALLENGE_REQUIRED` until it sends a solved `challenge` (see `/api/challenge`).")
            .Refuses(LicenseErrors.NotFound, RechargeErrors.NotOne, RechargeErrors.Spent, RechargeErrors.Blocked, ActivationErrors.TooManyWrongKeys, ChallengeErrors.Required).Idempotent()
            .Accepts<RechargeBody>("application/json").Produces<RechargeResponse>();
        app.MapPost("/api/finance/generate_serial", Generate).Requires(LicensingPermissions.Serials).RequireRateLimiting(RateLimits.Api).WithTags("Finance").WithSummary("Make serials of a plan")
            .WithDescription("Keys of any plan, as `POST /api/keys/generate` makes them. Where keys are made elsewhere, those of a plan that puts money on balances want this permission too.").Idempotent()
            .Accepts<SerialsBody>("application/json").Produces<SerialsResponse>();
    }

    private static async Task Use(HttpContext ctx, Database db, ActivationService activation, RechargeService recharge)
    {
        var (bytes, who) = (await RequestBody.Bytes(ctx), ctx.Caller());
        var body = RequestBody.Parse(ctx, bytes, RechargeJson.Default.RechargeBody);
        if (string.IsNullOrWhiteSpace(body.Key))
            throw Refusal.Field("key", "field.required");
        var key = await activation.Look(who, new TypedKey(body.Key, body.Challenge), ctx.RequestAborted) ?? throw new Refusal(LicenseErrors.NotFound);
        await Idempotency.Run(ctx, db, bytes, s => recharge.Use(s, who, key), RechargeJson.Default.RechargeResponse);
    }

    private static async Task Generate(HttpContext ctx, Database db, BatchService keys)
    {
        var (bytes, who) = (await RequestBody.Bytes(ctx), ctx.Caller());
        var body = RequestBody.Parse(ctx, bytes, RechargeJson.Default.SerialsBody);
        await Idempotency.Run(ctx, db, bytes, async s =>
        {
            var made = await keys.Generate(s, who, new NewKeys(body.Plan, body.Prefix, body.Count));
            await OperationStore.Record(s, who, BatchOperations.Generate, made.Batch.Count, BatchOperations.Result([made.Batch]));
            return new SerialsResponse(true, made.Keys);
        }, RechargeJson.Default.SerialsResponse);
    }
}
