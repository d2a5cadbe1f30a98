using System.Text.Json;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Relays.Acls;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.AclDesk;

/// <summary>Versions of a rental's map: made when there is need, checked before they are kept, and nothing of a region changes without need.</summary>
public sealed class AclServiceTests
{
    private static readonly Caller Staff = Shop.Staff;

    [Theory, BothEngines]
    public async Task A_map_is_made_once_for_the_relays_as_they_are_and_keeps_the_rules(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var rented = await Rent(shop);
        var first = await Current(shop, rented);
        Assert.Equal((1, AclVersion.First, shop.Now + 32L * 86_400_000), (first.Version.Version, first.Version.Cause, first.Version.Until));
        Assert.Equal(first.Version.Id, (await Current(shop, rented)).Version.Id);
        using var map = JsonDocument.Parse(first.Version.DerpMap);
        MapRules.Hold(map.RootElement);
        var node = map.RootElement.GetProperty("Regions").GetProperty("900").GetProperty("Nodes")[0];
        Assert.Equal((rented.Hosts[0], "203.0.113.10", "none", rented.Pins[0]),
            (node.GetProperty("HostName").GetString()!, node.GetProperty("IPv4").GetString()!, node.GetProperty("IPv6").GetString()!, node.GetProperty("CertName").GetString()!));
    }

    [Theory, BothEngines]
    public async Task The_keeper_makes_one_when_relays_change_and_anew_after_32_days_with_a_new_link(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var (rented, other) = (await Rent(shop), await Rent(shop));
        await shop.Get<AclKeeper>().Run(default);
        Assert.Equal([(1, "first")], await Versions(shop, rented));
        await shop.Get<AclKeeper>().Run(default);
        Assert.Equal([(1, "first")], await Versions(shop, rented));

        // One moves: its address is another, and all the rest of the map stays.
        var before = (await Current(shop, rented)).Version;
        await shop.Db.Write(async s => await s.Execute("UPDATE relay_slots SET server_id = @server WHERE rental_id = @rental AND position = 1", ("server", await Rented.Server(s, Caller.DefaultTenant, "192.0.2.44")), ("rental", rented.Id)));
        await shop.Get<AclKeeper>().Run(default);
        Assert.Equal([(1, "first"), (2, "relays")], await Versions(shop, rented));
        Assert.Equal([(1, "first")], await Versions(shop, other));
        var moved = (await Current(shop, rented)).Version;
        Assert.Equal(before.DerpMap.Replace("203.0.113.10", "192.0.2.44", StringComparison.Ordinal), moved.DerpMap);
        Assert.Equal(2, await shop.Db.Read(s => s.Number("SELECT acl_version FROM rentals WHERE id = @id", ("id", rented.Id))));

        await shop.Db.Write(async s => await shop.Get<AclLinks>().Rotate(s, Caller.DefaultTenant, (await Current(shop, s, rented)).Rental));
        var link = Assert.Single(await Links(shop, rented));
        shop.Clock.Advance(TimeSpan.FromDays(32));
        await shop.Get<AclKeeper>().Run(default);
        var anew = (await Current(shop, rented)).Version;
        Assert.Equal((3, AclVersion.Renewed, moved.DerpMap, moved.Tag), (anew.Version, anew.Cause, anew.DerpMap, anew.Tag));
        var links = await Links(shop, rented);
        Assert.Equal([null, shop.Now + 7L * 86_400_000], links.Select(l => l.EndsAt));
        Assert.NotEqual(link.Token, links[0].Token);
        Assert.Equal((true, true), (await Works(shop, links[0].Token!), await Works(shop, link.Token!)));
        Assert.Empty(await Links(shop, other));
        shop.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal((true, false), (await Works(shop, links[0].Token!), await Works(shop, link.Token!)));
    }

    [Theory, BothEngines]
    public async Task A_rental_that_has_ended_or_is_suspended_gives_nothing_and_renewed_the_same_again(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var rented = await Rent(shop);
        await shop.Db.Write(async s => await shop.Get<AclLinks>().Rotate(s, Caller.DefaultTenant, (await Current(shop, s, rented)).Rental));
        var token = (await Links(shop, rented))[0].Token!;
        var map = (await Current(shop, rented)).Version.DerpMap;
        foreach (var (stop, go) in new[] { ("suspended_at = 1", "suspended_at = NULL"), ("end_at = 1", "end_at = NULL"), ("start_at = NULL, start_by = 1, duration_ms = 1", "start_at = 1, duration_ms = NULL") })
        {
            await rented.Set(shop.Db, stop);
            Assert.Equal(AclErrors.Stopped, (await Assert.ThrowsAsync<Refusal>(() => Current(shop, rented))).Error);
            Assert.Null((await shop.Db.Read(s => shop.Get<AclLinks>().Find(s, token, AclVersion.Derp)))!.Map);
            await shop.Get<AclKeeper>().Run(default);
            await rented.Set(shop.Db, go);
            Assert.Equal(map, (await shop.Db.Read(s => shop.Get<AclLinks>().Find(s, token, AclVersion.Derp)))!.Map!.Text);
        }
        Assert.Equal([(1, "first")], await Versions(shop, rented));
    }

    [Theory, BothEngines]
    public async Task What_is_chosen_makes_a_version_where_it_makes_a_difference(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var rented = await Rent(shop);
        Assert.Equal(1, (await Change(shop, rented, new AclWish(Machines: 5))).Version.Version);
        var named = await Change(shop, rented, new AclWish(OmitDefaultRegions: true, Servers: [901], Names: new Dictionary<string, string> { ["901"] = " Hong Kong " }));
        Assert.Equal((2, AclVersion.Chosen, true, 5L), (named.Version.Version, named.Version.Cause, named.Version.OmitDefaultRegions, named.Choices.Machines));
        Assert.Equal(("Hong Kong", 901), (Assert.Single(named.Version.Slots).RegionName, named.Version.Slots[0].RegionId));
        var back = await Change(shop, rented, new AclWish(OmitDefaultRegions: false, Servers: [900, 901], Names: new Dictionary<string, string> { ["901"] = "" }));
        Assert.Equal((3, "Region 1, Region 2"), (back.Version.Version, string.Join(", ", back.Version.Slots.Select(v => v.RegionName))));
        foreach (var (wish, field) in new (AclWish, string)[]
        {
            (new(Servers: []), "servers"), (new(Servers: [907]), "servers"), (new(Machines: 0), "machines"), (new(Base: 999), "base"), (new(Base: 899), "base"),
            (new(Names: new Dictionary<string, string> { ["901"] = "a\nb" }), "names"), (new(Names: new Dictionary<string, string> { ["x"] = "a" }), "names"),
        })
            Assert.Equal([field], (await Assert.ThrowsAsync<Refusal>(() => Change(shop, rented, wish))).Fields.Keys);
        Assert.Equal(3, (await Current(shop, rented)).Version.Version);
    }

    /// <summary>The numbers of regions become others, beside those that the person's other relays have.</summary>
    [Theory, BothEngines]
    public async Task Regions_get_other_numbers_that_no_other_relay_of_the_person_has(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await Customer(shop);
        var (rented, other) = (await Rented.Make(shop.Db, shop.Now, account), await Rented.Make(shop.Db, shop.Now, account, first: 921));
        var state = await Change(shop, rented, new AclWish(Base: 920, Names: new Dictionary<string, string> { ["901"] = "Second" }));
        Assert.Equal([(920, "920a", "r920-sh", "Region 1"), (923, "923a", "r923-sh", "Second")], state.Version.Slots.Select(v => (v.RegionId, v.NodeName, v.RegionCode, v.RegionName)));
        // Its own numbers may be among the new ones.
        Assert.Equal([923, 924], (await Change(shop, rented, new AclWish(Base: 923))).Version.Slots.Select(v => v.RegionId));
        Assert.Equal([921, 922], (await Current(shop, other)).Version.Slots.Select(v => v.RegionId));
    }

    /// <summary>However many ask at once, there is one version of each number, and no more than there was need for.</summary>
    [Theory, BothEngines]
    public async Task Many_at_once_make_one_version(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var rented = await Rent(shop);
        var made = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(async () => i % 4 == 3 ? await Change(shop, rented, new AclWish(Machines: i)) : await Current(shop, rented))));
        Assert.All(made, state => Assert.Equal(1, state.Version.Version));
        Assert.Equal([(1, "first")], await Versions(shop, rented));
        var again = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => shop.Db.Write(s => shop.Get<AclService>().Current(s, Staff, rented.Id, again: true)))));
        Assert.Equal(Enumerable.Range(2, 8).Select(v => (long)v), again.Select(v => v.Version.Version).Order());
    }

    /// <summary>A map that would break a rule is not kept, and keeps nobody else from theirs.</summary>
    [Fact]
    public async Task What_breaks_a_rule_is_not_kept()
    {
        await using var shop = await Shop.Open();
        var (bad, good) = (await Rent(shop), await Rent(shop));
        await shop.Db.Write(s => s.Execute("UPDATE relay_slots SET cert_name = 'x y' WHERE rental_id = @id AND position = 1", ("id", bad.Id)));
        Assert.Equal("acl.check.cert_name", (await Assert.ThrowsAsync<Refusal>(() => Current(shop, bad))).Fields["acl"].Key);
        await Assert.ThrowsAsync<Gatehouse.Platform.Scheduling.JobFailure>(() => shop.Get<AclKeeper>().Run(default));
        Assert.Empty(await Versions(shop, bad));
        Assert.Single(await Versions(shop, good));
    }

    private static async Task<Rented> Rent(Shop shop) => await Rented.Make(shop.Db, shop.Now, await Customer(shop));

    private static async Task<string> Customer(Shop shop) => (await shop.Db.Write(s => shop.Get<Gatehouse.Accounts.Customers.CustomerService>().Create(s, Staff, new Gatehouse.Accounts.Customers.Customer { Email = $"{Guid.NewGuid():N}@example.com" }, "!"))).Id;

    private static Task<AclState> Current(Shop shop, Rented rented) => shop.Db.Write(s => Current(shop, s, rented));

    private static ValueTask<AclState> Current(Shop shop, WriteTx s, Rented rented) => shop.Get<AclService>().Current(s, Staff, rented.Id);

    private static Task<AclState> Change(Shop shop, Rented rented, AclWish wish)
    {
        var who = Staff with { Kind = "customer", Id = rented.Account, Role = null };
        return shop.Db.Write(s => shop.Get<AclService>().Change(s, who, rented.Id, wish));
    }

    private static Task<List<AclLink>> Links(Shop shop, Rented rented) => shop.Db.Read(s => shop.Get<AclLinks>().Of(s, rented.Id));

    private static async Task<bool> Works(Shop shop, string token) => await shop.Db.Read(s => shop.Get<AclLinks>().Find(s, token, AclVersion.Derp)) is { Map: not null };

    private static Task<List<(long, string)>> Versions(Shop shop, Rented rented) => shop.Db.Read(s => s.All("SELECT version, cause FROM acl_versions WHERE rental_id = @id ORDER BY version", r => (r.GetInt64(0), r.GetString(1)), ("id", rented.Id)));
}
