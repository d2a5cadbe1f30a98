using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.CustomerActions;

/// <summary>A customer who gets mails that are not about their account.</summary>
/// <param name="Language">Empty: they have chosen none.</param>
public sealed record MailReader(string Id, string Email, string Language);

/// <summary>Who is reached by a mail to all customers: those whose address is confirmed, whose account is in use, and who have not said that they want no such mails.</summary>
public static class MailReaders
{
    private const string Where =
        """
        a.tenant_id = @tenant AND a.kind = 'customer' AND a.email IS NOT NULL AND a.pending = 0 AND a.disabled_at IS NULL AND a.leaves_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM mail_choices m WHERE m.tenant_id = a.tenant_id AND m.account_id = a.id)
        """;

    /// <summary>How many there are.</summary>
    public static ValueTask<long> Count(ReadTx s, string tenant) => s.Number($"SELECT COUNT(*) FROM accounts a WHERE {Where}", ("tenant", tenant));

    /// <summary>The next of them in the order of their ids.</summary>
    /// <param name="after">The id of the last that was had; empty: from the beginning.</param>
    public static ValueTask<List<MailReader>> After(ReadTx s, string tenant, string after, int limit) => s.All(
        $"SELECT a.id, a.email, a.language FROM accounts a WHERE {Where} AND a.id > @after ORDER BY a.id LIMIT @limit", r => new MailReader(r.GetString(0), r.GetString(1), r.GetString(2)),
        ("tenant", tenant), ("after", after), ("limit", (long)limit));
}
