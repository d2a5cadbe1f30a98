using System.Globalization;
using Gatehouse.Derp.Server;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.AclDesk;

/// <summary>A rental with its relays, as rows: what its map is made of.</summary>
/// <param name="Account">Whose it is.</param>
/// <param name="Pins">Of its relays' certificates, in their order.</param>
public sealed record Rented(string Id, string Account, IReadOnlyList<string> Servers, IReadOnlyList<string> Hosts, IReadOnlyList<string> Pins)
{
    private static int _port = 30_000, _server;

    /// <summary>One of a customer of the tenant, with a relay on each of these addresses; a month from now.</summary>
    public static async Task<Rented> Make(Database db, long now, string account, string tenant = Caller.DefaultTenant, string name = "Home", long devices = 3, int first = 900, params string[] addresses)
    {
        var id = Ids.New();
        if (addresses.Length == 0)
            addresses = ["203.0.113.10", "198.51.100.7"];
        var (servers, hosts, pins) = (new List<string>(), new List<string>(), new List<string>());
        await db.Write(async s =>
        {
            await s.Execute(
                """
                INSERT INTO rentals (id, tenant_id, account_id, plan_id, plan_name, name, start_at, end_at, grace_ms, servers, device_limit, traffic_reset, at_quota, slow_rate, created_at, updated_at)
                VALUES (@id, @tenant, @account, 'plan', 'Relay 30', @name, @now, @end, 86400000, @servers, @devices, 'none', 'stop', 0, @now, @now)
                """, ("id", id), ("tenant", tenant), ("account", account), ("name", name), ("now", now), ("end", now + 60L * 86_400_000), ("servers", (long)addresses.Length), ("devices", devices));
            foreach (var (address, i) in addresses.Select((a, i) => (a, i)))
            {
                var (server, slot) = (await Server(s, tenant, address), Ids.New());
                var host = $"r{slot[^12..]}.relay.invalid";
                var identity = RelayIdentity.Make(DateTimeOffset.FromUnixTimeMilliseconds(now), [host, address]);
                var pin = identity.Pin().CertName;
                var region = (first + i).ToString(CultureInfo.InvariantCulture);
                await s.Execute(
                    """
                    INSERT INTO relay_slots (id, tenant_id, rental_id, account_id, server_id, position, region_id, region_code, region_name, node_name, host, port, public_key, cert_name, cert_until, sealed_identity, created_at)
                    VALUES (@id, @tenant, @rental, @account, @server, @position, @region, @code, @name, @node, @host, @port, @key, @pin, 0, '', @now)
                    """,
                    ("id", slot), ("tenant", tenant), ("rental", id), ("account", account), ("server", server), ("position", i + 1L), ("region", (long)(first + i)), ("code", $"r{region}-sh"), ("name", $"Region {i + 1}"),
                    ("node", region + "a"), ("host", host), ("port", (long)Interlocked.Increment(ref _port)), ("key", identity.PublicKey), ("pin", pin), ("now", now));
                servers.Add(server);
                hosts.Add(host);
                pins.Add(pin);
            }
        });
        return new(id, account, servers, hosts, pins);
    }

    /// <summary>The same of a running server.</summary>
    public static Task<Rented> Make(TestServer server, string account, string name = "Home", long devices = 3, int first = 900) => Make(server.Db, server.Clock.Now, account, name: name, devices: devices, first: first);

    public static async ValueTask<string> Server(WriteTx s, string tenant, string address)
    {
        var id = Ids.New();
        await s.Execute(
            "INSERT INTO relay_servers (id, tenant_id, kind, name, folded, address, region_code, region_name, port_from, port_to, created_at, updated_at) VALUES (@id, @tenant, 'embedded', @name, '', @address, 'sh', 'Shanghai', 20000, 60000, 0, 0)",
            ("id", id), ("tenant", tenant), ("name", $"host-{Interlocked.Increment(ref _server)}"), ("address", address));
        return id;
    }

    public Task Set(Database db, string columns, params (string, object?)[] args) => db.Write(s => s.Execute($"UPDATE rentals SET {columns} WHERE id = @id", [("id", Id), .. args]));
}
