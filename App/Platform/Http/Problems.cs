using System.Text.Json.Serialization;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Platform.Http;

/// <summary>A failure as RFC 9457 problem details, with the members that clients of /api act on.</summary>
public sealed record Problem(
    string Type, string Title, int Status, string Detail, bool Success, string Code, string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Dictionary<string, string[]>? Errors,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? LockedUntil = null)
{
    /// <param name="address">How the server is reached, without a slash at the end; empty where that is not known.</param>
    public static Problem From(Refusal refusal, Localizer text, string address = "")
    {
        var message = text[refusal.Detail];
        return new Problem($"{address}/docs#{refusal.Code}", ReasonPhrases.GetReasonPhrase(refusal.Status), refusal.Status, message, false, refusal.Code, message,
            refusal.Fields.Count == 0 ? null : refusal.Fields.ToDictionary(f => f.Key, f => new[] { text[f.Value] }),
            Format.Iso(refusal.LockedUntil));
    }
}

/// <summary>
/// The last word on a request that failed: a refusal becomes its problem or page, storage trouble 503, and anything else 500 with
/// its cause in the log only.
/// </summary>
public sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log, IErrorPages pages, IConfiguration config)
{
    private readonly string _address = ConfigOptions.Value(config, "Server:PublicUrl").TrimEnd('/');

    public async Task Invoke(HttpContext ctx)
    {
        try
        {
            await next(ctx);
            if (!ctx.Response.HasStarted && ctx.GetEndpoint() is not RouteEndpoint && Unrouted(ctx.Response.StatusCode) is { } refusal)
                await Answer(ctx, refusal);
        }
        catch (OperationCanceledException) when (ctx.RequestAborted.IsCancellationRequested)
        {
            // The client went away: there is nobody to answer.
        }
        catch (Exception e) when (!ctx.Response.HasStarted)
        {
            await Answer(ctx, Understand(e, ctx));
        }
    }

    // What routing says by a bare status.
    private static Refusal? Unrouted(int status) => status switch
    {
        404 => new Refusal(HttpErrors.NoSuchPage),
        405 => new Refusal(HttpErrors.MethodNotAllowed),
        415 => new Refusal(HttpErrors.NotJson),
        _ => null,
    };

    private Refusal Understand(Exception e, HttpContext ctx)
    {
        switch (e)
        {
            case Refusal refusal:
                return refusal;
            case ConflictException:
                return new Refusal(HttpErrors.Conflict);
            case BadHttpRequestException bad:
                return new Refusal(bad.StatusCode == 413 ? HttpErrors.BodyTooLarge : HttpErrors.BadRequest) { Status = bad.StatusCode };
            // A form that cannot be read: a NUL in a value, too many fields, one that is too long.
            case InvalidDataException:
                return new Refusal(HttpErrors.BadRequest);
            case PasswordQueueFullException:
                return new Refusal(HttpErrors.Busy) { RetryAfter = TimeSpan.FromSeconds(2) };
            case StorageFullException:
                StorageTrouble(log, e.Message);
                return new Refusal(HttpErrors.StorageFull) { RetryAfter = TimeSpan.FromSeconds(30) };
            case StorageException:
                StorageTrouble(log, e.Message);
                return new Refusal(HttpErrors.StorageUnavailable) { RetryAfter = TimeSpan.FromSeconds(5) };
            default:
                Unexpected(log, ctx.Request.Method, RequestLog.PathOf(ctx), e);
                return new Refusal(HttpErrors.Internal);
        }
    }

    private async Task Answer(HttpContext ctx, Refusal refusal)
    {
        var (challenge, allow) = (ctx.Response.Headers.WWWAuthenticate, ctx.Response.Headers.Allow);
        ctx.Response.Clear();
        SecurityHeaders.Apply(ctx);
        if (challenge.Count > 0)
            ctx.Response.Headers.WWWAuthenticate = challenge;
        if (allow.Count > 0)
            ctx.Response.Headers.Allow = allow;
        if (refusal.RetryAfter is { } wait)
            ctx.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString();
        var problem = Problem.From(refusal, ctx.Text(), _address);
        if (ctx.IsApi())
            await SignedJson.Send(ctx, refusal.Status, WireJson.Bytes(problem, WebJson.Default.Problem), SignedJson.ProblemJson);
        else
            await pages.Show(ctx, problem);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Storage: {Reason}")]
    private static partial void StorageTrouble(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void Unexpected(ILogger log, string method, string path, Exception e);
}

/// <summary>Shows a problem to a person. Implemented by the shell.</summary>
public interface IErrorPages
{
    Task Show(HttpContext ctx, Problem problem);
}

/// <summary>JSON of the platform's own shapes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class WebJson : JsonSerializerContext;
