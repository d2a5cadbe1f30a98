using System.Text.Json.Serialization;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.StockWaits;

public sealed record WaitBody(string? Email = null);

/// <param name="Status"><c>waiting</c>: a mail comes once it can be bought again; <c>in_stock</c>: it can be bought now; <c>no_mail</c>: this business sends no mails. Of the last two nothing is kept.</param>
public sealed record WaitResponse(bool Success, string Status);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(WaitBody))]
[JsonSerializable(typeof(WaitResponse))]
internal sealed partial class WaitJson : JsonSerializerContext;

/// <summary>/api/shop/plans/{plan}/notify.</summary>
public static class WaitingEndpoints
{
    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/api/shop/plans/{plan}/notify", Ask).OpenToAll().RequireRateLimiting(RateLimits.SignIn).WithTags("Shop").WithSummary("Be told when something is in stock again")
        .WithDescription("One mail, and then the address is forgotten. Asked twice is asked once.").Refuses(PlanErrors.NotFound).Idempotent().Accepts<WaitBody>("application/json").Produces<WaitResponse>();

    private static async Task Ask(HttpContext ctx, string plan, Database db, WaitingList waits)
    {
        var (bytes, tenant, language) = (await RequestBody.Bytes(ctx), ctx.Caller().TenantId, ctx.Text().Language);
        var body = RequestBody.Parse(ctx, bytes, WaitJson.Default.WaitBody);
        await Idempotency.Run(ctx, db, bytes, async s => new WaitResponse(true, await waits.Add(s, tenant, plan, body.Email, language) switch { null => "no_mail", true => "waiting", false => "in_stock" }), WaitJson.Default.WaitResponse);
    }
}
