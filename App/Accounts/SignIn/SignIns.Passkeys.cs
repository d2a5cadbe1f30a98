using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.SignIn;

/// <summary>
/// Passkeys at the door: one that is not taken counts as a wrong password does, and whoever the door is closed to, it is closed to with a
/// passkey as well.
/// </summary>
public sealed partial class SignIns
{
    /// <summary>Comes in by a passkey alone, without a name: as its owner has shown finger, face or PIN, no code is asked for.</summary>
    /// <param name="answered">What the browser answered.</param>
    /// <param name="replaces">Hash of the session that the browser had before; it ends.</param>
    /// <param name="browser">The token that the browser may be known by.</param>
    public async Task<SignInResult> TryPasskey(Caller who, PasskeySite? site, string answered, string? replaces = null, string? browser = null)
    {
        if (browser?.Length != BrowserTokenLength)
            browser = null;
        var shown = await db.Read(s => passkeys.Shown(s, who.TenantId, site, PasskeyUse.SignIn, answered));
        var staffHere = await networks.Allows(who);
        var result = await db.Write(s => DecidePasskey(s, who, shown, replaces, browser, staffHere));
        if (result.SignedIn is not null)
        {
            CameIn(log, result.SignedIn.AccountId, who.Ip);
            return result;
        }
        _failed.Add(RateLimits.NetworkOf(who.Ip));
        TurnedAway(log, shown?.AccountId ?? Unknown, who.Ip);
        return result;
    }

    /// <summary>Opens the session by a passkey of the account's in place of a code.</summary>
    /// <inheritdoc cref="TryCode"/>
    public async Task<CodeResult> TryPasskeyAsCode(Caller who, PasskeySite? site, string half, string answered, string? replaces = null, string? browser = null)
    {
        var shown = await db.Read(s => passkeys.Shown(s, who.TenantId, site, PasskeyUse.SecondStep(half), answered));
        return await TryStep(who, half, ByPasskey, (s, account, _) => IsOf(s, who, account, shown), replaces, browser);
    }

    /// <summary>Is it a passkey of the caller's own, which they show from their session? One that is not counts as a failed sign-in.</summary>
    public async Task<bool> ConfirmPasskey(Caller who, PasskeySite? site, string answered)
    {
        var source = "session:" + who.SessionId;
        var shown = await db.Read(s => passkeys.Shown(s, who.TenantId, site, PasskeyUse.Proof(who.SessionId), answered));
        return await db.Write(async s =>
        {
            if (await Load(s, who.TenantId, who.Id ?? "") is not { } account
                || Holds((await SignInLocks.Of(s, who.TenantId, account.Id, source)).LockedUntil))
                return false;
            if (await IsOf(s, who, account, shown))
            {
                await sessions.Proved(s, who, code: true);
                return true;
            }
            await Fail(s, who, account, source, known: true);
            return false;
        });
    }

    private async ValueTask<SignInResult> DecidePasskey(WriteTx s, Caller who, ShownPasskey? shown, string? replaces, string? browser, bool staffHere)
    {
        if (shown is null || await Load(s, who.TenantId, shown.AccountId) is not { } account)
            return await Refuse(s, who, null, ByPasskey, "wrong");
        if (account.Disabled)
            return await Refuse(s, who, account, "disabled", "wrong");
        var (source, known) = await Source(s, who, account, browser);
        var (_, lockedUntil) = await SignInLocks.Of(s, who.TenantId, account.Id, source);
        if (Holds(lockedUntil))
            return await Refuse(s, who, account, "locked", "locked", lockedUntil);
        if (!await IsOf(s, who, account, shown))
        {
            await Fail(s, who, account, source, known);
            return await Refuse(s, who, account, ByPasskey, "wrong");
        }
        if (!account.Customer && !staffHere)
            return await Refuse(s, who, account, "network", "network");
        return account.Pending
            ? await Refuse(s, who, account, "pending", "pending")
            : new SignInResult(await LetIn(s, who, account, source, replaces, browser, ByPasskey), "ok");
    }

    private async ValueTask<bool> IsOf(WriteTx s, Caller who, State account, ShownPasskey? shown) =>
        shown?.AccountId == account.Id && await passkeys.Take(s, who, shown, account.Told);
}
