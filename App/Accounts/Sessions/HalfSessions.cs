using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Sessions;

/// <summary>Somebody who has shown the right password and not yet a code. Times in unix milliseconds.</summary>
/// <param name="Tries">Wrong codes so far.</param>
internal sealed record HalfSession(string IdHash, string AccountId, long CreatedAt, long Tries);

/// <summary>
/// What is between the two steps of signing in: an opaque id in a cookie, of which only the hash is stored. It opens nothing, lives for
/// minutes, and ends with the code, with a new password, or with too many wrong tries.
/// </summary>
internal static class HalfSessions
{
    /// <summary>How long the code may be waited for.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>So many wrong codes end it.</summary>
    public const int MaxTries = 5;

    // Of one account: the latest.
    private const int MaxPerAccount = 20;

    /// <summary>Opens one and returns the id for its cookie.</summary>
    public static async ValueTask<string> Open(WriteTx tx, string tenant, string account, long now)
    {
        var id = OpaqueToken.Create();
        await tx.Execute("INSERT INTO half_sessions (id_hash, tenant_id, account_id, created_at) VALUES (@hash, @tenant, @account, @now)",
            ("hash", OpaqueToken.Hash(id)), ("tenant", tenant), ("account", account), ("now", now));
        await tx.Execute(
            """
            DELETE FROM half_sessions WHERE tenant_id = @tenant AND account_id = @account AND id_hash NOT IN
              (SELECT id_hash FROM half_sessions WHERE tenant_id = @tenant AND account_id = @account ORDER BY created_at DESC, id_hash LIMIT @most)
            """,
            ("tenant", tenant), ("account", account), ("most", (long)MaxPerAccount));
        return id;
    }

    /// <summary>The one of that id while it lives; else null.</summary>
    public static ValueTask<HalfSession?> Find(ReadTx tx, string tenant, string id, long now) => tx.One(
        "SELECT id_hash, account_id, created_at, tries FROM half_sessions WHERE tenant_id = @tenant AND id_hash = @hash AND created_at > @since AND created_at <= @now AND tries < @most",
        r => new HalfSession(r.GetString(0), r.GetString(1), r.GetInt64(2), r.GetInt64(3)),
        ("tenant", tenant), ("hash", OpaqueToken.Hash(id)), ("since", now - (long)Life.TotalMilliseconds), ("now", now), ("most", (long)MaxTries));

    /// <summary>Counts a wrong code; the caller has locked the account.</summary>
    public static ValueTask<int> Fail(WriteTx tx, string tenant, HalfSession half) => tx.Execute(
        "UPDATE half_sessions SET tries = tries + 1 WHERE tenant_id = @tenant AND id_hash = @hash", ("tenant", tenant), ("hash", half.IdHash));

    /// <summary>Ends one.</summary>
    public static ValueTask<int> End(WriteTx tx, string tenant, HalfSession half) => tx.Execute(
        "DELETE FROM half_sessions WHERE tenant_id = @tenant AND id_hash = @hash", ("tenant", tenant), ("hash", half.IdHash));

    /// <summary>Ends all of an account: what they showed, or what is asked for, is another.</summary>
    public static ValueTask<int> EndAll(WriteTx tx, string tenant, string account) => tx.Execute(
        "DELETE FROM half_sessions WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    /// <summary>Removes those of all tenants whose time is over, and what a clock that was ahead has noted.</summary>
    public static ValueTask<int> Tidy(WriteTx tx, long now) => tx.Execute(
        "DELETE FROM half_sessions WHERE created_at < @before OR created_at > @now", ("before", now - (long)Life.TotalMilliseconds), ("now", now));
}
