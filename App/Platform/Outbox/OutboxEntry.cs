using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Outbox;

/// <summary>What staff are shown of a message beside its topic; it is kept as long as the message's row, and must hold no secret.</summary>
/// <param name="What">In words, such as “Code for an address”.</param>
/// <param name="Recipient">Whom it is for, as staff know them: an e-mail address, a number. Empty: nobody, or an address that lets in whoever knows it, as a robot's does.</param>
public sealed record OutboxLabel(Message What, string Recipient = "")
{
    /// <summary>The account whose it is: it goes when that is forgotten. Null: nobody's.</summary>
    public string? Account { get; init; }
}

/// <summary>Where a message is.</summary>
public static class OutboxState
{
    public const string Waiting = "waiting";
    public const string Sending = "sending";
    public const string Sent = "sent";
    public const string Dead = "dead";
    public const string Discarded = "discarded";

    public static readonly IReadOnlyList<string> All = [Waiting, Sending, Sent, Dead, Discarded];
}

/// <summary>A message as staff see it: all but its payload. Times in unix milliseconds by the database's clock.</summary>
/// <param name="NextTryAt">While it waits.</param>
/// <param name="EndedAt">When it was sent, given up or discarded.</param>
/// <param name="LastAnswer">What its receiver said when it took it, or why the last try failed.</param>
/// <param name="Wiped">It was given up and held a secret: nothing of it is left to deliver.</param>
public sealed record OutboxEntry(
    string Id, string Topic, Message? What, string Recipient, string DedupeKey, string State, long CreatedAt, long? NextTryAt, long Tries, long? EndedAt, Message? LastAnswer, bool Wiped);

/// <summary>What a list of messages is narrowed by; null asks for nothing.</summary>
/// <param name="State">One of <see cref="OutboxState.All"/>.</param>
/// <param name="Query">Part of a recipient.</param>
public sealed record OutboxFilter(string? State = null, string? Topic = null, string? Query = null);

/// <summary>The table outbox as staff look at it.</summary>
public static class OutboxEntries
{
    // One that is done and has a fault was discarded: what is delivered has none any more.
    private const string State =
        """
        CASE WHEN dead_at IS NOT NULL THEN 'dead' WHEN done_at IS NOT NULL THEN CASE WHEN fault IS NULL THEN 'sent' ELSE 'discarded' END
          WHEN held = 1 AND next_try_at > @now THEN 'sending' ELSE 'waiting' END
        """;

    private const string Select = $"SELECT id, topic, what, recipient, dedupe_key, {State}, created_at, next_try_at, tries, COALESCE(done_at, dead_at), fault, answer, wiped FROM outbox WHERE";

    /// <summary>The tenant's, the newest first.</summary>
    public static async ValueTask<Slice<OutboxEntry>> List(ReadTx tx, string tenant, OutboxFilter wanted, string? after, int limit)
    {
        var filter = new SqlFilter("tenant_id = @tenant", ("tenant", tenant)).Is("topic", "topic", wanted.Topic).Contains("q", wanted.Query, "recipient_folded").After("id", after);
        if (Is(wanted.State) is { } condition)
            filter.And(condition);
        return Slice<OutboxEntry>.Of(await tx.All($"{Select} {filter.Sql} ORDER BY id DESC LIMIT @limit", Map, filter.Args(("now", await tx.Now()), ("limit", limit + 1L))), limit, m => m.Id);
    }

    /// <summary>One of the tenant's; null when there is none.</summary>
    public static async ValueTask<OutboxEntry?> Find(ReadTx tx, string tenant, string id) =>
        await tx.One($"{Select} tenant_id = @tenant AND id = @id", Map, ("tenant", tenant), ("id", id), ("now", await tx.Now()));

    /// <summary>One that was given up, locked; null when there is none.</summary>
    public static async ValueTask<OutboxEntry?> LockDead(WriteTx tx, string tenant, string id) =>
        await tx.Locked($"{Select} tenant_id = @tenant AND id = @id AND dead_at IS NOT NULL", Map, ("tenant", tenant), ("id", id), ("now", await tx.Now()));

    /// <summary>Removes what went, or is to go, to somebody who is to be forgotten. What a node sends in this moment may still arrive.</summary>
    /// <param name="recipients">As labels name them: what strangers have had sent to them is not the account's.</param>
    public static async ValueTask Forget(WriteTx tx, string tenant, string account, IEnumerable<string> recipients)
    {
        await tx.Execute("DELETE FROM outbox WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));
        foreach (var recipient in recipients.Select(r => SearchText.Of(r)).Where(r => r.Length > 0))
            await tx.Execute("DELETE FROM outbox WHERE tenant_id = @tenant AND recipient_folded = @recipient AND recipient_folded <> ''", ("tenant", tenant), ("recipient", recipient));
    }

    // The same as State says, so that an index serves it.
    private static string? Is(string? state) => state switch
    {
        OutboxState.Dead => "dead_at IS NOT NULL",
        OutboxState.Sent => "done_at IS NOT NULL AND fault IS NULL",
        OutboxState.Discarded => "done_at IS NOT NULL AND fault IS NOT NULL",
        OutboxState.Sending => "next_try_at IS NOT NULL AND held = 1 AND next_try_at > @now",
        OutboxState.Waiting => "next_try_at IS NOT NULL AND (held = 0 OR next_try_at <= @now)",
        _ => null,
    };

    private static OutboxEntry Map(Row r)
    {
        var (state, told) = (r.GetString(5), r.TextOrNull(10) ?? r.TextOrNull(11));
        return new(r.GetString(0), r.GetString(1), r.GetString(2) is { Length: > 0 } what ? Message.Parse(what) : null, r.GetString(3), r.GetString(4), state, r.GetInt64(6),
            state == OutboxState.Waiting ? r.LongOrNull(7) : null, r.GetInt64(8), r.LongOrNull(9), told is null ? null : Message.Parse(told), r.GetInt64(12) != 0);
    }
}
