using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.TicketFiles;

/// <summary>Files of tickets in the database.</summary>
public static class TicketFileStore
{
    private const string Select = "SELECT f.id, f.ticket_id, f.message_id, f.name, f.type, f.bytes, f.sha256, f.stored, f.at, f.inside FROM ticket_files f";

    public static ValueTask<List<TicketFile>> Of(ReadTx s, string tenant, string ticket) =>
        s.All(Select + " WHERE f.tenant_id = @tenant AND f.ticket_id = @ticket ORDER BY f.id", Map, ("tenant", tenant), ("ticket", ticket));

    public static ValueTask<TicketFile?> Find(ReadTx s, string tenant, string ticket, string id) =>
        s.One(Select + " WHERE f.tenant_id = @tenant AND f.ticket_id = @ticket AND f.id = @id", Map, ("tenant", tenant), ("ticket", ticket), ("id", id));

    /// <summary>In bytes: all files of the ticket, and all that its customer has attached anywhere.</summary>
    public static async ValueTask<(long OfTicket, long OfAccount)> Sizes(ReadTx s, string tenant, string ticket, string account) => (
        await s.Number("SELECT SUM(bytes) FROM ticket_files WHERE tenant_id = @tenant AND ticket_id = @ticket", ("tenant", tenant), ("ticket", ticket)),
        await s.Number("SELECT SUM(bytes) FROM ticket_files WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account)));

    /// <param name="account">The customer who attached it; null for staff.</param>
    public static ValueTask<int> Insert(WriteTx s, string tenant, TicketFile f, string? account) => s.Execute(
        """
        INSERT INTO ticket_files (id, tenant_id, ticket_id, message_id, account_id, name, type, bytes, sha256, stored, at, inside)
        VALUES (@id, @tenant, @ticket, @message, @account, @name, @type, @bytes, @sha256, @stored, @at, @inside)
        """,
        ("id", f.Id), ("tenant", tenant), ("ticket", f.TicketId), ("message", f.MessageId), ("account", account), ("name", f.Name), ("type", f.Type), ("bytes", f.Bytes), ("sha256", f.Sha256),
        ("stored", f.Stored), ("at", f.At), ("inside", f.Inside ? 1L : 0L));

    /// <summary>Of these names in the folder, those that a row has.</summary>
    internal static ValueTask<List<string>> Known(ReadTx s, IReadOnlyList<string> stored)
    {
        var (names, args) = SqlNames.Of(stored);
        return s.All($"SELECT stored FROM ticket_files WHERE stored IN ({names})", r => r.GetString(0), args);
    }

    private static TicketFile Map(Row r) =>
        new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetInt64(5), r.GetString(6), r.GetString(7), r.GetInt64(8), r.GetInt64(9) != 0);
}
