using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Starting;

/// <summary>What there is after the first steps.</summary>
/// <param name="Serials">The batch of the one serial.</param>
public sealed record Started(RelayServer Server, Batch Serials);

/// <summary>The first steps of renting out relays, as one: a server in this process, three plans, and a serial of the shortest.</summary>
public sealed class StartService(ServerService servers, PlanService plans, BatchService keys)
{
    /// <summary>How long the plans run.</summary>
    public static readonly IReadOnlyList<int> Days = [30, 180, 360];

    private const long Traffic = 200L << 30;

    /// <param name="tried">What trying the server has found: with a failure in it nothing is done.</param>
    /// <param name="name">What a plan of so many days is called. One that is there already under that name is left as it is.</param>
    /// <exception cref="Refusal">403 FORBIDDEN: the caller may not make plans or serials; 422 with all that is wrong, by field.</exception>
    public async ValueTask<Started> Start(WriteTx s, Caller who, RelayServer wanted, IReadOnlyList<ServerCheck> tried, Func<int, string> name)
    {
        if (!who.May(LicensingPermissions.PlansWrite) || !who.May(LicensingPermissions.Serials))
            throw new Refusal(HttpErrors.Forbidden);
        var server = await servers.Create(s, who, wanted, tried);
        var offered = new List<Plan>();
        foreach (var days in Days)
            offered.Add(await PlanStore.FindByName(s, who.TenantId, name(days)) is { Kind: Plan.Relay, Enabled: true } known ? known : await plans.Create(s, who, new Plan
            {
                Name = name(days), Kind = Plan.Relay, DurationSeconds = days * 86400L, TrafficQuota = Traffic, Currency = wanted.Currency, Prefix = "R",
            }));
        return new(server, (await keys.Generate(s, who, new NewKeys(offered[0].Id, null, 1))).Batch);
    }
}
