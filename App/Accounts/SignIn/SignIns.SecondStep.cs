using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.TwoFactor;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.SignIn;

/// <summary>What became of a code: a session, or none.</summary>
/// <param name="Over">The half session has ended as well: the password must be shown again.</param>
public sealed record CodeResult(SignedIn? SignedIn, bool Over);

/// <summary>
/// The second step: a code or a passkey, after the right password. Wrong codes count as wrong passwords do, and what was wrong before is forgiven with
/// the code, not with the password: else whoever knows the password could go on guessing codes.
/// </summary>
public sealed partial class SignIns
{
    /// <summary>Opens the session when the code is right.</summary>
    /// <param name="half">The id of the half session.</param>
    /// <param name="replaces">Hash of the session that the browser had before; it ends.</param>
    /// <param name="browser">The token that the browser may be known by.</param>
    /// <param name="program">A customer's program asks.</param>
    public Task<CodeResult> TryCode(Caller who, string half, string code, string? replaces = null, string? browser = null, bool program = false) =>
        TryStep(who, half, ByCode, async (s, account, known) => await twoFactor.Check(s, who, account.Id, account.Told, code, known) != CodeVerdict.Wrong, replaces, browser, program);

    private async Task<CodeResult> TryStep(Caller who, string half, string method, Func<WriteTx, State, bool, ValueTask<bool>> isRight, string? replaces, string? browser, bool program = false)
    {
        if (browser?.Length != BrowserTokenLength)
            browser = null;
        var staffHere = await networks.Allows(who);
        var (result, account) = await db.Write(s => DecideStep(s, who, half, method, isRight, replaces, browser, program, staffHere));
        if (result.SignedIn is not null)
        {
            CameIn(log, account!, who.Ip);
            return result;
        }
        _failed.Add(RateLimits.NetworkOf(who.Ip));
        TurnedAway(log, account ?? "unknown", who.Ip);
        return result;
    }

    /// <summary>Is it a code of the caller's own, which they show from their session? A wrong one counts as a failed sign-in.</summary>
    public Task<bool> ConfirmCode(Caller who, string code)
    {
        var source = "session:" + who.SessionId;
        return db.Write(async s =>
        {
            if (await Load(s, who.TenantId, who.Id ?? "") is not { } account
                || Holds((await SignInLocks.Of(s, who.TenantId, account.Id, source)).LockedUntil))
                return false;
            if (await twoFactor.Check(s, who, account.Id, account.Told, code, trusted: true) != CodeVerdict.Wrong)
            {
                await sessions.Proved(s, who, code: true);
                return true;
            }
            await Fail(s, who, account, source, known: true);
            return false;
        });
    }

    /// <summary>Whose half session it is, while it waits for a code; null when there is none.</summary>
    public Task<string?> AwaitsCode(Caller who, string half) => db.Read(async s => (await HalfSessions.Find(s, who.TenantId, half, Now()))?.AccountId);

    /// <summary>
    /// Comes in by something that stands in for the password. All else is as with one: a lock, a disabling and the second step hold.
    /// </summary>
    /// <param name="find">The account of what was shown; null when it is not good.</param>
    /// <param name="spend">Takes it, so that it is good once; false when another was faster.</param>
    /// <param name="replaces">Hash of the session that the browser had before; it ends.</param>
    /// <param name="browser">The token that the browser may be known by.</param>
    public async Task<SignInResult> TryProof(
        Caller who, Func<ReadTx, ValueTask<string?>> find, Func<WriteTx, ValueTask<bool>> spend, string? replaces = null, string? browser = null)
    {
        if (browser?.Length != BrowserTokenLength)
            browser = null;
        var result = await db.Write(async s =>
        {
            if (await find(s) is not { } id || await Load(s, who.TenantId, id) is not { Customer: true } account)
                return new SignInResult(null, "wrong");
            if (account.Disabled)
                return await Refuse(s, who, account, "disabled", "disabled");
            if (account.Pending)
                return await Refuse(s, who, account, "pending", "pending");
            var (source, _) = await Source(s, who, account, browser);
            var (_, lockedUntil) = await SignInLocks.Of(s, who.TenantId, account.Id, source);
            if (Holds(lockedUntil))
                return await Refuse(s, who, account, "locked", "locked", lockedUntil);
            if (!await spend(s))
                return new SignInResult(null, "wrong");
            return new SignInResult(await TwoFactorStore.IsOn(s, who.TenantId, account.Id)
                ? await AskForCode(s, who, account)
                : await LetIn(s, who, account, source, replaces, browser, ByLink), "ok");
        });
        if (result.SignedIn is { HalfSession: not null } half)
            HalfIn(log, half.AccountId, who.Ip);
        else if (result.SignedIn is { } signedIn)
            CameIn(log, signedIn.AccountId, who.Ip);
        else
            TurnedAway(log, "unknown", who.Ip);
        return result;
    }

    private async ValueTask<SignedIn> LetIn(WriteTx s, Caller who, State account, string source, string? replaces, string? browser, string method, bool program = false)
    {
        await SignInLocks.Forgive(s, who.TenantId, account.Id, source);
        if (replaces is not null)
            await sessions.Drop(s, who.TenantId, replaces);
        await RecordSuccess(s, who, account.Id, account.Username, Now(), method);
        var known = program ? await KnownBrowsers.RememberProgram(s, who, account.Id, Now())
            : await KnownBrowsers.Knows(s, who.TenantId, account.Id, browser is null ? null : OpaqueToken.Hash(browser), Now());
        if (account.Customer && notices is not null && !known)
            await notices.TellCustomer(s, who.TenantId, account.Id, CustomerNotices.SignIn, new Message("mychannels.signed_in", UserAgents.Short(who.UserAgent) ?? "—", who.Ip ?? "—"));
        return new SignedIn(account.Id, await sessions.Open(s, who, account.Id, method is ByPassword or ByLink ? null : Now()),
            program ? "" : await KnownBrowsers.Remember(s, who.TenantId, account.Id, browser, Now()), account.OneTime, account.Customer, account.Language);
    }

    private async ValueTask<SignedIn> AskForCode(WriteTx s, Caller who, State account)
    {
        await Note(s, who, account.Id, account.Username, "asked", Now(), ByPassword);
        return new SignedIn(account.Id, "", "", false, account.Customer, account.Language, await HalfSessions.Open(s, who.TenantId, account.Id, Now()));
    }

    private async ValueTask<(CodeResult Result, string? Account)> DecideStep(
        WriteTx s, Caller who, string id, string method, Func<WriteTx, State, bool, ValueTask<bool>> isRight, string? replaces, string? browser, bool program, bool staffHere)
    {
        // Looked at again once the account is locked: the try before may have been the last.
        if (await HalfSessions.Find(s, who.TenantId, id, Now()) is not { } found || await Load(s, who.TenantId, found.AccountId) is not { } account
            || await HalfSessions.Find(s, who.TenantId, id, Now()) is not { } half)
            return (new(null, true), null);
        if (account.Disabled)
            return await Over("disabled");
        if (!account.Customer && !staffHere)
            return await Over("network");
        var (source, known) = await Source(s, who, account, browser);
        if (Holds((await SignInLocks.Of(s, who.TenantId, account.Id, source)).LockedUntil))
            return await Over("locked");
        if (await isRight(s, account, known))
        {
            await HalfSessions.End(s, who.TenantId, half);
            return (new(await LetIn(s, who, account, source, replaces, browser, method, program), false), account.Id);
        }
        await Fail(s, who, account, source, known);
        if (half.Tries + 1 >= HalfSessions.MaxTries || Holds((await SignInLocks.Of(s, who.TenantId, account.Id, source)).LockedUntil))
            return await Over(method);
        await HalfSessions.Fail(s, who.TenantId, half);
        await Refuse(s, who, account, method, "wrong");
        return (new(null, false), account.Id);

        async ValueTask<(CodeResult, string?)> Over(string outcome)
        {
            await HalfSessions.End(s, who.TenantId, half);
            await Refuse(s, who, account, outcome, "wrong");
            return (new(null, true), account.Id);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sign-in: the right password for {Account} from {Ip}, a code is asked for")]
    private static partial void HalfIn(ILogger log, string account, string? ip);
}
