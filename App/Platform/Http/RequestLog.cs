namespace Gatehouse.Platform.Http;

/// <summary>The path of such an endpoint holds a secret, and is written nowhere.</summary>
public sealed record SecretPath;

/// <summary>One line a request, at level Debug only: the busy path pays nothing for it otherwise.</summary>
public static partial class RequestLog
{
    /// <summary>What is called there is logged as it is mapped, and not as it was called.</summary>
    public static T HidesPath<T>(this T builder) where T : IEndpointConventionBuilder
    {
        builder.Add(b => b.Metadata.Add(new SecretPath()));
        return builder;
    }

    /// <summary>Logs method, path, status and time. Never the query: it may hold secrets, such as a set-up link's.</summary>
    public static void UseRequestLog(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Gatehouse.Requests");
        if (!log.IsEnabled(LogLevel.Debug))
            return;
        app.Use(async (ctx, next) =>
        {
            var start = TimeProvider.System.GetTimestamp();
            try
            {
                await next(ctx);
            }
            finally
            {
                Answered(log, ctx.Request.Method, PathOf(ctx), ctx.Response.StatusCode, (long)TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
            }
        });
    }

    /// <summary>What may be logged of where a request went.</summary>
    internal static string PathOf(HttpContext ctx) => ctx.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<SecretPath>() is not null ? endpoint.RoutePattern.RawText ?? "" : ctx.Request.Path.Value ?? "";

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path} {Status} {Milliseconds} ms")]
    private static partial void Answered(ILogger log, string method, string path, int status, long milliseconds);
}
