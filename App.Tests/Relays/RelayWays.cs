using Gatehouse.Licensing.Actions;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.Anomalies;
using Gatehouse.Relays.ContainerDesk;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.TailnetDesk;
using Gatehouse.Tests.Errors;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.AclDesk;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays;

/// <summary>How each refusal about relays comes about.</summary>
public static class RelayWays
{
    public static readonly Dictionary<ErrorCode, Func<ErrorSite, Task<Refused>>> Of = new()
    {
        [ActionErrors.RelayKey] = async site => await site.Do(await Serial(site), new { action = "extend", seconds = 60 }),
        [ServerErrors.NotFound] = site => site.Owner.GetApi("/api/server/status/nothing").Refused(),
        [AnomalyErrors.NotFound] = site => site.Owner.PostApi("/api/traffic/anomalies/nothing/lift", new { }).Refused(),
        [ContainerErrors.NotFound] = site => site.Owner.GetApi("/api/container/status/nothing").Refused(),
        [TailnetErrors.NotConnected] = async site => await site.Owner.GetApi("/api/user/tailnets/" + (await Rented.Make(site.Server, await site.Server.Staff.Customer())).Id).Refused(),
        [AclErrors.NotFound] = site => site.Owner.GetApi("/api/acl/download/nobody").Refused(),
        [AclErrors.Stopped] = async site =>
        {
            var rented = await Rented.Make(site.Server, await site.Server.Staff.Customer());
            await rented.Set(site.Server.Db, "suspended_at = 1");
            return await site.Owner.PostApi("/api/acl/generate", new { rental = rented.Id }).Refused();
        },
        [ServerErrors.InUse] = async site =>
        {
            var server = await RelayRows.Add(site.Server, Caller.DefaultTenant, site.Unique("server"));
            await Place(site.Server, server, await site.Server.Staff.Customer(), 20_000);
            return await site.Owner.DeleteApi("/api/server/" + server).Refused();
        },
    };

    /// <summary>A relay of somebody's on a server, as rows.</summary>
    public static Task<int> Place(TestServer server, string on, string account, long port) => server.Db.Write(async s =>
    {
        (string, object?)[] of = [("rental", Ids.New()), ("account", account), ("server", on), ("port", port)];
        await s.Execute(
            """
            INSERT INTO rentals (id, tenant_id, account_id, plan_id, plan_name, name, grace_ms, servers, device_limit, traffic_reset, at_quota, slow_rate, created_at, updated_at)
            VALUES (@rental, 'default', @account, 'x', 'x', 'x', 0, 1, 1, 'none', 'stop', 0, 0, 0)
            """, of[0], of[1]);
        return await s.Execute(
            """
            INSERT INTO relay_slots (id, tenant_id, rental_id, account_id, server_id, position, region_id, region_code, region_name, node_name, host, port, public_key, cert_name, cert_until, sealed_identity, created_at)
            VALUES (@rental, 'default', @rental, @account, @server, 1, 900, 'x', 'x', '900a', 'x', @port, 'x', 'x', 0, '', 0)
            """, of);
    });

    public static async Task<string> Serial(ErrorSite site) => (await site.Owner.Keys((string)(await site.Owner.PostApi("/api/plans", new { name = site.Unique("relay"), kind = "relay" }))["plan"]!["id"]!, 1))[0];
}
