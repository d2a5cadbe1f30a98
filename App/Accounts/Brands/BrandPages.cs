using System.Text;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Brands;

/// <summary><c>/brand/...</c>: the pictures of sites, and the style sheets of their colours. Each address always gives the same.</summary>
public static class BrandPages
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/brand/{name}", Serve).OpenToAll(asks: false).EvenClosed().RequireRateLimiting(RateLimits.Assets).ExcludeFromDescription();

    /// <summary>The address of a picture.</summary>
    public static string Address(string name) => "/brand/" + name;

    private static async Task Serve(HttpContext ctx, Database db, string name)
    {
        if (name.EndsWith(".css", StringComparison.Ordinal) && "#" + name[..^4] is var colour && BrandColour.IsColour(colour))
            await Send(ctx, Encoding.UTF8.GetBytes(BrandColour.Css(colour)), "text/css; charset=utf-8");
        else if (BrandImage.MediaType(name) is { } type && await db.ReadOne(s => BrandFiles.Find(s, name), ctx.RequestAborted) is { } content)
            await Send(ctx, content, type);
        else
            throw new Refusal(HttpErrors.NoSuchPage);
    }

    /// <summary>Answers with what always is the same, and may do nothing by itself.</summary>
    public static Task Send(HttpContext ctx, byte[] content, string type)
    {
        var headers = ctx.Response.Headers;
        headers.CacheControl = "public, max-age=31536000, immutable";
        // Whatever a browser takes it for, opened by itself it may do nothing.
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.ContentType = type;
        headers.ContentLength = content.Length;
        return ctx.Response.Body.WriteAsync(content, ctx.RequestAborted).AsTask();
    }
}
