using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Permissions;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Commissions;

/// <param name="Orders">That were paid and came by it.</param>
public sealed record LinkItem(string Code, string Url, string Name, long Orders, DateTime CreatedAt);

public sealed record LinkList(bool Success, IReadOnlyList<LinkItem> Items);

public sealed record LinkResponse(bool Success, LinkItem Link);

public sealed record LinkDeleted(bool Success);

/// <param name="Name">Such as where the link is put up.</param>
public sealed record LinkBody(string? Name = null);

/// <param name="Customer">As much of the e-mail address as tells one from the other.</param>
/// <param name="Spent">Minor units, less what was given back.</param>
public sealed record CustomerItem(string Customer, long Orders, long Spent, string Currency, DateTime LastOrderAt);

public sealed record CustomerOfLinks(bool Success, IReadOnlyList<CustomerItem> Items, string? Next);

/// <summary>What was earned in one currency, in minor units.</summary>
/// <param name="Earned">In all, less what refunds took back.</param>
/// <param name="Held">Of that, what cannot be withdrawn yet.</param>
/// <param name="Asked">What open withdrawals ask for.</param>
/// <param name="Withdrawn">What was paid out.</param>
/// <param name="Available">What can be withdrawn; below zero it is owed.</param>
public sealed record CommissionBalance(string Currency, long Earned, long Held, long Asked, long Withdrawn, long Available);

/// <param name="Plan">What was sold.</param>
/// <param name="Price">What was paid for it, in minor units, without a fee.</param>
/// <param name="Returned">How much of what was paid went back.</param>
/// <param name="Rate">Hundredths of a percent.</param>
/// <param name="Amount">What is earned of it as it is now.</param>
/// <param name="DueAt">From then on it can be withdrawn; null: it is not delivered yet.</param>
public sealed record CommissionItem(string Plan, string Link, long Price, long Returned, long Rate, long Amount, string Currency, DateTime PaidAt, DateTime? DueAt);

public sealed record CommissionList(bool Success, IReadOnlyList<CommissionBalance> Balances, IReadOnlyList<CommissionItem> Items, string? Next);

/// <param name="Plan">An id or a name; left out: for all plans that have no rates of their own.</param>
/// <param name="Rates">All of them, anew: level (1 to 9), and the rate in hundredths of a percent.</param>
/// <param name="HoldDays">So many days after delivery commission can be withdrawn; left out: as it is.</param>
public sealed record RatesBody(string? Plan = null, IReadOnlyList<DistributorRate>? Rates = null, long? HoldDays = null);

/// <param name="Plan">Null: of all plans that have none of their own.</param>
public sealed record RatesResponse(bool Success, string? Plan, IReadOnlyList<DistributorRate> Rates, long HoldDays);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(LinkList))]
[JsonSerializable(typeof(LinkResponse))]
[JsonSerializable(typeof(LinkDeleted))]
[JsonSerializable(typeof(LinkBody))]
[JsonSerializable(typeof(CustomerOfLinks))]
[JsonSerializable(typeof(CommissionList))]
[JsonSerializable(typeof(RatesBody))]
[JsonSerializable(typeof(RatesResponse))]
internal sealed partial class CommissionJson : JsonSerializerContext;

/// <summary>/api/distributor: links, customers and commission of a distributor; /api/distributors/rates, for staff.</summary>
public static class CommissionEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/api/distributor").RequiresCustomer().RequireRateLimiting(RateLimits.Api).WithTags("Distributors");
        own.MapGet("/links", Links).WithSummary("My links, the newest first").WithDescription("Whoever follows one is mine for 30 days: of what they buy in the shop I get commission. The last link that was followed counts; what I buy myself does not.").Produces<LinkList>();
        own.MapPost("/links", NewLink).WithSummary("Make a link").Refuses(DistributorErrors.NotOne, CommissionErrors.TooManyLinks).Idempotent().Accepts<LinkBody>("application/json").Produces<LinkResponse>(201);
        own.MapDelete("/links/{code}", RemoveLink).WithSummary("Delete a link").WithDescription("Nobody comes by it any more, and whoever followed it is nobody's. What was ordered by it before still counts.").Refuses(CommissionErrors.NoLink).Produces<LinkDeleted>();
        own.MapGet("/customers", Customers).WithSummary("Who bought by my links, the last order first").Paged().Produces<CustomerOfLinks>();
        own.MapGet("/commission", Commission).WithSummary("My commission, and the orders that it is of").Paged().Produces<CommissionList>();
        var rates = app.MapGroup("/api/distributors/rates").Requires(BillingPermissions.DistributorsManage).RequireRateLimiting(RateLimits.Api).WithTags("Distributors");
        rates.MapGet("", Rates).WithSummary("What distributors get of what their links sell").Query("plan", "An id or a name; without it those of all plans that have none of their own.").Produces<RatesResponse>();
        rates.MapPost("", SetRates).WithSummary("Set what distributors get of what their links sell")
            .WithDescription("By level, of a plan or of all. Orders that were paid before keep their rate; a rate of 0 pays nothing for a plan.").Idempotent().Accepts<RatesBody>("application/json").Produces<RatesResponse>();
    }

    private static async Task Links(HttpContext ctx, Database db, CommissionService service)
    {
        var who = ctx.Caller();
        await SignedJson.Send(ctx, new LinkList(true, [.. (await db.Read(s => CommissionStore.Links(s, who.TenantId, who.Id!), ctx.RequestAborted)).Select(l => View(service, who, l))]), CommissionJson.Default.LinkList);
    }

    private static async Task NewLink(HttpContext ctx, Database db, CommissionService service)
    {
        var (bytes, who) = (await RequestBody.Bytes(ctx), ctx.Caller());
        var body = RequestBody.Parse(ctx, bytes, CommissionJson.Default.LinkBody);
        await Idempotency.Run(ctx, db, bytes, async s => new LinkResponse(true, View(service, who, await service.NewLink(s, who, body.Name))), CommissionJson.Default.LinkResponse, 201);
    }

    private static async Task RemoveLink(HttpContext ctx, string code, Database db, CommissionService service)
    {
        await db.Write(s => service.RemoveLink(s, ctx.Caller(), code), ctx.RequestAborted);
        await SignedJson.Send(ctx, new LinkDeleted(true), CommissionJson.Default.LinkDeleted);
    }

    private static async Task Customers(HttpContext ctx, Database db)
    {
        var (who, limit) = (ctx.Caller(), Cursor.Limit(ctx.Request.Query["limit"]));
        var page = Slice<DistributorCustomer>.Of(await db.Read(s => CommissionStore.Customers(s, who.TenantId, who.Id!, Cursor.Decode(ctx.Request.Query["after"]), limit + 1), ctx.RequestAborted), limit, c => c.Last);
        await SignedJson.Send(ctx, new CustomerOfLinks(true, [.. page.Items.Select(c => new CustomerItem(c.Masked, c.Orders, c.Spent, c.Currency, Time(c.LastAt)))], page.Next), CommissionJson.Default.CustomerOfLinks);
    }

    private static async Task Commission(HttpContext ctx, Database db)
    {
        var (who, limit) = (ctx.Caller(), Cursor.Limit(ctx.Request.Query["limit"]));
        var (sums, found) = await db.Read(async s => (await CommissionStore.Sums(s, who.TenantId, who.Id!), await CommissionStore.List(s, who.TenantId, who.Id!, Cursor.Decode(ctx.Request.Query["after"]), limit + 1)), ctx.RequestAborted);
        var page = Slice<CommissionLine>.Of(found, limit, l => l.Commission.OrderId);
        await SignedJson.Send(ctx, new CommissionList(true, [.. sums.Select(b => new CommissionBalance(b.Currency, b.Earned, b.Held, b.Asked, b.Withdrawn, b.Available))], [.. page.Items.Select(View)], page.Next), CommissionJson.Default.CommissionList);
    }

    private static async Task Rates(HttpContext ctx, Database db, PlanService plans)
    {
        var (tenant, name) = (ctx.Caller().TenantId, ctx.Request.Query["plan"].ToString());
        var rates = await db.Read(async s =>
        {
            var plan = name.Length == 0 ? null : await plans.Named(s, tenant, name);
            return new RatesResponse(true, plan?.Id, await DistributorRates.List(s, tenant, plan?.Id), await DistributorRates.HoldDays(s, tenant));
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, rates, CommissionJson.Default.RatesResponse);
    }

    private static async Task SetRates(HttpContext ctx, Database db, DistributorRates rates)
    {
        var (bytes, who) = (await RequestBody.Bytes(ctx), ctx.Caller());
        var body = RequestBody.Parse(ctx, bytes, CommissionJson.Default.RatesBody);
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(who, async s =>
        {
            var plan = await rates.Set(s, who, body.Plan, body.Rates ?? throw Refusal.Field("rates", "field.required"), body.HoldDays);
            return new RatesResponse(true, plan?.Id, await DistributorRates.List(s, who.TenantId, plan?.Id), await DistributorRates.HoldDays(s, who.TenantId));
        }), CommissionJson.Default.RatesResponse);
    }

    private static LinkItem View(CommissionService service, Caller who, DistributorLink l) => new(l.Code, service.Address(who.TenantId, l.Code), l.Name, l.Orders, Time(l.CreatedAt));

    private static CommissionItem View(CommissionLine line)
    {
        var c = line.Commission;
        return new(line.What, line.LinkName, c.Price, c.Returned, c.Rate, c.Amount, c.Currency, Time(c.PaidAt!.Value), c.DueAt is { } due ? Time(due) : null);
    }

    private static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}
