using System.Text.Json.Serialization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Withdrawals;

/// <param name="Way"><c>balance</c>, or <c>hand</c>: paid by staff.</param>
/// <param name="Details">Where to pay it.</param>
/// <param name="Status"><c>asked</c>, <c>paid</c>, <c>refused</c> or <c>cancelled</c>.</param>
/// <param name="Reference">How it was paid, or why it was not.</param>
public sealed record WithdrawalItem(string Id, string User, long Amount, string Currency, string Way, string Details, string Status, string Reference, DateTime CreatedAt, DateTime? DecidedAt);

public sealed record WithdrawalList(bool Success, IReadOnlyList<WithdrawalItem> Items, string? Next);

public sealed record WithdrawalResponse(bool Success, WithdrawalItem Withdrawal);

/// <param name="Amount">Minor units.</param>
/// <param name="Way"><c>balance</c>, or <c>hand</c>: paid by staff, where <paramref name="Details"/> say.</param>
public sealed record WithdrawalBody(long Amount = 0, string? Currency = null, string? Way = null, string? Details = null);

/// <param name="Reference">By which the payment can be found; the distributor sees it.</param>
public sealed record WithdrawalApproveBody(string? Reference = null);

/// <param name="Reason">The distributor sees it.</param>
public sealed record WithdrawalRefuseBody(string? Reason = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(WithdrawalList))]
[JsonSerializable(typeof(WithdrawalResponse))]
[JsonSerializable(typeof(WithdrawalBody))]
[JsonSerializable(typeof(WithdrawalApproveBody))]
[JsonSerializable(typeof(WithdrawalRefuseBody))]
internal sealed partial class WithdrawalJson : JsonSerializerContext;

/// <summary>/api/distributor/withdrawals, for distributors, and /api/distributors/withdrawals, for staff.</summary>
public static class WithdrawalEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/api/distributor/withdrawals").RequiresCustomer().RequireRateLimiting(RateLimits.Api).WithTags("Distributors");
        own.MapGet("", Own).WithSummary("My withdrawals, the newest first").Paged().Produces<WithdrawalList>();
        own.MapPost("", Ask).WithSummary("Ask for commission").WithDescription("It is set aside at once, and paid when staff approve.")
            .Refuses(DistributorErrors.NotOne, WithdrawalErrors.Insufficient).Idempotent().Accepts<WithdrawalBody>("application/json").Produces<WithdrawalResponse>(201);
        own.MapPost("/{id}/cancel", Cancel).WithSummary("Take a withdrawal back").WithDescription("While staff have not decided: the commission can be asked for again.").Refuses(WithdrawalErrors.NotFound, WithdrawalErrors.State).Produces<WithdrawalResponse>();
        var staff = app.MapGroup("/api/distributors/withdrawals").RequireRateLimiting(RateLimits.Api).WithTags("Distributors");
        staff.MapGet("", List).Requires(BillingPermissions.DistributorsManage).WithSummary("Withdrawals of distributors, the newest first").Query("status", "One of " + string.Join(", ", WithdrawalState.All) + ".").Query("user", "Of this distributor alone: an id, e-mail address, phone number or user name.").Paged().Refuses(CustomerErrors.NotFound).Produces<WithdrawalList>();
        var decide = staff.MapGroup("/{id}").Requires(BillingPermissions.MoneyWrite);
        decide.MapPost("/approve", Approve).WithSummary("Pay a withdrawal").WithDescription("To the balance it goes with that; what is paid by hand was paid, and the reference says how.")
            .Refuses(WithdrawalErrors.NotFound, WithdrawalErrors.State).Idempotent().Accepts<WithdrawalApproveBody>("application/json").Produces<WithdrawalResponse>();
        decide.MapPost("/refuse", Refuse).WithSummary("Turn a withdrawal down").Refuses(WithdrawalErrors.NotFound, WithdrawalErrors.State).Idempotent().Accepts<WithdrawalRefuseBody>("application/json").Produces<WithdrawalResponse>();
    }

    private static Task Own(HttpContext ctx, Database db) => Send(ctx, db, ctx.Caller().Id, null);

    private static async Task List(HttpContext ctx, Database db, CustomerService customers)
    {
        var (query, tenant) = (ctx.Request.Query, ctx.Caller().TenantId);
        var status = query["status"].ToString() is { Length: > 0 } asked ? asked : null;
        if (status is not null && !WithdrawalState.All.Contains(status))
            throw Refusal.Field("status", "field.one_of", string.Join(", ", WithdrawalState.All));
        var account = query["user"].ToString() is { Length: > 0 } named ? await db.Read(s => customers.IdOf(s, tenant, named), ctx.RequestAborted) : null;
        await Send(ctx, db, account, status);
    }

    private static async Task Send(HttpContext ctx, Database db, string? account, string? status)
    {
        var (who, limit) = (ctx.Caller(), Cursor.Limit(ctx.Request.Query["limit"]));
        var page = Slice<WithdrawalLine>.Of(await db.Read(s => WithdrawalStore.List(s, who.TenantId, account, status, Cursor.Decode(ctx.Request.Query["after"]), limit + 1), ctx.RequestAborted), limit, l => l.Withdrawal.Id);
        await SignedJson.Send(ctx, new WithdrawalList(true, [.. page.Items.Select(l => View(l.Withdrawal))], page.Next), WithdrawalJson.Default.WithdrawalList);
    }

    private static async Task Ask(HttpContext ctx, Database db, WithdrawalService withdrawals)
    {
        var (bytes, who) = (await RequestBody.Bytes(ctx), ctx.Caller());
        var body = RequestBody.Parse(ctx, bytes, WithdrawalJson.Default.WithdrawalBody);
        await Idempotency.Run(ctx, db, bytes, async s => new WithdrawalResponse(true, View(await withdrawals.Ask(s, who, body.Amount, body.Currency, body.Way, body.Details))), WithdrawalJson.Default.WithdrawalResponse, 201);
    }

    private static async Task Cancel(HttpContext ctx, string id, Database db, WithdrawalService withdrawals) =>
        await SignedJson.Send(ctx, new WithdrawalResponse(true, View(await db.Write(s => withdrawals.Cancel(s, ctx.Caller(), id), ctx.RequestAborted))), WithdrawalJson.Default.WithdrawalResponse);

    private static async Task Approve(HttpContext ctx, string id, Database db, WithdrawalService withdrawals)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, WithdrawalJson.Default.WithdrawalApproveBody);
        await Decide(ctx, db, bytes, s => withdrawals.Approve(s, ctx.Caller(), id, body.Reference));
    }

    private static async Task Refuse(HttpContext ctx, string id, Database db, WithdrawalService withdrawals)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, WithdrawalJson.Default.WithdrawalRefuseBody);
        await Decide(ctx, db, bytes, s => withdrawals.Refuse(s, ctx.Caller(), id, body.Reason));
    }

    private static Task Decide(HttpContext ctx, Database db, ReadOnlyMemory<byte> bytes, Func<WriteTx, ValueTask<Withdrawal>> decide) =>
        Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s => new WithdrawalResponse(true, View(await decide(s)))), WithdrawalJson.Default.WithdrawalResponse);

    private static WithdrawalItem View(Withdrawal w) =>
        new(w.Id, w.AccountId, w.Amount, w.Currency, w.Way, w.Details, w.State, w.Reference, Time(w.CreatedAt), w.DecidedAt is { } at ? Time(at) : null);

    private static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}
