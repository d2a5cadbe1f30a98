using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Renewals;
using Gatehouse.Licensing.AccountKeys;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Billing;

/// <summary>Keys that are renewed from the balance: told before, once, and never behind their owner's back.</summary>
public sealed class AutoRenewalTests
{
    private const long Day = 86_400_000, Month = 30 * Day;

    [Theory, BothEngines]
    public async Task It_is_told_three_days_before_and_done_a_day_before_the_end(Engine engine)
    {
        await using var world = await World.Open(engine, 3000);
        await world.After(26);
        Assert.Equal(0, await world.Told());
        await world.After(1);
        Assert.Equal((1L, world.Start + Month), (await world.Told(), await world.End()));
        await world.After(1);
        await world.Run();
        Assert.Equal((1L, world.Start + Month, 3000L), (await world.Told(), await world.End(), await world.Balance()));
        await world.After(1);
        Assert.Equal((world.Start + 2 * Month, 1750L), (await world.End(), await world.Balance()));
        var order = (await world.Till.Db.Read(s => OrderStore.OfAccount(s, Caller.DefaultTenant, world.Who.Id!, null, 10))).Single();
        Assert.Equal((Order.Renew, OrderState.Renewed), (order.Kind, order.State));
        Assert.Equal(["created", "paid_from_balance", "renewed"], await world.Till.Story(order));
        // And so on, until there is too little.
        await world.After(27);
        await world.After(3);
        Assert.Equal((2L, world.Start + 3 * Month, 500L), (await world.Told(), await world.End(), await world.Balance()));
        await world.Till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Of_any_number_of_nodes_one_does_it(Engine engine)
    {
        await using var world = await World.Open(engine, 9000);
        await world.After(27);
        world.Till.Shop.Clock.Advance(TimeSpan.FromDays(2));
        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(world.Run)));
        await world.Run();
        Assert.Equal((world.Start + 2 * Month, 7750L, 1L), (await world.End(), await world.Balance(), await world.Till.Shop.Count("SELECT COUNT(*) FROM orders")));
        await world.Till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Too_little_is_told_once_and_tried_after_the_top_up_or_at_the_end_and_then_it_is_off(Engine engine)
    {
        await using var world = await World.Open(engine, 100);
        await world.After(27);
        await world.After(2);
        for (var i = 0; i < 5; i++)
            await world.After(0.02);
        Assert.Equal((2L, world.Start + Month), (await world.Told(), await world.End()));
        await world.TopUp(2000);
        await world.After(0.02);
        Assert.Equal((world.Start + 2 * Month, 850L), (await world.End(), await world.Balance()));
        // The next time nobody tops up.
        await world.After(28.94);
        await world.After(1);
        await world.After(0.95);
        await world.After(0.02);
        Assert.Equal((0L, world.Start + 2 * Month, 850L), (await world.On(), await world.End(), await world.Balance()));
        Assert.Equal(5, await world.Told());
        await world.Till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Another_price_is_told_before_it_is_taken(Engine engine)
    {
        await using var world = await World.Open(engine, 9000);
        await world.After(27);
        await world.After(1);
        await world.After(0.5);
        await world.Price(2000);
        await world.After(0.5);
        Assert.Equal((2L, world.Start + Month, 9000L), (await world.Told(), await world.End(), await world.Balance()));
        await world.After(0.5);
        Assert.Equal(9000, await world.Balance());
        // Its day is longer than the key lasts: right before the end it is taken.
        await world.After(0.49);
        Assert.Equal((world.Start + 2 * Month, 7000L), (await world.End(), await world.Balance()));
        await world.Till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_was_renewed_by_hand_taken_off_or_revoked_costs_nothing(Engine engine)
    {
        await using var world = await World.Open(engine, 9000);
        await world.After(27);
        await world.Till.Shop.Do(world.Key, new LicenseAction(ActionName.Extend, 10 * 86400));
        await world.After(2.5);
        Assert.Equal((world.Start + Month + 10 * Day, 9000L, 1L), (await world.End(), await world.Balance(), await world.On()));
        await world.Till.Db.Write(s => world.Till.Shop.Get<AccountKeyService>().Remove(s, world.Who, world.Id));
        Assert.Equal(0, await world.On());
        await world.After(9.5);
        Assert.Equal(9000, await world.Balance());
        await world.Till.Db.Write(async s => await world.Till.Shop.Get<AccountKeyService>().Add(s, world.Who, (await LicenseStore.Get(s, Caller.DefaultTenant, world.Id))!));
        // Right before the end: whoever switches it on sees the price there, and it is done.
        await world.Switch(true);
        await world.Run();
        Assert.Equal((world.Start + 2 * Month + 10 * Day, 7750L), (await world.End(), await world.Balance()));
        await world.Till.Shop.Do(world.Key, ActionName.Revoke);
        await world.After(1.1);
        Assert.Equal(0, await world.On());
        await world.Till.AddsUp();
    }

    [Fact]
    public async Task The_switch_stands_beside_the_key_and_says_what_it_is()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var (_, _, _, _, browser, list) = await KeyHolder.Open(server, owner);
        Assert.Equal("false", list.One("[role=switch]").GetAttribute("aria-checked"));
        var on = await browser.Submit(list, "form.gh-auto");
        Assert.Equal("true", on.One("[role=switch]").GetAttribute("aria-checked"));
        Assert.Contains("¥12.50", on.One("[role=switch]").TextContent);
        Assert.Equal("false", (await browser.Submit(on, "form.gh-auto")).One("[role=switch]").GetAttribute("aria-checked"));
    }

    [Theory, BothEngines]
    public async Task Programs_read_and_set_it_each_their_own_and_staff_anybodys(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var (account, own) = await Helpdesk.Customer(server);
        var (_, other) = await Helpdesk.Customer(server);
        await owner.PatchApi("/api/users/" + account, new { email = "lin@example.com" });
        var key = await RenewalRows.Running(server, Caller.DefaultTenant, owner, account, "VIP");
        var at = "/api/user/auto-renewals/" + key.ToLowerInvariant();
        var before = (await own.GetApi("/api/user/auto-renewals"))["items"]!.AsArray().Single()!;
        Assert.Equal((key, false, true, 1250L, null), ((string)before["key"]!, (bool)before["on"]!, (bool)before["renewable"]!, (long)before["price"]!, (string?)before["renews_at"]));
        Assert.Equal("VALIDATION_FAILED", (await own.PatchApi(at, new { })).Code);
        Assert.Equal("KEY_NOT_FOUND", (await other.PatchApi(at, new { on = true })).Code);
        var on = (await own.PatchApi(at, new { on = true }))["renewal"]!;
        Assert.Equal((true, (DateTime)before["expires_at"]! - TimeSpan.FromDays(1)), ((bool)on["on"]!, (DateTime)on["renews_at"]!));
        // Staff name the customer as they name anybody; a switch that stands as it is wanted is told of to nobody.
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = 2525, security = "none", from = "shop@example.com" } });
        foreach (var wanted in new[] { false, false, true })
            Assert.Equal(wanted, (bool)(await owner.PatchApi($"/api/users/lin@example.com/auto-renewals/{key}", new { on = wanted }))["renewal"]!["on"]!);
        Assert.True((bool)(await owner.GetApi("/api/users/lin@example.com/auto-renewals"))["items"]![0]!["on"]!);
        Assert.Equal(2, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'mail'")));
        Assert.Equal(2, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM audit_entries WHERE action LIKE 'renewal.%'")));
    }

    private sealed record World(Till Till, Caller Who, string Key, string Id, long Start) : IAsyncDisposable
    {
        public static async Task<World> Open(Engine engine, long balance)
        {
            var till = await Till.Open(engine);
            await till.Mails();
            var (key, who) = ((await till.Shop.Keys(till.Plan, 1))[0], await till.Customer(balance));
            await till.Shop.Validate(key);
            var id = (await till.Shop.Key(key)).Id;
            await till.Db.Write(async s => await till.Shop.Get<AccountKeyService>().Add(s, who, (await LicenseStore.Get(s, Caller.DefaultTenant, id))!));
            var world = new World(till, who, key, id, till.Shop.Now);
            await world.Switch(true);
            await world.Run();
            return world;
        }

        public Task<bool> Switch(bool on) => Till.Db.Write(s => Till.Shop.Get<AutoRenewalService>().Switch(s, Who, Id, on));

        public Task Run() => Till.Shop.Get<AutoRenewalService>().Run(default);

        /// <summary>The clock runs on, with the job at least each day.</summary>
        public async Task After(double days)
        {
            for (; days > 1; days--)
            {
                Till.Shop.Clock.Advance(TimeSpan.FromDays(1));
                await Run();
            }
            Till.Shop.Clock.Advance(TimeSpan.FromDays(days));
            await Run();
        }

        public Task<long> Told() => Till.Shop.Count("SELECT COUNT(*) FROM outbox WHERE dedupe_key LIKE '%renewal:%'");

        public Task<long> On() => Till.Shop.Count("SELECT COUNT(*) FROM auto_renewals");

        public async Task<long> End() => (await Till.Shop.Key(Key)).ExpireAt!.Value;

        public Task<long> Balance() => Till.Balance(Who);

        public Task TopUp(long amount) => Till.Db.Write(s => Till.Shop.Get<BalanceService>().TopUp(s, Shop.Staff, new(Who.Id, amount, "CNY", "cash")));

        public Task Price(long price) => Till.Db.Write(s => Till.Shop.Get<PlanService>().Update(s, Shop.Staff, Till.Plan.Id, p => p with { Price = price }));

        public ValueTask DisposeAsync() => Till.DisposeAsync();
    }
}
