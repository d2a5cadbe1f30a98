namespace Gatehouse.Platform.Http;

/// <summary>One line a request, at level Debug only: the busy path pays nothing for it otherwise.</summary>
public static partial class RequestLog
{
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
                Answered(log, ctx.Request.Method, ctx.Request.Path.Value ?? "", ctx.Response.StatusCode, (long)TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
            }
        });
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path} {Status} {Milliseconds} ms")]
    private static partial void Answered(ILogger log, string method, string path, int status, long milliseconds);
}
