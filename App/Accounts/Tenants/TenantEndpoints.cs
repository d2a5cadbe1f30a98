using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Tenants;

/// <summary><c>/api/tenants</c>: several businesses in one appliance, for its owner.</summary>
public static class TenantEndpoints
{
    private const string About =
        "Each business has its own staff, customers, plans, keys, settings, audit log and signing key, and sees nothing of the others. A request belongs to the one of its session or token; else to the one whose "
        + "host name it came to; else to `default`, which is there from the first. Quotas: `accounts` (customers), `active_keys`, `devices` (machines bound to keys), `staff`, `api_calls_day`; a request for more is refused with "
        + "403 `QUOTA_EXCEEDED`, whose `errors` name the quota, and from 80 % on the staff of the business are warned once.";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/tenants").RequireRateLimiting(RateLimits.Api).WithTags("Tenants").Requires(AccountsPermissions.TenantsManage);
        group.MapGet("", List).WithSummary("List the businesses in this appliance").WithDescription(About).Produces<TenantList>();
        group.MapPost("", Create).WithSummary("Add a business").Idempotent().Accepts<TenantInput>("application/json").Produces<TenantResponse>(201);
        group.MapGet("/{id}", Get).WithSummary("One business, with what it uses of its quotas").Refuses(TenantErrors.NotFound).Produces<TenantResponse>();
        group.MapPatch("/{id}", Change).WithSummary("Change what is named").WithDescription("A quota that is null is taken away; those that are not named stay. `closed` closes a business: its host names answer nobody, its sessions end, and its tokens and keys are good for nothing until it is opened again.")
            .Refuses(TenantErrors.NotFound, TenantErrors.Stays, TenantErrors.Removing).Accepts<TenantInput>("application/json").Produces<TenantResponse>();
        group.MapDelete("/{id}", Remove).WithSummary("Remove a business that is closed, for good")
            .WithDescription("All of its rows in every table, its files and its audit log are erased in the background; the answer names the operation, which begins when every node knows that the business is closed. Its short name is not given again. The main business stays.")
            .Query("dry_run", "`true`: only tell what would go.", "boolean").Refuses(TenantErrors.NotFound, TenantErrors.Stays, TenantErrors.Open).Produces<TenantRemovalResponse>().Produces<TenantRemovalResponse>(202);
    }

    private static async Task List(HttpContext ctx, Database db, TenantService tenants)
    {
        var all = await db.Read(s => tenants.List(s), ctx.RequestAborted);
        await SignedJson.Send(ctx, new TenantList(true, [.. all.Select(t => TenantView.Of(t, null))], null), TenantJson.Default.TenantList);
    }

    private static async Task Create(HttpContext ctx, Database db, TenantService tenants, TenantQuotas quotas)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var wanted = RequestBody.Parse(ctx, bytes, TenantJson.Default.TenantInput);
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
        {
            var made = await tenants.Create(s, ctx.Caller(), wanted);
            return new TenantResponse(true, TenantView.Of(made, await quotas.Uses(s, made.Id)));
        }), TenantJson.Default.TenantResponse, 201);
    }

    private static async Task Get(HttpContext ctx, string id, Database db, TenantService tenants, TenantQuotas quotas) =>
        await Send(ctx, await db.Read(async s => TenantView.Of(await tenants.Get(s, id), await quotas.Uses(s, id)), ctx.RequestAborted));

    private static async Task Change(HttpContext ctx, string id, Database db, TenantService tenants, TenantQuotas quotas)
    {
        var wanted = await RequestBody.Read(ctx, TenantJson.Default.TenantInput);
        await Send(ctx, await db.Command(ctx.Caller(), async s => TenantView.Of(await tenants.Update(s, ctx.Caller(), id, wanted), await quotas.Uses(s, id)), ctx.RequestAborted));
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, TenantRemovals removals)
    {
        // Whatever is no clear word must not erase anything.
        var dry = ctx.Request.Query["dry_run"].ToString() switch { "" or "false" => false, "true" => true, _ => throw Refusal.Field("dry_run", "field.wrong_type") };
        var what = await db.Read(s => removals.Preview(s, id), ctx.RequestAborted);
        var operation = dry ? null : await db.Command(ctx.Caller(), s => removals.Start(s, ctx.Caller(), what), ctx.RequestAborted);
        await SignedJson.Send(ctx, new TenantRemovalResponse(true, dry, id, what.Rows, what.Total, operation?.Id), TenantJson.Default.TenantRemovalResponse, dry ? 200 : 202);
    }

    private static Task Send(HttpContext ctx, TenantView tenant) => SignedJson.Send(ctx, new TenantResponse(true, tenant), TenantJson.Default.TenantResponse);
}
