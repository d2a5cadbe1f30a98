using System.Globalization;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.Tickets;

/// <summary>What a list of tickets is narrowed by; null asks for nothing.</summary>
/// <param name="State">One of <see cref="Ticket.States"/>, or <see cref="Todo"/>.</param>
/// <param name="Assignee">An account of staff, or <see cref="Nobody"/>.</param>
/// <param name="Account">The customer whose they are.</param>
public sealed record TicketFilter(string? Search = null, string? State = null, string? Assignee = null, string? Account = null)
{
    /// <summary>Those that wait for staff.</summary>
    public const string Todo = "todo";

    public const string Nobody = "none";
}

/// <summary>Tickets in the database.</summary>
internal static class TicketStore
{
    private const long FirstNumber = 1001;

    private static readonly string Select = $"SELECT {Ticket.Fields.Columns} FROM tickets t";
    private static readonly string Items =
        $"""
        SELECT {Ticket.Fields.Columns}, a.display_name, a.email, a.username, s.display_name, s.username, r.read_at FROM tickets t
        JOIN accounts a ON a.id = t.account_id LEFT JOIN accounts s ON s.id = t.assignee LEFT JOIN ticket_reads r ON r.ticket_id = t.id AND r.account_id = @reader
        """;

    private static readonly int Width = Ticket.Fields.All.Count;
    private static readonly string InsertSql = Ticket.Fields.Insert;
    private static readonly string UpdateSql = Ticket.Fields.Update;

    /// <summary>By its id or its number.</summary>
    public static ValueTask<Ticket?> Find(ReadTx s, string tenant, string named, long stale) =>
        s.One(Select + " WHERE t.tenant_id = @tenant AND (t.id = @named OR t.number = @number)", Ticket.Fields.FromRow, ("tenant", tenant), ("named", named), ("number", NumberOf(named)), ("stale", stale));

    public static async ValueTask<Ticket?> FindLocked(WriteTx s, string tenant, string named, long stale) =>
        await s.Locked("SELECT id FROM tickets WHERE tenant_id = @tenant AND (id = @named OR number = @number)", r => r.GetString(0), ("tenant", tenant), ("named", named), ("number", NumberOf(named))) is { } id
            ? await Find(s, tenant, id, stale) : null;

    /// <summary>The one that was written in last first.</summary>
    /// <param name="reader">Whose unread ones are marked; null for nobody's.</param>
    /// <param name="staff">Of which side the reader is.</param>
    /// <exception cref="Refusal">422 on <c>after</c> when it is not one of ours.</exception>
    public static ValueTask<List<TicketItem>> List(ReadTx s, string tenant, TicketFilter wanted, string? reader, bool staff, string? after, int limit, long stale)
    {
        var filter = new SqlFilter("t.tenant_id = @tenant", ("tenant", tenant)).Is("t.account_id", "account", wanted.Account);
        // A customer finds what they know of their own: not by names of theirs that staff search by.
        if (staff)
            filter.Contains("q", wanted.Search, "t.folded", "(SELECT f.folded FROM customer_search f WHERE f.tenant_id = t.tenant_id AND f.account_id = t.account_id)");
        else
            filter.Contains("q", wanted.Search, "t.folded");
        if (wanted.Assignee == TicketFilter.Nobody)
            filter.And("t.assignee IS NULL");
        else
            filter.Is("t.assignee", "assignee", wanted.Assignee);
        if (Condition(wanted.State) is { } condition)
            filter.And(condition);
        if (after is not null)
        {
            var parts = after.Split(':');
            if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var at))
                throw Refusal.Field("after", "field.cursor");
            filter.And("(t.updated_at < @at OR (t.updated_at = @at AND t.id < @last))", ("at", at), ("last", parts[1]));
        }
        return s.All($"{Items} WHERE {filter.Sql} ORDER BY t.updated_at DESC, t.id DESC LIMIT @limit", r => Item(r, reader, staff),
            filter.Args(("reader", reader ?? ""), ("limit", (long)limit), ("stale", stale)));
    }

    /// <summary>The customer's tickets that staff have answered and that they have not read since.</summary>
    public static ValueTask<long> Unread(ReadTx s, string tenant, string account) => s.Number(
        """
        SELECT COUNT(*) FROM tickets t LEFT JOIN ticket_reads r ON r.ticket_id = t.id AND r.account_id = t.account_id
        WHERE t.tenant_id = @tenant AND t.account_id = @account AND t.staff_at > COALESCE(r.read_at, 0)
        """, ("tenant", tenant), ("account", account));

    public static async ValueTask<long> NextNumber(WriteTx s, string tenant) => await s.One(
        "INSERT INTO ticket_counters (tenant_id, last) VALUES (@tenant, @first) ON CONFLICT (tenant_id) DO UPDATE SET last = ticket_counters.last + 1 RETURNING last",
        r => r.GetInt64(0), ("tenant", tenant), ("first", FirstNumber));

    /// <summary>When the customer's tickets since then were opened, the earliest first.</summary>
    public static ValueTask<List<long>> OpenedSince(ReadTx s, string tenant, string account, long since, int limit) => s.All(
        "SELECT created_at FROM tickets WHERE tenant_id = @tenant AND account_id = @account AND created_at > @since ORDER BY created_at LIMIT @limit",
        r => r.GetInt64(0), ("tenant", tenant), ("account", account), ("since", since), ("limit", (long)limit));

    public static ValueTask<int> Insert(WriteTx s, string tenant, Ticket t) => s.Execute(InsertSql, Ticket.Fields.Arguments(FieldUse.Inserted, tenant, t));

    public static ValueTask<int> Update(WriteTx s, string tenant, Ticket t) => s.Execute(UpdateSql, Ticket.Fields.Arguments(FieldUse.Updated, tenant, t));

    public static ValueTask<List<TicketMessage>> Messages(ReadTx s, string tenant, string ticket, bool notes) => s.All(
        $"SELECT id, kind, author_id, author_name, text, at FROM ticket_messages WHERE tenant_id = @tenant AND ticket_id = @ticket{(notes ? "" : " AND kind <> 'note'")} ORDER BY id",
        r => new TicketMessage(r.GetString(0), r.GetString(1), r.TextOrNull(2), r.GetString(3), r.GetString(4), r.GetInt64(5)), ("tenant", tenant), ("ticket", ticket));

    public static ValueTask<int> Add(WriteTx s, string tenant, string ticket, TicketMessage m) => s.Execute(
        "INSERT INTO ticket_messages (id, tenant_id, ticket_id, kind, author_id, author_name, text, at) VALUES (@id, @tenant, @ticket, @kind, @author, @name, @text, @at)",
        ("id", m.Id), ("tenant", tenant), ("ticket", ticket), ("kind", m.Kind), ("author", m.AuthorId), ("name", m.AuthorName), ("text", m.Text), ("at", m.At));

    /// <summary>Up to when somebody has read it; 0 for never.</summary>
    public static ValueTask<long> ReadAt(ReadTx s, string tenant, string ticket, string account) =>
        s.Number("SELECT read_at FROM ticket_reads WHERE tenant_id = @tenant AND ticket_id = @ticket AND account_id = @account", ("tenant", tenant), ("ticket", ticket), ("account", account));

    public static ValueTask<int> Read(WriteTx s, string tenant, string ticket, string account, long at) => s.Execute(
        """
        INSERT INTO ticket_reads (ticket_id, account_id, tenant_id, read_at) VALUES (@ticket, @account, @tenant, @at)
        ON CONFLICT (ticket_id, account_id) DO UPDATE SET read_at = excluded.read_at WHERE ticket_reads.read_at < excluded.read_at
        """,
        ("ticket", ticket), ("account", account), ("tenant", tenant), ("at", at));

    /// <summary>Staff of the tenant who can be given a ticket, by their names.</summary>
    public static ValueTask<List<(string Id, string Name)>> Staff(ReadTx s, string tenant) => s.All(
        "SELECT id, display_name, username FROM accounts WHERE tenant_id = @tenant AND kind = 'staff' AND disabled_at IS NULL ORDER BY display_name, username LIMIT 200",
        r => (r.GetString(0), r.GetString(1) is { Length: > 0 } name ? name : r.GetString(2)), ("tenant", tenant));

    private static string? Condition(string? state) => state switch
    {
        null => null,
        TicketFilter.Todo => "t.state IN ('open', 'waiting_us')",
        Ticket.Closed => "(t.state = 'closed' OR (t.state = 'waiting_customer' AND t.state_at <= @stale))",
        Ticket.WaitingCustomer => "t.state = 'waiting_customer' AND t.state_at > @stale",
        Ticket.Open => "t.state = 'open'",
        _ => "t.state = 'waiting_us'",
    };

    private static TicketItem Item(Row r, string? reader, bool staff)
    {
        var ticket = Ticket.Fields.FromRow(r);
        var person = r.GetString(Width) is { Length: > 0 } name ? name : r.TextOrNull(Width + 1) ?? r.GetString(Width + 2);
        var assignee = r.TextOrNull(Width + 4) is { } username ? r.TextOrNull(Width + 3) is { Length: > 0 } called ? called : username : null;
        return new TicketItem(ticket, person, assignee, reader is not null && (staff ? ticket.CustomerAt : ticket.StaffAt) > (r.LongOrNull(Width + 5) ?? 0));
    }

    // No number is less than 1: what is none finds none.
    private static long NumberOf(string named) => named.Length <= 18 && long.TryParse(named.TrimStart('#'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
