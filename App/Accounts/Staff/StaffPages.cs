using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.Staff;

/// <summary><c>/admin/staff</c>: who works here, and as what.</summary>
public static class StaffPages
{
    private const string Path = "/admin/staff";

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).Requires(AccountsPermissions.StaffManage).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var changes = pages.MapGroup("").AsksForProof();
        pages.MapGet("", List);
        changes.MapPost("", Create);
        pages.MapGet("/new", (HttpContext ctx, PageRenderer render) => render.Render<StaffNewPage, StaffNewModel>(ctx, new()));
        pages.MapGet("/{id}", Edit);
        changes.MapPost("/{id}", Save);
        changes.MapPost("/{id}/disable", Disable);
        changes.MapPost("/{id}/enable", Enable);
        changes.MapPost("/{id}/remove", Remove);
        changes.MapPost("/{id}/password", ResetPassword);
    }

    private static async Task List(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, string? q, string? role, string? after)
    {
        var filter = new StaffFilter(q, Roles.Parse(role), after);
        var page = await db.Read(s => accounts.List(s, ctx.Caller().TenantId, filter));
        await pages.Render<StaffListPage, StaffListModel>(ctx, new(page, filter));
    }

    private static async Task Create(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, Passwords passwords, PermissionCatalogue permissions)
    {
        var form = await RequestBody.Form(ctx);
        var typed = form["password"].ToString();
        try
        {
            var checks = new FieldChecks();
            var username = StaffRules.Username(checks, "username", form["username"]);
            checks.Text("display_name", form["display_name"], 0, StaffRules.MaxDisplayName);
            var role = Roles.Parse(form["role"]);
            if (role is null)
                checks.Wrong("role", "accounts.field.role");
            var password = WantedPassword(checks, typed, username);
            checks.ThrowIfAny();
            StaffRules.MayGrant(permissions, ctx.Caller(), role!.Value);
            var hash = await passwords.Hash(password);
            var account = await db.Command(ctx.Caller(), s => accounts.Create(s, ctx.Caller(),
                new NewStaff(username, form["display_name"].ToString(), role.Value, hash, OneTime: typed.Length == 0)));
            if (typed.Length == 0)
                await ShowPassword(ctx, pages, account, password);
            else
                PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "staff.created", account.Username));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await pages.Render<StaffNewPage, StaffNewModel>(ctx, new(form["username"].ToString(), form["display_name"].ToString(), form["role"].ToString(), refusal), 422);
        }
    }

    private static async Task Edit(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, string id) =>
        await ShowEdit(ctx, pages, await db.Read(s => accounts.Get(s, ctx.Caller().TenantId, id)), null);

    private static async Task Save(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, string id)
    {
        var form = await RequestBody.Form(ctx);
        // A role that may not be changed is not on the form.
        var role = form["role"].Count == 0 ? (Role?)null : StaffEndpoints.RoleOf("role", form["role"]);
        try
        {
            var account = await db.Command(ctx.Caller(), s => accounts.Change(s, ctx.Caller(), id, new StaffChange(form["display_name"].ToString(), role)));
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "staff.saved", account.Username));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            var account = await db.Read(s => accounts.Get(s, ctx.Caller().TenantId, id));
            await ShowEdit(ctx, pages, account with { DisplayName = form["display_name"].ToString(), Role = role ?? account.Role }, refusal);
        }
    }

    private static Task Disable(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, string id) =>
        Act(ctx, db, pages, accounts, id, async () =>
        {
            var account = await db.Command(ctx.Caller(), s => accounts.Change(s, ctx.Caller(), id, new StaffChange(Disabled: true)));
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "staff.disabled", account.Username));
        });

    private static Task Enable(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, string id) =>
        Act(ctx, db, pages, accounts, id, async () =>
        {
            var account = await db.Command(ctx.Caller(), s => accounts.Change(s, ctx.Caller(), id, new StaffChange(Disabled: false)));
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "staff.enabled", account.Username));
        });

    private static Task Remove(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, string id) =>
        Act(ctx, db, pages, accounts, id, async () =>
        {
            var account = await db.Command(ctx.Caller(), s => accounts.Remove(s, ctx.Caller(), id));
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "staff.removed", account.Username));
        });

    private static Task ResetPassword(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, Passwords passwords, string id) =>
        Act(ctx, db, pages, accounts, id, async () =>
        {
            var form = await RequestBody.Form(ctx);
            var typed = form["password"].ToString();
            var account = await db.Read(s => accounts.Get(s, ctx.Caller().TenantId, id));
            var checks = new FieldChecks();
            var password = WantedPassword(checks, typed, account.Username);
            checks.ThrowIfAny();
            StaffRules.MayManage(ctx.Caller(), account.Role);
            var hash = await passwords.Hash(password);
            await db.Command(ctx.Caller(), s => accounts.ResetPassword(s, ctx.Caller(), account.Username, hash, oneTime: typed.Length == 0));
            if (typed.Length == 0)
                await ShowPassword(ctx, pages, account, password);
            else
                PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "staff.password_reset", account.Username));
        });

    // What the rules refuse is said on the account's own page, where it can be mended.
    internal static async Task Act(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, string id, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            await ShowEdit(ctx, pages, await db.Read(s => accounts.Get(s, ctx.Caller().TenantId, id)), refusal);
        }
    }

    private static string WantedPassword(FieldChecks checks, string typed, string username)
    {
        if (typed.Length == 0)
            return PasswordRules.MakeOneTime();
        PasswordRules.Check(checks, "password", typed, username);
        return typed;
    }

    private static Task ShowEdit(HttpContext ctx, PageRenderer pages, Account account, Refusal? refusal) =>
        pages.Render<StaffEditPage, StaffEditModel>(ctx, new(account, refusal), refusal?.Status ?? 200);

    private static Task ShowPassword(HttpContext ctx, PageRenderer pages, Account account, string password) =>
        pages.Render<StaffPasswordPage, StaffPasswordModel>(ctx, new(account.Username, password));
}

public sealed record StaffEditModel(Account Account, Refusal? Refusal = null) : IFormModel;

public sealed record StaffListModel(Slice<Account> Page, StaffFilter Filter);

public sealed record StaffNewModel(string? Username = null, string? DisplayName = null, string? Role = null, Refusal? Refusal = null) : IFormModel;

public sealed record StaffPasswordModel(string Username, string Password);
