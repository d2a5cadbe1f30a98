using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Permissions;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.MoneyDesk;

/// <summary>A payment that did not fit. Money in minor units.</summary>
/// <param name="Problem">Why: one of <c>unknown</c>, <c>underpaid</c>, <c>overpaid</c>, <c>twice</c>, <c>late</c>, <c>currency</c>.</param>
/// <param name="Open">How much of it waits for a decision.</param>
/// <param name="Order">The number of the order that it is for; null: none is known.</param>
/// <param name="Resolution">What was decided; empty: nothing yet.</param>
/// <param name="Named">The number that the gateway named, where no order here has it; else empty.</param>
public sealed record MoneyItem(string Id, string Problem, long Amount, long Open, string Currency, string Channel, string GatewayNumber, string Proof, string? Order, DateTime CreatedAt, DateTime? ResolvedAt, string Resolution, string Named);

public sealed record MoneyList(bool Success, IReadOnlyList<MoneyItem> Items, string? Next);

/// <param name="Refund">That the gateway was asked for; null where none was.</param>
public sealed record MoneyResponse(bool Success, MoneyItem Payment, RefundItem? Refund);

/// <param name="Reference">What the decision rests on; it goes into the books.</param>
/// <param name="Order">Of a payment that no order is for: the number of the one that it was meant for.</param>
public sealed record MoneyDeliverBody(string? Reference = null, string? Order = null);

/// <param name="User">Whose balance it goes to, where the order has no customer: an id, e-mail address, phone number or user name.</param>
public sealed record MoneyCreditBody(string? Reference = null, string? User = null);

/// <param name="Way"><c>gateway</c> or <c>hand</c>; by hand where it is left out, and then with a reference.</param>
public sealed record MoneyRefundBody(string? Reference = null, string? Way = null);

/// <param name="Reason">Why the money is kept.</param>
public sealed record MoneyWriteOffBody(string? Reason = null);

/// <summary>What is kept of a decision for whoever asks again with the same key.</summary>
public sealed record MoneyDecided(string Payment, string? Refund);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(MoneyList))]
[JsonSerializable(typeof(MoneyResponse))]
[JsonSerializable(typeof(MoneyDeliverBody))]
[JsonSerializable(typeof(MoneyCreditBody))]
[JsonSerializable(typeof(MoneyRefundBody))]
[JsonSerializable(typeof(MoneyWriteOffBody))]
[JsonSerializable(typeof(MoneyDecided))]
internal sealed partial class MoneyJson : JsonSerializerContext;

/// <summary>/api/finance/payments: money that does not fit, and what becomes of it.</summary>
public static class MoneyDeskEndpoints
{
    public const string OpenState = "open", SettledState = "settled";

    public static void Map(IEndpointRouteBuilder app)
    {
        var payments = app.MapGroup("/api/finance/payments").RequireRateLimiting(RateLimits.Api).WithTags("Finance");
        payments.MapGet("", List).Requires(BillingPermissions.MoneyRead).WithSummary("Payments that do not fit, the newest first")
            .Query("state", $"`{OpenState}`: those that wait for a decision, as it is without; `{SettledState}`: the others.").Query("problem", "One of " + string.Join(", ", PaymentProblem.All) + ".").Query("q", "A number of the payment or of its order, ours or the gateway's, a transaction's hash, an e-mail address, a phone number or a key.").Paged().Produces<MoneyList>();
        payments.MapGet("/{id}", Get).Requires(BillingPermissions.MoneyRead).WithSummary("One payment that does not fit").Refuses(MoneyDeskService.NotFound).Produces<MoneyResponse>();
        var write = payments.MapGroup("/{id}").Requires(BillingPermissions.MoneyWrite);
        write.MapPost("/deliver", Deliver).WithSummary("Deliver the order for what came").WithDescription("What is too little is booked as a discount, what is too much is the buyer's.")
            .Refuses(MoneyDeskService.NotFound, MoneyDeskService.Settled, OrderErrors.OrderState).Idempotent().Accepts<MoneyDeliverBody>("application/json").Produces<MoneyResponse>();
        write.MapPost("/credit", Credit).WithSummary("Put a payment on a customer's balance").Refuses(MoneyDeskService.NotFound, MoneyDeskService.Settled).Idempotent().Accepts<MoneyCreditBody>("application/json").Produces<MoneyResponse>();
        write.MapPost("/refund", GiveBack).WithSummary("Give a payment back").WithDescription("By hand with a reference, or by the gateway that it came by. One that the gateway refuses stays open, see the refunds.")
            .Refuses(MoneyDeskService.NotFound, MoneyDeskService.Settled).Idempotent().Accepts<MoneyRefundBody>("application/json").Produces<MoneyResponse>();
        write.MapPost("/write-off", WriteOff).WithSummary("Keep a payment, and say why").Refuses(MoneyDeskService.NotFound, MoneyDeskService.Settled).Idempotent().Accepts<MoneyWriteOffBody>("application/json").Produces<MoneyResponse>();
    }

    private static async Task List(HttpContext ctx, Database db, MoneyDeskService desk)
    {
        var (query, tenant, limit) = (ctx.Request.Query, ctx.Caller().TenantId, Cursor.Limit(ctx.Request.Query["limit"]));
        var settled = query["state"].ToString() switch { "" or OpenState => false, SettledState => true, _ => throw Refusal.Field("state", "field.one_of", $"{OpenState}, {SettledState}") };
        var list = await db.Read(async s =>
        {
            var page = await desk.List(s, tenant, settled, query["problem"].ToString() is { Length: > 0 } problem ? problem : null, query["after"], limit, SearchTerm.Of(query["q"]));
            var items = new List<MoneyItem>();
            foreach (var payment in page.Items)
                items.Add(await View(s, tenant, payment));
            return new MoneyList(true, items, page.Next);
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, list, MoneyJson.Default.MoneyList);
    }

    private static async Task Get(HttpContext ctx, string id, Database db, MoneyDeskService desk) => await Send(ctx, db, (await db.Read(s => desk.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted)).Id, null);

    private static async Task Deliver(HttpContext ctx, string id, Database db, MoneyDeskService desk, RefundCaller caller)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, MoneyJson.Default.MoneyDeliverBody);
        await Decide(ctx, id, db, desk, caller, bytes, new(MoneyAction.Deliver, body.Reference, body.Order));
    }

    private static async Task Credit(HttpContext ctx, string id, Database db, MoneyDeskService desk, RefundCaller caller)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, MoneyJson.Default.MoneyCreditBody);
        await Decide(ctx, id, db, desk, caller, bytes, new(MoneyAction.Credit, body.Reference, User: body.User));
    }

    private static async Task GiveBack(HttpContext ctx, string id, Database db, MoneyDeskService desk, RefundCaller caller)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, MoneyJson.Default.MoneyRefundBody);
        await Decide(ctx, id, db, desk, caller, bytes, new(MoneyAction.Refund, body.Reference, Way: body.Way));
    }

    private static async Task WriteOff(HttpContext ctx, string id, Database db, MoneyDeskService desk, RefundCaller caller)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, MoneyJson.Default.MoneyWriteOffBody);
        try
        {
            await Decide(ctx, id, db, desk, caller, bytes, new(MoneyAction.WriteOff, body.Reason));
        }
        catch (Refusal refusal) when (refusal.Fields.TryGetValue("reference", out var wrong))
        {
            throw Refusal.Field("reason", wrong.Key, wrong.Args);
        }
    }

    private static async Task Decide(HttpContext ctx, string id, Database db, MoneyDeskService desk, RefundCaller caller, ReadOnlyMemory<byte> bytes, MoneyDecision wanted)
    {
        var who = ctx.Caller();
        var decided = await Idempotency.Once(ctx, db, bytes, Commands.InTurn(who, async s =>
        {
            var (payment, refund) = await desk.Decide(s, who, id, wanted);
            return new MoneyDecided(payment.Id, refund?.Id);
        }), MoneyJson.Default.MoneyDecided);
        if (decided.Refund is { } asked)
            await caller.Send(who.TenantId, asked, ctx.RequestAborted);
        await Send(ctx, db, decided.Payment, decided.Refund);
    }

    private static async Task Send(HttpContext ctx, Database db, string id, string? refund)
    {
        var tenant = ctx.Caller().TenantId;
        var answer = await db.Read(async s => new MoneyResponse(true, await View(s, tenant, (await AttemptStore.Payment(s, tenant, id))!),
            refund is null ? null : await RefundEndpoints.View(s, tenant, (await RefundStore.Find(s, tenant, refund))!, ctx.Text())), ctx.RequestAborted);
        await SignedJson.Send(ctx, answer, MoneyJson.Default.MoneyResponse);
    }

    private static async ValueTask<MoneyItem> View(ReadTx s, string tenant, Payment p) => new(
        p.Id, p.Problem!, p.Amount, p.OpenAmount, p.Currency, p.ChannelId, p.GatewayNumber, p.Proof, p.OrderId is { } order && await OrderStore.Find(s, tenant, order) is { } found ? OrderNumber.Shown(found.Number) : null,
        DateTimeOffset.FromUnixTimeMilliseconds(p.CreatedAt).UtcDateTime, p.ResolvedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime : null, p.Resolution, p.Named);
}
