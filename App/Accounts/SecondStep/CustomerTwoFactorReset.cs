using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.SecondStep;

/// <summary>Switching off the two-factor sign-in of a customer who has lost phone and recovery codes: <c>/api/users</c> and their page.</summary>
public static class CustomerTwoFactorReset
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/api/users/{id}/reset-two-factor", Reset).Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Api).WithTags("Customers")
            .Produces<CustomerResponse>().Refuses(CustomerErrors.NotFound, TwoFactorErrors.Off)
            .WithSummary("Switch off a customer's two-factor sign-in").WithName("resetCustomersTwoFactor")
            .WithDescription("For one who has lost phone and recovery codes. Their passkeys go as well and their sessions end; from then on the password alone opens, until they set it up anew.");
        app.MapPost("/admin/users/{id}/reset-two-factor", ResetOnPage).Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Pages).AsksForProof().ExcludeFromDescription();
    }

    private static async Task Reset(HttpContext ctx, string id, Database db, CustomerService customers, TwoFactorService twoFactor) =>
        await SignedJson.Send(ctx, new CustomerResponse(true, await Run(ctx, db, customers, twoFactor, id)), CustomerJson.Default.CustomerResponse);

    private static async Task ResetOnPage(HttpContext ctx, string id, Database db, CustomerService customers, TwoFactorService twoFactor)
    {
        var customer = await Run(ctx, db, customers, twoFactor, id);
        PageRenderer.RedirectWithToast(ctx, "/admin/users/" + customer.Id, new Toast("ok", "twofactor.was_reset", customer.Called));
    }

    private static Task<Customer> Run(HttpContext ctx, Database db, CustomerService customers, TwoFactorService twoFactor, string id) => db.Command(ctx.Caller(), async s =>
    {
        var account = await customers.IdOf(s, ctx.Caller().TenantId, id);
        return await twoFactor.ResetCustomer(s, ctx.Caller(), account) ? await customers.Get(s, ctx.Caller().TenantId, account) : throw new Refusal(CustomerErrors.NotFound);
    }, ctx.RequestAborted);
}
