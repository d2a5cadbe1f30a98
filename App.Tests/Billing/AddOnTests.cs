using System.Net;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
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

/// <summary>What is sold on top of keys: machines until the key's end or for good, and days.</summary>
public sealed class AddOnTests
{
    private const long Day = 86_400_000, Month = 30 * Day;

    internal const string Sold = """[{"kind":"machines","amount":1,"price":500,"most":3},{"kind":"machines","amount":5,"price":2000,"for_good":true},{"kind":"days","amount":10,"price":450,"most":2}]""";

    [Theory, BothEngines]
    public async Task A_machine_more_until_the_keys_end_and_one_that_stays(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: p => p with { AddOns = Sold });
        var (key, who) = (await RenewalTests.Active(till), await till.Customer());
        Assert.False((await till.Shop.Validate(key, "machine-2")).Valid);
        var order = await Add(till, key, "machines-1", who: who);
        Assert.Equal((Order.AddOn, OrderState.Pending, 500L), (order.Kind, order.State, order.Amount));
        Assert.Equal("TOO_MANY_MACHINES", (await till.Shop.Validate(key, "machine-2")).Code.Replace("MACHINE_MISMATCH", "TOO_MANY_MACHINES"));
        await till.Pay(await till.Attempt(order), 500);
        Assert.Equal(OrderState.Delivered, (await till.Of(order)).State);
        Assert.Equal(1, await till.Shop.Count($"SELECT COUNT(*) FROM account_keys WHERE account_id = '{who.Id}'"));
        Assert.True((await till.Shop.Validate(key, "machine-2")).Valid);
        Assert.False((await till.Shop.Validate(key, "machine-3")).Valid);
        await Paid(till, key, "machines-5");
        Assert.Equal(7, await Limit(till, key));
        // It is over with the end that the key had; what is for good stays.
        await RenewalTests.Paid(till, key);
        till.Shop.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Equal(6, await Limit(till, key));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Days_are_put_behind_the_end_and_a_refund_takes_back_what_is_left_of_them(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: p => p with { AddOns = Sold });
        var key = await RenewalTests.Active(till);
        var start = till.Shop.Now;
        var order = await Paid(till, key, "days-10", 2);
        await RenewalTests.Paid(till, key);
        Assert.Equal(start + 2 * Month + 20 * Day, (await till.Shop.Key(key)).ExpireAt);
        till.Shop.Clock.Advance(TimeSpan.FromDays(35));
        await RenewalTests.Refund(till, order, RefundWanted.Revoke);
        Assert.Equal((start + 35 * Day + Month, OrderState.Refunded), ((await till.Shop.Key(key)).ExpireAt, (await till.Of(order)).State));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_refund_takes_the_machines_back_once_or_leaves_them(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: p => p with { AddOns = Sold });
        var key = await RenewalTests.Active(till);
        var (first, second) = (await Paid(till, key, "machines-1", 2), await Paid(till, key, "machines-1"));
        Assert.Equal(4, await Limit(till, key));
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => Bench.Code(() => RenewalTests.Refund(till, first, RefundWanted.Revoke)))));
        Assert.Equal((2L, OrderState.Refunded), (await Limit(till, key), (await till.Of(first)).State));
        await RenewalTests.Refund(till, second, RefundWanted.Keep);
        Assert.Equal(2, await Limit(till, key));
        // What was taken back may be bought again; what was left counts.
        Assert.Equal("ADD_ON_LIMIT", await Bench.Code(() => Add(till, key, "machines-1", 3)));
        await Paid(till, key, "machines-1", 2);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task No_key_has_more_of_it_than_it_may_however_many_order_at_once(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: p => p with { AddOns = Sold });
        var key = await RenewalTests.Active(till);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => Bench.Code(() => Paid(till, key, "machines-1")))));
        Assert.Equal(3, outcomes.Count(o => o is null));
        Assert.All(outcomes.Where(o => o is not null), o => Assert.Equal("ADD_ON_LIMIT", o));
        Assert.Equal(4, await Limit(till, key));
        // One that was given up leaves room for another; paid all the same, it is too many and waits for staff.
        var other = (await till.Shop.Keys(till.Plan, 1))[0];
        await till.Shop.Validate(other, "machine-9");
        var late = await Add(till, other, "machines-5");
        var attempt = await till.Attempt(late);
        await till.Db.Write(s => till.Orders.Cancel(s, Caller.DefaultTenant, late.Id, "", ""));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => Bench.Code(() => i % 2 == 0 ? till.Pay(attempt, 2000) : (Task)Paid(till, other, "machines-5")))));
        Assert.Equal(6, await Limit(till, other));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_cannot_be_added_says_why_and_what_was_paid_too_late_waits_for_staff(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: p => p with { AddOns = Sold });
        async Task<string?> Why(string key, string addOn = "machines-1", long count = 1) => await Bench.Code(() => Add(till, key, addOn, count));
        Assert.Equal("NOT_ACTIVATED", await Why((await till.Shop.Keys(till.Plan, 1))[0]));
        var key = await RenewalTests.Active(till);
        Assert.Equal("VALIDATION_FAILED", await Why(key, "machines-2"));
        Assert.Equal("VALIDATION_FAILED", await Why(key, "machines-1", 4));
        await till.Shop.Do(key, ActionName.Suspend);
        Assert.Equal("KEY_SUSPENDED", await Why(key));
        await till.Shop.Do(key, ActionName.Reinstate);
        var (late, revoked) = (await Add(till, key, "machines-1"), await Add(till, key, "days-10"));
        var attempts = (await till.Attempt(late), await till.Attempt(revoked));
        till.Shop.Clock.Advance(TimeSpan.FromDays(40));
        Assert.Equal("KEY_ENDED", await Why(key));
        await till.Pay(attempts.Item1, 500);
        Assert.Equal(OrderState.Paid, (await till.Of(late)).State);
        await till.Shop.Do(key, ActionName.Revoke);
        await till.Pay(attempts.Item2, 450);
        Assert.Equal(OrderState.Paid, (await till.Of(revoked)).State);
        await RenewalTests.Refund(till, late, RefundWanted.Revoke);
        Assert.Equal(OrderState.Refunded, (await till.Of(late)).State);
        await till.AddsUp();
    }

    [Theory]
    [InlineData("""[{"kind":"wings","amount":1,"price":1}]""")]
    [InlineData("""[{"kind":"days","amount":0,"price":1}]""")]
    [InlineData("""[{"kind":"days","amount":1,"price":-1}]""")]
    [InlineData("""[{"kind":"days","amount":1,"price":1,"most":101}]""")]
    [InlineData("""[{"kind":"days","amount":1,"price":1},{"kind":"days","amount":1,"price":2}]""")]
    [InlineData("""[{"kind":"days","amount":1}]""")]
    [InlineData("""[{"kind":"days","amount":1,"price":1,"more":1}]""")]
    [InlineData("[null]")]
    [InlineData("7")]
    public void What_is_no_list_of_add_ons_is_refused(string addOns) =>
        Assert.Equal("field.add_ons", Assert.Throws<Refusal>(() => Plan.Fields.Checked(new Plan { Name = "VIP", AddOns = addOns })).Fields["add_ons"].Key);

    [Fact]
    public async Task Staff_sell_add_ons_on_the_plans_form_and_customers_and_programs_buy_them()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var staff = await server.SignedIn(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true, duration_seconds = 30 * 86400 }))["plan"]!["id"]!;
        var failed = await staff.Submit(await staff.Get("/admin/plans/" + plan), "form#plan", new() { ["add_amount"] = "one", ["add_price"] = "5" });
        Assert.Equal(("one", "5"), (failed.Document.QuerySelector("[name=add_amount]")!.GetAttribute("value"), failed.Document.QuerySelector("[name=add_price]")!.GetAttribute("value")));
        Assert.NotNull(failed.Document.QuerySelector("#add-ons .invalid-feedback"));
        await staff.Submit(await staff.Get("/admin/plans/" + plan), "form#plan", new() { ["add_amount"] = "1", ["add_price"] = "5", ["add_most"] = "3" });
        Assert.Equal("""[{"kind":"machines","amount":1,"price":500,"most":3,"for_good":false,"days":null}]""", (await owner.GetApi("/api/plans/" + plan))["plan"]!["add_ons"]!.ToJsonString());
        await owner.PostApi("/api/payment-channels", new { kind = "balance", name = "Balance" });
        var channel = (string)(await owner.GetApi("/api/payment-channels")).Items().Single()!["id"]!;
        var key = (await owner.Keys(plan, 1))[0];
        await server.Validate(key, "machine-1");
        var (account, http) = await Helpdesk.Customer(server);
        await owner.PostApi("/api/finance/topup", new { user = account, amount = 3000, currency = "CNY", reference = "cash" });
        var browser = await Helpdesk.Browser(server, account);
        var list = await browser.Submit(await browser.Get("/account/keys"), "form[action='/account/keys']", new() { ["key"] = key });
        var offers = await browser.Get(list.Document.QuerySelectorAll("#keys a.btn").Single(a => a.TextContent == "Change").GetAttribute("href")!);
        Assert.Contains("¥5", offers.One("#add-ons").TextContent);
        var buy = await browser.Get(offers.One("#add-ons a.btn").GetAttribute("href")!);
        Assert.Equal(["1", "2"], buy.Document.QuerySelectorAll("#preview tr:nth-child(1) td").Select(c => c.TextContent.Trim()));
        var many = await browser.Submit(buy, "form#buy", new() { ["quantity"] = "9" });
        Assert.Equal("9", many.One("#quantity").GetAttribute("value"));
        var done = await browser.Submit(many, "form#buy", new() { ["quantity"] = "2" });
        Assert.Contains("+2 machines", done.One("#change").TextContent);
        Assert.Contains("stays until", done.One("#change").TextContent);

        var told = await http.PostApi("/api/shop/changes", new { key });
        Assert.Equal((3L, 1L), ((long)told["machines"]!, (long)told["add_ons"]![0]!["left"]!));
        var placed = (await http.PostApi("/api/shop/orders", new { add_to = key, add_on = "machines-1", channel }))["order"]!;
        Assert.Equal(("delivered", "add_on", key, 1L), ((string)placed["status"]!, (string)placed["kind"]!, (string)placed["change"]!["key"]!, (long)placed["change"]!["machines"]!));
        (await http.PostApi("/api/shop/orders", new { add_to = key, add_on = "machines-1", channel })).IsProblem(HttpStatusCode.Conflict, "ADD_ON_LIMIT");
        (await http.PostApi("/api/shop/orders", new { add_to = "NO-SUCH-KEY", add_on = "machines-1", channel })).IsProblem(HttpStatusCode.NotFound, "KEY_NOT_FOUND");
        (await http.PostApi("/api/shop/orders", new { add_to = key, channel })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "add_on");
        Assert.Contains("as many of it as it may have", (await browser.Get("/buy/change?key=" + key)).One("#add-ons").TextContent);
        Assert.Contains("There is no such key", (await browser.Get("/buy/change?key=nothing")).Text);

        // Staff make one for somebody, who pays by its link; they see what it did, and a refund says what it takes back.
        var bank = (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "Bank 1234" } }))["channel"]!["id"]!;
        var other = (await owner.Keys(plan, 1))[0];
        await server.Validate(other, "machine-2");
        var made = await owner.PostApi("/api/orders", new { add_to = other, add_on = "machines-1", quantity = 2, email = "lin@example.com", channel = bank });
        Assert.Equal(("add_on", 1000L), ((string)made["order"]!["kind"]!, (long)made["order"]!["amount"]!));
        (await owner.PostApi("/api/orders", new { renew = other, email = "lin@example.com", channel = bank, price = 1 })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "price");
        Assert.Equal("renew", (string)(await owner.PostApi("/api/orders", new { renew = other, email = "lin@example.com", channel = bank }))["order"]!["kind"]!);
        var number = (string)made["order"]!["number"]!;
        await owner.PostApi($"/api/orders/{number}/confirm", new { reference = "cash" });
        Assert.Contains("+2 machines", (await staff.Get("/admin/orders/" + number)).One("#renews").TextContent);
        Assert.Contains("Add-on", (await staff.Get("/admin/orders")).One("tbody").TextContent);
        var ask = await staff.Get($"/admin/orders/{number}/refund");
        Assert.Contains("Machines that the key may have", ask.One("#preview").TextContent);
        Assert.Equal(["3", "1"], ask.Document.QuerySelectorAll("#preview tr:last-child td").Select(c => c.TextContent.Trim()));
        Assert.Contains("1 of 3", (await staff.Get("/admin/keys/" + other)).Text);
        Assert.Empty((await server.Db.Read(LedgerCheck.Check)).Errors);
    }

    internal static Task<Order> Add(Till till, string key, string addOn, long count = 1, Caller? who = null) => till.Db.Write(async s =>
        (await OrderStore.Find(s, Caller.DefaultTenant, (await till.Shop.Get<ShopDoor>().Place(s, who ?? Till.Visitor, Till.Guest, new(null, count, till.Channel.Id) { AddTo = (await LicenseStore.Find(s, Caller.DefaultTenant, LicenseKey.Parse(key)!.Value))!.Id, AddOn = addOn }, null)).Id))!);

    internal static async Task<Order> Paid(Till till, string key, string addOn, long count = 1)
    {
        var order = await Add(till, key, addOn, count);
        await till.Pay(await till.Attempt(order), order.Amount);
        return order;
    }

    internal static async Task<long> Limit(Till till, string key) => await till.Db.Read(async s => await LicenseTime.MachineLimit(s, Caller.DefaultTenant, (await LicenseStore.Find(s, Caller.DefaultTenant, LicenseKey.Parse(key)!.Value))!.Id, till.Shop.Now));
}
