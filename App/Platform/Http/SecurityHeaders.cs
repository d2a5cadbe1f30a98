namespace Gatehouse.Platform.Http;

/// <summary>The headers that every answer carries. Pages run no inline script or style, so the policy needs no exception.</summary>
public static class SecurityHeaders
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((ctx, next) =>
    {
        Apply(ctx);
        return next(ctx);
    });

    /// <summary>The page shows another of ours inside itself.</summary>
    public static void AllowFrames(HttpContext ctx) => ctx.Response.Headers.ContentSecurityPolicy = Policy + "; frame-src 'self'";

    /// <summary>The page's scripts may ask these places too.</summary>
    /// <param name="origins">As <c>https://host:port</c>; nothing that people typed goes in unread.</param>
    public static void AllowConnections(HttpContext ctx, IEnumerable<string> origins) =>
        ctx.Response.Headers.ContentSecurityPolicy = Policy.Replace("connect-src 'self'", "connect-src 'self' " + string.Join(' ', origins), StringComparison.Ordinal);

    /// <summary>The answer is somebody's document, shown inside a page of ours: it keeps its inline styles, and can do nothing and fetch nothing.</summary>
    public static void AsFramed(HttpContext ctx) =>
        ctx.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox";

    internal static void Apply(HttpContext ctx)
    {
        var headers = ctx.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        if (ctx.IsApi())
            return;
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (ctx.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000";
    }
}
