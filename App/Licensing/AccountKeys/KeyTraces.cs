using Gatehouse.Accounts.Customers;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.AccountKeys;

/// <summary>
/// Forgets with a customer where their keys were used from: the addresses of what they did themselves, and of what programs and people who
/// were not signed in did with the keys on their account. What staff did with these stays as it is.
/// </summary>
internal sealed class KeyTraces : ICustomerObserver
{
    private const string OnAccount = "license_id IN (SELECT license_id FROM account_keys WHERE tenant_id = @tenant AND account_id = @account)";

    public async ValueTask Removing(WriteTx tx, string tenant, string accountId)
    {
        (string, object?)[] of = [("tenant", tenant), ("account", accountId), ("public", Caller.PublicName)];
        // What bound a machine stands in the key's history with the same time.
        await tx.Execute(
            """
            UPDATE bindings SET ip = NULL WHERE tenant_id = @tenant AND license_id IN (SELECT license_id FROM license_events WHERE account_id = @account)
              AND created_at IN (SELECT e.at FROM license_events e WHERE e.license_id = bindings.license_id AND e.account_id = @account)
            """, of);
        await tx.Execute($"UPDATE bindings SET ip = NULL WHERE tenant_id = @tenant AND {OnAccount}", of);
        await tx.Execute("UPDATE license_events SET ip = NULL, account_id = NULL WHERE tenant_id = @tenant AND account_id = @account", of);
        await tx.Execute($"UPDATE license_events SET ip = NULL WHERE tenant_id = @tenant AND actor = @public AND {OnAccount}", of);
    }
}
