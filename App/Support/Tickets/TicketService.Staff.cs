using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Support.TicketFiles;

namespace Gatehouse.Support.Tickets;

// What staff do: each to be called inside one command. The audit log holds numbers, never a word that was written.
public sealed partial class TicketService
{
    private static readonly Fields<Ticket> Audited = Ticket.Fields.Part("state", "priority", "assignee");

    /// <summary>Staff who can look after a ticket.</summary>
    public async ValueTask<IReadOnlyList<(string Id, string Name)>> Staff(ReadTx s, string tenant) => await TicketStore.Staff(s, tenant);

    /// <summary>Staff write to a customer first.</summary>
    /// <param name="customer">Id, e-mail address, phone number or user name.</param>
    /// <exception cref="Refusal">422 with all that is wrong, by field; there may be no such customer.</exception>
    public async ValueTask<Ticket> Begin(WriteTx s, Caller who, string customer, NewTicket wanted, IReadOnlyList<KeptFile> files)
    {
        string id;
        try
        {
            id = await customers.IdOf(s, who.TenantId, customer);
        }
        catch (Refusal refusal) when (refusal.Error == CustomerErrors.NotFound)
        {
            throw Refusal.Field("customer", "tickets.field.customer");
        }
        if (await s.Locked("SELECT id FROM accounts WHERE tenant_id = @tenant AND id = @id AND kind = 'customer'", r => r.GetString(0), ("tenant", who.TenantId), ("id", id)) is null)
            throw Refusal.Field("customer", "tickets.field.customer");
        var ticket = await Insert(s, who, Checked(wanted, id, Now()) with { Assignee = who.AccountId });
        ticket = await Say(s, who, ticket, TicketMessage.Staff, wanted.Text, files);
        await audit.Write(s, who, "ticket.opened", Target(ticket), after: Audited.Json(ticket));
        return ticket;
    }

    /// <summary>Staff answer, or leave a note that only staff see. Who answers one that nobody looks after looks after it from now on.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_TICKET, 409 TICKET_FULL, or 422 on <c>text</c> or <c>files</c>.</exception>
    public async ValueTask<Ticket> Answer(WriteTx s, Caller who, string named, string text, bool note, IReadOnlyList<KeptFile> files)
    {
        var before = await Locked(s, who, named);
        var taken = note || before.Assignee is not null ? before : before with { Assignee = who.AccountId };
        var ticket = await Say(s, who, taken, note ? TicketMessage.Note : TicketMessage.Staff, text, files);
        await audit.Write(s, who, note ? "ticket.noted" : "ticket.answered", Target(ticket), note ? null : Audited.Json(before), note ? null : Audited.Json(ticket));
        return ticket;
    }

    /// <summary>Changes state, priority or who looks after it.</summary>
    /// <param name="seen">Who looked after it when it was looked at; null where that does not matter.</param>
    /// <exception cref="Refusal">404 NO_SUCH_TICKET; 409 TICKET_TAKEN: somebody else has taken it meanwhile; 422 with all that is wrong, by field.</exception>
    public async ValueTask<Ticket> Change(WriteTx s, Caller who, string named, Func<Ticket, Ticket> change, string? seen = null)
    {
        var before = await Locked(s, who, named);
        var ticket = Ticket.Fields.Checked(change(before));
        if (ticket == before)
            return before;
        if (seen is not null && ticket.Assignee != before.Assignee && (before.Assignee ?? "") != seen)
            throw new Refusal(TicketErrors.Taken);
        if (ticket.Assignee is { } assignee && assignee != before.Assignee && assignee != who.AccountId && (await TicketStore.Staff(s, who.TenantId)).All(m => m.Id != assignee))
            throw Refusal.Field("assignee", "tickets.field.assignee");
        if (ticket.State != before.State)
            ticket = ticket with { StateAt = Now(), UpdatedAt = Now() };
        await TicketStore.Update(s, who.TenantId, ticket);
        await audit.Write(s, who, "ticket.changed", Target(ticket), Audited.Json(before), Audited.Json(ticket));
        return ticket;
    }

    /// <summary>Closes one, or opens it again.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_TICKET.</exception>
    public ValueTask<Ticket> Settle(WriteTx s, Caller who, string named, bool closed) =>
        Change(s, who, named, t => t.IsClosed == closed ? t : t with { State = closed ? Ticket.Closed : t.StateForUs });

    /// <summary>Closes all that are still there of these, and returns how many were open.</summary>
    public async ValueTask<int> CloseAll(WriteTx s, Caller who, IEnumerable<string> ids)
    {
        var closed = 0;
        // In one order, as whoever else locks several does.
        foreach (var id in ids.Distinct().Order(StringComparer.Ordinal))
            if (await TicketStore.FindLocked(s, who.TenantId, id, Stale(who.TenantId)) is { IsClosed: false } ticket)
            {
                await Turn(s, who, ticket, closed: true);
                closed++;
            }
        if (closed > 0)
            await audit.Write(s, who, "ticket.closed", AuditTarget.Many("ticket", new Message("tickets.many", closed)));
        return closed;
    }
}
