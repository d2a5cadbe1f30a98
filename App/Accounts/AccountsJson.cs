using System.Text.Json.Serialization;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tokens;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Accounts;

/// <summary>A member of staff as REST shows them.</summary>
internal sealed record StaffView(string Id, string Username, string DisplayName, string Role, string State, string CreatedAt, string? LastSignInAt, string? LockedUntil)
{
    public static StaffView Of(Account a, long now) => new(
        a.Id, a.Username, a.DisplayName, a.Role.Name(), a.State(now), Format.Iso(a.CreatedAt)!, Format.Iso(a.LastSignInAt), a.LockedUntil > now ? Format.Iso(a.LockedUntil) : null);
}

/// <summary>An API token as REST shows it.</summary>
internal sealed record TokenView(
    string Id, string Name, string Role, IReadOnlyList<string> Scopes, string State, string? MadeBy, string CreatedAt, string? ExpiresAt, string? LastUsedAt, string? RevokedAt)
{
    public static TokenView Of(ApiToken t, long now) => new(
        t.Id, t.Name, t.Role.Name(), t.Scopes, t.State(now), t.MakerName, Format.Iso(t.CreatedAt)!, Format.Iso(t.ExpiresAt), Format.Iso(t.LastUsedAt), Format.Iso(t.RevokedAt));
}

/// <param name="Password">The one-time password where the program made one: in the first answer only.</param>
internal sealed record StaffResponse(bool Success, StaffView Staff, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Password = null);

internal sealed record StaffList(bool Success, IReadOnlyList<StaffView> Items, string? Next);

/// <param name="Secret">What to send as Bearer token: in the first answer only.</param>
internal sealed record TokenResponse(bool Success, TokenView Token, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret = null);

internal sealed record TokenList(bool Success, IReadOnlyList<TokenView> Items, string? Next);

internal sealed record StaffBody(string? Username = null, string? DisplayName = null, string? Role = null, string? Password = null);

internal sealed record StaffPatch(string? DisplayName = null, string? Role = null, bool? Disabled = null, string? Password = null);

internal sealed record TokenBody(string? Name = null, string? Role = null, string[]? Scopes = null, string? ExpiresAt = null);

internal sealed record TokenPatch(string? Name = null, string[]? Scopes = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(StaffResponse))]
[JsonSerializable(typeof(StaffList))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(TokenList))]
[JsonSerializable(typeof(StaffBody))]
[JsonSerializable(typeof(StaffPatch))]
[JsonSerializable(typeof(TokenBody))]
[JsonSerializable(typeof(TokenPatch))]
internal sealed partial class AccountsJson : JsonSerializerContext;
