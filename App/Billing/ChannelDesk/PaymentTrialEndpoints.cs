using System.Text.Json.Serialization;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.ChannelDesk;

/// <param name="Name">Such as <c>create</c>, <c>query</c>, <c>close</c>, <c>callback</c>.</param>
/// <param name="Held">Null: nothing can be said, as where the gateway has no such call.</param>
/// <param name="Said">What the gateway said, or what is the matter.</param>
public sealed record TrialItem(string Name, bool? Held, string Said);

/// <param name="Ok">No step failed.</param>
public sealed record TrialResponse(bool Success, bool Ok, IReadOnlyList<TrialItem> Steps);

public sealed record CallCheck(string Name, bool Held);

/// <param name="Content">The query or the body as it came, without the channel's secrets.</param>
/// <param name="Checks">In their order; what follows one that failed was not looked at.</param>
/// <param name="Verdict">Such as <c>settled</c>, <c>known</c>, <c>kept</c>, <c>nothing</c>, <c>elsewhere</c> or <c>refused</c>.</param>
/// <param name="Order">The number of the order that it was about.</param>
public sealed record CallItem(string Id, DateTime Time, string? Ip, string Method, string Content, IReadOnlyList<CallCheck> Checks, string Verdict, string? Order);

public sealed record CallList(bool Success, IReadOnlyList<CallItem> Items, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TrialResponse))]
[JsonSerializable(typeof(CallList))]
internal sealed partial class TrialJson : JsonSerializerContext;

/// <summary>How a payment channel does: a test, and what its gateway has called, over REST and in pages.</summary>
public static class PaymentTrialEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/payment-channels/{id}").RequireRateLimiting(RateLimits.Api).WithTags("Payment channels").Requires(BillingPermissions.PaymentChannelsManage);
        api.MapPost("/test", Test).WithSummary("Try a payment channel")
            .WithDescription("Begins an attempt at the gateway, asks about it and takes it back, and reads a callback made for it by what reads the gateway's own. No order and no entry of the ledger remains. `held` is null where nothing can be said.")
            .Refuses(PaymentChannelErrors.NotFound).Produces<TrialResponse>();
        api.MapGet("/calls", Calls).WithSummary("What came to a channel's notify address, the newest first").Paged().Refuses(PaymentChannelErrors.NotFound).Produces<CallList>();
        var pages = app.MapGroup(PaymentChannelPages.Path + "/{id}").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(BillingPermissions.PaymentChannelsManage);
        pages.MapPost("/test", Show);
        pages.MapGet("/calls", Log);
    }

    private static async Task Test(HttpContext ctx, string id, PaymentTrial trial)
    {
        var steps = await trial.Run(ctx.Caller(), id, ctx.RequestAborted);
        await SignedJson.Send(ctx, new TrialResponse(true, PaymentTrial.IsGood(steps), [.. steps.Select(s => new TrialItem(s.Name, s.Held, s.Said is { } said ? ctx.Text()[said] : ""))]), TrialJson.Default.TrialResponse);
    }

    private static async Task Calls(HttpContext ctx, string id, Database db, PaymentChannelService channels)
    {
        var (tenant, limit) = (ctx.Caller().TenantId, Cursor.Limit(ctx.Request.Query["limit"]));
        var page = await db.Read(async s => await PaymentCalls.List(s, tenant, (await channels.Get(s, tenant, id)).Id, ctx.Request.Query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new CallList(true, [.. page.Items.Select(c => new CallItem(c.Id, DateTimeOffset.FromUnixTimeMilliseconds(c.At).UtcDateTime, c.Ip, c.Method, c.Content,
            [.. c.Checks.Select(k => new CallCheck(k.Key, k.Value))], c.Verdict, c.Order is { } number ? OrderNumber.Shown(number) : null))], page.Next), TrialJson.Default.CallList);
    }

    private static async Task Show(HttpContext ctx, string id, PaymentTrial trial, PageRenderer pages, Database db, PaymentChannelService channels)
    {
        var steps = await trial.Run(ctx.Caller(), id, ctx.RequestAborted);
        var channel = await db.Read(s => channels.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);
        await pages.Render<PaymentTrialPage, PaymentTrialModel>(ctx, new(channel, steps));
    }

    private static async Task Log(HttpContext ctx, string id, PageRenderer pages, Database db, PaymentChannelService channels)
    {
        var tenant = ctx.Caller().TenantId;
        var model = await db.Read(async s => new PaymentCallsModel(await channels.Get(s, tenant, id), await PaymentCalls.List(s, tenant, id, ctx.Request.Query["after"], Cursor.DefaultLimit), !ctx.Request.Query.ContainsKey("after")), ctx.RequestAborted);
        await pages.Render<PaymentCallsPage, PaymentCallsModel>(ctx, model);
    }
}

public sealed record PaymentTrialModel(PaymentChannel Channel, IReadOnlyList<TrialStep> Steps);

/// <param name="First">Is this the first page?</param>
public sealed record PaymentCallsModel(PaymentChannel Channel, Slice<PaymentCall> Calls, bool First);
