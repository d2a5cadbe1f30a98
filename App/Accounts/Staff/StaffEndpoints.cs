using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Staff;

/// <summary><c>/api/staff</c>.</summary>
public static class StaffEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var staff = app.MapGroup("/api/staff").Requires(AccountsPermissions.StaffManage).RequireRateLimiting(RateLimits.Api).WithTags("Staff");
        staff.MapGet("", List).Query("q", "Part of a user name or display name.").Query("role", "`owner`, `admin`, `operator`, `analyst`, or the name or id of a role of `/api/roles`; all when left out.").Paged()
            .Produces<StaffList>().WithSummary("List the staff, newest first").WithName("listStaff");
        staff.MapPost("", Create).Accepts<StaffBody>("application/json").Produces<StaffResponse>(201).Refuses(StaffErrors.RoleTooHigh, StaffErrors.ScopeTooWide).Idempotent()
            .WithSummary("Add a member of staff")
            .WithDescription("Without a `password` one is made, told in this answer and nowhere else. `role` is `owner`, `admin`, `operator`, `analyst`, or the name or id of a role of `/api/roles`. Nobody gives a role that may do more than they may themselves. Where there are several businesses, `scope` is `global` (staff of the main one, who act in each) or `tenant` (in their own alone); left out, it is that of whoever adds them.").WithName("createStaff");
        staff.MapGet("/{id}", Get).Produces<StaffResponse>().Refuses(StaffErrors.NotFound).WithSummary("One member of staff").WithName("getStaff");
        staff.MapPatch("/{id}", Change).Accepts<StaffPatch>("application/json").Produces<StaffResponse>().Refuses(StaffErrors.NotFound, StaffErrors.OwnersOnly, StaffErrors.ScopeTooWide, StaffErrors.RaiseSelf, StaffErrors.RoleTooHigh, StaffErrors.LastOwner, StaffErrors.SelfDisable, StaffErrors.SelfReset)
            .WithSummary("Change what is named").WithDescription("`scope` is changed by owners who work for all businesses; a change ends the sessions of whom it is about.").WithName("changeStaff");
        staff.MapDelete("/{id}", Remove).Produces<StaffResponse>().Refuses(StaffErrors.NotFound, StaffErrors.OwnersOnly, StaffErrors.ScopeTooWide, StaffErrors.LastOwner, StaffErrors.SelfDisable).WithSummary("Remove a member of staff").WithName("removeStaff");
    }

    private static async Task List(HttpContext ctx, Database db, AccountService accounts, TimeProvider clock, string? q, string? role, string? after, string? limit)
    {
        var named = RoleChoice.Of(role);
        var filter = new StaffFilter(q, named.BuiltIn, after, Cursor.Limit(limit), named.Made);
        var page = await db.Read(s => accounts.List(s, ctx.Caller().TenantId, filter));
        var now = Now(clock);
        await SignedJson.Send(ctx, new StaffList(true, [.. page.Items.Select(a => StaffView.Of(a, now))], page.Next), StaffJson.Default.StaffList);
    }

    private static async Task Get(HttpContext ctx, Database db, AccountService accounts, TimeProvider clock, string id)
    {
        var account = await db.Read(s => accounts.Get(s, ctx.Caller().TenantId, id));
        await Send(ctx, account, clock);
    }

    // Without a password one is made, shown in this answer and nowhere else.
    private static async Task Create(HttpContext ctx, Database db, AccountService accounts, Passwords passwords, TimeProvider clock)
    {
        var body = await RequestBody.Read(ctx, StaffJson.Default.StaffBody);
        var checks = new FieldChecks();
        var username = StaffRules.Username(checks, "username", body.Username);
        var role = RoleChoice.Of(body.Role);
        if (role.IsEmpty)
            checks.Wrong("role", "field.required");
        if (body.Password is not null)
            PasswordRules.Check(checks, "password", body.Password, username);
        checks.ThrowIfAny();
        // Before the password is hashed, which is work.
        await db.Read(s => accounts.MayGive(s, ctx.Caller(), role.Rank, role.Made));
        var made = body.Password is null ? PasswordRules.MakeOneTime() : null;
        var hash = await passwords.Hash(made ?? body.Password!);
        // The password takes no part in telling requests apart: a quick hash of it must not lie in the database.
        var request = JsonSerializer.SerializeToUtf8Bytes(body with { Password = null }, StaffJson.Default.StaffBody);
        await Idempotency.Run(ctx, db, request, Commands.InTurn(ctx.Caller(), async s =>
        {
            var account = await accounts.Create(s, ctx.Caller(), new NewStaff(username, body.DisplayName ?? "", role.Rank, hash, body.Scope, OneTime: made is not null, MadeRole: role.Made));
            return new StaffResponse(true, StaffView.Of(account, Now(clock)), made);
        }), StaffJson.Default.StaffResponse, 201, kept: answer => answer with { Password = null });
    }

    private static async Task Change(HttpContext ctx, Database db, AccountService accounts, Passwords passwords, TimeProvider clock, string id)
    {
        var body = await RequestBody.Read(ctx, StaffJson.Default.StaffPatch);
        var role = RoleChoice.Of(body.Role);
        if (body.Role is not null && role.IsEmpty)
            throw Refusal.Field("role", "accounts.field.staff_role");
        string? hash = null;
        if (body.Password is not null)
        {
            var checks = new FieldChecks();
            PasswordRules.Check(checks, "password", body.Password, "");
            checks.ThrowIfAny();
            hash = await passwords.Hash(body.Password);
        }
        var account = await db.Command(ctx.Caller(), async s =>
        {
            var changed = await accounts.Change(s, ctx.Caller(), id, new StaffChange(body.DisplayName, role.BuiltIn, body.Disabled, role.Made, body.Scope));
            if (hash is null)
                return changed;
            if (PasswordRules.IsName(body.Password!, changed.Username))
                throw Refusal.Field("password", "accounts.field.password_is_name");
            return await accounts.ResetPassword(s, ctx.Caller(), changed.Username, hash);
        });
        await Send(ctx, account, clock);
    }

    private static async Task Remove(HttpContext ctx, Database db, AccountService accounts, TimeProvider clock, string id) =>
        await Send(ctx, await db.Command(ctx.Caller(), s => accounts.Remove(s, ctx.Caller(), id)), clock);

    internal static Task Send(HttpContext ctx, Account account, TimeProvider clock) =>
        SignedJson.Send(ctx, new StaffResponse(true, StaffView.Of(account, Now(clock))), StaffJson.Default.StaffResponse);

    private static long Now(TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>A member of staff as REST shows them.</summary>
/// <param name="RoleId">Of a role of <c>/api/roles</c>; null for a built-in one.</param>
/// <param name="Scope"><c>global</c>: in every business of the appliance; <c>tenant</c>: in their own alone.</param>
/// <param name="TwoFactor">Signing in asks them for a code as well.</param>
internal sealed record StaffView(string Id, string Username, string DisplayName, string Role, string? RoleId, string Scope, string State, string CreatedAt, string? LastSignInAt, string? LockedUntil, bool TwoFactor)
{
    public static StaffView Of(Account a, long now) => new(
        a.Id, a.Username, a.DisplayName, a.RoleName, a.Made?.Id, a.Scope, a.State(now), Format.Iso(a.CreatedAt)!, Format.Iso(a.LastSignInAt), a.LockedUntil > now ? Format.Iso(a.LockedUntil) : null, a.TwoFactorAt is not null);
}

/// <param name="Password">The one-time password where the program made one: in the first answer only.</param>
internal sealed record StaffResponse(bool Success, StaffView Staff, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Password = null);

internal sealed record StaffList(bool Success, IReadOnlyList<StaffView> Items, string? Next);

internal sealed record StaffBody(string? Username = null, string? DisplayName = null, string? Role = null, string? Password = null, string? Scope = null);

internal sealed record StaffPatch(string? DisplayName = null, string? Role = null, bool? Disabled = null, string? Password = null, string? Scope = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(StaffResponse))]
[JsonSerializable(typeof(StaffList))]
[JsonSerializable(typeof(StaffBody))]
[JsonSerializable(typeof(StaffPatch))]
[JsonSerializable(typeof(StaffAudit))]
internal sealed partial class StaffJson : JsonSerializerContext;
