using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Moves;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Leaving;

/// <summary>Who goes where, together: how many relays, of how many people.</summary>
/// <param name="To">Null: there is no room for them.</param>
public sealed record MoveGroup(RelayServer From, RelayServer? To, int Relays, int People);

/// <summary>What staff say about many relays at once; each use case runs inside the transaction it is given.</summary>
public sealed class LeaveService(ServerService servers, MoveService moves, AuditWriter audit, TimeProvider clock)
{
    public const string Stay = "none";

    /// <summary>No more relays than that move at once for balance.</summary>
    public const int Most = 200;

    public static readonly IReadOnlyList<string> Choices = [RelayMove.Drained, RelayMove.Removed, Stay];

    /// <summary>A server's relays go to others, or stay from now on; what is on its way arrives.</summary>
    /// <param name="why">One of <see cref="Choices"/>.</param>
    /// <exception cref="Refusal">404 NO_SUCH_SERVER; 422 on <c>leave</c>.</exception>
    public async ValueTask<RelayServer> Leave(WriteTx s, Caller who, string id, string? why)
    {
        if (why is null || !Choices.Contains(why))
            throw Refusal.Field("leave", "field.one_of", string.Join(", ", Choices));
        await ServerStore.Lock(s, who.TenantId, id);
        var server = await servers.Get(s, who.TenantId, id);
        await ServerStore.Leave(s, who.TenantId, id, why == Stay ? "" : why, clock.GetUtcNow().ToUnixTimeMilliseconds());
        await audit.Write(s, who, "server.leaving", new AuditTarget("server", server.Id, server.Name), after: $$"""{"leave":"{{why}}"}""");
        return server with { Draining = server.Draining || why != Stay };
    }

    /// <summary>Where a server's relays would go.</summary>
    public static async ValueTask<IReadOnlyList<MoveGroup>> Preview(ReadTx s, string tenant, string server) =>
        Together(MovePlan.Empty(await ServerStore.All(s, tenant), await LeaveStore.All(s, tenant), server));

    /// <summary>What would be better placed elsewhere.</summary>
    public static async ValueTask<IReadOnlyList<PlannedMove>> Plan(ReadTx s, string tenant) => MovePlan.Balance(await ServerStore.All(s, tenant), await LeaveStore.All(s, tenant), Most);

    /// <summary>Begins what <see cref="Plan"/> says now; returns what has begun.</summary>
    public async ValueTask<IReadOnlyList<MoveGroup>> Balance(WriteTx s, Caller who)
    {
        var (plan, begun) = (await Plan(s, who.TenantId), new List<PlannedMove>());
        // Rentals are locked in one order everywhere, and before the fleet is.
        foreach (var rental in plan.Select(p => p.Relay.Rental).Distinct().Order(StringComparer.Ordinal))
            await RentalStore.FindLocked(s, who.TenantId, rental);
        foreach (var planned in plan)
            try
            {
                await moves.Begin(s, who.TenantId, planned.Relay.Slot, planned.To!.Id, RelayMove.Balanced);
                begun.Add(planned);
            }
            catch (Refusal refusal) when (refusal.Status is 404 or 409 or 422)
            {
                // It moves already, or cannot go there by its certificate: it stays, and the others go.
            }
        var groups = Together(begun);
        if (begun.Count > 0)
            await audit.Write(s, who, "relay.balanced", new AuditTarget("server", "", $"{begun.Count}"));
        return groups;
    }

    internal static IReadOnlyList<MoveGroup> Together(IEnumerable<PlannedMove> planned) =>
    [
        .. planned.GroupBy(p => (From: p.From.Id, To: p.To?.Id)).Select(g => new MoveGroup(g.First().From, g.First().To, g.Count(), g.Select(p => p.Relay.Account).Distinct().Count()))
            .OrderBy(g => g.From.Name, StringComparer.Ordinal).ThenBy(g => g.To is null).ThenByDescending(g => g.Relays).ThenBy(g => g.To?.Name, StringComparer.Ordinal),
    ];
}
