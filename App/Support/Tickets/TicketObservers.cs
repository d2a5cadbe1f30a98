using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Staff;
using Gatehouse.Accounts.Tenants;
using Gatehouse.Platform.Storage;
using Gatehouse.Support.TicketFiles;

namespace Gatehouse.Support.Tickets;

/// <summary>Does what tickets have to do when people go.</summary>
internal sealed class TicketObservers(TicketFolder folder, Database db) : ICustomerObserver, IAccountObserver, ITenantObserver
{
    private const long AtOnce = 500;

    public ValueTask Created(WriteTx tx, Account account) => ValueTask.CompletedTask;

    /// <summary>Tickets of an account that becomes part of another.</summary>
    internal static async ValueTask Move(WriteTx tx, string tenant, string from, string into)
    {
        (string, object?)[] of = [("tenant", tenant), ("from", from), ("into", into)];
        await tx.Execute("UPDATE tickets SET account_id = @into WHERE tenant_id = @tenant AND account_id = @from", of);
        await tx.Execute("UPDATE ticket_files SET account_id = @into WHERE tenant_id = @tenant AND account_id = @from", of);
        await tx.Execute("UPDATE ticket_messages SET author_id = @into WHERE tenant_id = @tenant AND author_id = @from", of);
        await tx.Execute("UPDATE ticket_reads SET account_id = @into WHERE account_id = @from", of);
    }

    /// <summary>All that a customer has asked goes with them, every word and file of it.</summary>
    public async ValueTask Removing(WriteTx tx, string tenant, string accountId)
    {
        (string, object?)[] of = [("tenant", tenant), ("account", accountId)];
        const string theirs = "tenant_id = @tenant AND ticket_id IN (SELECT id FROM tickets WHERE tenant_id = @tenant AND account_id = @account)";
        var tickets = await tx.LockedAll("SELECT id FROM tickets WHERE tenant_id = @tenant AND account_id = @account ORDER BY id", null, r => r.GetString(0), of);
        var stored = await tx.All($"SELECT stored FROM ticket_files WHERE {theirs}", r => r.GetString(0), of);
        foreach (var table in new[] { "ticket_files", "ticket_messages", "ticket_reads" })
            await tx.Execute($"DELETE FROM {table} WHERE {theirs}", of);
        await tx.Execute("DELETE FROM tickets WHERE tenant_id = @tenant AND account_id = @account", of);
        // Answers that wait to be given once more have the subject in them.
        await tx.Execute("DELETE FROM idempotency_keys WHERE tenant_id = @tenant AND caller = @account", of);
        foreach (var ticket in tickets)
            await tx.Execute("DELETE FROM idempotency_keys WHERE tenant_id = @tenant AND body LIKE @ticket", ("tenant", tenant), ("ticket", $"%{ticket}%"));
        tx.AfterCommit(() => folder.Remove(stored));
    }

    /// <summary>Files that other nodes keep are tidied away there when no row names them any more.</summary>
    public async Task Erasing(string tenant, CancellationToken ct)
    {
        var after = "";
        while (await db.ReadOne(s => s.All("SELECT id, stored FROM ticket_files WHERE tenant_id = @tenant AND id > @after ORDER BY id LIMIT @limit",
            r => (Id: r.GetString(0), Stored: r.GetString(1)), ("tenant", tenant), ("after", after), ("limit", AtOnce)), ct) is { Count: > 0 } files)
        {
            folder.Remove(files.Select(f => f.Stored));
            after = files[^1].Id;
        }
    }

    /// <summary>Nobody looks after the tickets of who leaves the staff. What they wrote stays, as what the shop has said.</summary>
    public async ValueTask Removing(WriteTx tx, Account account)
    {
        await tx.Execute("UPDATE tickets SET assignee = NULL WHERE assignee = @account", ("account", account.Id));
        await tx.Execute("DELETE FROM ticket_reads WHERE account_id = @account", ("account", account.Id));
    }
}
