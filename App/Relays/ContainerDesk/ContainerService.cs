using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.ContainerDesk;

/// <summary>Gives relays their containers, anew where that is asked, and takes them away; whoever runs them sees to the rest. Each inside the transaction it is given.</summary>
public sealed class ContainerService(AuditWriter audit, RelaySignal signal, TimeProvider clock)
{
    /// <exception cref="Refusal">404 NO_SUCH_CONTAINER.</exception>
    public static async ValueTask<RelayContainerRow> Get(ReadTx s, string tenant, string id) => await RelayContainerStore.Find(s, tenant, id) ?? throw new Refusal(ContainerErrors.NotFound);

    /// <summary>Newest first.</summary>
    public static async ValueTask<Slice<RelayContainerRow>> List(ReadTx s, string tenant, ContainerFilter filter, string? after, int limit) =>
        Slice<RelayContainerRow>.Of(await RelayContainerStore.List(s, tenant, filter, Cursor.Decode(after), limit + 1), limit, c => c.Id);

    /// <summary>Sees that the relays of a rental have containers: those without one get it. Port, key and pin are the relay's own, and stay.</summary>
    /// <param name="region">One of them alone; null: all.</param>
    /// <param name="again">Those that have one get another in its place: of the program as it is now.</param>
    /// <exception cref="Refusal">404 NO_SUCH_RENTAL; 409 RENTAL_ENDED; 422: it has no such relay.</exception>
    public async ValueTask<IReadOnlyList<RelayContainerRow>> Allocate(WriteTx s, Caller who, string rental, long? region, bool again)
    {
        var (known, now) = (await RentalStore.FindLocked(s, who.TenantId, rental) ?? throw new Refusal(RentalErrors.NotFound), clock.GetUtcNow().ToUnixTimeMilliseconds());
        if (known.ReleasedAt is not null)
            throw new Refusal(RentalErrors.Ended);
        var slots = (await RelayContainerStore.Slots(s, who.TenantId, rental)).Where(t => region is null || t.RegionId == region).ToList();
        if (slots.Count == 0)
            throw Refusal.Field(region is null ? "rental" : "region_id", "containers.wrong.slot");
        var all = new List<RelayContainerRow>();
        foreach (var (slot, server, _, port, container) in slots)
        {
            var id = container;
            if (container is null || again)
            {
                if (container is not null)
                    await RelayContainerStore.Delete(s, who.TenantId, container);
                id = Ids.New();
                await SlotStore.Want(s, who.TenantId, id, slot, server, port, known.Runs, now);
                await audit.Write(s, who, container is null ? "container.allocated" : "container.renewed", new AuditTarget("container", id, known.Name));
            }
            all.Add(await Get(s, who.TenantId, id!));
        }
        s.AfterCommit(signal.Wake);
        return all;
    }

    /// <summary>Another in its place.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_CONTAINER; 409 RENTAL_ENDED.</exception>
    public async ValueTask<RelayContainerRow> Renew(WriteTx s, Caller who, string id)
    {
        var before = await Get(s, who.TenantId, id);
        return (await Allocate(s, who, before.RentalId, before.RegionId, true))[0];
    }

    /// <summary>Takes it away: its relay stands still until it is given another.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_CONTAINER.</exception>
    public async ValueTask<RelayContainerRow> Release(WriteTx s, Caller who, string id)
    {
        var gone = await Get(s, who.TenantId, id);
        await RentalStore.FindLocked(s, who.TenantId, gone.RentalId);
        if (await RelayContainerStore.Delete(s, who.TenantId, id) == 0)
            throw new Refusal(ContainerErrors.NotFound);
        await audit.Write(s, who, "container.released", new AuditTarget("container", id, gone.RentalName));
        s.AfterCommit(signal.Wake);
        return gone;
    }
}

/// <summary>What requests about containers are refused with.</summary>
public static class ContainerErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_CONTAINER");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound];
}
