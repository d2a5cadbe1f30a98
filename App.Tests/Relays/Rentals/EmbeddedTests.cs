using Gatehouse.Platform.Http;
using Gatehouse.Relays.Embedded;
using Gatehouse.Relays.Rentals;
using Gatehouse.Tests.Derp;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Gatehouse.Tests.Relays.Rentals.Doors;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>The relays of an embedded server, in this process, with real devices.</summary>
public sealed class EmbeddedTests
{
    /// <summary>Redeemed over REST: two bound devices exchange packets through the slot's port, a third is refused; one that is removed is cut, and after the end nobody is let in.</summary>
    [Theory, BothEngines]
    public async Task A_redeemed_serial_is_a_relay_that_lets_its_devices_in_and_nobody_after_its_end(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await RelayRows.Add(server, Caller.DefaultTenant, "here");
        var (owner, (_, http)) = (await server.As(Role.Owner), await Helpdesk.Customer(server));
        var plan = await Plan(owner);
        var answer = await http.PostApi("/api/user/activate", new { serial = (await owner.Keys(plan, 1))[0], name = "Home" });
        Assert.Equal(["success", "rental"], answer.Body.Names());
        Assert.Equal(["id", "name", "plan", "status", "start_at", "end_at", "traffic", "slots", "acl_version"], answer["rental"]!.Names());
        Assert.Equal(["region_id", "host", "ipv4", "derp_port", "stun_port", "cert_name", "server", "state"], answer["rental"]!["slots"]![0]!.Names());
        var id = (string)answer["rental"]!["id"]!;

        TestKey laptop = TestKey.New(), phone = TestKey.New(), stranger = TestKey.New();
        foreach (var mine in new[] { laptop, phone })
            await http.PostApi("/api/user/devices", new { node_key = mine.Node, name = "Mine" });
        await using var a = await Admitted(server, id, laptop);
        await using var b = await Admitted(server, id, phone);
        await a.Send(phone, [1, 2, 3]);
        var packet = await b.Packet();
        Assert.Equal((laptop.Hex, "010203"), (packet.From, Convert.ToHexString(packet.Data)));
        Assert.False(await LetsIn(server, id, stranger));

        await http.DeleteApi("/api/user/devices/" + phone.Node);
        await b.Closed();
        Assert.False(await LetsIn(server, id, phone));
        await a.Ping();

        server.Clock.Advance(TimeSpan.FromHours(2));
        await a.Closed();
        Assert.False(await LetsIn(server, id, laptop));
        await server.Service<RentalKeeper>().Run(default);
        await Wait.Until(async () => (await Slot(server, id)).State == "stopped", () => "the relay stops " + string.Join("\n", server.Errors.Lines));
        Assert.Empty(server.Errors.Lines);
    }

    /// <summary>Renewed in its grace, and in another process, it is the relay that it was; suspended, it lets nobody in.</summary>
    [Theory, BothEngines]
    public async Task It_is_the_same_relay_after_a_renewal_in_its_grace_and_after_a_restart(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await RelayRows.Add(server, Caller.DefaultTenant, "here");
        var (owner, (_, http)) = (await server.As(Role.Owner), await Helpdesk.Customer(server));
        var (plan, laptop) = (await Plan(owner), TestKey.New());
        var id = (string)(await http.PostApi("/api/user/activate", new { serial = (await owner.Keys(plan, 1))[0] }))["rental"]!["id"]!;
        await http.PostApi("/api/user/devices", new { node_key = laptop.Node });
        var key = await RelayKey(server, id, laptop);
        var before = await Slot(server, id);

        server.Clock.Advance(TimeSpan.FromHours(2));
        await server.Service<RentalKeeper>().Run(default);
        await Wait.Until(async () => (await Slot(server, id)).State == "stopped", () => "the relay stops " + string.Join("\n", server.Errors.Lines));
        Assert.Equal("active", (string?)(await http.PostApi("/api/user/activate", new { serial = (await owner.Keys(plan, 1))[0], rental = id }))["rental"]!["status"]);
        Assert.Equal(key, await RelayKey(server, id, laptop));

        await server.Services.GetServices<IHostedService>().OfType<EmbeddedEngine>().Single().StopAsync(default);
        Assert.False(await LetsIn(server, id, laptop));
        using var again = ActivatorUtilities.CreateInstance<EmbeddedEngine>(server.Services);
        await again.StartAsync(default);
        Assert.Equal(key, await RelayKey(server, id, laptop));
        Assert.Equal((before.Port, before.CertName, before.RegionId), await Slot(server, id) is var now ? (now.Port, now.CertName, now.RegionId) : default);

        await owner.PatchApi("/api/rentals/" + id, new { suspended = true });
        await Wait.Until(async () => !await LetsIn(server, id, laptop), "nobody is let in");
        await again.StopAsync(default);
        // A host whose service stops before it says so.
        Assert.Empty(server.Errors.Lines.Where(l => !l.StartsWith("BackgroundService failed System.", StringComparison.Ordinal)));
    }
}
