using Gatehouse.Platform.Http;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Slots;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays;

/// <summary>The relays of an embedded server, in this process, with real clients.</summary>
public sealed class EmbeddedTests
{
    /// <summary>Redeemed over REST: its relay admits the bound devices and nobody else, cuts one that is removed, and admits nobody after the end.</summary>
    [Theory, BothEngines]
    public async Task A_redeemed_serial_is_a_relay_that_lets_its_devices_in_and_nobody_after_its_end(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await RelayRows.Add(server, Caller.DefaultTenant, "here");
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "Relay", kind = "relay", servers_per_rental = 1, duration_seconds = 86400 }))["plan"]!["id"]!;
        var (account, http) = await Helpdesk.Customer(server);
        var answer = await http.PostApi("/api/user/activate", new { serial = (await owner.Keys(plan, 1))[0], name = "Home" });
        Assert.Equal(["success", "rental"], answer.Body.Names());
        Assert.Equal(["id", "name", "plan", "status", "start_at", "end_at", "traffic", "slots", "acl_version"], answer["rental"]!.Names());
        var id = (string)answer["rental"]!["id"]!;
        Assert.Equal(["region_id", "host", "ipv4", "derp_port", "stun_port", "cert_name", "server", "state"], answer["rental"]!["slots"]![0]!.Names());

        using TestKey mine = new(), other = new();
        await http.PostApi("/api/user/devices", new { node_key = mine.NodeKey, name = "Laptop" });
        var slot = await Runs(server, id);
        await using (var client = await Connect(slot, mine))
        {
            await Assert.ThrowsAnyAsync<Exception>(() => Connect(slot, other));
            await http.PostApi("/api/user/devices", new { node_key = other.NodeKey });
            await Wait.Until(async () => await Admitted(slot, other));
            await http.DeleteApi("/api/user/devices/" + mine.NodeKey);
            await client.IsCut();
        }
        server.Clock.Advance(TimeSpan.FromHours(25));
        await Wait.Until(async () => !await Admitted(slot, other));
        await server.Service<RentalKeeper>().Run(default);
        await Wait.Until(async () => (await Slot(server, id)).State == "stopped");
        Assert.Empty(server.Errors.Lines);
    }
}
