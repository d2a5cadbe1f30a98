using System.Text.Json;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Security;

/// <summary>Something looked wrong.</summary>
/// <param name="Severity"><c>info</c>, <c>warn</c> or <c>bad</c>.</param>
public sealed record SecurityEvent(string Id, long At, string Kind, string Severity, string? Ip, string Subject, Message What)
{
    /// <summary>What goes into the second gap of the message.</summary>
    public string Detail => What.Texts() is [_, var detail, ..] ? detail : "";

    /// <summary>The words are the language files' <c>security.KIND</c>.</summary>
    internal static Message Words(string kind, string subject, string detail) => new("security." + kind, subject, detail);
}

/// <summary>What a list of security events is narrowed by; null asks for nothing. Times in unix milliseconds, <paramref name="To"/> exclusive.</summary>
/// <param name="Kind">The whole kind (<c>signin.locked</c>) or its first part (<c>signin</c>).</param>
public sealed record SecurityFilter(string? Severity = null, string? Kind = null, string? Ip = null, long? From = null, long? To = null);

/// <summary>Records security events in the database and, when the transaction has committed, in the security log.</summary>
public sealed class SecurityEvents(OutboxStore outbox, TimeProvider clock, INotices? notices = null)
{
    /// <summary>Something that somebody has to look at.</summary>
    public static readonly NoticeKind Serious = new("security.bad", NoticeKind.Bad, 10);

    public static readonly NoticeKind Suspicious = new("security.warn", NoticeKind.Warn, 20);

    private const string Select = "SELECT id, at, kind, severity, ip, subject, detail FROM security_events WHERE";

    /// <param name="subject">Whom or what it is about: of a customer the id, which says nothing when the account is forgotten.</param>
    /// <param name="told">Staff are told of the same thing in another way: no notice is sent.</param>
    public async ValueTask Record(WriteTx s, Caller who, string kind, string severity, string subject, string detail = "", bool told = false)
    {
        var id = Ids.New();
        await s.Execute("INSERT INTO security_events (id, tenant_id, at, kind, severity, ip, subject, detail) VALUES (@id, @tenant, @at, @kind, @severity, @ip, @subject, @detail)",
            ("id", id), ("tenant", who.TenantId), ("at", clock.GetUtcNow().ToUnixTimeMilliseconds()), ("kind", kind), ("severity", severity),
            ("ip", who.Ip), ("subject", subject), ("detail", SecurityEvent.Words(kind, subject, detail).ToStored()));
        await outbox.Add(s, who.TenantId, SecurityLog.TopicName, Line(kind, severity, who.Ip, subject, detail), id);
        if (notices is not null && !told && severity != NoticeKind.Info)
            await notices.Tell(s, who.TenantId, severity == NoticeKind.Bad ? Serious : Suspicious, SecurityEvent.Words(kind, subject, detail), id);
    }

    /// <summary>Takes the addresses off all events about somebody who is to be forgotten, and off what is on its way to the security log.</summary>
    /// <param name="subject">What the events call them.</param>
    public static async ValueTask Forget(WriteTx s, string tenant, string subject)
    {
        (string, object?)[] about = [("tenant", tenant), ("subject", subject)];
        foreach (var e in await s.All($"{Select} tenant_id = @tenant AND subject = @subject AND ip IS NOT NULL", Map, about))
            await OutboxStore.Reword(s, tenant, SecurityLog.TopicName, e.Id, Line(e.Kind, e.Severity, null, subject, e.Detail));
        await s.Execute("UPDATE security_events SET ip = NULL WHERE tenant_id = @tenant AND subject = @subject", about);
    }

    public ValueTask<List<SecurityEvent>> Recent(ReadTx s, string tenant, int limit) => Before(s, tenant, new(), null, limit);

    /// <summary>A page of what the filter lets through, newest first.</summary>
    public async ValueTask<Slice<SecurityEvent>> List(ReadTx s, string tenant, SecurityFilter filter, string? after, int limit) =>
        Slice<SecurityEvent>.Of(await Before(s, tenant, filter, Cursor.Decode(after), limit + 1), limit, e => e.Id);

    private static ValueTask<List<SecurityEvent>> Before(ReadTx s, string tenant, SecurityFilter wanted, string? id, int limit)
    {
        var filter = new SqlFilter("tenant_id = @tenant", ("tenant", tenant)).Is("severity", "severity", wanted.Severity).Is("ip", "ip", wanted.Ip).After("id", id);
        if (wanted.Kind is { } kind)
            filter.And($"(kind = @kind OR kind LIKE @kinds {Like.Escaped})", ("kind", kind), ("kinds", Like.Escape(kind) + ".%"));
        if (wanted.From is { } from)
            filter.And("at >= @from", ("from", from));
        if (wanted.To is { } to)
            filter.And("at < @to", ("to", to));
        return s.All($"{Select} {filter.Sql} ORDER BY id DESC LIMIT @limit",
            Map, filter.Args(("limit", (long)limit)));
    }

    private static string Line(string kind, string severity, string? ip, string subject, string detail) =>
        JsonSerializer.Serialize(new SecurityLogLine(kind, severity, ip, subject, detail), SecurityLogJson.Default.SecurityLogLine);

    // Before messages were stored, the column held what went into the second gap.
    private static SecurityEvent Map(Row r) => new(r.GetString(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.TextOrNull(4), r.GetString(5),
        Message.TryParse(r.GetString(6), out var what) ? what : SecurityEvent.Words(r.GetString(2), r.GetString(5), r.GetString(6)));
}
