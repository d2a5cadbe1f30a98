using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Rentals;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>What is bought is delivered without a serial, and what is taken back is cut at once.</summary>
public sealed class RentalReturnTests
{
    private const long Day = 86_400_000;

    [Theory, BothEngines]
    public async Task A_serial_that_is_revoked_takes_its_time_along_and_no_other(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1 });
        var who = await bench.Person();
        var (first, second, third) = (await bench.Serial(), await bench.Serial(), await bench.Serial());
        var rental = await bench.Redeem(who, first);
        await bench.Redeem(who, second, rental.Id);
        await bench.Redeem(who, third, rental.Id);
        bench.Shop.Clock.Advance(TimeSpan.FromDays(40));
        // Ten days of the second are used; those of the third move up.
        await bench.Shop.Do(second.Key, "revoke");
        Assert.Equal(bench.Shop.Now + 30 * Day, (await bench.Now(rental)).EndAt);
        await bench.Shop.Do(first.Key, "revoke");
        Assert.Equal(bench.Shop.Now + 30 * Day, (await bench.Now(rental)).EndAt);
        await bench.Shop.Do(third.Key, "suspend");
        Assert.Equal(Rental.Suspended, (await bench.Now(rental)).Status(bench.Shop.Now));
        await bench.Shop.Do(third.Key, "reinstate");
        Assert.Equal(Rental.Active, (await bench.Now(rental)).Status(bench.Shop.Now));
        await bench.Shop.Do(third.Key, "revoke");
        var over = await bench.Now(rental);
        Assert.Equal((bench.Shop.Now, Rental.Grace, true), (over.EndAt, over.Status(bench.Shop.Now), over.CutAt is not null));
        Assert.Equal(1, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_containers WHERE wanted = 'stop'")));
        Assert.Equal(["redeemed", "extended", "extended", "taken_back", "taken_back", "suspended", "resumed", "taken_back"], await bench.Story(rental));
    }

    [Theory, BothEngines]
    public async Task Another_plan_follows_or_takes_over_and_its_relays_with_it(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1, Price = 3000 });
        var more = await bench.Db.Write(s => bench.Shop.Get<Gatehouse.Licensing.Plans.PlanService>().Create(s, Shop.Staff, bench.Plan with { Name = "Three", ServersPerRental = 3, Price = 6000, Id = "" }));
        var who = await bench.Person();
        var (waits, turns) = (await bench.Redeem(who, await bench.Serial()), await bench.Redeem(who, await bench.Serial()));
        var kept = (await bench.Slots(waits))[0];
        await bench.Redeem(who, await bench.Serial(more), waits.Id, when: Rental.AtEnd);
        turns = await bench.Redeem(who, await bench.Serial(more), turns.Id, when: Rental.AtOnce);
        // Thirty days at half the price are fifteen.
        Assert.Equal((bench.Shop.Now + 45 * Day, 3, 1), (turns.EndAt, (await bench.Slots(turns)).Count, (await bench.Slots(waits)).Count));
        bench.Shop.Clock.Advance(TimeSpan.FromDays(31));
        await bench.Keeper.Run(default);
        var turned = await bench.Now(waits);
        Assert.Equal(("Three", null, 3), (turned.Terms.PlanName, turned.NextAt, (await bench.Slots(waits)).Count));
        Assert.Equal((kept.Port, kept.CertName, kept.RegionId), (await bench.Slots(waits))[0] is var same ? (same.Port, same.CertName, same.RegionId) : default);
        Assert.Equal(["redeemed", "extended", "turned"], await bench.Story(waits));
    }

    /// <summary>What is short of room gets the rest when there is some.</summary>
    [Theory, BothEngines]
    public async Task A_plan_that_follows_gets_as_many_relays_as_there_is_room_for_and_the_rest_later(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1 }, servers: 1, portFrom: 20_000, portTo: 20_001);
        var more = await bench.Db.Write(s => bench.Shop.Get<Gatehouse.Licensing.Plans.PlanService>().Create(s, Shop.Staff, bench.Plan with { Name = "Three", ServersPerRental = 3, Id = "" }));
        var who = await bench.Person();
        var rental = await bench.Redeem(who, await bench.Serial());
        await bench.Redeem(who, await bench.Serial(more), rental.Id, when: Rental.AtEnd);
        bench.Shop.Clock.Advance(TimeSpan.FromDays(31));
        await bench.Keeper.Run(default);
        Assert.Equal(2, (await bench.Slots(rental)).Count);
        await bench.Server("more", "sh", "203.0.113.77");
        bench.Shop.Clock.Advance(TimeSpan.FromMinutes(2));
        await bench.Keeper.Run(default);
        Assert.Equal((3, null), ((await bench.Slots(rental)).Count, (await bench.Now(rental)).ShortAt));
    }

    [Theory, BothEngines]
    public async Task Who_buys_has_a_rental_without_a_serial_and_a_refund_cuts_it(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await RelayRows.AddApart(server, Caller.DefaultTenant, v => v with { Name = "host" });
        var (owner, (account, http)) = (await server.As(Role.Owner), await Helpdesk.Customer(server));
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "Relay", kind = "relay", servers_per_rental = 1, duration_seconds = 30 * 86400, price = 1000, on_sale = true }))["plan"]!["id"]!;
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "balance", name = "Balance", enabled = true }))["channel"]!["id"]!;
        await owner.PostApi("/api/finance/topup", new { user = account, amount = 5000, currency = "CNY", reference = "Cash" });
        async Task<string> Buy() => (string)(await http.PostApi("/api/shop/orders", new { plan, quantity = 1, channel }))["order"]!["number"]!;
        async Task<(int Count, string? Status, DateTimeOffset End)> Has() =>
            (await http.GetApi("/api/user/rental_info"))["rentals"]!.AsArray() is var all ? (all.Count, (string?)all[0]!["status"], (DateTimeOffset)all[0]!["end_at"]!) : default;

        var (first, second) = (await Buy(), await Buy());
        var now = DateTimeOffset.FromUnixTimeMilliseconds(server.Clock.Now);
        Assert.Equal((1, "active", now.AddDays(60)), await Has());
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM licenses")));
        // Disputed, a rental that has something from another order runs on, and one that has not is suspended until that is decided.
        Task Dispute(string number, bool isOpen) => server.Db.Write(async s =>
        {
            var order = (await OrderStore.ByNumber(s, Caller.DefaultTenant, OrderNumber.Parse(number)!))!;
            await (isOpen ? server.Service<DisputedKeys>().Suspend(s, Caller.DefaultTenant, order) : server.Service<DisputedKeys>().Reinstate(s, Caller.System, order));
        });
        await Dispute(second, isOpen: true);
        Assert.Equal((1, "active", now.AddDays(60)), await Has());
        Assert.Equal(200, (int)(await owner.PostApi($"/api/orders/{second}/refund", new { reason = "Too much", way = "balance" })).Status);
        Assert.Equal((1, "active", now.AddDays(30)), await Has());
        await Dispute(first, isOpen: true);
        Assert.Equal((1, "suspended", now.AddDays(30)), await Has());
        await Dispute(first, isOpen: false);
        Assert.Equal((1, "active", now.AddDays(30)), await Has());
        Assert.Equal(200, (int)(await owner.PostApi($"/api/orders/{first}/refund", new { reason = "All of it", way = "balance" })).Status);
        Assert.Equal((1, "grace", now), await Has());
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM relay_containers WHERE wanted = 'stop'")));

        // Where there is no room, the order waits for staff, and nothing is half there.
        await server.Db.Write(s => s.Execute("UPDATE relay_servers SET draining = 1"));
        var other = await Helpdesk.Customer(server);
        await owner.PostApi("/api/finance/topup", new { user = other.Account, amount = 5000, currency = "CNY", reference = "Cash" });
        Assert.Equal("paid", (string?)(await other.Http.PostApi("/api/shop/orders", new { plan, quantity = 2, channel }))["order"]!["status"]);
        Assert.Empty((await other.Http.GetApi("/api/user/rental_info"))["rentals"]!.AsArray());
    }
}
