using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Payments;

/// <summary><c>/pay/{kind}/{channel}/notify</c>, which gateways call, and <c>return</c>, where some send the payer.</summary>
public static class CallbackEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var calls = app.MapGroup("/pay/{route}/{channel}").OpenToAll(asks: false).RequireRateLimiting(RateLimits.Api).ExcludeFromDescription();
        calls.MapGet("/notify", Notify);
        calls.MapPost("/notify", Notify).TakesFormsFromElsewhere();
        calls.MapGet("/return", Return);
    }

    private static async Task Notify(HttpContext ctx, string route, string channel, CallbackDesk desk)
    {
        var request = ctx.Request;
        var body = HttpMethods.IsPost(request.Method) ? await RequestBody.Bytes(ctx) : [];
        var call = new ReceivedCall(request.Method, request.QueryString.Value?.TrimStart('?') ?? "", request.ContentType ?? "", body, name => request.Headers[name] is [{ } one] ? one : null);
        var answer = await desk.Receive(ctx.Caller(), route, channel, call, ctx.RequestAborted);
        (ctx.Response.StatusCode, ctx.Response.ContentType) = (answer.Status, answer.ContentType);
        ctx.Response.Headers.CacheControl = "no-store";
        await ctx.Response.WriteAsync(answer.Body, ctx.RequestAborted);
    }

    // Nothing follows from it: it leads to the order that the gateway has signed for, and anybody else to the front.
    private static async Task Return(HttpContext ctx, string route, string channel, CallbackDesk desk) =>
        PageRenderer.Redirect(ctx, await desk.OrderOf(ctx.Caller(), route, channel, ctx.Request.QueryString.Value?.TrimStart('?') ?? "", ctx.RequestAborted) is { } token ? "/orders/" + token : "/");
}
