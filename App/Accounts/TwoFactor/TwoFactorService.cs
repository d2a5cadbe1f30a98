using System.Security.Cryptography;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Passkeys;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Audit.Security;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.TwoFactor;

/// <summary>What somebody sees of their own.</summary>
/// <param name="Since">When it was switched on, unix milliseconds; null when it is off.</param>
/// <param name="CodesLeft">Recovery codes that are not used.</param>
public sealed record TwoFactorStatus(long? Since, int CodesLeft);

/// <summary>What somebody is to put into their app.</summary>
public sealed record TwoFactorBegun(string Username, byte[] Secret);

/// <summary>Switched on: the recovery codes, for the one time they are shown, and the session that takes the place of all others.</summary>
public sealed record SwitchedOn(IReadOnlyList<string> RecoveryCodes, string SessionId);

/// <summary>What a code was found to be.</summary>
public enum CodeVerdict { Wrong, Right, Recovery }

/// <summary>
/// Two-factor sign-in of accounts of any kind: one method a use case, each to be called inside one transaction. Whatever decides or changes
/// holds the account locked, so that of two that show one code at once the second finds it used.
/// </summary>
public sealed class TwoFactorService(
    SecretBox box, AuditWriter audit, SecurityEvents events, SessionStore sessions, CredentialCache credentials, PermissionCatalogue permissions, AccountAlerts alerts, TimeProvider clock)
{
    /// <summary>After so many wrong codes in a row, strangers' browsers get in by a recovery code only: six digits can be guessed from many addresses.</summary>
    public const int MaxFailures = 100;

    private const string Purpose = "two-factor";

    /// <summary>The column of the secrets. When their key is lost, recovery codes still open.</summary>
    public static readonly SealedColumn Sealed = new("two_factors", "account_id", "sealed_secret", Purpose, "UPDATE two_factors SET sealed_secret = ''");

    public async ValueTask<TwoFactorStatus> Status(ReadTx s, string tenant, string accountId) =>
        await TwoFactorStore.Find(s, tenant, accountId) is { ConfirmedAt: { } since }
            ? new(since, await TwoFactorStore.CodesLeft(s, tenant, accountId))
            : new(null, 0);

    /// <summary>Makes the secret that the caller is to put into their app. It asks for nothing before a code has proved that it is there.</summary>
    /// <exception cref="Refusal">409 TWO_FACTOR_ON, 401 UNAUTHORIZED: the account or the session is gone.</exception>
    public async ValueTask<bool> Begin(WriteTx s, Caller who)
    {
        var person = await Own(s, who);
        if (await TwoFactorStore.IsOn(s, who.TenantId, person.Id))
            throw new Refusal(TwoFactorErrors.On);
        await TwoFactorStore.Begin(s, who.TenantId, person.Id, box.Seal(TotpCode.NewSecret(), Purpose), Now());
        return true;
    }

    /// <summary>What is being set up; null when nothing is.</summary>
    public async ValueTask<TwoFactorBegun?> Begun(ReadTx s, string tenant, string accountId) =>
        await TwoFactorStore.Find(s, tenant, accountId) is { ConfirmedAt: null } state && Secret(state) is { } secret
        && await TwoFactorStore.Username(s, tenant, accountId) is { } username ? new(username, secret) : null;

    /// <summary>Switches it on once the caller's app has shown a right code. All sessions end but the caller's, which is another from then on.</summary>
    /// <param name="language">Of the page that it was done on: its owner is told.</param>
    /// <exception cref="Refusal">422 on <c>code</c>, 409 TWO_FACTOR_ON or TWO_FACTOR_NOT_BEGUN, 401 UNAUTHORIZED.</exception>
    public async ValueTask<SwitchedOn> SwitchOn(WriteTx s, Caller who, string code, string? language = null)
    {
        var person = await Own(s, who);
        var state = await TwoFactorStore.Find(s, who.TenantId, person.Id);
        if (state is { ConfirmedAt: not null })
            throw new Refusal(TwoFactorErrors.On);
        if (state is null || Secret(state) is not { } secret)
            throw new Refusal(TwoFactorErrors.NotBegun);
        if (TotpCode.Match(secret, RecoveryCodes.Normalize(code), 0, Now()) is not { } counter)
            throw Refusal.Field("code", "twofactor.code_wrong_here");
        await TwoFactorStore.Confirm(s, who.TenantId, person.Id, counter, Now());
        var codes = await RenewCodes(s, who.TenantId, person.Id);
        await SessionStore.EndAll(s, who.TenantId, person.Id);
        await HalfSessions.EndAll(s, who.TenantId, person.Id);
        if (who.IsCustomer)
            await AccountEvents.Note(s, who, AccountEvents.TwoFactorOn, Now());
        else
            await audit.Write(s, who, "account.two_factor_on", Target(person));
        await events.Record(s, who, "twofactor.on", "info", person.Told);
        await Tell(s, who.TenantId, person.Id, "alert.two_factor_on", language);
        return new SwitchedOn(codes, await sessions.Open(s, who, person.Id, Now()));
    }

    /// <summary>New recovery codes in place of the old ones; the caller has just shown a code.</summary>
    /// <exception cref="Refusal">409 TWO_FACTOR_OFF, 401 UNAUTHORIZED.</exception>
    public async ValueTask<IReadOnlyList<string>> NewRecoveryCodes(WriteTx s, Caller who)
    {
        var person = await Own(s, who);
        await MustBeOn(s, who.TenantId, person.Id);
        var codes = await RenewCodes(s, who.TenantId, person.Id);
        if (who.IsCustomer)
            await AccountEvents.Note(s, who, AccountEvents.RecoveryCodesMade, Now());
        else
            await audit.Write(s, who, "account.recovery_codes_made", Target(person));
        return codes;
    }

    /// <summary>Switches it off; the caller has just shown their password and a code.</summary>
    /// <param name="language">Of the page that it was done on: its owner is told.</param>
    /// <exception cref="Refusal">409 TWO_FACTOR_OFF, 401 UNAUTHORIZED.</exception>
    public async ValueTask<bool> SwitchOff(WriteTx s, Caller who, string? language = null)
    {
        var person = await Own(s, who);
        await MustBeOn(s, who.TenantId, person.Id);
        await End(s, who.TenantId, person.Id);
        if (who.IsCustomer)
            await AccountEvents.Note(s, who, AccountEvents.TwoFactorOff, Now());
        else
            await audit.Write(s, who, "account.two_factor_off", Target(person));
        await events.Record(s, who, "twofactor.off", "warn", person.Told);
        await Tell(s, who.TenantId, person.Id, "alert.two_factor_off", language);
        return true;
    }

    /// <summary>Switches it off for a member of staff who has lost phone and recovery codes, removes their passkeys, and ends their sessions: the password alone opens then.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_STAFF, 403 OWNERS_ONLY or ROLE_TOO_HIGH, 409 SELF_RESET or TWO_FACTOR_OFF.</exception>
    public async ValueTask<Account> Reset(WriteTx s, Caller who, string id) =>
        await Reset(s, who, await AccountStore.FindLocked(s, who.TenantId, id) ?? throw new Refusal(StaffErrors.NotFound));

    /// <inheritdoc cref="Reset(WriteTx, Caller, string)"/>
    public async ValueTask<Account> ResetByName(WriteTx s, Caller who, string username) =>
        await Reset(s, who, await AccountStore.FindByNameLocked(s, who.TenantId, StaffRules.Normalize(username)) ?? throw new Refusal(StaffErrors.NotFound));

    /// <summary>The same for a customer. Returns false when there is no customer of that id.</summary>
    /// <exception cref="Refusal">409 TWO_FACTOR_OFF.</exception>
    public async ValueTask<bool> ResetCustomer(WriteTx s, Caller who, string id)
    {
        if (await TwoFactorStore.LockPerson(s, who.TenantId, id) is not { Kind: "customer" } person)
            return false;
        await EndAll(s, who.TenantId, person.Id);
        await audit.Write(s, who, "customer.two_factor_reset", new AuditTarget(person.Kind, person.Id, person.Id));
        await events.Record(s, who, "twofactor.reset", "warn", person.Told, who.Name);
        return true;
    }

    /// <summary>Is it a code of the account, now, for the first time? It is none from then on. The caller has locked the account.</summary>
    /// <param name="told">What security events call the account.</param>
    /// <param name="trusted">It comes from a browser or a session that is the person's own: it may be typed wrong any number of times in all.</param>
    internal async ValueTask<CodeVerdict> Check(WriteTx s, Caller who, string accountId, string told, string typed, bool trusted)
    {
        if (await TwoFactorStore.Find(s, who.TenantId, accountId) is not { ConfirmedAt: not null } state)
            return CodeVerdict.Wrong;
        var code = RecoveryCodes.Normalize(typed);
        if (RecoveryCodes.Looks(code) && await TwoFactorStore.UseRecoveryCode(s, who.TenantId, accountId, RecoveryCodes.Hash(code), Now()))
        {
            await events.Record(s, who, "twofactor.recovery_used", "warn", told, (await TwoFactorStore.CodesLeft(s, who.TenantId, accountId)).ToString());
            return CodeVerdict.Recovery;
        }
        if ((trusted || state.Failures < MaxFailures) && Secret(state) is { } secret && TotpCode.Match(secret, code, state.LastCounter, Now()) is { } counter)
        {
            await TwoFactorStore.Took(s, who.TenantId, accountId, counter);
            return CodeVerdict.Right;
        }
        await TwoFactorStore.Fail(s, who.TenantId, accountId);
        await events.Record(s, who, state.Failures + 1 == MaxFailures ? "twofactor.guessed" : "twofactor.failed", state.Failures + 1 == MaxFailures ? "bad" : "warn", told, (state.Failures + 1).ToString());
        return CodeVerdict.Wrong;
    }

    private async ValueTask<Account> Reset(WriteTx s, Caller who, Account account)
    {
        StaffRules.MayManage(who, account);
        await CallerAccount.Lock(s, who);
        if (StaffRules.IsSelf(who, account))
            throw new Refusal(StaffErrors.SelfReset);
        // Whoever knows the password needs nothing more then to be who it is.
        StaffRules.MayGrant(permissions, who, account.Role, account.Made);
        await EndAll(s, who.TenantId, account.Id);
        await audit.Write(s, who, "staff.two_factor_reset", new AuditTarget("staff", account.Id, account.Username));
        await events.Record(s, who, "twofactor.reset", "warn", account.Username, who.Name);
        return account with { TwoFactorAt = null, HasPasskeys = false };
    }

    // What somebody may ask to be done was decided by who has the session; that it is there still is looked at here.
    private static async ValueTask<TwoFactorPerson> Own(WriteTx s, Caller who) =>
        await TwoFactorStore.LockPerson(s, who.TenantId, who.AccountId ?? "") is { Disabled: false } person
        && who.SessionId is not null && await SessionStore.LockOpen(s, who.TenantId, person.Id, who.SessionId)
            ? person
            : throw new Refusal(HttpErrors.Unauthorized);

    private static async ValueTask MustBeOn(ReadTx s, string tenant, string account)
    {
        if (!await TwoFactorStore.IsOn(s, tenant, account))
            throw new Refusal(TwoFactorErrors.Off);
    }

    // Passkeys too: a lost device may have had both, and with one of them somebody else would still come in.
    private async ValueTask EndAll(WriteTx s, string tenant, string account)
    {
        if (await PasskeyStore.DeleteAll(s, tenant, account) == 0)
            await MustBeOn(s, tenant, account);
        await End(s, tenant, account);
        await SessionStore.EndAll(s, tenant, account);
        await Tell(s, tenant, account, "alert.two_factor_reset");
    }

    private ValueTask Tell(WriteTx s, string tenant, string account, string what, string? language = null) =>
        alerts.Tell(s, tenant, account, CustomerNotices.SecondStep, new Message(what), language);

    private async ValueTask End(WriteTx s, string tenant, string account)
    {
        await TwoFactorStore.Remove(s, tenant, account);
        await HalfSessions.EndAll(s, tenant, account);
        // Whether somebody must set it up is known with their session.
        credentials.ForgetAfter(s);
    }

    private static async ValueTask<IReadOnlyList<string>> RenewCodes(WriteTx s, string tenant, string account)
    {
        var codes = RecoveryCodes.Make();
        await TwoFactorStore.SetRecoveryCodes(s, tenant, account, codes.Select(c => RecoveryCodes.Hash(RecoveryCodes.Normalize(c))));
        return codes;
    }

    private byte[]? Secret(TwoFactorState state) => state.SealedSecret.Length == 0 ? null : box.Open(state.SealedSecret, Purpose);

    private static AuditTarget Target(TwoFactorPerson person) => new(person.Kind, person.Id, person.Username);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
