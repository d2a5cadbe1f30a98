using System.Text.Json.Serialization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Permissions;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Distributors;

public sealed record DistributorItem(string User, string Name, string Status, long Level, string Currency, long Credit, string Application, string Reason, DateTime CreatedAt, DateTime UpdatedAt);

public sealed record DistributorList(bool Success, IReadOnlyList<DistributorItem> Items, string? Next);

public sealed record DistributorResponse(bool Success, DistributorItem Distributor);

/// <param name="Status"><c>active</c>, <c>rejected</c> or <c>suspended</c>; what is left out stays.</param>
/// <param name="Credit">How far below nothing the balance may fall, in minor units of <paramref name="Currency"/>.</param>
/// <param name="Reason">The distributor sees it.</param>
public sealed record DistributorBody(string? Status = null, long? Level = null, long? Credit = null, string? Currency = null, string? Reason = null);

/// <param name="Plan">An id or a name.</param>
/// <param name="Prices">All of the plan's, anew.</param>
public sealed record DistributorPricesBody(string? Plan = null, IReadOnlyList<DistributorPrice>? Prices = null);

public sealed record DistributorPricesResponse(bool Success, string Plan, IReadOnlyList<DistributorPrice> Prices);

/// <summary>What a form has bought, by the order's number.</summary>
internal sealed record BulkBought(string Number);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(BulkBought))]
[JsonSerializable(typeof(DistributorList))]
[JsonSerializable(typeof(DistributorResponse))]
[JsonSerializable(typeof(DistributorBody))]
[JsonSerializable(typeof(DistributorPricesBody))]
[JsonSerializable(typeof(DistributorPricesResponse))]
internal sealed partial class DistributorJson : JsonSerializerContext;

/// <summary>/api/distributors, for staff.</summary>
public static class DistributorEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var staff = app.MapGroup("/api/distributors").Requires(BillingPermissions.DistributorsManage).RequireRateLimiting(RateLimits.Api).WithTags("Distributors");
        staff.MapGet("", List).WithSummary("List distributors and who asks to be one").Query("status", "One of " + string.Join(", ", Distributor.States) + ".").Paged().Produces<DistributorList>();
        staff.MapPatch("/{user}", Change).WithSummary("Take a distributor on, stop them, or change their terms").WithDescription("By their id, e-mail address, phone number or user name. They are told.").Refuses(CustomerErrors.NotFound, DistributorErrors.NotFound, DistributorErrors.State).Accepts<DistributorBody>("application/json").Produces<DistributorResponse>();
        staff.MapGet("/prices", Prices).WithSummary("What a plan costs distributors").Query("plan", "An id or a name.").Produces<DistributorPricesResponse>();
        staff.MapPost("/prices", SetPrices).WithSummary("Set what a plan costs distributors").WithDescription("By level (1 to 9) and quantity; what was set before is gone.").Idempotent().Accepts<DistributorPricesBody>("application/json").Produces<DistributorPricesResponse>();
    }

    private static async Task List(HttpContext ctx, Database db)
    {
        var (query, limit) = (ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]));
        var status = query["status"].ToString() is { Length: > 0 } asked ? asked : null;
        if (status is not null && !Distributor.States.Contains(status))
            throw Refusal.Field("status", "field.one_of", string.Join(", ", Distributor.States));
        var page = Slice<DistributorLine>.Of(await db.Read(s => DistributorStore.List(s, ctx.Caller().TenantId, status, Cursor.Decode(query["after"]), limit + 1), ctx.RequestAborted), limit, d => d.Distributor.AccountId);
        await SignedJson.Send(ctx, new DistributorList(true, [.. page.Items.Select(d => View(d.Distributor, d.Name))], page.Next), DistributorJson.Default.DistributorList);
    }

    private static async Task Change(HttpContext ctx, string user, Database db, DistributorService distributors, CustomerService customers)
    {
        var body = RequestBody.Parse(ctx, await RequestBody.Bytes(ctx), DistributorJson.Default.DistributorBody);
        var who = ctx.Caller();
        var view = await db.Command(who, async s =>
        {
            var changed = await distributors.Change(s, who, await customers.IdOf(s, who.TenantId, user), new(body.Status, body.Level, body.Credit, body.Currency, body.Reason));
            return View(changed, await DistributorStore.Name(s, who.TenantId, changed.AccountId));
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, new DistributorResponse(true, view), DistributorJson.Default.DistributorResponse);
    }

    private static async Task Prices(HttpContext ctx, Database db, PlanService plans)
    {
        var (tenant, name) = (ctx.Caller().TenantId, ctx.Request.Query["plan"].ToString());
        var prices = await db.Read(async s =>
        {
            var plan = await plans.Named(s, tenant, name);
            return new DistributorPricesResponse(true, plan.Id, await DistributorStore.Prices(s, tenant, plan.Id));
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, prices, DistributorJson.Default.DistributorPricesResponse);
    }

    private static async Task SetPrices(HttpContext ctx, Database db, DistributorService distributors)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, DistributorJson.Default.DistributorPricesBody);
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
        {
            var plan = await distributors.SetPrices(s, ctx.Caller(), body.Plan, body.Prices ?? throw Refusal.Field("prices", "field.required"));
            return new DistributorPricesResponse(true, plan.Id, await DistributorStore.Prices(s, ctx.Caller().TenantId, plan.Id));
        }), DistributorJson.Default.DistributorPricesResponse);
    }

    private static DistributorItem View(Distributor d, string name) => new(d.AccountId, name, d.State, d.Level, d.Currency, d.Credit, d.Application, d.Reason, Time(d.CreatedAt), Time(d.UpdatedAt));

    private static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}
