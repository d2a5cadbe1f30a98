using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.TwoFactor;

/// <summary>An account's two-factor sign-in. Times in unix milliseconds.</summary>
/// <param name="SealedSecret">Empty when the key it was sealed under is lost.</param>
/// <param name="ConfirmedAt">Since when it is on; null while it is being set up.</param>
/// <param name="LastCounter">The step of the last code that was taken.</param>
/// <param name="Failures">Wrong codes in a row, from wherever they came.</param>
internal sealed record TwoFactorState(string AccountId, string SealedSecret, long? ConfirmedAt, long LastCounter, long Failures);

/// <summary>Whose two-factor sign-in it is: staff or customer.</summary>
internal sealed record TwoFactorPerson(string Id, string Kind, string Username, bool Disabled)
{
    /// <summary>What security events call it: of a customer the id, which says nothing when the account is forgotten.</summary>
    public string Told => Kind == "customer" ? Id : Username;
}

/// <summary>The SQL of two-factor sign-in. Every change of an account's rows is made by who has locked the account.</summary>
internal static class TwoFactorStore
{
    private const string ById = "SELECT account_id, sealed_secret, confirmed_at, last_counter, failures FROM two_factors WHERE tenant_id = @tenant AND account_id = @account";

    public static ValueTask<TwoFactorState?> Find(ReadTx tx, string tenant, string account) => tx.One(ById,
        r => new TwoFactorState(r.GetString(0), r.GetString(1), r.LongOrNull(2), r.GetInt64(3), r.GetInt64(4)), ("tenant", tenant), ("account", account));

    public static async ValueTask<bool> IsOn(ReadTx tx, string tenant, string account) => await Find(tx, tenant, account) is { ConfirmedAt: not null };

    public static ValueTask<TwoFactorPerson?> LockPerson(WriteTx tx, string tenant, string account) => tx.Locked(
        "SELECT id, kind, username, disabled_at FROM accounts WHERE tenant_id = @tenant AND id = @account",
        r => new TwoFactorPerson(r.GetString(0), r.GetString(1), r.GetString(2), !r.IsDBNull(3)), ("tenant", tenant), ("account", account));

    public static ValueTask<string?> Username(ReadTx tx, string tenant, string account) => tx.One(
        "SELECT username FROM accounts WHERE tenant_id = @tenant AND id = @account", r => r.GetString(0), ("tenant", tenant), ("account", account));

    /// <summary>Takes the place of what was begun before.</summary>
    public static ValueTask<int> Begin(WriteTx tx, string tenant, string account, string sealedSecret, long now) => tx.Execute(
        """
        INSERT INTO two_factors (account_id, tenant_id, sealed_secret, begun_at) VALUES (@account, @tenant, @sealed, @now)
        ON CONFLICT (account_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, begun_at = excluded.begun_at
        """,
        ("account", account), ("tenant", tenant), ("sealed", sealedSecret), ("now", now));

    public static ValueTask<int> Confirm(WriteTx tx, string tenant, string account, long counter, long now) => tx.Execute(
        "UPDATE two_factors SET confirmed_at = @now, last_counter = @counter, failures = 0 WHERE tenant_id = @tenant AND account_id = @account",
        ("now", now), ("counter", counter), ("tenant", tenant), ("account", account));

    /// <summary>Notes the step of the code that was taken; wrong ones before it are forgiven.</summary>
    public static ValueTask<int> Took(WriteTx tx, string tenant, string account, long counter) => tx.Execute(
        "UPDATE two_factors SET last_counter = @counter, failures = 0 WHERE tenant_id = @tenant AND account_id = @account",
        ("counter", counter), ("tenant", tenant), ("account", account));

    public static ValueTask<int> Fail(WriteTx tx, string tenant, string account) => tx.Execute(
        "UPDATE two_factors SET failures = failures + 1 WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    /// <summary>Removes it, and the recovery codes.</summary>
    public static async ValueTask Remove(WriteTx tx, string tenant, string account)
    {
        await tx.Execute("DELETE FROM two_factors WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));
        await tx.Execute("DELETE FROM recovery_codes WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));
    }

    /// <summary>In place of all that there were.</summary>
    public static async ValueTask SetRecoveryCodes(WriteTx tx, string tenant, string account, IEnumerable<string> hashes)
    {
        await tx.Execute("DELETE FROM recovery_codes WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));
        await tx.ExecuteMany("INSERT INTO recovery_codes (account_id, code_hash, tenant_id) VALUES (@account, @hash, @tenant)",
            [.. hashes.Select(hash => new (string, object?)[] { ("account", account), ("hash", hash), ("tenant", tenant) })]);
    }

    /// <returns>False when there is no such code, or it was used.</returns>
    public static async ValueTask<bool> UseRecoveryCode(WriteTx tx, string tenant, string account, string hash, long now)
    {
        if (await tx.Execute("UPDATE recovery_codes SET used_at = @now WHERE tenant_id = @tenant AND account_id = @account AND code_hash = @hash AND used_at IS NULL",
                ("now", now), ("tenant", tenant), ("account", account), ("hash", hash)) == 0)
            return false;
        await tx.Execute("UPDATE two_factors SET failures = 0 WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));
        return true;
    }

    public static async ValueTask<int> CodesLeft(ReadTx tx, string tenant, string account) => (int)await tx.Number(
        "SELECT COUNT(*) FROM recovery_codes WHERE tenant_id = @tenant AND account_id = @account AND used_at IS NULL", ("tenant", tenant), ("account", account));
}
