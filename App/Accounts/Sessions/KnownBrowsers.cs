using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
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
        await Keep(tx, tenant, account, OpaqueToken.Hash(token), program: false, now);
        return token;
    }

    /// <summary>
    /// Knows the caller as a program of the account's from now on, by what it calls itself and the network it is in: programs keep no cookie.
    /// Others may be like it, so that no lock goes by this: its person is told of it once, and that is all.
    /// </summary>
    /// <returns>Whether it was known before. The caller has locked the account.</returns>
    public static async ValueTask<bool> RememberProgram(WriteTx tx, Caller who, string account, long now)
    {
        var hash = OpaqueToken.Hash($"{account}\n{RateLimits.NetworkOf(who.Ip)}\n{who.UserAgent}");
        var known = await Knows(tx, who.TenantId, account, hash, now);
        await Keep(tx, who.TenantId, account, hash, program: true, now);
        return known;
    }

    // So many of a kind: a program that goes from network to network must not push out its person's browsers.
    private static async ValueTask Keep(WriteTx tx, string tenant, string account, string hash, bool program, long now)
    {
        (string, object?)[] of = [("account", account), ("hash", hash), ("tenant", tenant), ("now", now), ("program", program ? 1L : 0L), ("most", (long)MaxPerAccount)];
        await tx.Execute(
            """
            INSERT INTO known_browsers (account_id, token_hash, tenant_id, last_used_at, program) VALUES (@account, @hash, @tenant, @now, @program)
            ON CONFLICT (account_id, token_hash) DO UPDATE SET last_used_at = excluded.last_used_at
            """, of);
        await tx.Execute(
            """
            DELETE FROM known_browsers WHERE tenant_id = @tenant AND account_id = @account AND program = @program AND token_hash NOT IN
              (SELECT token_hash FROM known_browsers WHERE tenant_id = @tenant AND account_id = @account AND program = @program ORDER BY last_used_at DESC, token_hash LIMIT @most)
            """, of);
    }

    /// <summary>Knows none of the account's browsers any more: its password is another.</summary>
    public static ValueTask<int> Forget(WriteTx tx, string tenant, string account) => tx.Execute(
        "DELETE FROM known_browsers WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    /// <summary>Removes those of all tenants that have not signed in for <see cref="Life"/>.</summary>
    public static ValueTask<int> Tidy(WriteTx tx, long now) => tx.Execute(
        "DELETE FROM known_browsers WHERE last_used_at < @before", ("before", now - (long)Life.TotalMilliseconds));
}
