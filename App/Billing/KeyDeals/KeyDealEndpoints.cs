using System.Text.Json.Serialization;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.KeyDeals;

/// <param name="Challenge">Asked for after several wrong keys.</param>
public sealed record KeyDealBody(string? Key = null, SolvedChallenge? Challenge = null);

/// <summary>An add-on for a key. Money in minor units.</summary>
/// <param name="AddOn">By which an order names it.</param>
/// <param name="Name">In the caller's language.</param>
/// <param name="Left">How many more of it the key may have; 0: none, or <paramref name="Obstacle"/> says why.</param>
/// <param name="Until">When one goes again, or where the days of one end; null: never.</param>
/// <param name="Obstacle">Why it cannot be bought now, in the caller's language.</param>
public sealed record AddOnOffer(string AddOn, string Name, string Kind, long Amount, long Price, string Currency, long Left, bool ForGood, DateTime? Until, string? Obstacle);

/// <param name="Machines">How many the key may have now.</param>
public sealed record KeyDealResponse(bool Success, string Key, string Plan, DateTime? ExpiresAt, long Machines, IReadOnlyList<AddOnOffer> AddOns);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(KeyDealBody))]
[JsonSerializable(typeof(KeyDealResponse))]
internal sealed partial class KeyDealJson : JsonSerializerContext;

/// <summary>POST /api/shop/changes: what is sold on top of a key, with its prices, before anything is ordered.</summary>
public static class KeyDealEndpoints
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGroup("/api/shop").OpenToAll().RequireRateLimiting(RateLimits.Api).WithTags("Shop").MapPost("/changes", Tell)
        .WithSummary("What is sold on top of a key").WithDescription("It changes nothing. What is wanted of it is ordered by `POST /api/shop/orders`.")
        .Refuses(LicenseErrors.NotFound, ActivationErrors.TooManyWrongKeys, ChallengeErrors.Required).Accepts<KeyDealBody>("application/json").Produces<KeyDealResponse>();

    private static async Task Tell(HttpContext ctx, Database db, ActivationService activation, KeyDealer dealer)
    {
        var (who, text) = (ctx.Caller(), ctx.Text());
        var body = RequestBody.Parse(ctx, await RequestBody.Bytes(ctx), KeyDealJson.Default.KeyDealBody);
        var key = await activation.Look(who, new TypedKey(body.Key, body.Challenge), ctx.RequestAborted) ?? throw new Refusal(LicenseErrors.NotFound);
        var deal = await db.Read(s => dealer.Of(s, who.TenantId, key), ctx.RequestAborted);
        await SignedJson.Send(ctx, new KeyDealResponse(true, key.Key, deal.Plan.Name, Time(key.ExpireAt), deal.Machines,
            [.. deal.AddOns.Select(a => new AddOnOffer(a.AddOn.Id, text[a.AddOn.Name()], a.AddOn.Kind, a.AddOn.Amount, a.AddOn.Price, deal.Plan.Currency, Math.Max(0, a.Left), a.AddOn.ForGood, a.Obstacle is null ? Time(a.Until(1)) : null, a.Obstacle is { } why ? text[why] : null))]), KeyDealJson.Default.KeyDealResponse);
    }

    private static DateTime? Time(long? at) => at is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known).UtcDateTime : null;
}
