using System.Globalization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Billing.Commissions;

/// <summary><c>/d/{code}</c>: a distributor's link. It leads into the shop, and the browser keeps for 30 days who sent it; so does the account of who is signed in.</summary>
public sealed class Referrals(Database db, Cookies cookies, TimeProvider clock)
{
    public const string Path = "/d/";

    /// <summary>Maps the link. <c>?plan=</c> leads to an offer at once.</summary>
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(Path + "{code}", (HttpContext ctx, string code, Referrals own) => own.Follow(ctx, code)).OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();

    /// <summary>What the browser says of who sent it.</summary>
    public Referral? Of(HttpContext ctx) =>
        cookies.Get(ctx, Cookies.Referral)?.Split('.') is [var code, var at] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < int.MaxValue ? new(code, seconds * 1000) : null;

    private async Task Follow(HttpContext ctx, string code)
    {
        var (who, now) = (ctx.Caller(), clock.GetUtcNow());
        var link = await db.Read(async s => await CommissionStore.Link(s, who.TenantId, code.Trim().ToUpperInvariant()) is { } known
            && await DistributorStore.Find(s, who.TenantId, known.AccountId) is { State: Distributor.Active } ? known : null, ctx.RequestAborted);
        // Followed by a person, not fetched by a page as a picture of its own.
        if (link is not null && who.LookedAtBy is null && ctx.Request.Headers["Sec-Fetch-Dest"].ToString() is "" or "document" or "empty")
        {
            cookies.Set(ctx, Cookies.Referral, string.Create(CultureInfo.InvariantCulture, $"{link.Code}.{now.ToUnixTimeSeconds()}"), CommissionBooks.Counts);
            if (who.IsCustomer && who.Id != link.AccountId)
                await db.Write(async s => await CustomerStore.FindLocked(s, who.TenantId, who.Id!, now.ToUnixTimeMilliseconds()) is null ? 0 : await CommissionStore.Remember(s, who.TenantId, who.Id!, new(link.Code, now.ToUnixTimeMilliseconds())), ctx.RequestAborted);
        }
        ctx.Response.Headers.CacheControl = "no-store";
        PageRenderer.Redirect(ctx, ctx.Request.Query["plan"].ToString() is { Length: > 0 } plan ? "/buy/" + Uri.EscapeDataString(plan) : "/");
    }
}
