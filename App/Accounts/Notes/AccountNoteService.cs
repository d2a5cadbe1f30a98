using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Notes;

/// <summary>What staff note of customers. A note goes with its customer, and is named in the audit log without its text.</summary>
public sealed class AccountNoteService(CustomerService customers, AuditWriter audit, TimeProvider clock)
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_NOTE");

    private static readonly string Select = $"SELECT {AccountNote.Fields.Columns} FROM account_notes n";
    private static readonly string InsertSql = AccountNote.Fields.Insert;

    /// <summary>Newest first.</summary>
    /// <exception cref="Refusal">422 on <c>after</c>.</exception>
    public async ValueTask<Slice<AccountNote>> List(ReadTx s, string tenant, string account, string? after, int limit = Cursor.DefaultLimit)
    {
        var filter = new SqlFilter("n.tenant_id = @tenant AND n.account_id = @account", ("tenant", tenant), ("account", account)).After("n.id", Cursor.Decode(after));
        return Slice<AccountNote>.Of(
            await s.All($"{Select} WHERE {filter.Sql} ORDER BY n.id DESC LIMIT @limit", AccountNote.Fields.FromRow, filter.Args(("limit", limit + 1L))), limit, n => n.Id);
    }

    /// <summary>How many there are.</summary>
    public static ValueTask<long> Count(ReadTx s, string tenant, string account) =>
        s.Number("SELECT COUNT(*) FROM account_notes WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    /// <param name="id">The customer's id, e-mail address, phone number or user name.</param>
    /// <exception cref="Refusal">404 NO_SUCH_USER, or 422 on <c>text</c>.</exception>
    public async ValueTask<AccountNote> Add(WriteTx s, Caller who, string id, AccountNote wanted)
    {
        var note = AccountNote.Fields.Checked(wanted) with { Id = Ids.New(), Author = who.Name, CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds() };
        var customer = await Customer(s, who, id);
        await s.Execute(InsertSql, AccountNote.Fields.Arguments(FieldUse.Inserted, who.TenantId, note with { AccountId = customer.Id }));
        await audit.Write(s, who, "customer.noted", CustomerService.Target(customer), after: $$"""{"note":"{{note.Id}}"}""");
        return note;
    }

    /// <exception cref="Refusal">404 NO_SUCH_USER, NO_SUCH_NOTE.</exception>
    public async ValueTask Remove(WriteTx s, Caller who, string id, string note)
    {
        var customer = await Customer(s, who, id);
        if (await s.Execute("DELETE FROM account_notes WHERE tenant_id = @tenant AND account_id = @account AND id = @id", ("tenant", who.TenantId), ("account", customer.Id), ("id", note)) == 0)
            throw new Refusal(NotFound);
        await audit.Write(s, who, "customer.note_removed", CustomerService.Target(customer), before: $$"""{"note":"{{note}}"}""");
    }

    private async ValueTask<Customer> Customer(WriteTx s, Caller who, string id) => await customers.Get(s, who.TenantId, await customers.IdOf(s, who.TenantId, id));
}

/// <summary>Notes go with the customer of whom they are.</summary>
internal sealed class NotesForgetter : ICustomerObserver
{
    public async ValueTask Removing(WriteTx tx, string tenant, string accountId) =>
        await tx.Execute("DELETE FROM account_notes WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", accountId));
}
