using Gatehouse.Platform.Hosting;
using Microsoft.AspNetCore.Routing;

namespace Gatehouse.Platform.Http.Origins;

/// <summary>The endpoint may be called by pages of other places, where <c>Server:CorsOrigins</c> lets them.</summary>
public sealed record OpenToOriginsMark;

/// <summary>
/// Cross-origin requests (https://fetch.spec.whatwg.org/#http-cors-protocol) to what is open to all: no cookie goes with them, so a page
/// elsewhere gets what any program gets. Off unless origins are set.
/// </summary>
public static class Cors
{
    /// <summary>Stands for every origin.</summary>
    public const string Any = "*";

    private const string Origins = "Server:CorsOrigins", Kept = "7200";
    private const string Sent = "content-type, accept-language, idempotency-key", Shown = "date, digest, keygen-signature, retry-after";

    /// <summary>Marks an endpoint, whose preflights are then routed to it as well.</summary>
    public static T OpenToOrigins<T>(this T builder) where T : IEndpointConventionBuilder
    {
        builder.Finally(b =>
        {
            b.Metadata.Add(new OpenToOriginsMark());
            if (b.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { } methods)
                b.Metadata.Add(new HttpMethodMetadata(methods.HttpMethods, acceptCorsPreflight: true));
        });
        return builder;
    }

    /// <summary>Goes behind routing, which finds the endpoint that a preflight is about, and before what may refuse: a page is told of refusals too.</summary>
    public static void UseCorsOrigins(this WebApplication app)
    {
        var origins = ConfigRules.Parts(ConfigOptions.Value(app.Configuration, Origins)).Select(o => o.TrimEnd('/').ToLowerInvariant()).ToHashSet();
        app.Use((ctx, next) =>
        {
            var origin = ctx.Request.Headers.Origin.ToString();
            if (origin.Length == 0 || ctx.GetEndpoint()?.Metadata.GetMetadata<OpenToOriginsMark>() is null)
                return next(ctx);
            var preflight = HttpMethods.IsOptions(ctx.Request.Method);
            var everybody = origins.Contains(Any);
            if (everybody || origins.Contains(origin.ToLowerInvariant()))
                // What refuses a request clears its headers: these come last.
                ctx.Response.OnStarting(() =>
                {
                    Allow(ctx, everybody ? Any : origin, preflight);
                    return Task.CompletedTask;
                });
            else if (preflight)
            {
                ctx.Response.Headers.Allow = string.Join(", ", ctx.GetEndpoint()!.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods);
                throw new Refusal(HttpErrors.MethodNotAllowed);
            }
            if (!preflight)
                return next(ctx);
            ctx.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
    }

    private static void Allow(HttpContext ctx, string origin, bool preflight)
    {
        var headers = ctx.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        if (origin != Any)
            headers.Append("Vary", "Origin");
        if (!preflight)
        {
            headers.AccessControlExposeHeaders = Shown;
            return;
        }
        headers.AccessControlAllowMethods = string.Join(", ", ctx.GetEndpoint()!.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods);
        headers.AccessControlAllowHeaders = Sent;
        headers.AccessControlMaxAge = Kept;
    }
}
