using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Refunds;

/// <summary>A sum that goes back. Money in minor units.</summary>
/// <param name="Order">The number of its order; null: of a payment that no order is for.</param>
/// <param name="Source"><c>sale</c>: of what was sold; <c>payment</c>: of money that did not fit.</param>
/// <param name="Way"><c>gateway</c>, <c>balance</c> or <c>hand</c>.</param>
/// <param name="Status"><c>asked</c>, <c>done</c>, <c>failed</c>, <c>dropped</c>, or <c>told</c>: the gateway says that money went back, and nobody here asked.</param>
/// <param name="Waits">It waits for staff: it failed, or the gateway gives no clear answer.</param>
/// <param name="Answer">The gateway's last words.</param>
public sealed record RefundItem(string Id, string? Order, string Source, string Way, string Status, bool Waits, long Amount, string Currency, string Number, string GatewayNumber, string Reason, string Reference, string Actor, string Answer, DateTime CreatedAt, DateTime? DoneAt);

public sealed record RefundList(bool Success, IReadOnlyList<RefundItem> Items, string? Next);

public sealed record RefundResponse(bool Success, RefundItem Refund);

/// <param name="Amount">In minor units; all that is left where it is left out.</param>
/// <param name="Way"><c>gateway</c>, <c>balance</c> or <c>hand</c>; without it the way that the money came, as far as that is possible.</param>
/// <param name="Reference">By hand: by which the payment can be found.</param>
/// <param name="Keys"><c>revoke</c> or <c>keep</c>; without it they are revoked when all of the price goes back.</param>
public sealed record RefundBody(long? Amount = null, string? Reason = null, string? Way = null, string? Reference = null, string? Keys = null);

/// <param name="Way">How the money went back after all.</param>
/// <param name="Amount">Of one that the gateway told of: how much it was, in minor units.</param>
public sealed record RefundSettleBody(string? Way = null, string? Reference = null, long? Amount = null);

public sealed record RefundDropBody(string? Reason = null);

/// <summary>What is kept of an answer for whoever asks again with the same key.</summary>
public sealed record RefundKept(string Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RefundList))]
[JsonSerializable(typeof(RefundResponse))]
[JsonSerializable(typeof(RefundBody))]
[JsonSerializable(typeof(RefundSettleBody))]
[JsonSerializable(typeof(RefundDropBody))]
[JsonSerializable(typeof(RefundKept))]
internal sealed partial class RefundJson : JsonSerializerContext;

/// <summary>/api/orders/{number}/refund and /api/finance/refunds.</summary>
public static class RefundEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/api/orders/{number}/refund", Ask).RequireRateLimiting(RateLimits.Api).WithTags("Orders").Requires(BillingPermissions.MoneyWrite).WithSummary("Give back what an order cost, or a part of it")
            .WithDescription("By the gateway where it can, on the balance, or by hand. One that the gateway refuses, or says nothing clear about, stays open among `/api/finance/refunds` until staff decide.")
            .Refuses(OrderErrors.OrderNotFound, OrderErrors.OrderState, KeyChangeErrors.ChangedSince).Idempotent().Accepts<RefundBody>("application/json").Produces<RefundResponse>();
        var refunds = app.MapGroup("/api/finance/refunds").RequireRateLimiting(RateLimits.Api).WithTags("Finance");
        refunds.MapGet("", List).Requires(BillingPermissions.MoneyRead).WithSummary("Refunds, the newest first").Query("status", "One of " + string.Join(", ", RefundState.All) + "; `waiting`: those that wait for staff.").Query("q", "A number of the refund, of its payment or of its order, an e-mail address, a phone number or a key.").Paged().Produces<RefundList>();
        refunds.MapGet("/{id}", Get).Requires(BillingPermissions.MoneyRead).WithSummary("One refund").Refuses(RefundErrors.NotFound).Produces<RefundResponse>();
        var write = refunds.MapGroup("/{id}").Requires(BillingPermissions.MoneyWrite);
        write.MapPost("/again", Again).WithSummary("Have the gateway asked once more").Refuses(RefundErrors.NotFound, RefundErrors.State).Produces<RefundResponse>();
        write.MapPost("/settle", Settle).WithSummary("Say how a refund that waits was done after all").WithDescription("`gateway`: staff saw there that it is done; `hand`: with the reference of the payment; `balance`: the customer's.")
            .Refuses(RefundErrors.NotFound, RefundErrors.State).Idempotent().Accepts<RefundSettleBody>("application/json").Produces<RefundResponse>();
        write.MapPost("/drop", Drop).WithSummary("Give a refund that waits up: no money went").Refuses(RefundErrors.NotFound, RefundErrors.State).Idempotent().Accepts<RefundDropBody>("application/json").Produces<RefundResponse>();
    }

    private static async Task Ask(HttpContext ctx, string number, Database db, RefundService refunds, RefundCaller caller)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, RefundJson.Default.RefundBody);
        await Do(ctx, db, caller, bytes, s => refunds.Ask(s, ctx.Caller(), number, new(body.Amount, body.Reason, body.Way, body.Reference, body.Keys)));
    }

    private static async Task List(HttpContext ctx, Database db)
    {
        var (query, tenant, limit) = (ctx.Request.Query, ctx.Caller().TenantId, Cursor.Limit(ctx.Request.Query["limit"]));
        var status = query["status"].ToString() is { Length: > 0 } given ? given : null;
        if (status is not (null or "waiting") && !RefundState.All.Contains(status))
            throw Refusal.Field("status", "field.one_of", string.Join(", ", RefundState.All.Append("waiting")));
        var list = await db.Read(async s =>
        {
            var page = Slice<Refund>.Of(await RefundStore.List(s, tenant, status == "waiting" ? null : status, status == "waiting", Cursor.Decode(query["after"]), limit + 1, SearchTerm.Of(query["q"])), limit, r => r.Id);
            var items = new List<RefundItem>();
            foreach (var refund in page.Items)
                items.Add(await View(s, tenant, refund, ctx.Text()));
            return new RefundList(true, items, page.Next);
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, list, RefundJson.Default.RefundList);
    }

    private static async Task Get(HttpContext ctx, string id, Database db, RefundService refunds) => await Send(ctx, db, (await db.Read(s => refunds.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted)).Id);

    private static async Task Again(HttpContext ctx, string id, Database db, RefundService refunds, RefundCaller caller)
    {
        var refund = await db.Command(ctx.Caller(), s => refunds.Again(s, ctx.Caller(), id), ctx.RequestAborted);
        await caller.Send(ctx.Caller().TenantId, refund.Id, ctx.RequestAborted);
        await Send(ctx, db, refund.Id);
    }

    private static async Task Settle(HttpContext ctx, string id, Database db, RefundService refunds, RefundCaller caller)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, RefundJson.Default.RefundSettleBody);
        await Do(ctx, db, caller, bytes, s => refunds.Settle(s, ctx.Caller(), id, body.Way, body.Reference, body.Amount));
    }

    private static async Task Drop(HttpContext ctx, string id, Database db, RefundService refunds, RefundCaller caller)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, RefundJson.Default.RefundDropBody);
        await Do(ctx, db, caller, bytes, s => refunds.Drop(s, ctx.Caller(), id, body.Reason));
    }

    // Decided in the transaction; the gateway is asked when that is over, and may be asked again by the clock.
    private static async Task Do(HttpContext ctx, Database db, RefundCaller caller, ReadOnlyMemory<byte> body, Func<WriteTx, ValueTask<Refund>> work)
    {
        var kept = await Idempotency.Once(ctx, db, body, Commands.InTurn(ctx.Caller(), async s => new RefundKept((await work(s)).Id)), RefundJson.Default.RefundKept);
        await caller.Send(ctx.Caller().TenantId, kept.Id, ctx.RequestAborted);
        await Send(ctx, db, kept.Id);
    }

    private static async Task Send(HttpContext ctx, Database db, string id)
    {
        var tenant = ctx.Caller().TenantId;
        await SignedJson.Send(ctx, new RefundResponse(true, await db.Read(async s => await View(s, tenant, (await RefundStore.Find(s, tenant, id))!, ctx.Text()), ctx.RequestAborted)), RefundJson.Default.RefundResponse);
    }

    /// <summary>A refund as clients read it.</summary>
    internal static async ValueTask<RefundItem> View(ReadTx s, string tenant, Refund r, Localizer text) => new(
        r.Id, r.OrderId is { } id && await OrderStore.Find(s, tenant, id) is { } order ? OrderNumber.Shown(order.Number) : null, r.Source, r.Way, r.State, r.Waits, r.Amount, r.Currency, r.Number, r.GatewayNumber, r.Reason, r.Reference,
        r.Actor, r.Answer.Length == 0 ? "" : text.Say(Message.Parse(r.Answer), at => at.ToString("u")), DateTimeOffset.FromUnixTimeMilliseconds(r.CreatedAt).UtcDateTime, r.DoneAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime : null);
}
