using Gatehouse.Messaging.Sending;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Tailnets;
using Gatehouse.Tests.Relays.AclDesk;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Relays.Tailnets.TailnetBed;

namespace Gatehouse.Tests.Relays.Tailnets;

/// <summary>A rental that is connected with its person's headscale.</summary>
public sealed class HeadscaleTests
{
    private static async Task<TailnetBed> Make(Engine engine, bool trusted = true)
    {
        var server = await TestServer.Start(engine, new Dictionary<string, string?> { ["Outbound:AllowedHosts"] = "127.0.0.1" });
        if (trusted)
            server.Service<ChannelTrust>().Customers.Add("127.0.0.1");
        var account = await server.Staff.Customer();
        var rented = await Rented.Make(server, account);
        await rented.Set(server.Db, "renewable = 0");
        return new(server, new FakeTailnet(), rented.Id, Caller.Public("192.0.2.9", null) with { Kind = "customer", Id = account });
    }

    private static TailnetWish By(FakeHeadscale fake, string key) => new(key, "", true, "", Tailnet.Oldest) { Url = fake.Url + "/" };

    [Theory, BothEngines]
    public async Task By_a_key_its_machines_are_the_devices_whatever_their_keys_are(Engine engine)
    {
        using var fake = new FakeHeadscale();
        await using var bed = await Make(engine);
        (fake.Nodes["1"], fake.Nodes["2"]) = (Key('a'), Key('b'));
        Assert.Equal("headscale.fault.key", await Says(() => bed.Tailnets.Connect(bed.Who, bed.Rental, By(fake, "wrong"), default), "url"));
        await bed.Tailnets.Connect(bed.Who, bed.Rental, By(fake, FakeHeadscale.Key), default);
        Assert.Equal([Key('a'), Key('b')], await bed.Keys());
        fake.Nodes["1"] = Key('c');
        fake.Nodes.Remove("2");
        await bed.Later();
        Assert.Equal([Key('c')], await bed.Keys());
        // While it is away, who is in stays in.
        fake.Status = 503;
        await bed.Later();
        Assert.Equal((true, "headscale.fault.broken"), ((await bed.Keys()).SequenceEqual([Key('c')]), (await bed.Now())!.Error?.Key));
        fake.Status = null;
        Assert.Equal("headscale.fault.policy", await Says(() => bed.Tailnets.Preview(bed.Who, bed.Rental, default), "tailnet"));
        Assert.Empty(bed.Server.Errors.Lines);
    }

    [Fact]
    public async Task Without_one_it_says_of_each_machine_that_was_refused_whether_it_is_theirs()
    {
        using var fake = new FakeHeadscale();
        await using var bed = await Make(Engine.Sqlite);
        fake.Nodes["1"] = Key('a');
        await bed.Tailnets.Connect(bed.Who, bed.Rental, By(fake, ""), default);
        Assert.Empty(await bed.Keys());
        var slot = (await bed.Server.Db.Read(s => s.One("SELECT id FROM relay_slots WHERE rental_id = @id AND position = 1", r => r.GetString(0), ("id", bed.Rental))))!;
        bed.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        await bed.Server.Service<RefusedBook>().Take([new(slot, Key('a'), "198.51.100.7", 0), new(slot, Key('b'), "198.51.100.8", 0)], default);
        await Wait.Until(async () => (await bed.Keys()).SequenceEqual([Key('a')]), "the one that it knows is let in");
        Assert.Equal(Key('b'), Assert.Single(await bed.Server.Db.Read(s => RefusedStore.All(s, bed.Rental))).NodeKey);
        fake.Nodes.Clear();
        await bed.Later();
        Assert.Empty(await bed.Keys());
        Assert.Empty(bed.Server.Errors.Lines);
    }

    [Fact]
    public async Task It_is_asked_nowhere_inside_the_servers_own_network_and_not_in_the_open()
    {
        using var fake = new FakeHeadscale();
        await using var bed = await Make(Engine.Sqlite, trusted: false);
        Assert.Equal("headscale.fault.away", await Says(() => bed.Tailnets.Connect(bed.Who, bed.Rental, By(fake, ""), default), "url"));
        foreach (var wrong in new[] { "", "headscale", "http://headscale.example.com", "https://user@headscale.example.com", "https://headscale.example.com/?x", "ftp://x" })
            Assert.Null(HeadscaleApi.Address(wrong));
        Assert.Equal("https://headscale.example.com/sub", HeadscaleApi.Address(" https://headscale.example.com/sub/ "));
    }
}
