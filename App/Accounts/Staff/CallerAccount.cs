using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Staff;

/// <summary>
/// The account behind a caller, looked at again inside the transaction: what outlives a request (an account, a token, a
/// password) must not be made for one who is being disabled, removed, lowered or signed out at the same moment, here or on another node.
/// </summary>
internal static class CallerAccount
{
    /// <summary>
    /// Locks the account that the caller is or speaks for, and returns its id; for the program itself and the shell the kind of
    /// caller.
    /// </summary>
    /// <exception cref="Refusal">401 UNAUTHORIZED: the account is gone, disabled, lowered or works for less, or its role is, the session ended, or the token revoked, or given other scopes, or its role lowered.</exception>
    public static async ValueTask<string> Lock(WriteTx tx, Caller who)
    {
        if (who.Kind is not ("staff" or "token"))
            return who.Kind;
        var id = who.Kind == "staff" ? who.Id! : await MakerOf(tx, who);
        if (!IsAccount(id))
            return id;
        return await AccountStore.FindLocked(tx, who.HomeTenant, id) is { DisabledAt: null } account && account.Role >= who.Role
            && (account.IsGlobal || !who.Global)
            && (account.Made is not { } made || who.Allowed.IsWithin(made.Permissions))
            && (who.SessionId is null || await SessionStore.LockOpen(tx, who.HomeTenant, id, who.SessionId))
            ? id
            : throw new Refusal(HttpErrors.Unauthorized);
    }

    /// <summary>The token that the caller is; null for whoever is none.</summary>
    public static string? Token(Caller who) => who.Kind == "token" ? who.Id : null;

    /// <summary>Is a token's maker a person? Else it is the shell or the program itself.</summary>
    public static bool IsAccount(string maker) => maker is not ("cli" or "system");

    private static async ValueTask<string> MakerOf(WriteTx tx, Caller who)
    {
        var (maker, scopes, role) = await tx.Locked(
            "SELECT created_by, scopes, (SELECT r.permissions FROM staff_roles r WHERE r.id = api_tokens.role_id) FROM api_tokens WHERE tenant_id = @tenant AND id = @id AND revoked_at IS NULL",
            r => (r.GetString(0), r.GetString(1), r.TextOrNull(2)), ("tenant", who.TenantId), ("id", who.Id));
        return maker is not null && (who.Scopes is null || who.Scopes == scopes) && (role is null || who.Allowed.IsWithin(CustomRole.Split(role))) ? maker : throw new Refusal(HttpErrors.Unauthorized);
    }
}
