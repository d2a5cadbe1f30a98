using Gatehouse.Platform.Crypto;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Traffic;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;

namespace Gatehouse.Tests.Relays.Metering;

/// <summary>What relays carry, over REST.</summary>
public static class TrafficRows
{
    private const string Which = "rental device server region account";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/traffic/realtime", RelayPermissions.RentalsRead) { Query = Which, AlsoCustomers = true, Shows = ["measured_rental"] },
        new("GET", "/api/traffic/history", RelayPermissions.RentalsRead) { Query = "span by from to " + Which, AlsoCustomers = true, Shows = ["measured_rental"] },
        new("GET", "/api/traffic/export", RelayPermissions.RentalsRead) { Query = "span by from to " + Which, AlsoCustomers = true, Shows = ["measured_rental"], Type = "text/csv" },
        new("GET", "/api/traffic/anomalies", RelayPermissions.RentalsRead) { Query = "kind after limit", Shows = ["anomaly"] },
        new("POST", "/api/traffic/anomalies/{id}/lift", RelayPermissions.RentalsWrite) { Path = "/api/traffic/anomalies/{anomaly}/lift", Races = [new(new("POST", "/api/traffic/anomalies/{anomaly}/lift"), new("POST", "/api/traffic/anomalies/{anomaly}/lift"))] },
        new("GET", "/admin/anomalies", RelayPermissions.RentalsRead) { Query = "kind after", Shows = ["anomaly"] },
        new("POST", "/admin/anomalies/{id}/lift", RelayPermissions.RentalsWrite) { Path = "/admin/anomalies/{anomaly}/lift", Races = [new(Page("/admin/anomalies/{anomaly}/lift"), Page("/admin/anomalies/{anomaly}/lift"))] },
        new("GET", "/admin/traffic", RelayPermissions.RentalsRead) { Query = "by range " + Which, Shows = ["measured_rental"], Path = "/admin/traffic?by=rental" },
        new("GET", "/admin/traffic/live", RelayPermissions.RentalsRead) { Type = "text/event-stream", Apart = true },
        new("GET", "/admin/traffic/export", RelayPermissions.RentalsRead) { Query = "span by from to " + Which, Shows = ["measured_rental"], Type = "text/csv" },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["anomaly"] = async t =>
        {
            var (id, now) = (Ids.New(), t.Server.Clock.Now);
            (string, object?)[] of = [("id", id), ("rental", await t.Get("rental")), ("now", now), ("until", now + 86_400_000)];
            await t.Server.Db.Write(s => s.Execute("INSERT INTO relay_anomalies (id, tenant_id, account_id, rental_id, kind, day, at, seen, usual, act, until) SELECT @id, tenant_id, account_id, id, 'habit', 0, @now, 9000000000, 1000000, 'slow', @until FROM rentals WHERE id = @rental", of));
            await t.Server.Db.Write(s => s.Execute("UPDATE rentals SET held = 'slow', held_until = @until WHERE id = @rental", ("until", now + 86_400_000), ("rental", (string)of[1].Item2!)));
            return id;
        },
        ["measured_rental"] = async t =>
        {
            var rental = await t.Get("rental");
            var (slot, server) = (await t.Server.Db.Read(s => s.One("SELECT id, server_id FROM relay_slots WHERE rental_id = @rental", r => (r.GetString(0), r.GetString(1)), ("rental", rental))));
            await t.Server.Service<TrafficBook>().Count([new RelayReading(slot, server, "1", t.Server.Clock.Now - 60_000, new(6_000, 3_000, 12, 6), new Dictionary<string, Volume>())], default);
            return rental;
        },
    };
}
