using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.CustomerActions;

/// <summary><c>/admin/users/bulk</c>: one thing done to many customers, asked about first; and <c>/admin/users/export</c>.</summary>
public static class CustomerBulkPages
{
    internal const string List = "/admin/users", Path = List + "/bulk";
    private const int Shown = 8;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(List).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = pages.MapGroup("").Requires(AccountsPermissions.UsersRead);
        read.MapGet("/export", (HttpContext ctx, CustomerExport export) => export.Send(ctx, ctx.Request.Query["q"], ctx.Request.Query["state"])).AsksForProof();
        read.MapPost("/export", async (HttpContext ctx, CustomerExport export) => await export.Send(ctx, CustomerChoice.Read(await RequestBody.Form(ctx)))).AsksForProof();
        var write = pages.MapGroup("").Requires(AccountsPermissions.UsersWrite);
        // Where the switch of languages leads back to.
        write.MapGet("/bulk", (HttpContext ctx) => PageRenderer.Redirect(ctx, List));
        write.MapPost("/bulk", Ask);
        write.MapPost("/bulk/enable", (HttpContext ctx, Database db, CustomerBulk actions) => Act(ctx, db, actions, CustomerBulk.Enable));
        write.MapPost("/bulk/disable", (HttpContext ctx, Database db, CustomerBulk actions) => Act(ctx, db, actions, CustomerBulk.Disable));
        write.MapPost("/bulk/delete", (HttpContext ctx, Database db, CustomerBulk actions) => Act(ctx, db, actions, CustomerBulk.Delete)).AsksForProof();
    }

    private static async Task Ask(HttpContext ctx, PageRenderer pages, Database db, CustomerService customers, TimeProvider clock)
    {
        var form = await RequestBody.Form(ctx);
        var (choice, action) = (CustomerChoice.Read(form), form["action"].ToString());
        if (!CustomerBulk.Names.Contains(action))
            throw Refusal.Field("action", "field.one_of", string.Join(", ", CustomerBulk.Names));
        var (count, first) = await Chosen(ctx, db, customers, choice, CustomerBulk.MaxAtOnce, clock);
        if (count == 0)
            PageRenderer.RedirectWithToast(ctx, List, new Toast("warn", "users.bulk.none"));
        else
            await pages.Render<CustomerBulkPage, CustomerBulkModel>(ctx, new(choice, action, count, first));
    }

    private static async Task Act(HttpContext ctx, Database db, CustomerBulk actions, string action)
    {
        var choice = CustomerChoice.Read(await RequestBody.Form(ctx));
        if (choice.Users is { Count: 0 })
        {
            PageRenderer.RedirectWithToast(ctx, List, new Toast("warn", "users.bulk.none"));
            return;
        }
        var done = await db.Command(ctx.Caller(), s => actions.Apply(s, ctx.Caller(), choice, action), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, List, new Toast(done.Changed > 0 ? "ok" : "warn", CustomerBulk.Told(done)));
    }

    /// <summary>How many are chosen, and the first of them.</summary>
    internal static Task<(long Count, IReadOnlyList<Customer> First)> Chosen(HttpContext ctx, Database db, CustomerService customers, CustomerChoice choice, int most, TimeProvider clock) =>
        db.Read(async s =>
        {
            var (tenant, now) = (ctx.Caller().TenantId, clock.GetUtcNow().ToUnixTimeMilliseconds());
            return (await choice.Count(s, tenant, most, now), await choice.First(s, customers, tenant, Shown, now));
        }, ctx.RequestAborted);
}

/// <param name="Count">Never counted far beyond what may be changed at once.</param>
/// <param name="First">The first of them.</param>
public sealed record CustomerBulkModel(CustomerChoice Choice, string Action, long Count, IReadOnlyList<Customer> First);
