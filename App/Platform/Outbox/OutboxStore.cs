using System.Collections.Concurrent;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Outbox;

/// <summary>
/// The table outbox: what is to happen after a transaction is written in it, so it happens if and only if the transaction committed.
/// The worker of any node delivers it. Holds are decided by the database's clock.
/// </summary>
public sealed class OutboxStore
{
    /// <summary>How long a node holds what it delivers, in milliseconds.</summary>
    internal const long Lease = 60_000;

    // None is due later than after the longest pause.
    private const long LongestPause = (long)(OutboxBackoff.Longest * 1000);
    private const long Overdue = 10 * 60_000L;
    private const long DoneKept = 7 * 86_400_000L, DeadKept = 30 * 86_400_000L;
    private const string Columns = "id, tenant_id, topic, dedupe_key, payload, created_at, tries, sealed_payload";
    private readonly ConcurrentDictionary<string, WakeSignal> _added = new();

    /// <summary>Payloads that hold a secret. Those that wait when their key is lost can be delivered by nobody.</summary>
    public static readonly SealedColumn Sealed = new("outbox", "id", "sealed_payload", "outbox",
        "UPDATE outbox SET sealed_payload = '', wiped = 1, dead_at = @now, next_try_at = NULL, fault = 'Its key is lost.' WHERE sealed_payload <> ''");

    /// <summary>Wakes this node's worker of the topic.</summary>
    internal WakeSignal Added(string topic) => _added.GetOrAdd(topic, _ => new());

    /// <summary>Leaves a message to be delivered when the transaction has committed.</summary>
    /// <param name="dedupeKey">A second message of the topic with the same key is none, also within a week after the first was delivered.</param>
    /// <param name="label">What staff are shown of it.</param>
    public ValueTask Add(WriteTx tx, string tenant, string topic, string payload, string dedupeKey, OutboxLabel? label = null) => Add(tx, tenant, topic, payload, "", dedupeKey, label);

    /// <summary>
    /// The same for a payload that holds a secret: it is sealed while it waits, and nothing of it is kept once it was delivered or given
    /// up. Its handler reads it by <see cref="OutboxMessage.Open"/>.
    /// </summary>
    /// <param name="dedupeKey">See <see cref="Add(WriteTx, string, string, string, string, OutboxLabel?)"/>; it is kept, and must tell nothing.</param>
    /// <param name="label">What staff are shown of it.</param>
    public ValueTask AddSecret(WriteTx tx, SecretBox box, string tenant, string topic, string payload, string dedupeKey, OutboxLabel? label = null) =>
        Add(tx, tenant, topic, "", box.Seal(Encoding.UTF8.GetBytes(payload), Sealed.Purpose), dedupeKey, label);

    private async ValueTask Add(WriteTx tx, string tenant, string topic, string payload, string sealedPayload, string dedupeKey, OutboxLabel? label)
    {
        if (await tx.Execute(
            """
            INSERT INTO outbox (id, tenant_id, topic, dedupe_key, payload, sealed_payload, what, recipient, recipient_folded, account_id, created_at, next_try_at)
            VALUES (@id, @tenant, @topic, @key, @payload, @sealed, @what, @recipient, @folded, @account, @now, @now) ON CONFLICT DO NOTHING
            """, ("id", Ids.New()), ("tenant", tenant), ("topic", topic), ("key", dedupeKey), ("payload", payload), ("sealed", sealedPayload), ("what", label?.What.ToStored() ?? ""),
            ("recipient", label?.Recipient ?? ""), ("folded", SearchText.Of(label?.Recipient)), ("account", label?.Account), ("now", await tx.Now())) == 1)
            tx.AfterCommit(Added(topic).Wake);
    }

    /// <summary>Gives a message that was not delivered yet another payload. What a node delivers in this moment may still go as it was.</summary>
    public static ValueTask<int> Reword(WriteTx tx, string tenant, string topic, string dedupeKey, string payload) =>
        tx.Execute("UPDATE outbox SET payload = @payload WHERE tenant_id = @tenant AND topic = @topic AND dedupe_key = @key AND payload <> ''",
            ("payload", payload), ("tenant", tenant), ("topic", topic), ("key", dedupeKey));

    /// <summary>When the next message of the topic is due, and what time it is; null when none waits.</summary>
    internal static async ValueTask<(long? Due, long Now)> Next(ReadTx tx, string topic) =>
        (await tx.One("SELECT next_try_at FROM outbox WHERE next_try_at IS NOT NULL AND topic = @topic ORDER BY next_try_at LIMIT 1", r => r.LongOrNull(0), ("topic", topic)), await tx.Now());

    /// <summary>Takes messages that are due for this node, which then holds them for a minute.</summary>
    /// <param name="busy">How many of each tenant's it delivers already.</param>
    /// <param name="perTenant">How many of one tenant's it may deliver at once.</param>
    internal static async ValueTask<List<OutboxMessage>> Claim(WriteTx tx, string topic, int limit, IReadOnlyDictionary<string, int>? busy = null, int perTenant = int.MaxValue)
    {
        var now = await tx.Now();
        var room = (busy ?? new Dictionary<string, int>()).ToDictionary(b => b.Key, b => perTenant - b.Value);
        var (names, args) = SqlNames.Of(room.Where(r => r.Value <= 0).Select(r => r.Key).Append(""));
        var due = await tx.LockedFree($"SELECT {Columns} FROM outbox WHERE next_try_at <= @now AND topic = @topic AND tenant_id NOT IN ({names}) ORDER BY next_try_at, id LIMIT @limit",
            r => new OutboxMessage(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetInt64(5), r.GetInt64(6) + 1, r.GetString(7)),
            [.. args, ("topic", topic), ("now", now), ("limit", (long)limit)]);
        due = [.. due.Where(m => (room[m.TenantId] = room.GetValueOrDefault(m.TenantId, perTenant) - 1) >= 0)];
        await tx.ExecuteMany("UPDATE outbox SET tries = @tries, next_try_at = @until, held = 1 WHERE id = @id",
            [.. due.Select(m => new (string, object?)[] { ("id", m.Id), ("tries", m.Tries), ("until", now + Lease) })]);
        return due;
    }

    /// <summary>Does one wait until a time that none can have been given, but by a clock that was ahead?</summary>
    internal static async ValueTask<bool> AnyAhead(ReadTx tx) =>
        await tx.One("SELECT id FROM outbox WHERE next_try_at > @limit LIMIT 1", r => r.GetString(0), ("limit", await tx.Now() + LongestPause)) is not null;

    /// <summary>Takes back what lies ahead, so that no message sleeps until a false time: it is due when a node that delivers it now has ended. Returns how many.</summary>
    internal static async ValueTask<int> DropAhead(WriteTx tx)
    {
        var now = await tx.Now();
        return await tx.Execute("UPDATE outbox SET next_try_at = @due WHERE next_try_at > @limit", ("due", now + Lease), ("limit", now + LongestPause));
    }

    internal static async ValueTask<bool> Done(WriteTx tx, OutboxMessage message) =>
        await End(tx, message, "done_at = @now, next_try_at = NULL, payload = '', sealed_payload = '', fault = @fault, answer = @answer", ("now", await tx.Now()), ("fault", message.NotNeeded?.ToStored()), ("answer", message.Answer));

    internal static async ValueTask<bool> Retry(WriteTx tx, OutboxMessage message, TimeSpan after, string fault) =>
        await End(tx, message, "next_try_at = @next, fault = @fault", ("next", await tx.Now() + (long)after.TotalMilliseconds), ("fault", fault));

    internal static async ValueTask<bool> GiveUp(WriteTx tx, OutboxMessage message, string fault) =>
        await End(tx, message, "dead_at = @now, next_try_at = NULL, fault = @fault, wiped = CASE WHEN sealed_payload = '' THEN 0 ELSE 1 END, sealed_payload = ''", ("now", await tx.Now()), ("fault", fault));

    /// <summary>Gives back what the server's stop cut short, or what is to come later: the try is not counted.</summary>
    internal static async ValueTask<bool> Release(WriteTx tx, OutboxMessage message, TimeSpan after = default) =>
        await End(tx, message, "next_try_at = @next, tries = tries - 1", ("next", await tx.Now() + (long)after.TotalMilliseconds));

    /// <summary>Makes one that was given up and not wiped due at once, with all its tries before it.</summary>
    public async ValueTask Revive(WriteTx tx, OutboxEntry message)
    {
        await tx.Execute("UPDATE outbox SET dead_at = NULL, next_try_at = @now, tries = 0 WHERE id = @id AND wiped = 0", ("now", await tx.Now()), ("id", message.Id));
        tx.AfterCommit(Added(message.Topic).Wake);
    }

    /// <summary>Takes one that was given up for done; its key stays taken for as long as one's that was delivered.</summary>
    public static async ValueTask Discard(WriteTx tx, string id) =>
        await tx.Execute("UPDATE outbox SET dead_at = NULL, done_at = @now, payload = '' WHERE id = @id", ("now", await tx.Now()), ("id", id));

    /// <summary>
    /// Topics of messages that were given up, with how many; and those of messages that nobody has taken for ten minutes, or that failed
    /// again and again. What was wiped is no trouble any more: nobody can do anything about it, and anybody can bring it about, by an
    /// address that does not exist.
    /// </summary>
    public static async ValueTask<(IReadOnlyList<(string Topic, long Count)> Dead, IReadOnlyList<string> Overdue)> Trouble(ReadTx tx) => (
        await tx.All("SELECT topic, COUNT(*) FROM outbox WHERE dead_at IS NOT NULL AND wiped = 0 GROUP BY topic ORDER BY topic LIMIT 50", r => (r.GetString(0), r.GetInt64(1))),
        await tx.All("SELECT topic FROM outbox WHERE next_try_at < @late UNION SELECT topic FROM outbox WHERE next_try_at IS NOT NULL AND tries > 5 ORDER BY topic LIMIT 50",
            r => r.GetString(0), ("late", await tx.Now() - Overdue)));

    /// <summary>Removes some of what was delivered or wiped a week ago, or given up a month ago; returns how many.</summary>
    public static async ValueTask<int> Tidy(WriteTx tx, int limit)
    {
        var now = await tx.Now();
        return await tx.Execute("DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE done_at < @done OR dead_at < @dead OR (wiped = 1 AND dead_at < @done) LIMIT @limit)",
            ("done", now - DoneKept), ("dead", now - DeadKept), ("limit", (long)limit));
    }

    // Unless the hold ran out and another node has it.
    private static async ValueTask<bool> End(WriteTx tx, OutboxMessage message, string set, params (string, object?)[] args) =>
        await tx.Execute($"UPDATE outbox SET {set}, held = 0 WHERE id = @id AND tries = @tries AND next_try_at IS NOT NULL", [.. args, ("id", message.Id), ("tries", message.Tries)]) == 1;
}
