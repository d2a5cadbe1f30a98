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
        pages.MapGet("/new", (HttpContext ctx, Database db, PageRenderer render) => ShowNew(ctx, db, render, new()));
        pages.MapGet("/{id}", Edit);
        changes.MapPost("/{id}", Save);
        changes.MapPost("/{id}/disable", Disable);
        changes.MapPost("/{id}/enable", Enable);
        changes.MapPost("/{id}/remove", Remove);
        changes.MapPost("/{id}/password", ResetPassword);
    }

    private static async Task List(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, string? q, string? role, string? after)
    {
        var (page, filter, made) = await db.Read(async s =>
        {
            var roles = await CustomRoles.All(s, ctx.Caller().TenantId);
            // One that is gone is every role.
            var wanted = new StaffFilter(q, Roles.Parse(role), after, MadeRole: roles.FirstOrDefault(r => r.Id == role)?.Id);
            return (await accounts.List(s, ctx.Caller().TenantId, wanted), wanted, roles);
        });
        await pages.Render<StaffListPage, StaffListModel>(ctx, new(page, filter, made));
    }

    private static async Task Create(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, Passwords passwords)
    {
        var form = await RequestBody.Form(ctx);
        var typed = form["password"].ToString();
        try
        {
            var checks = new FieldChecks();
            var username = StaffRules.Username(checks, "username", form["username"]);
            checks.Text("display_name", form["display_name"], 0, StaffRules.MaxDisplayName);
            var role = RoleChoice.Of(form["role"]);
            if (role.IsEmpty)
                checks.Wrong("role", "accounts.field.staff_role");
            var password = WantedPassword(checks, typed, username);
            checks.ThrowIfAny();
            await db.Read(s => accounts.MayGive(s, ctx.Caller(), role.Rank, role.Made));
            var hash = await passwords.Hash(password);
            var account = await db.Command(ctx.Caller(), s => accounts.Create(s, ctx.Caller(),
                new NewStaff(username, form["display_name"].ToString(), role.Rank, hash, Scope(form), OneTime: typed.Length == 0, MadeRole: role.Made)));
            if (typed.Length == 0)
                await ShowPassword(ctx, pages, account, password);
            else
                PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "staff.created", account.Username));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await ShowNew(ctx, db, pages, new(form["username"].ToString(), form["display_name"].ToString(), form["role"].ToString(), Scope: Scope(form), Refusal: refusal));
        }
    }

    private static async Task Edit(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, string id) =>
        await ShowEdit(ctx, db, pages, await db.Read(s => accounts.Get(s, ctx.Caller().TenantId, id)), null);

    private static async Task Save(HttpContext ctx, Database db, PageRenderer pages, AccountService accounts, string id)
    {
        var form = await RequestBody.Form(ctx);
        // A role that may not be changed is not on the form.
        var role = RoleChoice.Of(form["role"]);
        if (form["role"].Count > 0 && role.IsEmpty)
            throw Refusal.Field("role", "accounts.field.staff_role");
        try
        {
            var account = await db.Command(ctx.Caller(), s => accounts.Change(s, ctx.Caller(), id, new StaffChange(form["display_name"].ToString(), role.BuiltIn, MadeRole: role.Made, Scope: Scope(form))));
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "staff.saved", account.Username));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            var account = await db.Read(s => accounts.Get(s, ctx.Caller().TenantId, id));
            await ShowEdit(ctx, db, pages, account with { DisplayName = form["display_name"].ToString() }, refusal, form["role"]);
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
            StaffRules.MayManage(ctx.Caller(), account);
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
            await ShowEdit(ctx, db, pages, await db.Read(s => accounts.Get(s, ctx.Caller().TenantId, id)), refusal);
        }
    }

    // Where there is one business, or it is not theirs to say, it is not on the form.
    private static string? Scope(IFormCollection form) => form["scope"].ToString() is { Length: > 0 } scope ? scope : null;

    private static string WantedPassword(FieldChecks checks, string typed, string username)
    {
        if (typed.Length == 0)
            return PasswordRules.MakeOneTime();
        PasswordRules.Check(checks, "password", typed, username);
        return typed;
    }

    private static async Task ShowNew(HttpContext ctx, Database db, PageRenderer pages, StaffNewModel model) =>
        await pages.Render<StaffNewPage, StaffNewModel>(ctx, model with { Made = await db.Read(s => CustomRoles.All(s, ctx.Caller().TenantId)) }, model.Refusal?.Status ?? 200);

    /// <param name="role">What was chosen in a form that was refused.</param>
    private static async Task ShowEdit(HttpContext ctx, Database db, PageRenderer pages, Account account, Refusal? refusal, string? role = null) =>
        await pages.Render<StaffEditPage, StaffEditModel>(ctx, new(account, await db.Read(s => CustomRoles.All(s, ctx.Caller().TenantId)), role, refusal), refusal?.Status ?? 200);

    private static Task ShowPassword(HttpContext ctx, PageRenderer pages, Account account, string password) =>
        pages.Render<StaffPasswordPage, StaffPasswordModel>(ctx, new(account.Username, password));
}

/// <param name="Made">The roles that were made here.</param>
/// <param name="Role">What was chosen; null before.</param>
public sealed record StaffEditModel(Account Account, IReadOnlyList<CustomRole> Made, string? Role = null, Refusal? Refusal = null) : IFormModel;

public sealed record StaffListModel(Slice<Account> Page, StaffFilter Filter, IReadOnlyList<CustomRole> Made);

public sealed record StaffNewModel(string? Username = null, string? DisplayName = null, string? Role = null, IReadOnlyList<CustomRole>? Made = null, string? Scope = null, Refusal? Refusal = null) : IFormModel;

public sealed record StaffPasswordModel(string Username, string Password);
