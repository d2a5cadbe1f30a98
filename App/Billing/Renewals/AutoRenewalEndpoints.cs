using System.Text.Json.Serialization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Renewals;

/// <param name="On">It is renewed by itself, from the balance.</param>
/// <param name="Renewable">Can it be renewed now?</param>
/// <param name="RenewsAt">When that is tried first; null: it is off.</param>
/// <param name="Price">Of one time of the plan, in minor units, as it is today.</param>
public sealed record AutoRenewalItem(string Key, string Plan, bool On, bool Renewable, DateTime? ExpiresAt, DateTime? RenewsAt, long Price, string Currency);

public sealed record AutoRenewalList(bool Success, IReadOnlyList<AutoRenewalItem> Items);

public sealed record AutoRenewalResponse(bool Success, AutoRenewalItem Renewal);

public sealed record AutoRenewalBody(bool? On = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AutoRenewalList))]
[JsonSerializable(typeof(AutoRenewalResponse))]
[JsonSerializable(typeof(AutoRenewalBody))]
internal sealed partial class AutoRenewalJson : JsonSerializerContext;

/// <summary>/api/user/auto-renewals, for customers, and /api/users/{id}/auto-renewals, for staff.</summary>
public static class AutoRenewalEndpoints
{
    private static readonly ErrorCode[] Refused = [LicenseErrors.NotFound, OrderErrors.NotOnSale, ActionErrors.NotActivated, ActionErrors.NeverExpires, ActionErrors.AlreadyRevoked, ActionErrors.RechargeKey, .. KeyChangeErrors.All, .. AutoRenewalErrors.All];

    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/api/user/auto-renewals").RequiresCustomer().RequireRateLimiting(RateLimits.Api).WithTags("My account");
        own.MapGet("", Own).WithSummary("My keys, and which are renewed by themselves").WithDescription("Those on my account, the last that was put there first.").Produces<AutoRenewalList>();
        own.MapPatch("/{key}", SwitchOwn).WithSummary("Have a key renewed by itself, or no longer").WithDescription("From my balance, before it ends. I am told before, with the price.").Refuses(Refused).Accepts<AutoRenewalBody>("application/json").Produces<AutoRenewalResponse>();
        var staff = app.MapGroup("/api/users/{id}/auto-renewals").RequireRateLimiting(RateLimits.Api).WithTags("Finance");
        staff.MapGet("", List).Requires(BillingPermissions.OrdersRead).WithSummary("A customer's keys, and which are renewed by themselves").WithDescription("The customer by id, e-mail address, phone number or user name.").Refuses(CustomerErrors.NotFound).Produces<AutoRenewalList>();
        staff.MapPatch("/{key}", Switch).Requires(BillingPermissions.MoneyWrite).WithSummary("Have a customer's key renewed by itself, or no longer").WithDescription("The key is on their account, and they are told.").Refuses([CustomerErrors.NotFound, .. Refused]).Accepts<AutoRenewalBody>("application/json").Produces<AutoRenewalResponse>();
    }

    private static async Task Own(HttpContext ctx, Database db, AutoRenewalService renewals)
    {
        var who = ctx.Caller();
        await Send(ctx, await db.Read(s => renewals.List(s, who.TenantId, who.Id!), ctx.RequestAborted));
    }

    private static async Task List(HttpContext ctx, string id, Database db, AutoRenewalService renewals, CustomerService customers)
    {
        var tenant = ctx.Caller().TenantId;
        await Send(ctx, await db.Read(async s => await renewals.List(s, tenant, await customers.IdOf(s, tenant, id)), ctx.RequestAborted));
    }

    private static async Task SwitchOwn(HttpContext ctx, string key, Database db, AutoRenewalService renewals)
    {
        var (who, on) = (ctx.Caller(), await On(ctx));
        await Send(ctx, await db.Write(async s =>
        {
            var license = await Known(s, who.TenantId, key);
            await renewals.Switch(s, who, license.Id, on);
            return await renewals.Of(s, who.TenantId, who.Id!, license);
        }, ctx.RequestAborted));
    }

    private static async Task Switch(HttpContext ctx, string id, string key, Database db, AutoRenewalService renewals, CustomerService customers)
    {
        var (who, on) = (ctx.Caller(), await On(ctx));
        await Send(ctx, await db.Command(who, async s =>
        {
            var (account, license) = (await customers.IdOf(s, who.TenantId, id), await Known(s, who.TenantId, key));
            await renewals.SwitchFor(s, who, account, license, on);
            return await renewals.Of(s, who.TenantId, account, license);
        }, ctx.RequestAborted));
    }

    private static async Task<bool> On(HttpContext ctx) =>
        RequestBody.Parse(ctx, await RequestBody.Bytes(ctx), AutoRenewalJson.Default.AutoRenewalBody).On ?? throw Refusal.Field("on", "field.required");

    private static async ValueTask<License> Known(ReadTx s, string tenant, string key) =>
        LicenseKey.Parse(key) is { } name && await LicenseStore.Find(s, tenant, name) is { } found ? found : throw new Refusal(LicenseErrors.NotFound);

    private static Task Send(HttpContext ctx, List<RenewalLine> lines) => SignedJson.Send(ctx, new AutoRenewalList(true, [.. lines.Select(View)]), AutoRenewalJson.Default.AutoRenewalList);

    private static Task Send(HttpContext ctx, RenewalLine line) => SignedJson.Send(ctx, new AutoRenewalResponse(true, View(line)), AutoRenewalJson.Default.AutoRenewalResponse);

    private static AutoRenewalItem View(RenewalLine l) => new(l.Key.Key, l.Plan.Name, l.On, l.Obstacle is null, Time(l.Key.ExpireAt), Time(l.RenewsAt), l.Plan.Price, l.Plan.Currency);

    private static DateTime? Time(long? at) => at is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known).UtcDateTime : null;
}
