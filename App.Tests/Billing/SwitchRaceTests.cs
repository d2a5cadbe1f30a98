using System.Net;
using CsCheck;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;
using static Gatehouse.Tests.Billing.SwitchTests;

namespace Gatehouse.Tests.Billing;

/// <summary>Switches of keys among renewals, add-ons and refunds, in any order and at once; and as customers and programs buy them.</summary>
public sealed class SwitchRaceTests
{
    [Theory, BothEngines]
    public async Task Raced_each_other_renewals_refunds_and_the_end_the_key_has_one_plan_and_no_money_counts_twice(Engine engine)
    {
        for (var round = 0; round < (engine == Engine.Sqlite ? 6 : 4); round++)
        {
            await using var till = await Till.Open(engine);
            var (pro, max) = (await Target(till, 3000), await Target(till, 5000));
            var first = await till.Order();
            await till.Pay(await till.Attempt(first), 1250);
            var key = (await till.Keys(first))[0];
            await till.Shop.Validate(key);
            till.Shop.Clock.Advance(TimeSpan.FromDays(round == 5 ? 29 : 15));
            Order[] orders = [await Switch(till, key, pro), await Switch(till, key, max), await Renewal(till, key), await Switch(till, key, pro, atEnd: true)];
            var attempts = new List<(string, long)>();
            foreach (var order in orders)
                attempts.Add((await till.Attempt(order), order.Amount));
            if (round == 5)
                till.Shop.Clock.Advance(TimeSpan.FromMinutes(20));
            await Task.WhenAll(attempts.Select(a => (Task)Task.Run(() => till.Pay(a.Item1, a.Item2))).Append(Task.Run(() => Bench.Code(() => Back(till, first, null, round % 2 == 0 ? RefundWanted.Keep : RefundWanted.Revoke)))).Append(Task.Run(() => Run(till))));
            var states = new List<string>();
            foreach (var order in orders)
                states.Add((await till.Of(order)).State);
            // Whatever was second waits for staff, with its money.
            Assert.True(states.Take(2).Append(states[3]).Count(s => s == OrderState.Delivered) <= 1, string.Join(' ', states));
            Assert.All(states, s => Assert.Contains(s, new[] { OrderState.Delivered, OrderState.Renewed, OrderState.Paid }));
            await till.AddsUp();
            foreach (var order in orders.Reverse())
                await Bench.Code(() => RenewalTests.Refund(till, order, RefundWanted.Revoke));
            await till.AddsUp();
        }
    }

    // What is done and how many days or orders it is about.
    private static readonly Gen<List<(int What, int How)>> Deeds = Gen.Select(Gen.Int[0, 7], Gen.Int[1, 40]).List[4, 16];

    [Theory, BothEngines]
    public Task Whatever_is_done_a_key_is_worth_no_more_than_was_paid_for_it(Engine engine) => Deeds.SampleAsync(async deeds =>
    {
        await using var till = await Till.Open(engine, as_: p => p with { AddOns = AddOnTests.Sold });
        var pro = await Target(till, 3000, machines: 5);
        pro = await Change(till, pro, p => p with { SwitchTo = $"""["{till.Plan.Id}"]""", AddOns = AddOnTests.Sold, OnSale = true });
        var who = await till.Customer(2000);
        var channel = new PaymentChannel { Id = Ids.New(), Kind = "balance", Name = "Balance" };
        await till.Db.Write(s => PaymentChannelStore.Insert(s, Caller.DefaultTenant, channel));
        var first = await till.Order(1, who);
        await till.Pay(await till.Attempt(first), 1250);
        var key = (await till.Keys(first))[0];
        await till.Shop.Validate(key);
        var orders = new List<Order> { first };
        foreach (var (what, how) in deeds)
        {
            await Bench.Code(async () =>
            {
                switch (what)
                {
                    case 0 or 1:
                        var now = await till.Shop.Key(key);
                        orders.Add(await Switch(till, key, now.PlanId == pro.Id ? till.Plan : pro, what == 1 && how > 20, who, how % 2 == 0 ? channel.Id : null));
                        break;
                    case 2:
                        orders.Add(await Renewal(till, key));
                        break;
                    case 3:
                        orders.Add(await AddOnTests.Add(till, key, how % 2 == 0 ? "days-10" : "machines-1", who: who));
                        break;
                    case 4 or 5 when orders[how % orders.Count] is var order && (await till.Of(order)).State == OrderState.Pending:
                        await till.Pay(await till.Attempt(order), order.Amount);
                        break;
                    case 6:
                        till.Shop.Clock.Advance(TimeSpan.FromDays(how));
                        await Run(till);
                        break;
                    case 7:
                        await RenewalTests.Refund(till, orders[how % orders.Count], how % 3 == 0 ? RefundWanted.Keep : RefundWanted.Revoke);
                        break;
                }
            });
            var (license, paid) = (await till.Shop.Key(key), await till.Shop.Count("SELECT COALESCE(SUM(o.amount), 0) - COALESCE((SELECT SUM(r.amount) FROM refunds r JOIN orders d ON d.id = r.order_id WHERE d.delivered_at IS NOT NULL AND r.state IN ('asked', 'failed', 'done')), 0) FROM orders o WHERE o.paid_at IS NOT NULL AND o.delivered_at IS NOT NULL"));
            var worth = await till.Db.Read(async s => (await KeyWorth.Of(s, Caller.DefaultTenant, license, 30 * 86400, till.Shop.Now)).Sum(w => w.Amount));
            Assert.True(worth <= paid && worth >= 0, $"{worth} of {paid}");
            Assert.Equal(0, await till.Shop.Count("SELECT COUNT(*) FROM ledger_balances WHERE balance < 0"));
        }
        await till.AddsUp();
    }, iter: engine == Engine.Sqlite ? 25 : 6, threads: 1);

    [Fact]
    public async Task A_customer_switches_from_the_list_of_keys_and_a_program_over_REST()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var staff = await server.SignedIn(Role.Owner);
        var pro = (string)(await owner.PostApi("/api/plans", new { name = "Pro", price = 3000, duration_seconds = 30 * 86400, machine_limit = 3, entitlements = new { export = true } }))["plan"]!["id"]!;
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true, duration_seconds = 30 * 86400 }))["plan"]!["id"]!;
        await staff.Submit(await staff.Get("/admin/plans/" + plan), "form#plan", new() { ["switch_to"] = pro });
        Assert.Equal($"""["{pro}"]""", (await owner.GetApi("/api/plans/" + plan))["plan"]!["switch_to"]!.ToJsonString());
        await owner.PostApi("/api/payment-channels", new { kind = "balance", name = "Balance" });
        var channel = (string)(await owner.GetApi("/api/payment-channels")).Items().Single()!["id"]!;
        var (account, http) = await Helpdesk.Customer(server);
        await owner.PostApi("/api/finance/topup", new { user = account, amount = 9000, currency = "CNY", reference = "cash" });
        var browser = await Helpdesk.Browser(server, account);
        var keys = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            keys.Add((string)(await http.PostApi("/api/shop/orders", new { plan, channel }))["order"]!["keys"]![0]!);
            await server.Validate(keys[i], "machine-" + i);
        }
        var offers = await browser.Get("/buy/change?key=" + keys[0]);
        var buy = await browser.Get(offers.Document.QuerySelectorAll(".gh-switch a.btn").First().GetAttribute("href")!);
        foreach (var told in new[] { "VIP", "Pro", "¥30", "−¥12.50", "¥17.50", "export" })
            Assert.Contains(told, buy.One("#preview").TextContent);
        var done = await browser.Submit(buy, "form#buy");
        Assert.Contains("VIP → Pro", done.One("#change").TextContent);
        Assert.Contains("cannot be switched", (await browser.Get($"/buy/{pro}?switch={keys[0]}&when=now")).One("#renewal").TextContent);

        var quote = (await http.PostApi("/api/shop/changes", new { key = keys[1] }))["switches"]![0]!;
        Assert.Equal(("now", 3000L, 30L, 1250L, 1750L, 3L), ((string)quote["when"]!, (long)quote["price"]!, (long)quote["days_left"]!, (long)quote["credit"]!, (long)quote["pay"]!, (long)quote["machines"]!));
        (await http.PostApi("/api/shop/orders", new { @switch = keys[1], plan = "Pro", expect = 1, channel })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "expect");
        (await http.PostApi("/api/shop/orders", new { @switch = keys[1], plan = "Pro", when = "soon", channel })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "when");
        var placed = (await http.PostApi("/api/shop/orders", new { @switch = keys[1], plan = "Pro", expect = 1750, channel }))["order"]!;
        Assert.Equal(("switch", "delivered", 1750L, 1250L), ((string)placed["kind"]!, (string)placed["status"]!, (long)placed["amount"]!, (long)placed["change"]!["credit"]!));
        var number = (string)placed["number"]!;
        Assert.Contains("VIP → Pro", (await staff.Get("/admin/orders/" + number)).One("#renews").TextContent);
        Assert.Contains("Switch of plan", (await staff.Get("/admin/orders")).One("tbody").TextContent);
        var ask = await staff.Get($"/admin/orders/{number}/refund");
        Assert.Contains("Back to the plan before", ask.Text);
        await owner.PostApi($"/api/orders/{number}/refund", new { reason = "not needed", way = "balance" });
        Assert.Contains("Switched from Pro to VIP", (await staff.Get("/admin/keys/" + keys[1])).Text);
        // Staff make one for somebody.
        var bank = (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "Bank 1234" } }))["channel"]!["id"]!;
        var made = await owner.PostApi("/api/orders", new { @switch = keys[1], plan = "Pro", when = "end", user = account, channel = bank });
        Assert.Equal(("switch", 3000L), ((string)made["order"]!["kind"]!, (long)made["order"]!["amount"]!));
        Assert.Empty((await server.Db.Read(LedgerCheck.Check)).Errors);
    }
}
