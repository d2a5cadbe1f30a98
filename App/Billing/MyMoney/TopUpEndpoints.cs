using System.Text.Json.Serialization;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Shop;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.MyMoney;

/// <param name="Amount">In minor units.</param>
/// <param name="Currency">One of the channel's.</param>
/// <param name="Channel">The id of a payment channel.</param>
public sealed record OwnTopUpBody(long? Amount = null, string? Currency = null, string? Channel = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(OwnTopUpBody))]
internal sealed partial class TopUpJson : JsonSerializerContext;

/// <summary>/api/user/balance/topup.</summary>
public static class TopUpEndpoints
{
    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/api/user/balance/topup", TopUp).RequiresCustomer().RequireRateLimiting(RateLimits.Api).WithTags("My account").WithSummary("Put money on my balance")
        .WithDescription("An order like any other: it is on the balance once it is paid.").Idempotent().Accepts<OwnTopUpBody>("application/json").Produces<ShopOrderPlaced>(201);

    private static async Task TopUp(HttpContext ctx, Database db, TopUpService topUps, PaymentStarter payments, ShopService shop)
    {
        var (bytes, who) = (await RequestBody.Bytes(ctx), ctx.Caller());
        var body = RequestBody.Parse(ctx, bytes, TopUpJson.Default.OwnTopUpBody);
        var placed = await Idempotency.Once(ctx, db, bytes, async s => new PlacedOrder((await topUps.Begin(s, who, body.Currency, body.Amount, body.Channel, ctx.Text().Language)).Id), ShopJson.Default.PlacedOrder);
        var order = (await db.Read(s => OrderStore.Find(s, who.TenantId, placed.Id), ctx.RequestAborted))!;
        var attempt = await payments.Begin(who.TenantId, order, who.Ip, false, ctx.RequestAborted);
        var payment = attempt is null ? new ShopPayment("none") : attempt.Prompt is null ? new ShopPayment("later") : ShopPayment.Of(attempt.Prompt);
        await SignedJson.Send(ctx, new ShopOrderPlaced(true, await db.Read(s => shop.View(s, who.TenantId, order), ctx.RequestAborted), payment), ShopJson.Default.ShopOrderPlaced, 201);
    }
}
