using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.Tokens;

/// <summary><c>/admin/tokens</c>: what programs sign in with.</summary>
public static class TokenPages
{
    private const string Path = "/admin/tokens";
    private static readonly string[] Expiries = ["30", "90", "365", "never"];

    public static void Map(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).Requires(AccountsPermissions.TokensManage).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        pages.MapGet("", List);
        pages.MapPost("", Create).AsksForProof();
        pages.MapGet("/new", (HttpContext ctx, Database db, PageRenderer render, PermissionCatalogue permissions) => ShowNew(ctx, db, render, new(permissions.All, [])));
        pages.MapPost("/{id}/revoke", Revoke);
    }

    private static async Task List(HttpContext ctx, Database db, PageRenderer pages, TokenService tokens, string? q, string? state, string? after)
    {
        var filter = new TokenFilter(q, ApiToken.States.Contains(state) ? state : null, after);
        var page = await db.Read(s => tokens.List(s, ctx.Caller().TenantId, filter));
        await pages.Render<TokenListPage, TokenListModel>(ctx, new(page, filter));
    }

    // The secret stands on the page that answers, and nowhere else: no redirect, no cookie.
    private static async Task Create(HttpContext ctx, Database db, PageRenderer pages, TokenService tokens, PermissionCatalogue permissions, TimeProvider clock)
    {
        var form = await RequestBody.Form(ctx);
        var scopes = form["scopes"].OfType<string>().ToArray();
        try
        {
            var checks = new FieldChecks();
            var name = checks.Text("name", form["name"], 1, TokenRules.MaxName);
            var role = RoleChoice.Of(form["role"]);
            if (role.IsEmpty)
                checks.Wrong("role", "accounts.field.staff_role");
            if (!Expiries.Contains(form["expires"].ToString()))
                checks.Wrong("expires", "accounts.field.expires");
            checks.ThrowIfAny();
            long? expires = int.TryParse(form["expires"], out var days) ? clock.GetUtcNow().AddDays(days).ToUnixTimeMilliseconds() : null;
            var (token, secret) = await db.Command(ctx.Caller(), s => tokens.Create(s, ctx.Caller(), new NewToken(name, role.Rank, scopes, expires, role.Made)));
            await pages.Render<TokenCreatedPage, TokenCreatedModel>(ctx, new(token, secret));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await ShowNew(ctx, db, pages, new(permissions.All, scopes, form["name"].ToString(), form["role"].ToString(), form["expires"].ToString(), refusal));
        }
    }

    private static async Task ShowNew(HttpContext ctx, Database db, PageRenderer pages, TokenNewModel model)
    {
        var made = await db.Read(s => CustomRoles.All(s, ctx.Caller().TenantId), ctx.RequestAborted);
        await pages.Render<TokenNewPage, TokenNewModel>(ctx, model with { Made = made }, model.Refusal?.Status ?? 200);
    }

    private static async Task Revoke(HttpContext ctx, Database db, TokenService tokens, TokenRevocation revocation, string id)
    {
        var form = await RequestBody.Form(ctx);
        if (form["revoke_made"] == "true")
        {
            var (token, made) = await db.Command(ctx.Caller(), s => revocation.RevokeWithMade(s, ctx.Caller(), id));
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "tokens.revoked_with_made", token.Name, made.Tokens.Count, made.Staff.Count));
            return;
        }
        var revoked = await db.Command(ctx.Caller(), s => tokens.Revoke(s, ctx.Caller(), id));
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "tokens.revoked", revoked.Name));
    }
}

public sealed record TokenCreatedModel(ApiToken Token, string Secret);

public sealed record TokenListModel(Slice<ApiToken> Page, TokenFilter Filter);

public sealed record TokenNewModel(IReadOnlyList<Permission> Known, IReadOnlyList<string> Scopes, string? Name = null, string? Role = null, string? Expires = null, Refusal? Refusal = null) : IFormModel
{
    /// <summary>Roles that were made here.</summary>
    public IReadOnlyList<CustomRole> Made { get; init; } = [];
}
