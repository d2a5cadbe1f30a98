using Gatehouse.Accounts.Brands;
using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Licensing.PlanPictures;

/// <summary>Pictures of plans: shown at <c>/pictures/{name}</c>, which always gives the same; set on the plan's page and over REST.</summary>
public static class PlanPictureEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/pictures/{name}", Serve).OpenToAll().RequireRateLimiting(RateLimits.Assets).ExcludeFromDescription();
        app.MapPut("/api/plans/{id}/picture", Put).Requires(LicensingPermissions.PlansWrite).RequireRateLimiting(RateLimits.Api).WithTags("Plans").WithMetadata(new RequestSizeLimitAttribute(PlanPictureService.MaxBody))
            .WithSummary("Set a plan's picture").WithDescription("A PNG, JPEG or WebP of at most 1 MB, in Base64; empty takes it away.")
            .Refuses(PlanErrors.NotFound, PlanErrors.Retired).Accepts<PlanPictureBody>("application/json").Produces<PlanResponse>();
        var pages = app.MapGroup("/admin/plans/{id}/picture").Requires(LicensingPermissions.PlansWrite).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        pages.MapPost("", Send).WithMetadata(new RequestSizeLimitAttribute(PlanPictureService.MaxBody));
        pages.MapPost("/remove", Remove);
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

    private static async Task Send(HttpContext ctx, string id, Database db, PlanPictureService pictures)
    {
        var form = await RequestBody.Form(ctx);
        var file = form.Files.GetFile("picture");
        var picture = file is null ? form["picture"].ToString() : file.Length <= PlanPictureService.MaxBytes ? await Base64(file, ctx.RequestAborted) : "?";
        try
        {
            await Set(ctx, id, db, pictures, picture.Length > 0 ? picture : throw Refusal.Field("picture", "field.required"));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            PageRenderer.RedirectWithToast(ctx, $"/admin/plans/{id}#picture", new Toast("bad", refusal.Fields["picture"]));
        }
    }

    private static Task Remove(HttpContext ctx, string id, Database db, PlanPictureService pictures) => Set(ctx, id, db, pictures, "");

    private static async Task Set(HttpContext ctx, string id, Database db, PlanPictureService pictures, string picture)
    {
        var plan = await db.Command(ctx.Caller(), s => pictures.Set(s, ctx.Caller(), id, picture), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, $"/admin/plans/{id}", new Toast("ok", "plans.saved", plan.Name));
    }

    private static async Task<string> Base64(IFormFile file, CancellationToken ct)
    {
        var bytes = new byte[file.Length];
        await using var content = file.OpenReadStream();
        await content.ReadExactlyAsync(bytes, ct);
        return Convert.ToBase64String(bytes);
    }
}
