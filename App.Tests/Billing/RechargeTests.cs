using System.Net;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.RechargeKeys;
using Gatehouse.Billing.Refunds;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Billing;

/// <summary>Keys that put money on balances: once each, and whether they were sold or given away the books add up.</summary>
public sealed class RechargeTests
{
    private static async Task<Plan> Cards(Till till, long worth = 5000, long price = 4500) =>
        await till.Db.Write(s => till.Shop.Get<PlanService>().Create(s, Shop.Staff, new Plan { Name = $"Card {worth} {price}", Recharge = worth, Price = price, OnSale = true }));

    private static async Task<RechargeResponse> Use(Till till, Caller who, string key) => await till.Db.Write(async s => await till.Shop.Get<RechargeService>().Use(s, who, (await LicenseStore.Find(s, Caller.DefaultTenant, LicenseKey.Parse(key)!.Value))!));

    private static async Task<(Order Order, List<string> Keys)> Sold(Till till, Plan plan, long quantity = 1)
    {
        var order = await till.Db.Write(s => till.Orders.Place(s, Till.Visitor, Till.Guest, new(plan.Id, quantity, till.Channel.Id)));
        await till.Pay(await till.Attempt(order), order.Amount);
        return (order, await till.Keys(order));
    }

    [Theory, BothEngines]
    public async Task A_key_that_is_entered_by_a_hundred_at_once_counts_once(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var key = (await till.Shop.Keys(await Cards(till), 1))[0];
        var people = new List<Caller>();
        for (var i = 0; i < 100; i++)
            people.Add(await till.Customer(email: $"wei{i}@example.com"));
        var told = await Task.WhenAll(people.Select(who => Task.Run(() => Bench.Code(() => Use(till, who, key)))));
        Assert.Equal((1, 99), (told.Count(c => c is null), told.Count(c => c == "RECHARGE_KEY_SPENT")));
        Assert.Equal(5000, await till.Shop.Count("SELECT SUM(balance) FROM ledger_balances"));
        Assert.Equal(5000, await till.Balance(people[told.ToList().IndexOf(null)]));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_was_paid_is_owed_until_then_and_what_is_given_is_a_gift(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await till.Customer();
        var (_, keys) = await Sold(till, await Cards(till), 2);
        Assert.Equal((-9000L, 0L), (await till.Sum(LedgerAccount.Vouchers), await till.Sum(LedgerAccount.Revenue)));
        Assert.Equal(new RechargeResponse(true, keys[0], "CNY", 5000, 5000), await Use(till, who, keys[0]));
        Assert.Equal((-4500L, 500L, 5000L), (await till.Sum(LedgerAccount.Vouchers), await till.Sum(LedgerAccount.Gifts), await till.Balance(who)));
        await till.AddsUp();
        // Handed out: all of it is a gift. Sold above its worth: the rest is earned.
        await Use(till, who, (await till.Shop.Keys(await Cards(till, 700), 1))[0]);
        Assert.Equal((-4500L, 1200L), (await till.Sum(LedgerAccount.Vouchers), await till.Sum(LedgerAccount.Gifts)));
        await Use(till, who, (await Sold(till, await Cards(till, 1000, 1100))).Keys[0]);
        Assert.Equal((-4500L, 1200L, -100L, 6700L), (await till.Sum(LedgerAccount.Vouchers), await till.Sum(LedgerAccount.Gifts), await till.Sum(LedgerAccount.Revenue), await till.Balance(who)));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_refund_takes_back_those_that_nobody_has_used(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await till.Customer();
        var (order, keys) = await Sold(till, await Cards(till), 2);
        await Use(till, who, keys[0]);
        await till.Db.Command(Shop.Staff, s => till.Shop.Get<RefundService>().Ask(s, Shop.Staff, order.Number, new(4500, "not needed", RefundWay.Hand, "cash", RefundWanted.Revoke)));
        // Of the one that is used nothing is taken back; nothing is owed any more, and what was earned went back.
        Assert.Equal((0L, -4500L, 4500L, 5000L), (await till.Sum(LedgerAccount.Vouchers), await till.Sum(LedgerAccount.Revenue), await till.Sum(LedgerAccount.Refunds), await till.Balance(who)));
        Assert.Equal("RECHARGE_KEY_BLOCKED", await Bench.Code(() => Use(till, who, keys[1])));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task It_is_not_activated_nor_made_anew_nor_worth_another_sum(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var (plan, who) = (await Cards(till), await till.Customer());
        var keys = await till.Shop.Keys(plan, 2);
        Assert.Equal(Verdict.RechargeKey, (await till.Shop.Validate(keys[0])).Code);
        await Use(till, who, keys[0]);
        Assert.Equal(Verdict.RechargeKey, (await till.Shop.Validate(keys[0])).Code);
        foreach (var action in new[] { new LicenseAction(ActionName.Reset, Reason: "again"), new LicenseAction(ActionName.Extend, 60), new LicenseAction(ActionName.Plan, Plan: till.Plan.Id) })
            Assert.Equal("RECHARGE_KEY", await Bench.Code(() => till.Shop.Do(keys[0], action)));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(async () => await till.Shop.Do((await till.Shop.Keys(till.Plan, 1))[0], new LicenseAction(ActionName.Plan, Plan: plan.Id))));
        Assert.Equal("RECHARGE_KEY_SPENT", await Bench.Code(() => Use(till, who, keys[0])));
        Assert.Equal("NOT_A_RECHARGE_KEY", await Bench.Code(async () => await Use(till, who, (await till.Shop.Keys(till.Plan, 1))[0])));
        await till.Shop.Do(keys[1], ActionName.Suspend);
        Assert.Equal("RECHARGE_KEY_BLOCKED", await Bench.Code(() => Use(till, who, keys[1])));
        Task<Plan> Change(Func<Plan, Plan> change) => till.Db.Write(s => till.Shop.Get<PlanService>().Update(s, Shop.Staff, plan.Id, change));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Change(p => p with { Recharge = 9000 })));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Change(p => p with { Currency = "USD" })));
        Assert.Equal(4000, (await Change(p => p with { Price = 4000 })).Price);
        // Those who may make keys may not make money.
        var operatorOnly = Shop.Staff with { Allowed = Declared.Permissions.Of(Role.Operator) };
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => till.Db.Write(s => till.Shop.Get<Gatehouse.Licensing.Batches.BatchService>().Generate(s, operatorOnly, new(plan.Id, null, 1)))));
        await till.AddsUp();
    }

    [Fact]
    public async Task Sold_by_the_shop_and_entered_on_the_account_it_is_told_where_it_goes()
    {
        await using var server = await TestServer.Start();
        var (owner, staff) = (await server.As(Role.Owner), await server.SignedIn(Role.Owner));
        var made = await staff.Submit(await staff.Get("/admin/plans/new"), "form#plan", new() { ["name"] = "Card 50", ["price"] = "", ["recharge"] = "50", ["currency"] = "CNY", ["on_sale"] = "true" });
        var plan = made.Path["/admin/plans?made=".Length..];
        Assert.Equal("50.00", (await staff.Get("/admin/plans/" + plan)).One("#recharge").GetAttribute("value"));
        Assert.Contains("¥50", (await server.Browser().Get("/buy/" + plan)).One(".gh-buy header p.gh-muted").TextContent);
        var serials = (await owner.PostApi("/api/finance/generate_serial", new { plan = "Card 50", count = 2, prefix = "CARD" }))["serials"]!.AsArray().Select(k => (string)k!).ToList();
        Assert.All(serials, key => Assert.StartsWith("CARD-", key));

        // Where keys are activated it says what this one is.
        var portal = server.Browser();
        var shown = await portal.Submit(await portal.Get("/activate"), "form[action='/activate']", new() { ["key"] = serials[0], ["machine"] = "machine-1" });
        Assert.Contains("A recharge key", shown.Text);
        Assert.Equal("RECHARGE_KEY", (string)(await server.Http.PostApi("/api/validate", new { code = serials[0], machine_code = "machine-1" }))["code"]!);

        var (account, http) = await Helpdesk.Customer(server);
        var browser = await Helpdesk.Browser(server, account);
        var page = await browser.Get(shown.One("#look a.btn").GetAttribute("href")!);
        Assert.Equal(serials[0], page.One("#recharge [name=key]").GetAttribute("value"));
        var wrong = await browser.Submit(page, "#recharge", new() { ["key"] = "CARD-NOTHING" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.Status);
        Assert.Contains("There is no such key", wrong.One("#recharge .invalid-feedback").TextContent);
        var done = await browser.Submit(wrong, "#recharge", new() { ["key"] = serials[0].ToLowerInvariant() });
        Assert.Contains("¥50", done.One(".gh-balance").TextContent);
        Assert.Contains("Recharge key", done.One("#balance table").TextContent);
        var again = await browser.Submit(done, "#recharge", new() { ["key"] = serials[0] });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, 1), (again.Status, again.Document.QuerySelectorAll("#recharge .invalid-feedback").Length));
        Assert.Equal((5000L, 10000L), await Recharge(http, serials[1]));
        Assert.Empty((await server.Db.Read(LedgerCheck.Check)).Errors);
    }

    private static async Task<(long, long)> Recharge(HttpClient http, string key)
    {
        var answer = await http.PostApi("/api/user/balance/recharge", new { key });
        return ((long)answer["amount"]!, (long)answer["balance"]!);
    }
}
