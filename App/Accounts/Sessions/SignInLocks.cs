using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Sessions;

/// <summary>
/// Wrong passwords in a row for an account, counted for each source of them: an address, a browser that has signed in before, or
/// a session. So a stranger closes an account to nobody but the address they come from.
/// </summary>
internal static class SignInLocks
{
    /// <summary>An account keeps the count of no more sources than these: the latest.</summary>
    internal const int MaxSources = 200;

    /// <summary>Without another one, wrong passwords are forgotten after this.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>How many there were, and until when (unix milliseconds) the account is closed to the source.</summary>
    public static ValueTask<(long Failures, long? LockedUntil)> Of(ReadTx tx, string tenant, string account, string source) => tx.One(
        "SELECT failures, locked_until FROM sign_in_failures WHERE tenant_id = @tenant AND account_id = @account AND source = @source",
        r => (r.GetInt64(0), r.LongOrNull(1)), ("tenant", tenant), ("account", account), ("source", source));

    /// <summary>Writes them down; the caller has locked the account.</summary>
    public static async ValueTask Set(WriteTx tx, string tenant, string account, string source, long failures, long? lockedUntil, long now)
    {
        await tx.Execute(
            """
            INSERT INTO sign_in_failures (account_id, source, tenant_id, failures, last_at, locked_until) VALUES (@account, @source, @tenant, @failures, @now, @until)
            ON CONFLICT (account_id, source) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, locked_until = excluded.locked_until
            """,
            ("account", account), ("source", source), ("tenant", tenant), ("failures", failures), ("now", now), ("until", lockedUntil));
        await tx.Execute(
            """
            DELETE FROM sign_in_failures WHERE tenant_id = @tenant AND account_id = @account AND source NOT IN
              (SELECT source FROM sign_in_failures WHERE tenant_id = @tenant AND account_id = @account ORDER BY last_at DESC, source LIMIT @most)
            """,
            ("tenant", tenant), ("account", account), ("most", (long)MaxSources));
    }

    /// <summary>The source has shown the right password.</summary>
    public static ValueTask<int> Forgive(WriteTx tx, string tenant, string account, string source) => tx.Execute(
        "DELETE FROM sign_in_failures WHERE tenant_id = @tenant AND account_id = @account AND source = @source", ("tenant", tenant), ("account", account), ("source", source));

    /// <summary>Opens the account to all sources.</summary>
    public static ValueTask<int> Clear(WriteTx tx, string tenant, string account) => tx.Execute(
        "DELETE FROM sign_in_failures WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    /// <summary>Removes what time has forgotten, of all tenants, and what a clock that was ahead has noted.</summary>
    public static ValueTask<int> Tidy(WriteTx tx, long now) => tx.Execute(
        "DELETE FROM sign_in_failures WHERE (last_at < @before AND COALESCE(locked_until, 0) <= @now) OR last_at > @ahead",
        ("before", now - (long)Kept.TotalMilliseconds), ("now", now), ("ahead", now + (long)Kept.TotalMilliseconds));
}
