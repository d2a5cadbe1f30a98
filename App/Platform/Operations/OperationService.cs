using Gatehouse.Platform.Http;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Operations;

/// <summary>Starts work that takes long, and tells how far it is: rows, so that every node sees the same, also after a restart.</summary>
public sealed class OperationService(IEnumerable<OperationKind> kinds)
{
    private const int MaxOpen = 100;

    /// <summary>Wakes the runner of this node.</summary>
    internal WakeSignal Started { get; } = new();

    /// <summary>Leaves an operation to be run in the background when the transaction has committed, unless the caller has one of that kind and key.</summary>
    /// <param name="request">What its kind reads.</param>
    /// <param name="total">What its progress is counted against.</param>
    /// <param name="delay">How long it waits before it begins, at most half a minute.</param>
    /// <exception cref="Refusal">503 BUSY when too many of the tenant wait already.</exception>
    public async ValueTask Start(WriteTx tx, Caller who, string kind, string request, long total, string dedupeKey, TimeSpan delay = default)
    {
        if (await OperationStore.Open(tx, who.TenantId) >= MaxOpen)
            throw new Refusal(HttpErrors.Busy) { RetryAfter = TimeSpan.FromSeconds(2) };
        if (await OperationStore.Add(tx, who, kind, request, Key(who, dedupeKey), total, (long)delay.TotalMilliseconds))
            tx.AfterCommit(Started.Wake);
    }

    /// <summary>The caller's own; null when he started none of that kind and key.</summary>
    public ValueTask<Operation?> Find(ReadTx tx, Caller who, string kind, string dedupeKey) => OperationStore.Keyed(tx, who.TenantId, kind, Key(who, dedupeKey));

    /// <summary>One of that kind and request that waits or runs, whoever started it; null when there is none.</summary>
    public ValueTask<Operation?> UnderWay(ReadTx tx, string tenant, string kind, string request) => OperationStore.UnderWay(tx, tenant, kind, request);

    /// <exception cref="Refusal">404 OPERATION_NOT_FOUND, also for one whose kind the caller has no right to.</exception>
    public async ValueTask<Operation> Get(ReadTx tx, Caller who, string id) =>
        await OperationStore.Find(tx, who.TenantId, id) is { } found && Visible(who).Contains(found.Kind) ? found : throw new Refusal(OperationErrors.NotFound);

    /// <summary>A page of those that the caller may see, newest first.</summary>
    public async ValueTask<Slice<Operation>> List(ReadTx tx, Caller who, string? after, int limit) =>
        Visible(who).ToList() is { Count: > 0 } visible
            ? Slice<Operation>.Of(await OperationStore.Before(tx, who.TenantId, visible, Cursor.Decode(after), limit + 1), limit, o => o.Id)
            : new Slice<Operation>([], null);

    /// <summary>What it gave, for people; null unless it succeeded and its kind has something to say.</summary>
    public OperationOutcome? OutcomeOf(Operation operation) =>
        operation.Result is { } result ? kinds.FirstOrDefault(k => k.Name == operation.Kind)?.Outcome?.Invoke(result) : null;

    private IEnumerable<string> Visible(Caller who) => kinds.Where(k => who.May(k.Permission)).Select(k => k.Name);

    private static string Key(Caller who, string key) => $"{who.Kind}/{who.Id}/{key}";
}
