using System.Text.Json.Serialization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Permissions;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.OrderDesk;

/// <summary>An order as staff see it. Money in minor units.</summary>
public sealed record OrderItem(string Id, string Number, string Kind, string Status, string? User, string Email, string? Plan, string Name, long Quantity, long Total, long Discount, long Fee, long Amount, string Currency, string? Channel,
    DateTime CreatedAt, DateTime ExpiresAt, DateTime? PaidAt, DateTime? DeliveredAt, DateTime? CancelledAt);

public sealed record OrderList(bool Success, IReadOnlyList<OrderItem> Items, string? Next);

/// <param name="Kind">Such as <c>paid</c> or <c>cancelled</c>.</param>
/// <param name="Actor">Who of staff it was; empty: the program or the buyer.</param>
public sealed record OrderEventItem(DateTime Time, string Kind, string Actor, string Detail);

public sealed record AttemptItem(string TradeNumber, string Channel, string Status, long Amount, string Currency, string GatewayNumber, DateTime CreatedAt, DateTime? PaidAt);

/// <param name="Problem">Why it waits for staff; null: it fitted.</param>
public sealed record PaymentItem(string Id, string Channel, string GatewayNumber, long Amount, string Currency, string? Problem, long OpenAmount, DateTime CreatedAt, DateTime? ResolvedAt, string Resolution);

/// <summary>A call of a gateway to the channel's notify address.</summary>
/// <param name="Verdict">What followed from it, such as <c>settled</c>, <c>known</c> or <c>kept</c>.</param>
/// <param name="Checks">Each check by its name, and whether it held.</param>
public sealed record CallItem(DateTime Time, string Channel, string Method, string Verdict, IReadOnlyDictionary<string, bool> Checks);

public sealed record OrderStory(OrderItem Order, IReadOnlyList<string> Keys, string Content, IReadOnlyList<OrderAnswer> Form, IReadOnlyList<OrderEventItem> Events, IReadOnlyList<AttemptItem> Attempts, IReadOnlyList<PaymentItem> Payments,
    IReadOnlyList<CallItem> Calls, IReadOnlyList<LedgerItem> Ledger);

public sealed record OrderStoryResponse(bool Success, OrderStory Story);

public sealed record OrderResponse(bool Success, OrderItem Order);

/// <param name="Reference">By which the money can be found.</param>
/// <param name="Amount">In minor units; what the order costs where it is left out.</param>
public sealed record ConfirmBody(string? Reference = null, long? Amount = null);

/// <param name="Plan">An id or a name.</param>
/// <param name="Quantity">One where it is left out.</param>
/// <param name="User">The customer's id, e-mail address, phone number or user name; without it <paramref name="Email"/> is a guest's.</param>
/// <param name="Channel">The id of a payment channel; not needed where nothing is to be paid.</param>
/// <param name="Price">Of one, in minor units; without it the plan's. It takes <c>money.write</c>.</param>
/// <param name="Send">The buyer gets the link to pay by mail; so it is where it is left out.</param>
/// <param name="Renew">A key whose time goes on, at its plan's price.</param>
/// <param name="AddTo">A key that gets <paramref name="AddOn"/>, one of its plan's add-ons by its id.</param>
public sealed record StaffOrderBody(string? Plan = null, long? Quantity = null, string? User = null, string? Email = null, string? Channel = null, long? Price = null, bool? Send = null, string? Renew = null, string? AddTo = null, string? AddOn = null);

/// <param name="Url">The order's page, where it is paid: whoever has it may see the order.</param>
public sealed record StaffOrderResponse(bool Success, OrderItem Order, string Url);

public sealed record CancelBody(string? Reason = null);

/// <param name="Content">What the buyer gets, where the plan is delivered by hand.</param>
public sealed record DeliverBody(string? Reason = null, string? Content = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(OrderList))]
[JsonSerializable(typeof(OrderStoryResponse))]
[JsonSerializable(typeof(OrderResponse))]
[JsonSerializable(typeof(ConfirmBody))]
[JsonSerializable(typeof(StaffOrderBody))]
[JsonSerializable(typeof(StaffOrderResponse))]
[JsonSerializable(typeof(CancelBody))]
[JsonSerializable(typeof(DeliverBody))]
internal sealed partial class OrderJson : JsonSerializerContext;

/// <summary>/api/orders, for staff.</summary>
public static class OrderEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var orders = app.MapGroup("/api/orders").RequireRateLimiting(RateLimits.Api).WithTags("Orders");
        orders.MapGet("", List).Requires(BillingPermissions.OrdersRead).WithSummary("List orders, the newest first")
            .Query("q", "A number of the order, of an attempt to pay it or of the gateway, a reference, a transaction's hash, an e-mail address, a phone number or a key.").Query("status", "One of " + string.Join(", ", OrderState.All) + ".").Query("channel", "The id of a payment channel.").Paged().Produces<OrderList>();
        orders.MapPost("", Create).Requires(BillingPermissions.OrdersWrite).WithSummary("Make an order for somebody").WithDescription("It waits three days to be paid at `url`, which is sent to the buyer.")
            .Refuses([PlanErrors.NotFound, OrderErrors.NotOnSale, OrderErrors.SoldOut, LicenseErrors.NotFound, ActionErrors.NotActivated, ActionErrors.NeverExpires, ActionErrors.AlreadyRevoked, ActionErrors.RechargeKey, ActionErrors.RelayKey, .. KeyChangeErrors.All]).Idempotent().Accepts<StaffOrderBody>("application/json").Produces<StaffOrderResponse>(201);
        app.MapGet("/api/finance/orders/{user}", OfPerson).RequireRateLimiting(RateLimits.Api).WithTags("Finance").Requires(BillingPermissions.OrdersRead).WithSummary("A customer's orders, the newest first")
            .WithDescription("By their id, e-mail address, phone number or user name.").Paged().Refuses(CustomerErrors.NotFound).Produces<OrderList>();
        orders.MapGet("/{number}", Get).Requires(BillingPermissions.OrdersRead).WithSummary("An order and all that happened to it").Refuses(OrderErrors.OrderNotFound).Produces<OrderStoryResponse>();
        orders.MapPost("/{number}/confirm", Confirm).Requires(BillingPermissions.MoneyWrite).WithSummary("Say that an order's money came").WithDescription("For money that came past the payment channels. What follows is the same as when a gateway says so. A reference is good for one order.")
            .Refuses(OrderErrors.OrderNotFound, OrderErrors.OrderState).Idempotent().Accepts<ConfirmBody>("application/json").Produces<OrderResponse>();
        orders.MapPost("/{number}/cancel", Cancel).Requires(BillingPermissions.OrdersWrite).WithSummary("Give up an order that is not paid").Refuses(OrderErrors.OrderNotFound, OrderErrors.OrderState).Idempotent().Accepts<CancelBody>("application/json").Produces<OrderResponse>();
        orders.MapPost("/{number}/deliver", Deliver).Requires(BillingPermissions.OrdersWrite).WithSummary("Deliver an order that is paid and waits for staff").WithDescription("`content` is what the buyer gets, where the plan is delivered by hand.")
            .Refuses(OrderErrors.OrderNotFound, OrderErrors.OrderState, OrderErrors.SoldOut).Idempotent().Accepts<DeliverBody>("application/json").Produces<OrderResponse>();
    }

    private static async Task OfPerson(HttpContext ctx, string user, Database db, CustomerService customers)
    {
        var (tenant, limit) = (ctx.Caller().TenantId, Cursor.Limit(ctx.Request.Query["limit"]));
        var page = await db.Read(async s =>
            Slice<Order>.Of(await OrderStore.OfAccount(s, tenant, await customers.IdOf(s, tenant, user), Cursor.Decode(ctx.Request.Query["after"]), limit + 1), limit, o => o.Id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new OrderList(true, [.. page.Items.Select(View)], page.Next), OrderJson.Default.OrderList);
    }

    private static async Task List(HttpContext ctx, Database db, OrderDeskService desk)
    {
        var (query, limit) = (ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]));
        var page = await db.Read(s => desk.List(s, ctx.Caller().TenantId, new(SearchTerm.Of(query["q"]), Given(query["status"]), Given(query["channel"])), query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new OrderList(true, [.. page.Items.Select(View)], page.Next), OrderJson.Default.OrderList);
    }

    private static async Task Get(HttpContext ctx, string number, Database db, OrderDeskService desk, OrderStories stories)
    {
        var tenant = ctx.Caller().TenantId;
        var whole = await db.Read(async s => await stories.Of(s, tenant, await desk.Get(s, tenant, number)), ctx.RequestAborted);
        var story = new OrderStory(View(whole.Order), whole.Keys, whole.Order.HandedOver, OrderForm.Answers(whole.Order.Form),
            [.. whole.Events.Select(e => new OrderEventItem(Time(e.At), e.Kind, e.Actor, e.Detail))],
            [.. whole.Attempts.Select(a => new AttemptItem(a.TradeNumber, a.ChannelId, a.State, a.Amount, a.Currency, a.GatewayNumber, Time(a.CreatedAt), Time(a.PaidAt)))],
            [.. whole.Payments.Select(p => new PaymentItem(p.Id, p.ChannelId, p.GatewayNumber, p.Amount, p.Currency, p.Problem, p.OpenAmount, Time(p.CreatedAt), Time(p.ResolvedAt), p.Resolution))],
            [.. whole.Calls.Select(c => new CallItem(Time(c.At), c.ChannelId, c.Method, c.Verdict, c.Checks))], [.. whole.Ledger.Select(LedgerEndpoints.View)]);
        await SignedJson.Send(ctx, new OrderStoryResponse(true, story), OrderJson.Default.OrderStoryResponse);
    }

    private static async Task Create(HttpContext ctx, Database db, StaffOrders orders)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, OrderJson.Default.StaffOrderBody);
        var wanted = new StaffOrder(body.Plan, body.Quantity ?? 1, body.User, body.Email, body.Channel, body.Price, body.Send ?? true, ctx.Text().Language) { Renew = body.Renew, AddTo = body.AddTo, AddOn = body.AddOn };
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
        {
            var order = await orders.Make(s, ctx.Caller(), wanted);
            return new StaffOrderResponse(true, View(order), orders.Link(ctx.Caller().TenantId, order));
        }), OrderJson.Default.StaffOrderResponse, 201);
    }

    private static async Task Confirm(HttpContext ctx, string number, Database db, OrderDeskService desk)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, OrderJson.Default.ConfirmBody);
        await Answer(ctx, db, bytes, s => desk.Confirm(s, ctx.Caller(), number, body.Reference, body.Amount));
    }

    private static async Task Cancel(HttpContext ctx, string number, Database db, OrderDeskService desk)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, OrderJson.Default.CancelBody);
        await Answer(ctx, db, bytes, s => desk.Cancel(s, ctx.Caller(), number, body.Reason));
    }

    private static async Task Deliver(HttpContext ctx, string number, Database db, OrderDeskService desk)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, OrderJson.Default.DeliverBody);
        await Answer(ctx, db, bytes, s => desk.Deliver(s, ctx.Caller(), number, body.Reason, body.Content));
    }

    private static Task Answer(HttpContext ctx, Database db, ReadOnlyMemory<byte> body, Func<WriteTx, ValueTask<Order>> work) =>
        Idempotency.Run(ctx, db, body, Commands.InTurn(ctx.Caller(), async s => new OrderResponse(true, View(await work(s)))), OrderJson.Default.OrderResponse);

    private static OrderItem View(Order o) => new(
        o.Id, OrderNumber.Shown(o.Number), o.Kind, o.State, o.AccountId, o.Email, o.PlanId, o.Name, o.Quantity, o.Total, o.Discount, o.Fee, o.Amount, o.Currency, o.ChannelId,
        Time(o.CreatedAt), Time(o.ExpiresAt), Time(o.PaidAt), Time(o.DeliveredAt), Time(o.ClosedAt));

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;

    private static DateTime? Time(long? at) => at is { } known ? Time(known) : null;
}
