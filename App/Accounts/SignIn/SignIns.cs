using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.NetworkAccess;
using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Audit.Security;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.SignIn;

/// <summary>An attempt to come in. Times in unix milliseconds.</summary>
/// <param name="Outcome"><c>ok</c>, <c>wrong</c>, <c>locked</c>, <c>disabled</c>, <c>pending</c>, <c>asked</c> (the password was right, a code was asked for), <c>code</c> (a wrong one), <c>network</c> (staff, and not from there) or <c>passkey</c> (one that was not taken).</param>
/// <param name="Method">By what: <c>password</c>, <c>code</c> (after the password) or <c>passkey</c> or <c>link</c>; null where that was not noted.</param>
public sealed record SignInAttempt(string Id, long At, string Outcome, string? Ip, string? UserAgent, string? Method = null);

/// <summary>What a name stands for while its password is being checked.</summary>
public sealed record SignInFacts(string AccountId, string PasswordHash);

/// <summary>An attempt that succeeded.</summary>
/// <param name="SessionId">For the cookie.</param>
/// <param name="Browser">For the cookie that the browser is known by; empty for a program.</param>
/// <param name="OneTime">The password must be changed before anything else.</param>
/// <param name="Customer">Else staff.</param>
/// <param name="Language">What the person reads; empty: as the browser asks.</param>
/// <param name="HalfSession">
/// Set when the password was right and a code must follow: there is no session yet, and this is for the cookie that says so.
/// </param>
public sealed record SignedIn(string AccountId, string SessionId, string Browser, bool OneTime, bool Customer, string Language, string? HalfSession = null);

/// <summary>What came of an attempt, as whoever made it may know.</summary>
/// <param name="SignedIn">Null when it is no.</param>
/// <param name="Outcome"><c>ok</c>, <c>wrong</c>, or <c>locked</c>, of a name that nobody has too; for who knows the password <c>disabled</c>, <c>pending</c> or <c>network</c>.</param>
/// <param name="LockedUntil">Of <c>locked</c>, in unix milliseconds.</param>
public sealed record SignInResult(SignedIn? SignedIn, string Outcome, long? LockedUntil = null);

/// <summary>
/// Signing in: wrong passwords close an account for a while to the address they come from, and whoever asks learns nothing but
/// yes or no. A browser that has signed in before is counted by itself, so that a stranger at the same address does not keep its
/// owner out.
/// </summary>
public sealed partial class SignIns(
    Database db, Passwords passwords, SessionStore sessions, TwoFactorService twoFactor, PasskeyService passkeys, StaffNetworks networks, SecurityEvents events, SignInLimits limits, TimeProvider clock, ILogger<SignIns> log, INotices? notices = null)
{
    /// <summary>This many failures from one address within ten minutes are a security event.</summary>
    public const int ManyFailures = 20;

    private static readonly TimeSpan ManyWindow = TimeSpan.FromMinutes(10);
    private const string OfCustomers = " AND kind = 'customer'";
    private const string Unknown = "unknown";
    private const int BrowserTokenLength = 43;
    private const string ByPassword = "password", ByCode = "code", ByPasskey = "passkey", ByLink = "link";

    // This many times the limit of one address, over all of them: the account is being guessed at from many.
    private const int ManyAddresses = 10;
    private readonly FailedNetworks _failed = new(clock);
    private readonly UnknownNames _unknown = new(limits, clock);

    /// <param name="SlowedUntil">Until then a stranger's address has one try.</param>
    private sealed record State(
        string Id, string Username, string PasswordHash, bool OneTime, bool Disabled, long Failures, long? SlowedUntil, bool Customer, bool Pending, string Language)
    {
        /// <summary>What security events call it: of a customer the id, which says nothing when the account is forgotten.</summary>
        public string Told => Customer ? Id : Username;
    }

    /// <summary>
    /// Checks name (a user name, an e-mail address or a phone number) and password (outside of any transaction: it takes 64 MiB and a
    /// while), then decides. An unknown name costs as much and reads the same as a wrong password.
    /// </summary>
    /// <param name="replaces">Hash of the session that the browser had before; it ends.</param>
    /// <param name="browser">The token that the browser may be known by.</param>
    /// <param name="program">A customer's program asks: staff are nobody here.</param>
    /// <exception cref="PasswordQueueFullException"/>
    public async Task<SignInResult> Try(Caller who, string login, string password, string? replaces = null, string? browser = null, bool program = false)
    {
        if (browser?.Length != BrowserTokenLength)
            browser = null;
        var (facts, known) = await db.Read(s => Facts(s, who.TenantId, login, browser, program));
        if (password.Length > Passwords.MaxLength)
            (facts, password) = (null, "");
        var network = RateLimits.NetworkOf(who.Ip);
        var right = await passwords.Verify(facts?.PasswordHash, password, network, known ? Precedence.Known : _failed.Has(network) ? Precedence.Suspected : Precedence.Unsuspected);
        var staffHere = await networks.Allows(who);
        var result = await db.Write(s => Decide(s, who, login, right ? facts!.PasswordHash : null, replaces, browser, program, staffHere));
        if (result.SignedIn is null)
            _failed.Add(network);
        if (result is { SignedIn: null, Outcome: Unknown })
            result = _unknown.Failed(network, login) is { } until ? new SignInResult(null, "locked", until) : new SignInResult(null, "wrong");
        // Accounts by their ids: a name that nobody has may be a password, and who is forgotten stands in no log.
        if (result.SignedIn?.HalfSession is not null)
            HalfIn(log, result.SignedIn.AccountId, who.Ip);
        else if (result.SignedIn is not null)
            CameIn(log, result.SignedIn.AccountId, who.Ip);
        else
            TurnedAway(log, facts?.AccountId ?? "unknown", who.Ip);
        return result;
    }

    /// <summary>Is this the caller's own password? A wrong one counts as a failed sign-in. Returns the hash it belongs to, else null.</summary>
    public async Task<string?> Confirm(Caller who, string password)
    {
        var hash = await db.Read(s => AccountStore.PasswordHash(s, who.TenantId, who.Id ?? ""));
        if (password.Length > Passwords.MaxLength)
            password = "";
        var right = await passwords.Verify(hash, password, RateLimits.NetworkOf(who.Ip), Precedence.Known);
        // Whoever guesses here has a session: strangers elsewhere neither count nor lock it.
        var source = "session:" + who.SessionId;
        return await db.Write(async s =>
        {
            if (await Load(s, who.TenantId, who.Id ?? "") is not { } account
                || Holds((await SignInLocks.Of(s, who.TenantId, account.Id, source)).LockedUntil))
                return null;
            if (right && account.PasswordHash == hash)
            {
                await sessions.Proved(s, who, code: false);
                return hash;
            }
            await Fail(s, who, account, source, known: true);
            return null;
        });
    }

    /// <summary>The account's last attempts, newest first.</summary>
    public ValueTask<List<SignInAttempt>> Recent(ReadTx s, string tenant, string accountId, int limit) => s.All(
        "SELECT id, at, outcome, ip, user_agent, method FROM sign_ins WHERE tenant_id = @tenant AND account_id = @account ORDER BY id DESC LIMIT @limit",
        r => new SignInAttempt(r.GetString(0), r.GetInt64(1), r.GetString(2), r.TextOrNull(3), r.TextOrNull(4), r.TextOrNull(5)),
        ("tenant", tenant), ("account", accountId), ("limit", (long)limit));

    /// <summary>Notes that somebody came in; wrong passwords before it, from there and in all, are forgiven.</summary>
    internal static async ValueTask RecordSuccess(WriteTx s, Caller who, string accountId, string username, long now, string? method = null)
    {
        await s.Execute("UPDATE accounts SET failures = 0, last_sign_in_at = @now WHERE tenant_id = @tenant AND id = @id",
            ("now", now), ("tenant", who.TenantId), ("id", accountId));
        await Note(s, who, accountId, username, "ok", now, method);
    }

    private async ValueTask<(SignInFacts? Facts, bool Known)> Facts(ReadTx s, string tenant, string login, string? browser, bool customers)
    {
        var id = await AccountLogins.Find(s, tenant, login);
        var facts = id is null ? null : await s.One($"SELECT id, password_hash FROM accounts WHERE tenant_id = @tenant AND id = @id{(customers ? OfCustomers : "")}",
            r => new SignInFacts(r.GetString(0), r.GetString(1)), ("tenant", tenant), ("id", id));
        return (facts, facts is not null && browser is not null && await KnownBrowsers.Knows(s, tenant, facts.AccountId, OpaqueToken.Hash(browser), Now()));
    }

    // Everything is looked at again here, where attempts that run at once come one after the other.
    private async ValueTask<SignInResult> Decide(WriteTx s, Caller who, string login, string? verifiedHash, string? replaces, string? browser, bool program, bool staffHere)
    {
        var account = await AccountLogins.Find(s, who.TenantId, login) is { } id ? await Load(s, who.TenantId, id) : null;
        if (account is null || program && !account.Customer)
            return await Refuse(s, who, null, "wrong", Unknown);
        var right = verifiedHash is not null && account.PasswordHash == verifiedHash;
        if (account.Disabled)
            return await Refuse(s, who, account, "disabled", right ? "disabled" : "wrong");
        var (source, known) = await Source(s, who, account, browser);
        var (_, lockedUntil) = await SignInLocks.Of(s, who.TenantId, account.Id, source);
        if (Holds(lockedUntil))
            return await Refuse(s, who, account, "locked", "locked", lockedUntil);
        if (!right)
        {
            await Fail(s, who, account, source, known);
            return await Refuse(s, who, account, "wrong", "wrong");
        }
        if (account.Pending)
            return await Refuse(s, who, account, "pending", "pending");
        if (!account.Customer && !staffHere)
            return await Refuse(s, who, account, "network", "network");
        return new SignInResult(await TwoFactorStore.IsOn(s, who.TenantId, account.Id)
            ? await AskForCode(s, who, account)
            : await LetIn(s, who, account, source, replaces, browser, ByPassword, program), "ok");
    }

    private static ValueTask<State?> Load(WriteTx s, string tenant, string id) => s.Locked(
        "SELECT id, username, password_hash, password_one_time, disabled_at, failures, locked_until, kind, pending, language FROM accounts WHERE tenant_id = @tenant AND id = @id",
        r => new State(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3) == 1, !r.IsDBNull(4), r.GetInt64(5), r.LongOrNull(6), r.GetString(7) == "customer", r.GetInt64(8) == 1, r.GetString(9)),
        ("tenant", tenant), ("id", id));

    private async ValueTask Fail(WriteTx s, Caller who, State account, string source, bool known)
    {
        var (now, until) = (Now(), Now() + (long)limits.Lockout.TotalMilliseconds);
        var slowed = !known && Holds(account.SlowedUntil);
        var failures = (await SignInLocks.Of(s, who.TenantId, account.Id, source)).Failures + 1;
        var locks = slowed || failures >= limits.LockoutFailures;
        await SignInLocks.Set(s, who.TenantId, account.Id, source, locks ? 0 : failures, locks ? until : null, now);
        if (locks)
            await events.Record(s, who, "signin.locked", "warn", account.Told, ((long)limits.Lockout.TotalMinutes).ToString());
        if (known)
            return;
        var all = account.Failures + 1;
        var slows = slowed || all >= limits.LockoutFailures * ManyAddresses;
        await s.Execute("UPDATE accounts SET failures = @failures, locked_until = @until WHERE tenant_id = @tenant AND id = @id",
            ("failures", all), ("until", slows ? until : null), ("tenant", who.TenantId), ("id", account.Id));
        if (slows && !slowed)
            await events.Record(s, who, "signin.many_addresses", "bad", account.Told, all.ToString());
    }

    // Whose wrong tries count together: a browser's that has signed in before, or an address's.
    private async ValueTask<(string Source, bool Known)> Source(ReadTx s, Caller who, State account, string? browser)
    {
        var token = browser is null ? null : OpaqueToken.Hash(browser);
        var known = await KnownBrowsers.Knows(s, who.TenantId, account.Id, token, Now());
        return (known ? "browser:" + token : RateLimits.NetworkOf(who.Ip), known);
    }

    /// <param name="told">What whoever tried may know of it.</param>
    private async ValueTask<SignInResult> Refuse(WriteTx s, Caller who, State? account, string outcome, string told, long? lockedUntil = null)
    {
        await Note(s, who, account?.Id, account?.Username, outcome, Now());
        var (failed, ofThis) = await s.One(
            "SELECT COUNT(*), COUNT(CASE WHEN account_id = @account THEN 1 END) FROM sign_ins WHERE tenant_id = @tenant AND ip = @ip AND at > @since AND outcome NOT IN ('ok', 'asked')",
            r => (r.GetInt64(0), r.GetInt64(1)), ("account", account?.Id), ("tenant", who.TenantId), ("ip", who.Ip), ("since", Now() - (long)ManyWindow.TotalMilliseconds));
        // One customer's alone are told as theirs, and are forgotten with them.
        if (failed > 0 && failed % ManyFailures == 0)
            await events.Record(s, who, "signin.failed_many", "bad", account is { Customer: true } && ofThis == failed ? account.Told : who.Ip ?? "", failed.ToString());
        return new SignInResult(null, told, lockedUntil);
    }

    // A name that nobody has is not kept: people type passwords there.
    private static async ValueTask Note(WriteTx s, Caller who, string? accountId, string? username, string outcome, long now, string? method = null) => await s.Execute(
        "INSERT INTO sign_ins (id, tenant_id, account_id, username, at, outcome, ip, user_agent, method) VALUES (@id, @tenant, @account, @username, @now, @outcome, @ip, @agent, @method)",
        ("id", Ids.New()), ("tenant", who.TenantId), ("account", accountId), ("username", username ?? ""), ("now", now),
        ("outcome", outcome), ("ip", who.Ip), ("agent", who.UserAgent), ("method", method));

    // One that lies further ahead than a lock lasts was set by a clock that was wrong.
    private bool Holds(long? until) => until > Now() && until <= Now() + (long)limits.Lockout.TotalMilliseconds;

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Information, Message = "Sign-in: {Account} from {Ip}")]
    private static partial void CameIn(ILogger log, string account, string? ip);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sign-in refused: {Account} from {Ip}")]
    private static partial void TurnedAway(ILogger log, string account, string? ip);
}
