using Gatehouse.Relays.Permissions;
using Gatehouse.Tests.Endpoints;

namespace Gatehouse.Tests.Relays.Metering;

/// <summary>What relays carry, over REST.</summary>
public static class TrafficRows
{
    private const string Which = "rental device server region account";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/traffic/realtime", RelayPermissions.RentalsRead) { Query = Which, AlsoCustomers = true, Shows = ["measured_rental"] },
        new("GET", "/api/traffic/history", RelayPermissions.RentalsRead) { Query = "span by from to format " + Which, AlsoCustomers = true, Shows = ["measured_rental"], Finds = ["?by=rental"] },
    ];
}
