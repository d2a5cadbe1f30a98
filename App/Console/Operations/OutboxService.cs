using System.Text.Json;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Console.Operations;

/// <summary>What staff see of the outbox, and do with messages that were given up. Their payload is shown to nobody: it may be a secret.</summary>
public sealed class OutboxService(OutboxStore outbox, AuditWriter audit)
{
    /// <summary>A page of the tenant's, the newest first.</summary>
    /// <exception cref="Refusal">422 on <c>state</c>.</exception>
    public ValueTask<Slice<OutboxEntry>> List(ReadTx tx, string tenant, OutboxFilter filter, string? after, int limit)
    {
        if (filter.State is not null && !OutboxState.All.Contains(filter.State))
            throw Refusal.Field("state", "field.one_of", string.Join(", ", OutboxState.All));
        return OutboxEntries.List(tx, tenant, filter, Cursor.Decode(after), limit);
    }

    /// <exception cref="Refusal">404 OUTBOX_MESSAGE_NOT_FOUND.</exception>
    public async ValueTask<OutboxEntry> Get(ReadTx tx, string tenant, string id) =>
        await OutboxEntries.Find(tx, tenant, id) ?? throw new Refusal(OutboxErrors.NotFound);

    /// <summary>Lets it be delivered anew, at once and with as many tries as a new one.</summary>
    /// <exception cref="Refusal">404 OUTBOX_MESSAGE_NOT_FOUND, also for one that is not given up; 409 OUTBOX_MESSAGE_WIPED.</exception>
    public async ValueTask Retry(WriteTx tx, Caller who, string id)
    {
        var message = await Dead(tx, who, id);
        if (message.Wiped)
            throw new Refusal(OutboxErrors.Wiped);
        await outbox.Revive(tx, message);
        await audit.Write(tx, who, "outbox.retried", Target(message), before: Json(message));
    }

    /// <summary>Takes it for done without delivering it.</summary>
    /// <exception cref="Refusal">404 OUTBOX_MESSAGE_NOT_FOUND, also for one that is not given up.</exception>
    public async ValueTask Discard(WriteTx tx, Caller who, string id)
    {
        var message = await Dead(tx, who, id);
        await OutboxStore.Discard(tx, message.Id);
        await audit.Write(tx, who, "outbox.discarded", Target(message), before: Json(message));
    }

    /// <summary>The same to several; those that are no longer given up, and those that cannot be tried again, are passed over. Returns how many there were.</summary>
    /// <exception cref="Refusal">What the last was refused with when there was none.</exception>
    public static async ValueTask<int> Each(IReadOnlyList<string> ids, Func<string, ValueTask> act)
    {
        var done = 0;
        var last = new Refusal(OutboxErrors.NotFound);
        foreach (var id in ids.Distinct().Order(StringComparer.Ordinal))
            try
            {
                await act(id);
                done++;
            }
            catch (Refusal refusal) when (OutboxErrors.All.Contains(refusal.Error))
            {
                // Somebody else, or the worker, was faster.
                last = refusal;
            }
        return done > 0 ? done : throw last;
    }

    private static async ValueTask<OutboxEntry> Dead(WriteTx tx, Caller who, string id) =>
        await OutboxEntries.LockDead(tx, who.TenantId, id) ?? throw new Refusal(OutboxErrors.NotFound);

    private static AuditTarget Target(OutboxEntry message) => new("outbox", message.Id, message.Topic);

    // Not the answer: it may name the person, and this log forgets nothing.
    private static string Json(OutboxEntry message) => JsonSerializer.Serialize(new OutboxAudit(message.Topic, message.Tries), OutboxJson.Default.OutboxAudit);
}
