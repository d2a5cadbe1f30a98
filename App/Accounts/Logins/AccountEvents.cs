using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Logins;

/// <summary>Something that a customer did with their own account. Times in unix milliseconds.</summary>
/// <param name="Kind">One of <see cref="AccountEvents.Kinds"/>.</param>
public sealed record AccountEvent(string Id, long At, string Kind, string? Ip);

/// <summary>What customers do with their own accounts. It goes with the account, as the audit log, which is chained and cannot forget, could not.</summary>
public static class AccountEvents
{
    public const string Confirmed = "confirmed";
    public const string PasswordReset = "password_reset";
    public const string PasswordChanged = "password_changed";
    public const string ProfileChanged = "profile_changed";
    public const string SessionEnded = "session_ended";
    public const string SessionsEnded = "sessions_ended";
    public const string TwoFactorOn = "two_factor_on";
    public const string TwoFactorOff = "two_factor_off";
    public const string RecoveryCodesMade = "recovery_codes_made";
    public const string PasskeyAdded = "passkey_added";
    public const string PasskeyRemoved = "passkey_removed";
    public const string PasskeyRenamed = "passkey_renamed";

    public const string EmailChanged = "email_changed";
    public const string EmailRestored = "email_restored";
    public const string Leaving = "leaving";
    public const string Stayed = "stayed";

    /// <summary>The words of each are <c>account.event.KIND</c>.</summary>
    public static readonly IReadOnlyList<string> Kinds =
    [
        Confirmed, PasswordReset, PasswordChanged, ProfileChanged, SessionEnded, SessionsEnded, EmailChanged, EmailRestored, Leaving, Stayed,
        TwoFactorOn, TwoFactorOff, RecoveryCodesMade, PasskeyAdded, PasskeyRemoved, PasskeyRenamed,
    ];

    /// <summary>An event in words.</summary>
    public static string Said(Localizer text, string kind) => text["account.event." + kind];

    internal static async ValueTask Note(WriteTx tx, Caller who, string kind, long now) => await tx.Execute(
        "INSERT INTO account_events (id, tenant_id, account_id, at, kind, ip) VALUES (@id, @tenant, @account, @now, @kind, @ip)",
        ("id", Ids.New()), ("tenant", who.TenantId), ("account", who.Id), ("now", now), ("kind", kind), ("ip", who.Ip));

    /// <summary>The account's last ones, newest first.</summary>
    internal static ValueTask<List<AccountEvent>> Recent(ReadTx tx, string tenant, string account, int limit) => tx.All(
        "SELECT id, at, kind, ip FROM account_events WHERE tenant_id = @tenant AND account_id = @account ORDER BY id DESC LIMIT @limit",
        r => new AccountEvent(r.GetString(0), r.GetInt64(1), r.GetString(2), r.TextOrNull(3)), ("tenant", tenant), ("account", account), ("limit", (long)limit));

    internal static ValueTask<int> Forget(WriteTx tx, string tenant, string account) =>
        tx.Execute("DELETE FROM account_events WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));
}
