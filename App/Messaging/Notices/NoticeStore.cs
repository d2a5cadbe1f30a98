using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Notices;

/// <summary>Something that waits to be told by one channel. Times in unix milliseconds by the database's clock.</summary>
/// <param name="What">A stored message.</param>
internal sealed record Notice(string Id, string Kind, string Severity, string What, long At);

/// <summary>The tables notices and notice_turns.</summary>
internal static class NoticeStore
{
    /// <summary>Is there a channel that something could be told by?</summary>
    public static async ValueTask<bool> AnyChannel(ReadTx tx, string tenant, string? account) => await tx.One(
        $"SELECT id FROM channels WHERE tenant_id = @tenant AND enabled = 1 AND {(account is null ? "account_id IS NULL" : account == WaitingNotice.All ? "account_id IS NOT NULL" : "account_id = @account")} LIMIT 1",
        r => r.GetString(0), [("tenant", tenant), .. account is null or WaitingNotice.All ? Array.Empty<(string, object?)>() : [("account", account)]]) is not null;

    /// <summary>When the kind was last told by the channel; null when it never was.</summary>
    public static async ValueTask<long?> ToldAt(ReadTx tx, string channel, string kind) =>
        await tx.One("SELECT told_at FROM notice_turns WHERE channel_id = @channel AND kind = @kind", r => r.LongOrNull(0), ("channel", channel), ("kind", kind));

    /// <summary>One that is there already stays.</summary>
    public static ValueTask<int> Add(WriteTx tx, string tenant, string channel, Notice notice, long dueAt) => tx.Execute(
        "INSERT INTO notices (id, tenant_id, channel_id, kind, severity, what, at, due_at) VALUES (@id, @tenant, @channel, @kind, @severity, @what, @at, @due) ON CONFLICT DO NOTHING",
        ("id", notice.Id), ("tenant", tenant), ("channel", channel), ("kind", notice.Kind), ("severity", notice.Severity), ("what", notice.What), ("at", notice.At), ("due", dueAt));

    /// <summary>Channels that something is due for.</summary>
    public static async ValueTask<List<(string Tenant, string Channel)>> Due(ReadTx tx, int limit) =>
        await tx.All("SELECT DISTINCT tenant_id, channel_id FROM notices WHERE due_at <= @now ORDER BY tenant_id, channel_id LIMIT @limit", r => (r.GetString(0), r.GetString(1)), ("now", await tx.Now()), ("limit", (long)limit));

    /// <summary>When the next is due, and what time it is; null when none waits.</summary>
    public static async ValueTask<(long? Due, long Now)> Next(ReadTx tx) => (await tx.One("SELECT MIN(due_at) FROM notices", r => r.LongOrNull(0)), await tx.Now());

    /// <summary>Those that are due for a channel, the oldest first; the caller has locked the channel.</summary>
    public static ValueTask<List<Notice>> DueFor(WriteTx tx, string channel, long now, int limit) => tx.All(
        "SELECT id, kind, severity, what, at FROM notices WHERE channel_id = @channel AND due_at <= @now ORDER BY at, id LIMIT @limit",
        r => new Notice(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4)), ("channel", channel), ("now", now), ("limit", (long)limit));

    /// <summary>They are told: the next of their kinds wait for a while.</summary>
    public static async ValueTask Told(WriteTx tx, string tenant, string channel, IReadOnlyList<Notice> notices, long now)
    {
        await tx.ExecuteMany("DELETE FROM notices WHERE id = @id", [.. notices.Select(n => new (string, object?)[] { ("id", n.Id) })]);
        await tx.ExecuteMany(
            "INSERT INTO notice_turns (channel_id, kind, tenant_id, told_at) VALUES (@channel, @kind, @tenant, @now) ON CONFLICT (channel_id, kind) DO UPDATE SET told_at = excluded.told_at",
            [.. notices.Select(n => n.Kind).Distinct().Order(StringComparer.Ordinal).Select(kind => new (string, object?)[] { ("channel", channel), ("kind", kind), ("tenant", tenant), ("now", now) })]);
    }

    /// <summary>Nobody will tell them.</summary>
    public static ValueTask<int> Drop(WriteTx tx, string channel) => tx.Execute("DELETE FROM notices WHERE channel_id = @channel", ("channel", channel));
}
