using Gatehouse.Relays.Permissions;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Health;

/// <summary>How servers do, over REST.</summary>
public static class HealthRows
{
    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/server/health_check", RelayPermissions.ServersRead) { Shows = ["server"] },
        new("GET", "/api/server/history/{id}", RelayPermissions.ServersRead) { Path = "/api/server/history/{server}", Query = "span from to" },
        new("GET", "/status/relays", EndpointRow.Open) { Path = "/status/relays?of={shown_status}" },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        // The page is there where the operator wants it.
        ["shown_status"] = async t =>
        {
            await t.Owner.PatchApi("/api/settings", new { relay_status = new { shown = true } });
            var server = await RelayRows.AddApart(t.Server, t.Tenant, v => v with { Name = t.Unique("seen"), RegionName = t.Unique("region") });
            await t.Server.Db.Write(s => s.Execute("UPDATE relay_servers SET probed_at = 1 WHERE id = @id", ("id", server)));
            return t.Tenant;
        },
    };
}
