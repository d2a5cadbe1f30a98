using System.Text.Json.Serialization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Ledger;

/// <param name="Amount">Minor units of the currency.</param>
public sealed record BalanceItem(string Currency, long Amount);

/// <param name="Kind">Such as <c>top_up</c> or <c>sale</c>.</param>
/// <param name="Amount">Minor units; above zero it came, below zero it went.</param>
public sealed record BalanceEntry(string Id, DateTime Time, string Kind, long Amount, string Currency);

/// <param name="Entries">What came and went, the newest first.</param>
/// <param name="Next">Of the entries.</param>
public sealed record BalanceResponse(bool Success, IReadOnlyList<BalanceItem> Items, IReadOnlyList<BalanceEntry> Entries, string? Next);

/// <param name="Amount">Minor units; above zero a debit, below zero a credit.</param>
public sealed record LedgerItem(string Transaction, string Kind, string Account, string Currency, long Amount, string? Order, string Reference, string Actor, DateTime Time);

public sealed record LedgerList(bool Success, IReadOnlyList<LedgerItem> Items, string? Next);

/// <param name="User">Their id, e-mail address, phone number or user name.</param>
/// <param name="Amount">Minor units, above zero.</param>
/// <param name="Reference">How the money came: it can be found by it again.</param>
public sealed record TopUpBody(string? User = null, long Amount = 0, string? Currency = null, string? Reference = null);

/// <param name="Balance">What there is now, in minor units.</param>
public sealed record TopUpResponse(bool Success, string Transaction, string Currency, long Balance);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(BalanceResponse))]
[JsonSerializable(typeof(LedgerList))]
[JsonSerializable(typeof(TopUpBody))]
[JsonSerializable(typeof(TopUpResponse))]
internal sealed partial class LedgerJson : JsonSerializerContext;

/// <summary>/api/finance: the ledger, and balances that staff top up.</summary>
public static class LedgerEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var finance = app.MapGroup("/api/finance").RequireRateLimiting(RateLimits.Api).WithTags("Finance");
        finance.MapGet("/ledger", List).Requires(BillingPermissions.MoneyRead).WithSummary("Entries of the ledger, the newest first").Query("account", "Of this account alone, such as `revenue` or `balance:ID`; in place of the id an e-mail address, phone number or user name does.").Paged().Produces<LedgerList>();
        finance.MapPost("/topup", TopUp).Requires(BillingPermissions.MoneyWrite).WithSummary("Add to a customer's balance").WithDescription("For money that came past every payment channel. The reference says how.")
            .Refuses(CustomerErrors.NotFound).Idempotent().Accepts<TopUpBody>("application/json").Produces<TopUpResponse>(201);
    }

    private static async Task List(HttpContext ctx, Database db, LedgerService ledger, CustomerService customers)
    {
        var (query, limit) = (ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]));
        var tenant = ctx.Caller().TenantId;
        var page = await db.Read(async s => await ledger.List(s, tenant, await LedgerAccount.Named(query["account"].ToString(), name => customers.Known(s, tenant, name)), query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new LedgerList(true, [.. page.Items.Select(View)], page.Next), LedgerJson.Default.LedgerList);
    }

    /// <summary>An entry as clients read it.</summary>
    public static LedgerItem View(LedgerLine l) => new(l.TransactionId, l.Kind, l.Account, l.Currency, l.Amount, l.OrderId, l.Reference, l.Actor, DateTimeOffset.FromUnixTimeMilliseconds(l.CreatedAt).UtcDateTime);

    private static async Task TopUp(HttpContext ctx, Database db, BalanceService balances)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, LedgerJson.Default.TopUpBody);
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), s => balances.TopUp(s, ctx.Caller(), body)), LedgerJson.Default.TopUpResponse, 201);
    }
}
