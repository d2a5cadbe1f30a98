using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Templates;

/// <summary>Words as they are stored.</summary>
internal sealed record StoredMailText(string Name, string Language, MailText Text, long UpdatedAt);

/// <summary>The SQL of mails' words.</summary>
internal static class MailTextStore
{
    /// <summary>What the names begin with of words that were written once, for one mail to many.</summary>
    public const string Letter = "letter:";

    // As long as a mail may lie in the outbox, and a little more.
    private const long LettersKept = 40 * 86_400_000L;
    private const string Columns = "name, language, subject, body, updated_at";

    public static ValueTask<StoredMailText?> Find(ReadTx s, string tenant, string name, string language) =>
        s.One($"SELECT {Columns} FROM mail_texts WHERE tenant_id = @tenant AND name = @name AND language = @language", Map, ("tenant", tenant), ("name", name), ("language", language));

    public static ValueTask<StoredMailText?> FindLocked(WriteTx s, string tenant, string name, string language) =>
        s.Locked($"SELECT {Columns} FROM mail_texts WHERE tenant_id = @tenant AND name = @name AND language = @language", Map, ("tenant", tenant), ("name", name), ("language", language));

    /// <summary>Those of templates.</summary>
    public static ValueTask<List<StoredMailText>> All(ReadTx s, string tenant) =>
        s.All($"SELECT {Columns} FROM mail_texts WHERE tenant_id = @tenant AND name NOT LIKE '{Letter}%' ORDER BY name, language LIMIT 1000", Map, ("tenant", tenant));

    public static ValueTask<int> Set(WriteTx s, string tenant, string name, string language, MailText text, long now) => s.Execute(
        """
        INSERT INTO mail_texts (tenant_id, name, language, subject, body, updated_at) VALUES (@tenant, @name, @language, @subject, @body, @now)
        ON CONFLICT (tenant_id, name, language) DO UPDATE SET subject = excluded.subject, body = excluded.body, updated_at = excluded.updated_at
        """, ("tenant", tenant), ("name", name), ("language", language), ("subject", text.Subject), ("body", text.Body), ("now", now));

    /// <summary>Only of words that there are.</summary>
    public static ValueTask<int> Change(WriteTx s, string tenant, string name, string language, MailText text, long now) => s.Execute(
        "UPDATE mail_texts SET subject = @subject, body = @body, updated_at = @now WHERE tenant_id = @tenant AND name = @name AND language = @language",
        ("subject", text.Subject), ("body", text.Body), ("now", now), ("tenant", tenant), ("name", name), ("language", language));

    public static ValueTask<int> Remove(WriteTx s, string tenant, string name, string language) =>
        s.Execute("DELETE FROM mail_texts WHERE tenant_id = @tenant AND name = @name AND language = @language", ("tenant", tenant), ("name", name), ("language", language));

    /// <summary>Removes some letters that can be sent no more; returns how many.</summary>
    public static ValueTask<int> Tidy(WriteTx s, long now, int limit) => s.Execute(
        $"DELETE FROM mail_texts WHERE (tenant_id, name, language) IN (SELECT tenant_id, name, language FROM mail_texts WHERE name LIKE '{Letter}%' AND updated_at < @old LIMIT @limit)",
        ("old", now - LettersKept), ("limit", (long)limit));

    private static StoredMailText Map(Row r) => new(r.GetString(0), r.GetString(1), new(r.GetString(2), r.GetString(3)), r.GetInt64(4));
}
