using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Tokens;

/// <summary>What went with a token: the tokens that are revoked and the staff that are disabled now, by their ids.</summary>
public sealed record MadeThings(IReadOnlyList<string> Tokens, IReadOnlyList<string> Staff);

/// <summary>
/// Ends a token together with what was made with it, and with that, down the line: whoever had it in hand must not stay by what they
/// made meanwhile.
/// </summary>
public sealed class TokenRevocation(TokenService tokens, AccountService accounts)
{
    /// <summary>Revokes the token and all tokens that come from it, and disables the staff that do. All of it or nothing.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_TOKEN; 403 OWNERS_ONLY, 409 LAST_OWNER or SELF_DISABLE for one of what it made; 403 FORBIDDEN when staff would go and the caller may not manage staff.</exception>
    public async ValueTask<(ApiToken Token, MadeThings Made)> RevokeWithMade(WriteTx s, Caller who, string id)
    {
        var token = await tokens.Revoke(s, who, id);
        var (allTokens, allStaff) = await MadeFrom(s, who.TenantId, id);
        var (revoked, disabled) = (new List<string>(), new List<string>());
        foreach (var made in allTokens)
        {
            if ((await tokens.Get(s, who.TenantId, made)).RevokedAt is not null)
                continue;
            await tokens.Revoke(s, who, made);
            revoked.Add(made);
        }
        foreach (var made in allStaff)
        {
            if ((await accounts.Get(s, who.TenantId, made)).DisabledAt is not null)
                continue;
            // The right to manage tokens is none over people.
            if (!who.May(AccountsPermissions.StaffManage))
                throw new Refusal(HttpErrors.Forbidden);
            await accounts.Change(s, who, made, new StaffChange(Disabled: true));
            disabled.Add(made);
        }
        return (token, new MadeThings(revoked, disabled));
    }

    // Also by way of what is revoked or disabled already: that made what it made before.
    private static async ValueTask<(List<string> Tokens, List<string> Staff)> MadeFrom(ReadTx s, string tenant, string id)
    {
        var (tokens, staff) = (new List<string>(), new List<string>());
        var next = new Queue<(string? Token, string? Account)>([(id, null)]);
        while (next.TryDequeue(out var maker))
        {
            var made = await TokenStore.MadeBy(s, tenant, maker.Token, maker.Account);
            foreach (var token in made.Tokens.Except(tokens).Where(t => t != id).ToList())
            {
                tokens.Add(token);
                next.Enqueue((token, null));
            }
            foreach (var account in made.Staff.Except(staff).ToList())
            {
                staff.Add(account);
                next.Enqueue((null, account));
            }
        }
        return (tokens, staff);
    }
}
