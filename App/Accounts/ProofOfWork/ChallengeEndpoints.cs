using System.Text.Json.Serialization;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Http.Origins;

namespace Gatehouse.Accounts.ProofOfWork;

/// <param name="Bits">SHA-256(salt + nonce) must begin with so many zero bits.</param>
public sealed record ChallengeResponse(bool Success, string Id, string Salt, int Bits, string Algorithm);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChallengeResponse))]
internal sealed partial class ChallengeJson : JsonSerializerContext;

/// <summary>Hands out challenges to programs.</summary>
public static class ChallengeEndpoints
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/challenge", Make).OpenToAll(asks: false).OpenToOrigins().RequireRateLimiting(RateLimits.Api).WithTags("My account").Produces<ChallengeResponse>()
            .WithSummary("Some work to do before signing up, or where many wrong keys or unpaid orders come from")
            .WithDescription("Find a nonce so that SHA-256(salt + nonce) begins with `bits` zero bits, and send `{\"id\", \"nonce\"}` as `challenge` with what was answered `CHALLENGE_REQUIRED`. It opens one door once, within 30 minutes.");

    private static async Task Make(HttpContext ctx, Challenges challenges)
    {
        var challenge = challenges.Make();
        ctx.Response.Headers.CacheControl = "no-store";
        await SignedJson.Send(ctx, new ChallengeResponse(true, challenge.Id, challenge.Salt, challenge.Bits, "sha-256"), ChallengeJson.Default.ChallengeResponse);
    }
}
