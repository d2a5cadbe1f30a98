using System.Text.Json.Serialization;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Accounts.Tokens;

/// <summary><c>/api/tokens</c>.</summary>
public static class TokenEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var tokens = app.MapGroup("/api/tokens").Requires(AccountsPermissions.TokensManage).RequireRateLimiting(RateLimits.Api).WithTags("API tokens");
        tokens.MapGet("", List).Query("q", "Part of a name.").Query("state", "`active`, `suspended` (whoever made it is disabled), `expired` or `revoked`; all when left out.").Paged()
            .Produces<TokenList>().WithSummary("List the API tokens, newest first").WithName("listTokens");
        tokens.MapPost("", Create).Accepts<TokenBody>("application/json").Produces<TokenResponse>(201).Refuses(StaffErrors.RoleTooHigh).Idempotent()
            .WithSummary("Make an API token")
            .WithDescription("Its `secret` is told in this answer and nowhere else. `role` is a built-in one, or the name or id of one of `/api/roles`: when that is changed, the token follows. `scopes` are names of permissions, or `[\"*\"]` for all that the role may, also in later versions. Left out, it is all of the role that its maker may; an empty list is refused. Nobody gives what they do not have.")
            .WithName("createToken");
        tokens.MapGet("/{id}", Get).Produces<TokenResponse>().Refuses(TokenErrors.NotFound).WithSummary("One API token").WithName("getToken");
        tokens.MapPatch("/{id}", Change).Accepts<TokenPatch>("application/json").Produces<TokenResponse>().Refuses(TokenErrors.NotFound, TokenErrors.Revoked, StaffErrors.OwnersOnly, StaffErrors.ScopeTooWide, StaffErrors.RoleTooHigh)
            .WithSummary("Change its name or scopes").WithName("changeToken");
        tokens.MapDelete("/{id}", Revoke).Produces<TokenResponse>().Refuses(TokenErrors.NotFound, StaffErrors.OwnersOnly, StaffErrors.ScopeTooWide, StaffErrors.LastOwner, StaffErrors.SelfDisable).Query("revoke_made", "`true`: what was made with it goes too, down the line: tokens are revoked, staff are disabled, for which it takes `staff.manage` too; `made` in the answer names them.")
            .WithSummary("Revoke an API token").WithName("revokeToken");
    }

    private static async Task List(HttpContext ctx, Database db, TokenService tokens, TimeProvider clock, string? q, string? state, string? after, string? limit)
    {
        if (!string.IsNullOrEmpty(state) && !ApiToken.States.Contains(state))
            throw Refusal.Field("state", "accounts.field.token_state");
        var page = await db.Read(s => tokens.List(s, ctx.Caller().TenantId, new TokenFilter(q, state, after, Cursor.Limit(limit))));
        var now = Now(clock);
        await SignedJson.Send(ctx, new TokenList(true, [.. page.Items.Select(t => TokenView.Of(t, now))], page.Next), TokenJson.Default.TokenList);
    }

    private static async Task Get(HttpContext ctx, Database db, TokenService tokens, TimeProvider clock, string id) =>
        await Send(ctx, await db.Read(s => tokens.Get(s, ctx.Caller().TenantId, id)), clock);

    private static async Task Create(HttpContext ctx, Database db, TokenService tokens, TimeProvider clock)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, TokenJson.Default.TokenBody);
        var checks = new FieldChecks();
        var name = checks.Text("name", body.Name, 1, TokenRules.MaxName);
        var role = RoleChoice.Of(body.Role);
        if (role.IsEmpty)
            checks.Wrong("role", "field.required");
        var expires = body.ExpiresAt is null ? null : Format.ParseIso(body.ExpiresAt);
        if (body.ExpiresAt is not null && expires is null)
            checks.Wrong("expires_at", "accounts.field.time");
        checks.ThrowIfAny();
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
        {
            var (token, secret) = await tokens.Create(s, ctx.Caller(), new NewToken(name, role.Rank, body.Scopes, expires, role.Made));
            return new TokenResponse(true, TokenView.Of(token, Now(clock)), secret);
        }), TokenJson.Default.TokenResponse, 201, kept: answer => answer with { Secret = null });
    }

    private static async Task Change(HttpContext ctx, Database db, TokenService tokens, TimeProvider clock, string id)
    {
        var body = await RequestBody.Read(ctx, TokenJson.Default.TokenPatch);
        await Send(ctx, await db.Command(ctx.Caller(), s => tokens.Change(s, ctx.Caller(), id, body.Name, body.Scopes)), clock);
    }

    private static async Task Revoke(HttpContext ctx, Database db, TokenService tokens, TokenRevocation revocation, TimeProvider clock, string id, [FromQuery(Name = "revoke_made")] string? made)
    {
        if (made is not (null or "" or "true" or "false"))
            throw Refusal.Field("revoke_made", "accounts.field.true_or_false");
        if (made != "true")
        {
            await Send(ctx, await db.Command(ctx.Caller(), s => tokens.Revoke(s, ctx.Caller(), id)), clock);
            return;
        }
        var (token, gone) = await db.Command(ctx.Caller(), s => revocation.RevokeWithMade(s, ctx.Caller(), id));
        await Send(ctx, token, clock, gone);
    }

    private static Task Send(HttpContext ctx, ApiToken token, TimeProvider clock, MadeThings? made = null) =>
        SignedJson.Send(ctx, new TokenResponse(true, TokenView.Of(token, Now(clock)), Made: made), TokenJson.Default.TokenResponse);

    private static long Now(TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>An API token as REST shows it.</summary>
/// <param name="RoleId">Of a role of <c>/api/roles</c>; null for a built-in one.</param>
internal sealed record TokenView(
    string Id, string Name, string Role, string? RoleId, IReadOnlyList<string> Scopes, string State, string? MadeBy, string? MadeByToken, string CreatedAt, string? ExpiresAt, string? LastUsedAt, string? RevokedAt)
{
    public static TokenView Of(ApiToken t, long now) => new(
        t.Id, t.Name, t.RoleName, t.Made?.Id, t.Scopes, t.State(now), t.MakerName, t.MadeByToken, Format.Iso(t.CreatedAt)!, Format.Iso(t.ExpiresAt), Format.Iso(t.LastUsedAt), Format.Iso(t.RevokedAt));
}

/// <param name="Secret">What to send as Bearer token: in the first answer only.</param>
/// <param name="Made">What went with a token that was revoked together with what it made.</param>
internal sealed record TokenResponse(
    bool Success, TokenView Token, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MadeThings? Made = null);

internal sealed record TokenList(bool Success, IReadOnlyList<TokenView> Items, string? Next);

internal sealed record TokenBody(string? Name = null, string? Role = null, string[]? Scopes = null, string? ExpiresAt = null);

internal sealed record TokenPatch(string? Name = null, string[]? Scopes = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(TokenList))]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(TokenPatch))]
[JsonSerializable(typeof(TokenAudit))]
internal sealed partial class TokenJson : JsonSerializerContext;
