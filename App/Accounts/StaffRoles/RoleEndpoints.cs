using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.StaffRoles;

/// <summary><c>/api/roles</c>.</summary>
public static class RoleEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var roles = app.MapGroup("/api/roles").Requires(AccountsPermissions.StaffManage).RequireRateLimiting(RateLimits.Api).WithTags("Staff");
        roles.MapGet("", List).Query("q", "Part of a name.").Paged().Produces<RoleList>().WithSummary("List the roles that were made here, newest first")
            .WithDescription("`built_in` tells what the four roles may do that are always there.").WithName("listRoles");
        roles.MapPost("", Create).Accepts<RoleBody>("application/json").Produces<RoleResponse>(201).Idempotent().WithSummary("Make a role of permissions")
            .WithDescription("`permissions` are names as `built_in` of the list has them. Nobody gives what they do not have. Give the role to somebody as `role` of `/api/staff`.").WithName("createRole");
        roles.MapGet("/{id}", Get).Produces<RoleResponse>().Refuses(RoleErrors.NotFound).WithSummary("One role").WithName("getRole");
        roles.MapPatch("/{id}", Change).Accepts<RoleBody>("application/json").Produces<RoleResponse>().Refuses(RoleErrors.NotFound).WithSummary("Change a role's name or permissions")
            .WithDescription("In force at once for all who have it, and for the tokens that they made.").WithName("changeRole");
        roles.MapDelete("/{id}", Remove).Produces<RoleResponse>().Refuses(RoleErrors.NotFound, RoleErrors.InUse).WithSummary("Delete a role that nobody has").WithName("removeRole");
    }

    private static async Task List(HttpContext ctx, Database db, RoleService roles, PermissionCatalogue permissions, string? q, string? after, string? limit)
    {
        var most = Cursor.Limit(limit);
        var page = await db.Read(s => roles.List(s, ctx.Caller().TenantId, q, after, most), ctx.RequestAborted);
        var builtIn = Roles.All.Select(role => new BuiltInRole(role.Name(), [.. permissions.All.Where(permissions.Of(role).Contains).Select(p => p.Name)]));
        await SignedJson.Send(ctx, new RoleList(true, [.. page.Items.Select(RoleView.Of)], page.Next, [.. builtIn]), RoleJson.Default.RoleList);
    }

    private static async Task Create(HttpContext ctx, Database db, RoleService roles)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, RoleJson.Default.RoleBody);
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
            new RoleResponse(true, RoleView.Of(await roles.Create(s, ctx.Caller(), body.Name, Named(body))))), RoleJson.Default.RoleResponse, 201);
    }

    private static async Task Get(HttpContext ctx, Database db, RoleService roles, string id) =>
        await Send(ctx, await db.Read(s => roles.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted));

    private static async Task Change(HttpContext ctx, Database db, RoleService roles, string id)
    {
        var body = await RequestBody.Read(ctx, RoleJson.Default.RoleBody);
        await Send(ctx, await db.Command(ctx.Caller(), s => roles.Change(s, ctx.Caller(), id, body.Name, Named(body)), ctx.RequestAborted));
    }

    private static async Task Remove(HttpContext ctx, Database db, RoleService roles, string id) =>
        await Send(ctx, await db.Command(ctx.Caller(), s => roles.Remove(s, ctx.Caller(), id), ctx.RequestAborted));

    // An element that is null is no permission's name.
    private static string[]? Named(RoleBody body) => body.Permissions?.Select(p => p ?? "").ToArray();

    private static Task Send(HttpContext ctx, StaffRole role) => SignedJson.Send(ctx, new RoleResponse(true, RoleView.Of(role)), RoleJson.Default.RoleResponse);
}
