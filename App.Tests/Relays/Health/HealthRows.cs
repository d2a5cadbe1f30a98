using Gatehouse.Relays.Permissions;
using Gatehouse.Tests.Endpoints;

namespace Gatehouse.Tests.Relays.Health;

/// <summary>How servers do, over REST.</summary>
public static class HealthRows
{
    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/server/health_check", RelayPermissions.ServersRead) { Shows = ["server"] },
        new("GET", "/api/server/history/{id}", RelayPermissions.ServersRead) { Path = "/api/server/history/{server}", Query = "span from to" },
    ];
}
