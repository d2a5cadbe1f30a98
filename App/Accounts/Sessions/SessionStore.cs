using Gatehouse.Accounts.Logins;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Sessions;

/// <summary>The options of signing in.</summary>
/// <param name="LockoutFailures">Wrong passwords in a row that close an account to the address they come from.</param>
/// <param name="Lockout">For how long.</param>
/// <param name="SessionLife">How long a session lasts without being used.</param>
public sealed record SignInLimits(int LockoutFailures, TimeSpan Lockout, TimeSpan SessionLife)
{
    public static SignInLimits From(IConfiguration config) => new(
        ConfigOptions.Number(config, "SignIn:LockoutFailures"),
        TimeSpan.FromMinutes(ConfigOptions.Number(config, "SignIn:LockoutMinutes")),
        TimeSpan.FromHours(ConfigOptions.Number(config, "SignIn:SessionHours")));
}

/// <summary>A signed-in browser, known by the hash of its cookie. Times in unix milliseconds.</summary>
public sealed record AccountSession(string IdHash, long CreatedAt, long LastSeenAt, long ExpiresAt, string? Ip, string? UserAgent);

/// <summary>Sessions of staff and customers: opaque ids of which only the hash is stored.</summary>
public sealed class SessionStore(AuditWriter audit, CredentialCache credentials, SignInLimits limits, TimeProvider clock)
{
    /// <summary>However much it is used, a session ends after this.</summary>
    public static readonly TimeSpan MaxLife = TimeSpan.FromDays(30);

    private const int Shown = 100;

    /// <summary>Opens a session for the account, whose person has just shown who they are, and returns the id for its cookie.</summary>
    /// <param name="secondFactorAt">When they last showed a code, unix milliseconds; null for never.</param>
    public async ValueTask<string> Open(WriteTx s, Caller who, string accountId, long? secondFactorAt = null)
    {
        var id = OpaqueToken.Create();
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await s.Execute(
            """
            INSERT INTO sessions (id_hash, tenant_id, account_id, created_at, last_seen_at, expires_at, ip, user_agent, proved_at, second_factor_at)
            VALUES (@hash, @tenant, @account, @now, @now, @expires, @ip, @agent, @now, @second)
            """,
            ("hash", OpaqueToken.Hash(id)), ("tenant", who.TenantId), ("account", accountId), ("now", now),
            ("expires", now + (long)limits.SessionLife.TotalMilliseconds), ("ip", who.Ip), ("agent", who.UserAgent), ("second", secondFactorAt));
        credentials.ForgetAfter(s);
        return id;
    }

    /// <summary>Notes that a session was used and moves its end; does nothing when that was noted within the last minute.</summary>
    public ValueTask<int> Touch(WriteTx s, string tenant, string idHash, long createdAt)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var end = Math.Min(now + (long)limits.SessionLife.TotalMilliseconds, createdAt + (long)MaxLife.TotalMilliseconds);
        return s.Execute(
            "UPDATE sessions SET last_seen_at = @now, expires_at = @end WHERE tenant_id = @tenant AND id_hash = @hash AND (last_seen_at <= @before OR last_seen_at > @ahead)",
            ("now", now), ("end", end), ("tenant", tenant), ("hash", idHash), ("before", now - 60_000), ("ahead", now + Credential.Ahead));
    }

    /// <summary>Notes that the session's person has just shown who they are.</summary>
    /// <param name="code">By a code; else by their password.</param>
    internal ValueTask<int> Proved(WriteTx s, Caller who, bool code)
    {
        credentials.ForgetAfter(s);
        return s.Execute(
            $"UPDATE sessions SET proved_at = @now{(code ? ", second_factor_at = @now" : "")} WHERE tenant_id = @tenant AND id_hash = @hash",
            ("now", clock.GetUtcNow().ToUnixTimeMilliseconds()), ("tenant", who.TenantId), ("hash", who.SessionId ?? ""));
    }

    /// <summary>The account's sessions that are open now, the last used first.</summary>
    public ValueTask<List<AccountSession>> List(ReadTx s, string tenant, string accountId) => s.All(
        """
        SELECT id_hash, created_at, last_seen_at, expires_at, ip, user_agent FROM sessions
        WHERE tenant_id = @tenant AND account_id = @account AND expires_at > @now ORDER BY last_seen_at DESC LIMIT @limit
        """,
        r => new AccountSession(r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.TextOrNull(4), r.TextOrNull(5)),
        ("tenant", tenant), ("account", accountId), ("now", clock.GetUtcNow().ToUnixTimeMilliseconds()), ("limit", Shown));

    /// <summary>Ends one of the caller's own sessions.</summary>
    /// <exception cref="Refusal">404 when there is no such session of theirs.</exception>
    public async ValueTask<int> End(WriteTx s, Caller who, string idHash)
    {
        var ended = await s.Execute("DELETE FROM sessions WHERE tenant_id = @tenant AND account_id = @account AND id_hash = @hash",
            ("tenant", who.TenantId), ("account", who.AccountId), ("hash", idHash));
        if (ended == 0)
            throw new Refusal(SessionErrors.NotFound);
        credentials.ForgetAfter(s);
        await Tell(s, who, "session.ended", AccountEvents.SessionEnded);
        return ended;
    }

    /// <summary>Ends all of the caller's own sessions but the one that asks. Returns how many.</summary>
    public async ValueTask<int> EndOthers(WriteTx s, Caller who)
    {
        var ended = await s.Execute("DELETE FROM sessions WHERE tenant_id = @tenant AND account_id = @account AND id_hash <> @hash",
            ("tenant", who.TenantId), ("account", who.AccountId), ("hash", who.SessionId ?? ""));
        credentials.ForgetAfter(s);
        if (ended > 0)
            await Tell(s, who, "sessions.ended", AccountEvents.SessionsEnded);
        return ended;
    }

    private async ValueTask Tell(WriteTx s, Caller who, string action, string kind)
    {
        if (who.IsCustomer)
            await AccountEvents.Note(s, who, kind, clock.GetUtcNow().ToUnixTimeMilliseconds());
        else
            await audit.Write(s, who, action, new AuditTarget("staff", who.AccountId!, who.Name));
    }

    /// <summary>Is the session there still? Then nobody ends it before the transaction has.</summary>
    internal static async ValueTask<bool> LockOpen(WriteTx s, string tenant, string accountId, string idHash) => await s.Locked(
        "SELECT id_hash FROM sessions WHERE tenant_id = @tenant AND account_id = @account AND id_hash = @hash",
        r => r.GetString(0), ("tenant", tenant), ("account", accountId), ("hash", idHash)) is not null;

    /// <summary>Ends all sessions of an account: part of a change that is audited by itself.</summary>
    internal static ValueTask<int> EndAll(WriteTx s, string tenant, string accountId) => s.Execute(
        "DELETE FROM sessions WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", accountId));

    /// <summary>Ends the session of that hash, when there is one: sign-out, and the one a new sign-in replaces.</summary>
    internal ValueTask<int> Drop(WriteTx s, string tenant, string idHash)
    {
        credentials.ForgetAfter(s);
        return s.Execute("DELETE FROM sessions WHERE tenant_id = @tenant AND id_hash = @hash", ("tenant", tenant), ("hash", idHash));
    }
}
