using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Sessions;

/// <summary>
/// Browsers that have signed in to an account before, known by a long-lived cookie of which only the hash is stored. It opens
/// nothing: it only takes a person's own attempts apart from those of strangers, who may come from the same address.
/// </summary>
internal static class KnownBrowsers
{
    /// <summary>How long a browser stays known after its last sign-in.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(180);

    private const int MaxPerAccount = 20;

    /// <summary>Has the browser with that cookie signed in to the account?</summary>
    public static async ValueTask<bool> Knows(ReadTx tx, string tenant, string account, string? tokenHash, long now) => tokenHash is not null && await tx.Number(
        "SELECT COUNT(*) FROM known_browsers WHERE tenant_id = @tenant AND account_id = @account AND token_hash = @hash AND last_used_at > @since",
        ("tenant", tenant), ("account", account), ("hash", tokenHash), ("since", now - (long)Life.TotalMilliseconds)) == 1;

    /// <summary>Knows the browser from now on and returns the token for its cookie.</summary>
    /// <param name="token">The one it has; another is made where we never gave it out: who planted it would share it.</param>
    public static async ValueTask<string> Remember(WriteTx tx, string tenant, string account, string? token, long now)
    {
        if (token is null || await tx.Number("SELECT COUNT(*) FROM known_browsers WHERE tenant_id = @tenant AND token_hash = @hash",
                ("tenant", tenant), ("hash", OpaqueToken.Hash(token))) == 0)
            token = OpaqueToken.Create();
        await tx.Execute(
            """
            INSERT INTO known_browsers (account_id, token_hash, tenant_id, last_used_at) VALUES (@account, @hash, @tenant, @now)
            ON CONFLICT (account_id, token_hash) DO UPDATE SET last_used_at = excluded.last_used_at
            """,
            ("account", account), ("hash", OpaqueToken.Hash(token)), ("tenant", tenant), ("now", now));
        await tx.Execute(
            """
            DELETE FROM known_browsers WHERE tenant_id = @tenant AND account_id = @account AND token_hash NOT IN
              (SELECT token_hash FROM known_browsers WHERE tenant_id = @tenant AND account_id = @account ORDER BY last_used_at DESC, token_hash LIMIT @most)
            """,
            ("tenant", tenant), ("account", account), ("most", (long)MaxPerAccount));
        return token;
    }

    /// <summary>Knows none of the account's browsers any more: its password is another.</summary>
    public static ValueTask<int> Forget(WriteTx tx, string tenant, string account) => tx.Execute(
        "DELETE FROM known_browsers WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    /// <summary>Removes those of all tenants that have not signed in for <see cref="Life"/>.</summary>
    public static ValueTask<int> Tidy(WriteTx tx, long now) => tx.Execute(
        "DELETE FROM known_browsers WHERE last_used_at < @before", ("before", now - (long)Life.TotalMilliseconds));
}
