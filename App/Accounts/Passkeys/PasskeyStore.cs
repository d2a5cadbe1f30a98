using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Passkeys;

/// <summary>Whose passkeys they are: staff or customer.</summary>
internal sealed record PasskeyOwner(string Id, string Kind, string Username, bool Disabled)
{
    /// <summary>What security events call it: of a customer the id, which says nothing when the account is forgotten.</summary>
    public string Told => Kind == "customer" ? Id : Username;
}

/// <summary>The SQL of passkeys. Every change of an account's is made by who has locked the account.</summary>
internal static class PasskeyStore
{
    private const string Columns = "SELECT id, account_id, rp_id, credential_id, public_key, user_handle, sign_count, name, created_at, last_used_at FROM passkeys WHERE tenant_id = @tenant";

    /// <summary>The account's, the newest last.</summary>
    public static ValueTask<List<Passkey>> Of(ReadTx tx, string tenant, string account) =>
        tx.All(Columns + " AND account_id = @account ORDER BY id", Read, ("tenant", tenant), ("account", account));

    public static ValueTask<Passkey?> FindByCredential(ReadTx tx, string tenant, string credential) =>
        tx.One(Columns + " AND credential_id = @credential", Read, ("tenant", tenant), ("credential", credential));

    public static ValueTask<Passkey?> FindLocked(WriteTx tx, string tenant, string id) => tx.Locked(Columns + " AND id = @id", Read, ("tenant", tenant), ("id", id));

    public static ValueTask<PasskeyOwner?> LockOwner(WriteTx tx, string tenant, string account) => tx.Locked(
        "SELECT id, kind, username, disabled_at FROM accounts WHERE tenant_id = @tenant AND id = @account",
        r => new PasskeyOwner(r.GetString(0), r.GetString(1), r.GetString(2), !r.IsDBNull(3)), ("tenant", tenant), ("account", account));

    /// <returns>False when the credential is known already, as this account's or another's.</returns>
    public static async ValueTask<bool> Insert(WriteTx tx, string tenant, Passkey passkey) => await tx.Execute(
        """
        INSERT INTO passkeys (id, tenant_id, account_id, rp_id, credential_id, public_key, user_handle, sign_count, name, created_at)
        VALUES (@id, @tenant, @account, @rp, @credential, @key, @handle, @count, @name, @now) ON CONFLICT DO NOTHING
        """,
        ("id", passkey.Id), ("tenant", tenant), ("account", passkey.AccountId), ("rp", passkey.RpId), ("credential", passkey.CredentialId), ("key", passkey.PublicKey),
        ("handle", passkey.UserHandle), ("count", passkey.SignCount), ("name", passkey.Name), ("now", passkey.CreatedAt)) == 1;

    /// <summary>Notes a use.</summary>
    public static ValueTask<int> Used(WriteTx tx, string tenant, string id, long count, long now) => tx.Execute(
        "UPDATE passkeys SET sign_count = @count, last_used_at = @now WHERE tenant_id = @tenant AND id = @id", ("count", count), ("now", now), ("tenant", tenant), ("id", id));

    public static ValueTask<int> Rename(WriteTx tx, string tenant, Passkey passkey) => tx.Execute(
        "UPDATE passkeys SET name = @name WHERE tenant_id = @tenant AND id = @id", ("name", passkey.Name), ("tenant", tenant), ("id", passkey.Id));

    public static ValueTask<int> Delete(WriteTx tx, string tenant, string account, string id) => tx.Execute(
        "DELETE FROM passkeys WHERE tenant_id = @tenant AND account_id = @account AND id = @id", ("tenant", tenant), ("account", account), ("id", id));

    /// <summary>Removes all of the account's. Returns how many there were.</summary>
    public static ValueTask<int> DeleteAll(WriteTx tx, string tenant, string account) => tx.Execute(
        "DELETE FROM passkeys WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    private static Passkey Read(Row r) => new(
        r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetInt64(6), r.GetString(7), r.GetInt64(8), r.LongOrNull(9));
}
