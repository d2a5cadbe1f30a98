using Gatehouse.Accounts.Brands;
using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Licensing.PlanPictures;

/// <summary>Pictures of plans: shown at <c>/pictures/{name}</c>, which always gives the same; set over REST.</summary>
public static class PlanPictureEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/pictures/{name}", Serve).OpenToAll().RequireRateLimiting(RateLimits.Assets).ExcludeFromDescription();
        app.MapPut("/api/plans/{id}/picture", Put).Requires(LicensingPermissions.PlansWrite).RequireRateLimiting(RateLimits.Api).WithTags("Plans").WithMetadata(new RequestSizeLimitAttribute(PlanPictureService.MaxBody))
            .WithSummary("Set a plan's picture").WithDescription("A PNG, JPEG or WebP of at most 1 MB, in Base64; empty takes it away.")
            .Refuses(PlanErrors.NotFound, PlanErrors.Retired).Accepts<PlanPictureBody>("application/json").Produces<PlanResponse>();
    }

    private static async Task Serve(HttpContext ctx, Database db, string name)
    {
        if (BrandImage.MediaType(name) is not { } type || await db.ReadOne(s => PlanPictureService.Find(s, ctx.Caller().TenantId, name), ctx.RequestAborted) is not { } content)
            throw new Refusal(HttpErrors.NoSuchPage);
        await BrandPages.Send(ctx, content, type);
    }

    private static async Task Put(HttpContext ctx, string id, Database db, PlanPictureService pictures)
    {
        var body = RequestBody.Parse(ctx, await RequestBody.Bytes(ctx), PlanPictureJson.Default.PlanPictureBody);
        var plan = await db.Command(ctx.Caller(), s => pictures.Set(s, ctx.Caller(), id, body.Picture), ctx.RequestAborted);
        await SignedJson.Send(ctx, new PlanResponse(true, plan), PlanJson.Default.PlanResponse);
    }
}
