using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Traffic;
using Gatehouse.Tests.Endpoints;

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
        new("GET", "/admin/traffic", RelayPermissions.RentalsRead) { Query = "by range " + Which, Shows = ["measured_rental"], Path = "/admin/traffic?by=rental" },
        new("GET", "/admin/traffic/live", RelayPermissions.RentalsRead) { Type = "text/event-stream", Apart = true },
        new("GET", "/admin/traffic/export", RelayPermissions.RentalsRead) { Query = "span by from to " + Which, Shows = ["measured_rental"], Type = "text/csv" },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["measured_rental"] = async t =>
        {
            var rental = await t.Get("rental");
            var (slot, server) = (await t.Server.Db.Read(s => s.One("SELECT id, server_id FROM relay_slots WHERE rental_id = @rental", r => (r.GetString(0), r.GetString(1)), ("rental", rental))));
            await t.Server.Service<TrafficBook>().Count([new RelayReading(slot, server, "1", t.Server.Clock.Now - 60_000, new(6_000, 3_000, 12, 6), new Dictionary<string, Volume>())], default);
            return rental;
        },
    };
}
