using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.Anomalies;

/// <summary>What staff do about traffic that looked wrong.</summary>
public sealed class AnomalyService(AnomalyKeeper keeper, AuditWriter audit)
{
    /// <summary>Newest first.</summary>
    public static async ValueTask<Slice<Anomaly>> List(ReadTx s, string tenant, string? kind, string? after, int limit) =>
        Slice<Anomaly>.Of(await AnomalyStore.List(s, tenant, kind, Cursor.Decode(after), limit + 1), limit, a => a.Id);

    /// <summary>Ends at once what is done about the traffic of its rental; where nothing is, nothing happens.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_ANOMALY.</exception>
    public async ValueTask<Anomaly> Lift(WriteTx s, Caller who, string id)
    {
        var anomaly = await AnomalyStore.Find(s, who.TenantId, id) ?? throw new Refusal(AnomalyErrors.NotFound);
        if (await RentalStore.FindLocked(s, who.TenantId, anomaly.RentalId) is { } rental && rental.Held.Length > 0)
        {
            await keeper.Lift(s, rental, who);
            await audit.Write(s, who, "rental.hold_lifted", new("rental", rental.Id, rental.Name));
        }
        return (await AnomalyStore.Find(s, who.TenantId, id))!;
    }
}

/// <summary>What requests about anomalies are refused with.</summary>
public static class AnomalyErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_ANOMALY");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}
