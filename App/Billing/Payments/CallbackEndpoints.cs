using System.Text;
using Gatehouse.Platform.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Billing.Payments;

/// <summary><c>/pay/{kind}/{channel}/notify</c>, which gateways call.</summary>
public static class CallbackEndpoints
{
    private const int MaxFields = 100;

    public static void Map(IEndpointRouteBuilder app)
    {
        var calls = app.MapGroup("/pay/{route}/{channel}").OpenToAll(asks: false).RequireRateLimiting(RateLimits.Api).ExcludeFromDescription();
        calls.MapGet("/notify", Notify);
        calls.MapPost("/notify", Notify).TakesFormsFromElsewhere();
    }

    private static async Task Notify(HttpContext ctx, string route, string channel, CallbackDesk desk)
    {
        var answer = await desk.Receive(ctx.Caller(), route, channel, await Read(ctx), ctx.RequestAborted);
        (ctx.Response.StatusCode, ctx.Response.ContentType) = (answer.Status, answer.ContentType);
        ctx.Response.Headers.CacheControl = "no-store";
        await ctx.Response.WriteAsync(answer.Body, ctx.RequestAborted);
    }

    // From the query alone or from the body alone: what stands in both could be read twice.
    private static async Task<ReceivedCall> Read(HttpContext ctx)
    {
        var body = HttpMethods.IsPost(ctx.Request.Method) ? await RequestBody.Bytes(ctx) : [];
        var isForm = ctx.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;
        var text = body.Length == 0 ? ctx.Request.QueryString.Value?.TrimStart('?') ?? "" : Encoding.UTF8.GetString(body);
        var fields = new List<KeyValuePair<string, string>>();
        if (body.Length == 0 || isForm)
            foreach (var pair in new QueryStringEnumerable(text))
                if (fields.Count < MaxFields)
                    fields.Add(new(pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        var headers = ctx.Request.Headers.Where(h => h.Value.Count == 1 && h.Key.Contains("signature", StringComparison.OrdinalIgnoreCase)).ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString());
        return new(ctx.Request.Method, fields, body, headers, text);
    }
}
