using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Security;
using Gatehouse.Messaging.Unsubscribe;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.CustomerActions;

/// <summary>What waits for a customer who goes, and what the outbox still shows of what was sent, goes too, and where they were when the security log named them.</summary>
internal sealed class MessagesForgotten : ICustomerObserver
{
    public async ValueTask Removing(WriteTx tx, string tenant, string accountId)
    {
        var names = await tx.All("SELECT name FROM account_logins WHERE tenant_id = @tenant AND account_id = @id", r => r.GetString(0), ("tenant", tenant), ("id", accountId));
        await OutboxEntries.Forget(tx, tenant, accountId, names);
        await SecurityEvents.Forget(tx, tenant, accountId);
        await MailChoices.Set(tx, tenant, accountId, off: false);
    }
}
