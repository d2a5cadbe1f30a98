using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.Merging;

/// <summary><c>/admin/users/{id}/merge</c>: which other account, what would come of it, and doing it.</summary>
public static class MergePages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("/admin/users/{id}/merge").Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        pages.MapGet("", (HttpContext ctx, string id) => Show(ctx, id, ctx.Request.Query["with"].ToString()));
        pages.MapPost("", Run).AsksForProof();
    }

    private static async Task Show(HttpContext ctx, string id, string with, Refusal? refused = null)
    {
        var (services, tenant) = (ctx.RequestServices, ctx.Caller().TenantId);
        var (merges, customers) = (services.GetRequiredService<MergeService>(), services.GetRequiredService<CustomerService>());
        var model = await services.GetRequiredService<Database>().Read(async s =>
        {
            var into = await customers.Get(s, tenant, id);
            if (with.Length == 0 || refused is not null)
                return new MergeModel(into, with, null, refused);
            try
            {
                return new MergeModel(into, with, await merges.Preview(s, tenant, id, with), null);
            }
            catch (Refusal refusal) when (refusal.Status is 409 or 422)
            {
                return new MergeModel(into, with, null, refusal);
            }
        }, ctx.RequestAborted);
        await services.GetRequiredService<PageRenderer>().Render<MergePage, MergeModel>(ctx, model, model.Refusal?.Status ?? 200);
    }

    private static async Task Run(HttpContext ctx, Database db, MergeService merges, string id)
    {
        var with = (await RequestBody.Form(ctx))["with"].ToString();
        try
        {
            var customer = await db.Command(ctx.Caller(), s => merges.Run(s, ctx.Caller(), id, with), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"/admin/users/{customer.Id}", new Toast("ok", "merging.done", customer.Called));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await Show(ctx, id, with, refusal);
        }
    }
}

/// <param name="With">The other account, as typed.</param>
/// <param name="Merge">What would come of it; null while that is not known.</param>
public sealed record MergeModel(Customer Into, string With, Merge? Merge, Refusal? Refusal) : IFormModel;
