using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Health;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Traffic;

namespace Gatehouse.Relays.Fleet;

/// <summary>What servers carry, cost and bring. Each figure is one statement for all servers, over what is live or by the day.</summary>
public sealed class FleetReport(TenantSettings settings, IConfiguration config, TimeProvider clock)
{
    /// <summary>A month, as prices are compared by.</summary>
    internal const long Month = 30 * 86_400;
    // The forecast goes by so many days before today.
    private const int Late = 7;

    public async ValueTask<FleetView> Load(ReadTx s, string tenant)
    {
        var (now, at, zone) = (clock.GetUtcNow(), clock.GetUtcNow().ToUnixTimeMilliseconds(), settings.Zone(tenant));
        var since = at - 3000L * ConfigOptions.Number(config, "Relays:SampleSeconds");
        // The longest month and the days of the forecast, whichever began first.
        var days = Calendar.Days(now, zone, 32);
        var late = days[^(Late + 1)];
        var carried = (await TrafficStore.OfServers(s, tenant, null, days[0])).ToLookup(d => d.Server);
        var people = (await s.All("SELECT server_id, COUNT(DISTINCT account_id) FROM relay_slots WHERE tenant_id = @tenant AND released_at IS NULL GROUP BY server_id", r => (r.GetString(0), r.GetInt64(1)), ("tenant", tenant))).ToDictionary();
        var rates = (await Rates(s, tenant, since)).ToDictionary(r => r.Server);
        var hours = (await HealthStore.Hours(s, tenant, at - 86_400_000)).ToLookup(h => h.Server, h => h.Step);
        var brings = (await Brings(s, tenant, at)).ToLookup(b => b.Server);
        var found = new List<ServerFigures>();
        foreach (var server in await ServerStore.All(s, tenant))
        {
            var (allowance, mine, rate) = (server.Allowance, carried[server.Id].ToList(), rates.GetValueOrDefault(server.Id));
            var period = allowance.Period(now, zone);
            var month = Sum(mine.Where(d => d.At >= period.From.ToUnixTimeMilliseconds()).Select(d => d.Volume));
            var lately = mine.Where(d => d.At >= late).ToList();
            var forecast = allowance.Forecast(month, Sum(lately.Select(d => d.Volume)), lately.Count > 0 ? at - lately[0].At : 0, now, period.Until!.Value);
            var money = brings[server.Id].GroupBy(b => b.Currency).Select(g => (g.Key, Saturated(g.Aggregate(Int128.Zero, (sum, b) => sum + b.Worth)))).Where(m => m.Item2 > 0).ToDictionary();
            found.Add(new(server, people.GetValueOrDefault(server.Id), period, month, forecast, rate.In, rate.Out, [.. hours[server.Id]], money));
        }
        var named = await s.All("SELECT v.region_code, COUNT(DISTINCT s.account_id) FROM relay_slots s JOIN relay_servers v ON v.id = s.server_id WHERE s.tenant_id = @tenant AND s.released_at IS NULL GROUP BY v.region_code", r => (r.GetString(0), r.GetInt64(1)), ("tenant", tenant));
        var everybody = await s.Number("SELECT COUNT(DISTINCT account_id) FROM relay_slots WHERE tenant_id = @tenant AND released_at IS NULL", ("tenant", tenant));
        var inRegion = named.ToDictionary();
        return new(
            [
                .. found.GroupBy(f => f.Server.RegionCode).OrderBy(g => g.Key, StringComparer.Ordinal)
                    .Select(g => new FleetTotals(g.Key, g.First().Server.RegionName, [.. g.OrderBy(f => f.Server.Name, StringComparer.Ordinal)], inRegion.GetValueOrDefault(g.Key))),
            ],
            new(null, "", found, everybody));
    }

    // Of two starts of a relay the one that was read last is the one that runs.
    private static ValueTask<List<(string Server, long In, long Out)>> Rates(ReadTx s, string tenant, long since) => s.All(
        """
        SELECT s.server_id, CAST(SUM(b.rate_in) AS BIGINT), CAST(SUM(b.rate_out) AS BIGINT) FROM relay_baselines b JOIN relay_slots s ON s.id = b.slot_id
        WHERE b.device = '' AND b.read_at > @since AND s.tenant_id = @tenant AND s.released_at IS NULL
          AND NOT EXISTS (SELECT 1 FROM relay_baselines n WHERE n.slot_id = b.slot_id AND n.device = '' AND n.epoch <> b.epoch AND (n.read_at > b.read_at OR (n.read_at = b.read_at AND n.epoch > b.epoch)))
        GROUP BY s.server_id
        """,
        r => (r.GetString(0), r.GetInt64(1), r.GetInt64(2)), ("tenant", tenant), ("since", since));

    // A rental's price is for so many seconds; one for ever brings nothing by the month. Who is stopped or at the end brings nothing.
    private static ValueTask<List<(string Server, string Currency, Int128 Worth)>> Brings(ReadTx s, string tenant, long now) => s.All(
        """
        SELECT s.server_id, r.currency, r.price, r.plan_seconds, r.servers, COUNT(*) FROM relay_slots s JOIN rentals r ON r.id = s.rental_id
        WHERE s.tenant_id = @tenant AND s.released_at IS NULL AND r.suspended_at IS NULL AND r.price > 0 AND r.plan_seconds > 0 AND (r.end_at IS NULL OR r.end_at > @now)
        GROUP BY s.server_id, r.currency, r.price, r.plan_seconds, r.servers
        """,
        r => (r.GetString(0), r.GetString(1), (Int128)r.GetInt64(2) * Month * r.GetInt64(5) / ((Int128)r.GetInt64(3) * Math.Max(1, r.GetInt64(4)))), ("tenant", tenant), ("now", now));

    private static Volume Sum(IEnumerable<Volume> volumes) => volumes.Aggregate(default(Volume), (sum, v) => sum + v);

    private static long Saturated(Int128 money) => (long)Int128.Min(money, 1_000_000_000_000_000);
}
