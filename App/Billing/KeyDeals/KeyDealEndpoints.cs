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

/// <summary>A switch of a key to another plan. Money in minor units.</summary>
/// <param name="Plan">By which an order names it.</param>
/// <param name="When"><c>now</c>, with what is left credited, or <c>end</c>.</param>
/// <param name="Price">What the new plan costs.</param>
/// <param name="DaysLeft">The days of the key that are credited; null: it has no end.</param>
/// <param name="Credit">What they are worth at the price that was paid.</param>
/// <param name="Pay">What is to be paid: an order may name it as <c>expect</c>.</param>
/// <param name="ToBalance">What of the credit goes to the buyer's balance.</param>
/// <param name="ExpiresAt">The key's end then; null: none.</param>
/// <param name="Machines">How many machines the key may have then.</param>
/// <param name="Obstacle">Why it cannot be bought now, in the caller's language.</param>
public sealed record SwitchOffer(string Plan, string Name, string When, long Price, long? DaysLeft, long Credit, long Pay, long ToBalance, string Currency, DateTime? ExpiresAt, long Machines, string? Obstacle);

/// <param name="Machines">How many the key may have now.</param>
public sealed record KeyDealResponse(bool Success, string Key, string Plan, DateTime? ExpiresAt, long Machines, IReadOnlyList<AddOnOffer> AddOns, IReadOnlyList<SwitchOffer> Switches);

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
        var key = await activation.Look(who, new TypedKey(string.IsNullOrWhiteSpace(body.Key) ? throw Refusal.Field("key", "field.required") : body.Key, body.Challenge), ctx.RequestAborted) ?? throw new Refusal(LicenseErrors.NotFound);
        var deal = await db.Read(s => dealer.Of(s, who, key), ctx.RequestAborted);
        await SignedJson.Send(ctx, new KeyDealResponse(true, key.Key, deal.Plan.Name, Time(key.ExpireAt), deal.Machines,
            [.. deal.AddOns.Select(a => new AddOnOffer(a.AddOn.Id, text[a.AddOn.Name()], a.AddOn.Kind, a.AddOn.Amount, a.AddOn.Price, deal.Plan.Currency, Math.Max(0, a.Left), a.AddOn.ForGood, a.Obstacle is null ? Time(a.Until(1)) : null, a.Obstacle is { } why ? text[why] : null))],
            [.. deal.Switches.Select(d => new SwitchOffer(d.Quote.To.Id, d.Quote.To.Name, d.Quote.AtEnd ? "end" : "now", d.Quote.Price, d.Quote.DaysLeft, d.Quote.Credit, d.Quote.Pay, d.Quote.OverAsTime ? 0 : d.Quote.Over, d.Quote.To.Currency, d.Obstacle is null ? Time(d.Quote.End) : null, d.Quote.MachinesThen, d.Obstacle is { } why ? text[why] : null))]), KeyDealJson.Default.KeyDealResponse);
    }

    private static DateTime? Time(long? at) => at is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known).UtcDateTime : null;
}
