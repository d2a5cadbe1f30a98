using System.Net;
using CsCheck;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Refunds;
using Gatehouse.Billing.Shop;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Billing;

/// <summary>Keys whose time goes on: what is paid for adds up, and a refund takes back no more than its own.</summary>
public sealed class RenewalTests
{
    private const long Day = 86_400_000, Month = 30 * Day;

    [Theory, BothEngines]
    public async Task A_key_that_runs_goes_on_from_its_end_and_one_that_ran_out_from_now(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var (key, who) = (await Active(till), await till.Customer());
        var start = till.Shop.Now;
        var order = await Renew(till, key, who);
        Assert.Equal((Order.Renew, OrderState.Pending, 1250L), (order.Kind, order.State, order.Amount));
        Assert.Equal(start + Month, (await till.Shop.Key(key)).ExpireAt);
        await till.Pay(await till.Attempt(order), 1250);
        Assert.Equal((OrderState.Renewed, start + 2 * Month), ((await till.Of(order)).State, (await till.Shop.Key(key)).ExpireAt!.Value));
        Assert.Equal(["created", "payment_begun", "paid", "renewed"], await till.Story(order));
        // Whoever renews a key finds it on the account.
        Assert.Equal(1, await till.Shop.Count($"SELECT COUNT(*) FROM account_keys WHERE account_id = '{who.Id}'"));
        till.Shop.Clock.Advance(TimeSpan.FromDays(100));
        Assert.Equal(LicenseState.Expired, (await till.Shop.Key(key)).StateAt(till.Shop.Now));
        await Paid(till, key);
        Assert.Equal((LicenseState.Active, till.Shop.Now + Month), ((await till.Shop.Key(key)).StateAt(till.Shop.Now), (await till.Shop.Key(key)).ExpireAt!.Value));
        Assert.True((await till.Shop.Validate(key)).Valid);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task One_order_told_of_twenty_times_at_once_is_a_month_and_ten_orders_are_ten(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var key = await Active(till);
        var start = till.Shop.Now;
        var attempt = await till.Attempt(await Renew(till, key));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => till.Pay(attempt, 1250))));
        Assert.Equal(start + 2 * Month, (await till.Shop.Key(key)).ExpireAt);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => Paid(till, key))));
        Assert.Equal(start + 12 * Month, (await till.Shop.Key(key)).ExpireAt);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_cannot_be_renewed_says_why(Engine engine)
    {
        await using var till = await Till.Open(engine);
        async Task<string?> Why(string key) => await Bench.Code(() => Renew(till, key));
        async Task<Plan> Plan(Func<Plan, Plan> of) => await till.Db.Write(s => till.Shop.Get<PlanService>().Create(s, Shop.Staff, of(new Plan { Name = Guid.NewGuid().ToString(), Price = 100, OnSale = true })));
        async Task<string> ActiveOf(Plan plan)
        {
            var key = (await till.Shop.Keys(plan, 1))[0];
            await till.Shop.Validate(key, key);
            return key;
        }
        Assert.Equal("NOT_ACTIVATED", await Why((await till.Shop.Keys(till.Plan, 1))[0]));
        Assert.Equal("NEVER_EXPIRES", await Why(await ActiveOf(await Plan(p => p with { DurationSeconds = null }))));
        Assert.Equal("TRIAL_NOT_RENEWED", await Why(await ActiveOf(await Plan(p => p with { Trial = true, Price = 0 }))));
        Assert.Equal("NOT_ON_SALE", await Why(await ActiveOf(await Plan(p => p with { OnSale = false }))));
        Assert.Equal("RECHARGE_KEY", await Why((await till.Shop.Keys(await Plan(p => p with { Recharge = 100 }), 1))[0]));
        var key = await Active(till);
        await till.Shop.Do(key, ActionName.Suspend);
        Assert.Equal("KEY_SUSPENDED", await Why(key));
        await till.Shop.Do(key, ActionName.Revoke);
        Assert.Equal("ALREADY_REVOKED", await Why(key));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Paid_for_a_key_that_is_gone_by_then_it_waits_for_staff(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var key = await Active(till);
        var order = await Renew(till, key);
        await till.Shop.Do(key, ActionName.Revoke);
        await till.Pay(await till.Attempt(order), 1250);
        Assert.Equal(OrderState.Paid, (await till.Of(order)).State);
        Assert.Equal("ORDER_STATE", await Bench.Code(() => till.Db.Command(Shop.Staff, s => till.Shop.Get<OrderDeskService>().Deliver(s, Shop.Staff, order.Number, "", null))));
        await Refund(till, order, RefundWanted.Revoke);
        Assert.Equal(OrderState.Refunded, (await till.Of(order)).State);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_refund_takes_back_what_is_not_used_of_its_own_time_or_leaves_it(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var key = await Active(till);
        var start = till.Shop.Now;
        var (first, second, third) = (await Paid(till, key), await Paid(till, key), await Paid(till, key));
        Assert.Equal(start + 4 * Month, (await till.Shop.Key(key)).ExpireAt);
        // Ten days into the first order's month.
        till.Shop.Clock.Advance(TimeSpan.FromDays(40));
        await Refund(till, first, RefundWanted.Revoke);
        Assert.Equal(till.Shop.Now + 2 * Month, (await till.Shop.Key(key)).ExpireAt);
        await Refund(till, third, RefundWanted.Keep);
        Assert.Equal(till.Shop.Now + 2 * Month, (await till.Shop.Key(key)).ExpireAt);
        await Refund(till, second, RefundWanted.Revoke);
        Assert.Equal((till.Shop.Now + Month, OrderState.Refunded), ((await till.Shop.Key(key)).ExpireAt, (await till.Of(second)).State));
        // Run out, and renewed again: what was over long ago takes nothing from that.
        till.Shop.Clock.Advance(TimeSpan.FromDays(200));
        var fourth = await Paid(till, key);
        till.Shop.Clock.Advance(TimeSpan.FromDays(200));
        await Paid(till, key);
        await Refund(till, fourth, RefundWanted.Revoke);
        Assert.Equal(till.Shop.Now + Month, (await till.Shop.Key(key)).ExpireAt);
        await till.AddsUp();
    }

    // What is done, to which of the orders there are, and a number that it needs.
    private static readonly Gen<List<(int What, int Which, int How)>> Deeds = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 9], Gen.Int[1, 50]).List[5, 30];

    [Theory, BothEngines]
    public Task Whatever_is_done_no_time_that_is_paid_for_is_lost(Engine engine) => Deeds.SampleAsync(async deeds =>
    {
        await using var till = await Till.Open(engine);
        var key = await Active(till);
        // Pieces of time in the order in which they are used up, each whoever's it is.
        var pieces = new List<(string Of, long Left)> { ("", Month) };
        var orders = new List<Order>();
        foreach (var (what, which, how) in deeds)
        {
            switch (what)
            {
                case 0 or 1:
                    if (await Bench.Code(async () => orders.Add(await Paid(till, key))) is null)
                        pieces.Add((orders[^1].Id, Month));
                    break;
                case 2:
                    till.Shop.Clock.Advance(TimeSpan.FromDays(how));
                    var used = how * Day;
                    pieces = pieces.ConvertAll(p =>
                    {
                        var now = Math.Min(used, p.Left);
                        used -= now;
                        return (p.Of, p.Left - now);
                    });
                    break;
                case 3 or 4 when orders.Count > 0:
                    var order = orders[which % orders.Count];
                    if (await Bench.Code(() => Refund(till, order, what == 3 ? RefundWanted.Revoke : RefundWanted.Keep)) is null && what == 3)
                        pieces = pieces.ConvertAll(p => p.Of == order.Id ? (p.Of, 0) : p);
                    break;
                case 5:
                    await till.Shop.Do(key, new LicenseAction(ActionName.Extend, how * 86400));
                    pieces.Add(("staff", how * Day));
                    break;
                case 6:
                    await Bench.Code(() => till.Shop.Do(key, which % 2 == 0 ? ActionName.Suspend : ActionName.Reinstate));
                    break;
            }
            Assert.Equal(pieces.Sum(p => p.Left), Math.Max(0, (await till.Shop.Key(key)).ExpireAt!.Value - till.Shop.Now));
        }
        await till.AddsUp();
    }, iter: engine == Engine.Sqlite ? 30 : 8, threads: 1);

    [Fact]
    public async Task A_customer_renews_from_the_list_of_keys_and_a_program_over_REST()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/payment-channels", new { kind = "balance", name = "Balance" });
        var (plan, keys, account, http, browser, list) = await KeyHolder.Open(server, owner);
        await owner.PostApi("/api/finance/topup", new { user = account, amount = 3000, currency = "CNY", reference = "cash" });
        var buy = await browser.Get(list.Document.QuerySelectorAll("#keys a.btn").Single(a => a.TextContent == "Renew").GetAttribute("href")!);
        Assert.Contains(keys[0], buy.One("#renewal").TextContent);
        Assert.Null(buy.Document.QuerySelector("#quantity"));
        var done = await browser.Submit(buy, "form#buy");
        Assert.Contains("the key is renewed", done.One("h1").TextContent);
        Assert.Contains("Runs until", done.One(".gh-bigkey").TextContent);

        var channel = (string)(await owner.GetApi("/api/payment-channels")).Items().Single()!["id"]!;
        var placed = (await http.PostApi("/api/shop/orders", new { renew = keys[0].ToLowerInvariant(), channel }))["order"]!;
        Assert.Equal(("renewed", "renew", keys[0]), ((string)placed["status"]!, (string)placed["kind"]!, (string)placed["renews"]!));
        Assert.Equal(server.Clock.Now + 3 * Month, new DateTimeOffset((DateTime)placed["runs_until"]!).ToUnixTimeMilliseconds());
        (await http.PostApi("/api/shop/orders", new { renew = "NO-SUCH-KEY", channel })).IsProblem(HttpStatusCode.NotFound, "KEY_NOT_FOUND");
        (await http.PostApi("/api/shop/orders", new { renew = keys[0], plan = await owner.Plan("Other"), channel })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "plan");
        (await http.PostApi("/api/shop/orders", new { renew = keys[0], quantity = 2, channel })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "quantity");
        (await http.PostApi("/api/shop/orders", new { renew = keys[1], channel })).IsProblem(HttpStatusCode.Conflict, "NOT_ACTIVATED");
        Assert.Contains("has not been activated", (await browser.Get($"/buy/{plan}?renew={keys[1]}")).One("#renewal").TextContent);
        Assert.Contains("There is no such key", (await browser.Get($"/buy/{plan}?renew=nothing")).One("#renewal").TextContent);
        // Staff find it by the key, and see what it did; a refund takes the time back before their eyes.
        var found = (await owner.GetApi($"/api/orders?q={keys[0]}")).Items().Select(o => (string)o!["number"]!).ToList();
        Assert.Equal(2, found.Count);
        var staff = await server.SignedIn(Role.Owner);
        Assert.Contains(keys[0], (await staff.Get("/admin/orders/" + found[0])).One("#renews").TextContent);
        var ask = await staff.Get($"/admin/orders/{found[0]}/refund");
        Assert.Contains("Take back what is not used of it", ask.Text);
        Assert.Contains($"{keys[0]} runs until", ask.One("#preview").TextContent);
        Assert.Empty((await server.Db.Read(LedgerCheck.Check)).Errors);
    }

    internal static async Task<string> Active(Till till)
    {
        var key = (await till.Shop.Keys(till.Plan, 1))[0];
        Assert.True((await till.Shop.Validate(key)).Valid);
        return key;
    }

    private static Task<Order> Renew(Till till, string key, Caller? who = null) => till.Db.Write(async s =>
        (await OrderStore.Find(s, Caller.DefaultTenant, (await till.Shop.Get<ShopDoor>().Place(s, who ?? Till.Visitor, Till.Guest, new(null, 1, till.Channel.Id) { Renew = (await LicenseStore.Find(s, Caller.DefaultTenant, LicenseKey.Parse(key)!.Value))!.Id }, null)).Id))!);

    internal static async Task<Order> Paid(Till till, string key)
    {
        var order = await Renew(till, key);
        Assert.Equal(Taken.Settled, await till.Pay(await till.Attempt(order), order.Amount));
        return order;
    }

    internal static Task<Refund> Refund(Till till, Order order, string keys) =>
        till.Db.Command(Shop.Staff, s => till.Shop.Get<RefundService>().Ask(s, Shop.Staff, order.Number, new(null, "not needed", RefundWay.Hand, "cash", keys)));
}
