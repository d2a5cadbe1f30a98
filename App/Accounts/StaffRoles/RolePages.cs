using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Fields;

namespace Gatehouse.Accounts.StaffRoles;

/// <summary><c>/admin/roles</c>: what each role may do, and roles of one's own.</summary>
public static class RolePages
{
    private const string Path = "/admin/roles";
    private const int HoldersShown = 20;

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).Requires(AccountsPermissions.StaffManage).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var changes = pages.MapGroup("").AsksForProof();
        pages.MapGet("", Matrix);
        changes.MapPost("", Create);
        pages.MapGet("/new", New);
        pages.MapGet("/{id}", Edit);
        changes.MapPost("/{id}", Save);
        changes.MapPost("/{id}/remove", Remove);
    }

    private static async Task Matrix(HttpContext ctx, Database db, PageRenderer pages, RoleService roles, PermissionCatalogue permissions)
    {
        var made = await db.Read(s => roles.All(s, ctx.Caller().TenantId), ctx.RequestAborted);
        await pages.Render<RolesPage, RolesModel>(ctx, new(permissions, made));
    }

    // As a copy of another: what it may, as far as whoever copies may it.
    private static async Task New(HttpContext ctx, Database db, PageRenderer pages, RoleService roles, PermissionCatalogue permissions)
    {
        var from = CopyLink.Of(ctx) is { } id ? (await Find(ctx, db, roles, id)).Item1.Permissions : [];
        await Show(ctx, pages, permissions, null, [], "", [.. permissions.All.Where(p => from.Contains(p.Name) && ctx.Caller().May(p)).Select(p => p.Name)]);
    }

    private static async Task Create(HttpContext ctx, Database db, PageRenderer pages, RoleService roles, PermissionCatalogue permissions)
    {
        var (name, wanted) = await Typed(ctx);
        try
        {
            var made = await db.Command(ctx.Caller(), s => roles.Create(s, ctx.Caller(), name, wanted), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "roles.created", made.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, pages, permissions, null, [], name, wanted, refusal);
        }
    }

    private static async Task Edit(HttpContext ctx, Database db, PageRenderer pages, RoleService roles, PermissionCatalogue permissions, string id)
    {
        var (role, holders) = await Find(ctx, db, roles, id);
        await Show(ctx, pages, permissions, role, holders, role.Name, role.Permissions);
    }

    private static async Task Save(HttpContext ctx, Database db, PageRenderer pages, RoleService roles, PermissionCatalogue permissions, string id)
    {
        var (name, wanted) = await Typed(ctx);
        try
        {
            var changed = await db.Command(ctx.Caller(), s => roles.Change(s, ctx.Caller(), id, name, wanted), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "staff.saved", changed.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            var (role, holders) = await Find(ctx, db, roles, id);
            await Show(ctx, pages, permissions, role, holders, name, wanted, refusal);
        }
    }

    private static async Task Remove(HttpContext ctx, Database db, PageRenderer pages, RoleService roles, PermissionCatalogue permissions, string id)
    {
        try
        {
            var gone = await db.Command(ctx.Caller(), s => roles.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "staff.removed", gone.Name));
        }
        catch (Refusal refusal) when (refusal.Status == 409)
        {
            var (role, holders) = await Find(ctx, db, roles, id);
            await Show(ctx, pages, permissions, role, holders, role.Name, role.Permissions, refusal);
        }
    }

    private static async Task<(string Name, IReadOnlyList<string> Permissions)> Typed(HttpContext ctx)
    {
        var form = await RequestBody.Form(ctx);
        return (form["name"].ToString(), [.. form["permissions"].OfType<string>()]);
    }

    private static async Task<(StaffRole, IReadOnlyList<(string, string)>)> Find(HttpContext ctx, Database db, RoleService roles, string id) =>
        await db.Read(async s => (await roles.Get(s, ctx.Caller().TenantId, id), await RoleStore.Holders(s, ctx.Caller().TenantId, id, HoldersShown)), ctx.RequestAborted);

    private static Task Show(HttpContext ctx, PageRenderer pages, PermissionCatalogue permissions, StaffRole? role, IReadOnlyList<(string, string)> holders, string name, IReadOnlyList<string> chosen, Refusal? refusal = null) =>
        pages.Render<RoleFormPage, RoleFormModel>(ctx, new(permissions.All, role, holders, name, chosen, refusal), refusal?.Status ?? 200);
}

/// <param name="Made">By name.</param>
public sealed record RolesModel(PermissionCatalogue Permissions, IReadOnlyList<StaffRole> Made);

/// <param name="Role">Null while it is being made.</param>
/// <param name="Holders">The first of those who have it: id and user name.</param>
/// <param name="Chosen">Permissions by name, as they stand in the form.</param>
public sealed record RoleFormModel(
    IReadOnlyList<Permission> Known, StaffRole? Role, IReadOnlyList<(string Id, string Username)> Holders, string Name, IReadOnlyList<string> Chosen, Refusal? Refusal = null) : IFormModel;
