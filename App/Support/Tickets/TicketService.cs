using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Support.TicketFiles;

namespace Gatehouse.Support.Tickets;

/// <summary>The use cases of tickets: one method each, to be called inside one write. Here what both sides do; whoever calls as a customer reaches their own alone.</summary>
public sealed partial class TicketService(AuditWriter audit, CustomerService customers, TicketMails mails, TenantSettings settings, TimeProvider clock, INotices notices)
{
    private const long Day = 86_400_000;

    /// <summary>By its id or number.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_TICKET: there is none, or it is another customer's.</exception>
    public async ValueTask<Ticket> Get(ReadTx s, Caller who, string named) => Own(who, await TicketStore.Find(s, who.TenantId, named, Stale(who.TenantId)));

    /// <summary>Those the caller may see, the one that was written in last first.</summary>
    public async ValueTask<Slice<TicketItem>> List(ReadTx s, Caller who, TicketFilter filter, string? after, int limit)
    {
        if (who.IsCustomer)
            filter = filter with { Account = who.Id, Assignee = null };
        var rows = await TicketStore.List(s, who.TenantId, filter, who.Kind is "staff" or "customer" ? who.Id : null, !who.IsCustomer, Cursor.Decode(after), limit + 1, Stale(who.TenantId));
        return Slice<TicketItem>.Of(rows, limit, t => t.Ticket.Cursor);
    }

    /// <summary>How many of the calling customer's tickets have an answer that they have not read.</summary>
    public ValueTask<long> Unread(ReadTx s, Caller who) => TicketStore.Unread(s, who.TenantId, who.Id ?? "");

    /// <summary>How many the customer has asked or been asked.</summary>
    public static ValueTask<long> Count(ReadTx s, string tenant, string account) =>
        s.Number("SELECT COUNT(*) FROM tickets WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    /// <summary>All that was written, in its order, and the files; notes for staff alone.</summary>
    public async ValueTask<(IReadOnlyList<TicketMessage> Messages, IReadOnlyList<TicketFile> Files)> Conversation(ReadTx s, Caller who, Ticket ticket) => (
        await TicketStore.Messages(s, who.TenantId, ticket.Id, !who.IsCustomer),
        [.. (await TicketFileStore.Of(s, who.TenantId, ticket.Id)).Where(f => !f.Inside || !who.IsCustomer)]);

    /// <summary>One file of a ticket.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_TICKET or NO_SUCH_ATTACHMENT.</exception>
    public async ValueTask<TicketFile> File(ReadTx s, Caller who, string named, string file)
    {
        var ticket = await Get(s, who, named);
        return await TicketFileStore.Find(s, who.TenantId, ticket.Id, file) is { } found && (!found.Inside || !who.IsCustomer) ? found : throw new Refusal(FileAnswer.NotFound);
    }

    /// <summary>Has the other side written since the caller looked?</summary>
    public async ValueTask<bool> IsUnread(ReadTx s, Caller who, Ticket ticket) => who is { Kind: "staff" or "customer", Id: { } id } && Theirs(who, ticket) > await TicketStore.ReadAt(s, who.TenantId, ticket.Id, id);

    /// <summary>Notes that the caller has read it as far as it was shown: what came meanwhile stays unread.</summary>
    public async ValueTask<int> Seen(WriteTx s, Caller who, Ticket shown) =>
        // Locked, so that no row of it comes after it was deleted.
        await TicketStore.FindLocked(s, who.TenantId, shown.Id, 0) is null ? 0 : await TicketStore.Read(s, who.TenantId, shown.Id, who.Id!, Theirs(who, shown));

    private static long Theirs(Caller who, Ticket ticket) => who.IsCustomer ? ticket.StaffAt : ticket.CustomerAt;

    /// <summary>A customer asks.</summary>
    /// <exception cref="Refusal">422 with all that is wrong, by field; 429 TOO_MANY_TICKETS within a day.</exception>
    public async ValueTask<Ticket> Ask(WriteTx s, Caller who, NewTicket wanted, IReadOnlyList<KeptFile> files)
    {
        await LockCustomer(s, who);
        var ticket = Checked(wanted, who.Id!, Now());
        var today = await TicketStore.OpenedSince(s, who.TenantId, who.Id!, Now() - Day, Ticket.PerDay);
        if (today.Count >= Ticket.PerDay)
            throw new Refusal(TicketErrors.TooMany, Ticket.PerDay) { RetryAfter = TimeSpan.FromMilliseconds(today[0] + Day - Now()) };
        ticket = await Insert(s, who, ticket with { Priority = "normal" });
        return await Say(s, who, ticket, TicketMessage.Customer, wanted.Text, files);
    }

    /// <summary>A customer writes again: a closed ticket is open again.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_TICKET, 409 TICKET_FULL, or 422 on <c>text</c> or <c>files</c>.</exception>
    public async ValueTask<Ticket> Write(WriteTx s, Caller who, string named, string text, IReadOnlyList<KeptFile> files)
    {
        await LockCustomer(s, who);
        return await Say(s, who, await Locked(s, who, named), TicketMessage.Customer, text, files);
    }

    /// <summary>A customer needs no more help, or does so again.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_TICKET.</exception>
    public async ValueTask<Ticket> SetClosed(WriteTx s, Caller who, string named, bool closed)
    {
        await LockCustomer(s, who);
        return await Turn(s, who, await Locked(s, who, named), closed);
    }

    /// <summary>Hangs a file on the caller's last message where nothing was written after it, else on a message of its own.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_TICKET, 409 TICKET_FULL, or 422 on <c>content</c>.</exception>
    public async ValueTask<TicketFile> Attach(WriteTx s, Caller who, string named, KeptFile file)
    {
        if (who.IsCustomer)
            await LockCustomer(s, who);
        var ticket = await Locked(s, who, named);
        var last = (await TicketStore.Messages(s, who.TenantId, ticket.Id, notes: true)).LastOrDefault();
        if (last is null || last.AuthorId != who.AccountId || last.Kind == TicketMessage.Note && who.IsCustomer
            || (await TicketFileStore.Of(s, who.TenantId, ticket.Id)).Count(f => f.MessageId == last.Id) >= FileLimits.MaxFiles)
        {
            ticket = await Say(s, who, ticket, who.IsCustomer ? TicketMessage.Customer : TicketMessage.Staff, "", [file], "content");
            last = (await TicketStore.Messages(s, who.TenantId, ticket.Id, notes: true))[^1];
        }
        else
            await Keep(s, who, ticket, last, [file], "content");
        if (!who.IsCustomer)
            await audit.Write(s, who, "ticket.attached", Target(ticket));
        return (await TicketFileStore.Of(s, who.TenantId, ticket.Id)).Last(f => f.Stored == file.Stored);
    }

    private Ticket Checked(NewTicket wanted, string account, long now)
    {
        var checks = new FieldChecks();
        var subject = checks.Text("subject", wanted.Subject, 1, Ticket.MaxSubject);
        checks.Text("text", Plain(wanted.Text), 1, Ticket.MaxText, lines: true);
        var about = checks.Text("about", wanted.About, 0, Ticket.MaxAbout);
        if (!Ticket.Priorities.Contains(wanted.Priority))
            checks.Wrong("priority", "field.one_of", string.Join(", ", Ticket.Priorities));
        checks.ThrowIfAny();
        return new Ticket { Id = Ids.New(), AccountId = account, Subject = subject, About = about, Priority = wanted.Priority, StateAt = now, CreatedAt = now, UpdatedAt = now };
    }

    private static async ValueTask<Ticket> Insert(WriteTx s, Caller who, Ticket ticket)
    {
        ticket = ticket with { Number = await TicketStore.NextNumber(s, who.TenantId) };
        await TicketStore.Insert(s, who.TenantId, ticket);
        return ticket;
    }

    // Writes a message into a ticket that is locked, with what follows of it.
    private async ValueTask<Ticket> Say(WriteTx s, Caller who, Ticket ticket, string kind, string text, IReadOnlyList<KeptFile> files, string field = "files")
    {
        var checks = new FieldChecks();
        text = checks.Text("text", Plain(text), files.Count > 0 ? 0 : 1, Ticket.MaxText, lines: true);
        checks.ThrowIfAny();
        if (ticket.Messages >= Ticket.MaxMessages)
            throw new Refusal(TicketErrors.Full, Ticket.MaxMessages);
        var now = Now();
        var message = new TicketMessage(Ids.New(), kind, who.AccountId, kind == TicketMessage.Customer || who.Kind == "token" ? "" : who.Name, text, now);
        await TicketStore.Add(s, who.TenantId, ticket.Id, message);
        await Keep(s, who, ticket, message, files, field);
        ticket = kind switch
        {
            TicketMessage.Customer => ticket with { State = ticket.StateForUs, StateAt = now, CustomerAt = now, UpdatedAt = now },
            TicketMessage.Staff => ticket with { State = Ticket.WaitingCustomer, StateAt = now, StaffAt = now, UpdatedAt = now },
            _ => ticket,
        } with { Messages = ticket.Messages + 1 };
        await TicketStore.Update(s, who.TenantId, ticket);
        if (kind == TicketMessage.Customer)
        {
            await mails.ToStaff(s, who.TenantId, ticket, message);
            await notices.Tell(s, who.TenantId, TicketNotices.Asked, new Message("tickets.told_asked", ticket.Number), message.Id);
        }
        else if (kind == TicketMessage.Staff)
        {
            await mails.ToCustomer(s, who.TenantId, ticket, await customers.Get(s, who.TenantId, ticket.AccountId), message);
            await notices.TellCustomer(s, who.TenantId, ticket.AccountId, TicketNotices.Answered, new Message("tickets.told_answered", ticket.Number), message.Id);
        }
        return ticket;
    }

    private async ValueTask Keep(WriteTx s, Caller who, Ticket ticket, TicketMessage message, IReadOnlyList<KeptFile> files, string field)
    {
        if (files.Count == 0)
            return;
        var (ofTicket, ofAccount) = await TicketFileStore.Sizes(s, who.TenantId, ticket.Id, ticket.AccountId);
        var more = files.Sum(f => f.Bytes);
        if (ofTicket + more > FileLimits.MaxOfTicket)
            throw Refusal.Field(field, "tickets.field.files_of_ticket", FileLimits.MaxOfTicket / FileLimits.Megabyte);
        if (who.IsCustomer && ofAccount + more > FileLimits.MaxOfAccount)
            throw Refusal.Field(field, "tickets.field.files_of_account", FileLimits.MaxOfAccount / FileLimits.Megabyte);
        foreach (var f in files)
            await TicketFileStore.Insert(s, who.TenantId, new TicketFile(Ids.New(), ticket.Id, message.Id, f.Name, f.Type, f.Bytes, f.Sha256, f.Stored, message.At, message.Kind == TicketMessage.Note), who.IsCustomer ? who.Id : null);
    }

    private async ValueTask<Ticket> Turn(WriteTx s, Caller who, Ticket ticket, bool closed)
    {
        if (ticket.IsClosed == closed)
            return ticket;
        ticket = ticket with { State = closed ? Ticket.Closed : ticket.StateForUs, StateAt = Now(), UpdatedAt = Now() };
        await TicketStore.Update(s, who.TenantId, ticket);
        return ticket;
    }

    private async ValueTask<Ticket> Locked(WriteTx s, Caller who, string named) => Own(who, await TicketStore.FindLocked(s, who.TenantId, named, Stale(who.TenantId)));

    private static Ticket Own(Caller who, Ticket? found) => found is not null && (!who.IsCustomer || found.AccountId == who.Id) ? found : throw new Refusal(TicketErrors.NotFound);

    // Whoever was disabled or deleted in this moment writes nothing any more; and of two tickets at once one is the day's last.
    private static async ValueTask LockCustomer(WriteTx s, Caller who)
    {
        if (await s.Locked("SELECT id FROM accounts WHERE tenant_id = @tenant AND id = @id AND kind = 'customer' AND disabled_at IS NULL", r => r.GetString(0), ("tenant", who.TenantId), ("id", who.Id ?? "")) is null)
            throw new Refusal(HttpErrors.Unauthorized);
    }

    // Browsers end lines as they please.
    private static string Plain(string? text) => (text ?? "").ReplaceLineEndings("\n");

    private static AuditTarget Target(Ticket ticket) => new("ticket", ticket.Id, $"#{ticket.Number}");

    private long Stale(string tenant) => Now() - TicketSettings.CloseAfter(settings, tenant);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
