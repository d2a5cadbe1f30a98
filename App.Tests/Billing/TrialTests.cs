using Gatehouse.Audit.Log;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Trials, questions of a plan, and stock that runs low: decided in the transaction of the order.</summary>
public sealed class TrialTests
{
    private static Buyer From(string email) => Till.Guest with { Email = email };

    private static Plan Trial(Plan plan) => plan with { Trial = true, Price = 0 };

    [Theory, BothEngines]
    public async Task A_mailbox_a_company_and_an_account_have_a_trial_once(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: Trial);
        async Task<string?> Get(string email, Caller? who = null) => await Bench.Code(() => till.Order(who: who, buyer: From(email)));
        Assert.Null(await Get("lin.wei@gmail.com"));
        Assert.Equal("TRIAL_USED", await Get("LinWei+again@googlemail.com"));
        // Everybody has a mailbox there, so another address is another person; a company is one.
        Assert.Null(await Get("somebody@gmail.com"));
        Assert.Null(await Get("10001@qq.com"));
        Assert.Null(await Get("10002@qq.com"));
        Assert.Null(await Get("a@acme.example"));
        Assert.Equal("TRIAL_USED", await Get("b@acme.example"));
        var wei = await till.Customer(email: "wei@firm.example");
        Assert.Null(await Get("", wei));
        Assert.Equal("TRIAL_USED", await Get("", wei));
        Assert.Equal("TRIAL_USED", await Get("other@firm.example"));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => till.Order(2, buyer: From("x@new.example"))));
        // Who was refused has used nothing up, and no address stands in what is kept.
        Assert.Null(await Get("x@new.example"));
        Assert.Equal(0, await till.Shop.Count("SELECT COUNT(*) FROM trial_uses WHERE who LIKE '%@%' OR who LIKE '%example%' OR who LIKE '%gmail%'"));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Twenty_at_once_get_one(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: Trial);
        var told = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => Bench.Code(() => till.Order(buyer: From($"person{i}@acme.example"))))));
        Assert.Equal((1, 19), (told.Count(c => c is null), told.Count(c => c == "TRIAL_USED")));
        Assert.Equal((1, 1), (await till.Shop.Count("SELECT COUNT(*) FROM orders"), await till.Shop.Count("SELECT COUNT(*) FROM order_keys")));
    }

    [Theory, BothEngines]
    public async Task What_an_account_has_had_goes_where_it_goes(Engine engine)
    {
        await using var till = await Till.Open(engine, as_: Trial);
        var (one, other) = (await till.Customer(email: "one@qq.com"), await till.Customer(email: "other@qq.com"));
        await till.Order(who: one);
        await till.Db.Write(async s => { await OrderPeople.Move(s, Caller.DefaultTenant, one.Id!, other.Id!); return true; });
        Assert.Equal("TRIAL_USED", await Bench.Code(() => till.Order(who: other)));
        Assert.Equal(2, await till.Shop.Count("SELECT COUNT(*) FROM trial_uses WHERE who LIKE 'account:%'"));
        await till.Db.Write(async s => { await new OrderPeople().Removing(s, Caller.DefaultTenant, one.Id!); return true; });
        Assert.Equal(1, await till.Shop.Count("SELECT COUNT(*) FROM trial_uses WHERE who LIKE 'account:%'"));
        Assert.Equal("TRIAL_USED", await Bench.Code(() => till.Order(buyer: From("one@qq.com"))));
    }

    [Fact]
    public async Task A_trial_costs_nothing()
    {
        await using var till = await Till.Open(Engine.Sqlite);
        var plans = till.Shop.Get<PlanService>();
        foreach (var change in new Func<Plan, Plan>[] { p => p with { Trial = true }, p => p with { Trial = true, Price = 0, Tiers = """[{"from":5,"price":100}]""" } })
            Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => till.Db.Command(Licensing.Shop.Staff, s => plans.Update(s, Licensing.Shop.Staff, till.Plan.Id, change))));
    }

    [Theory, BothEngines]
    public async Task Questions_are_answered_and_kept_and_go_with_the_person(Engine engine)
    {
        const string form = """[{"key":"account","name_en":"Account","name_zh":"账号","required":true},{"key":"level","name_zh":"等级","kind":"number"},{"key":"server","name_en":"Server","kind":"choice","choices":["East","West"]}]""";
        await using var till = await Till.Open(engine, as_: p => p with { OrderForm = form });
        async Task<Order> Order(Buyer buyer, params (string, string)[] answers) =>
            await till.Db.Write(s => till.Orders.Place(s, Till.Visitor, buyer, new(till.Plan.Id, 1, till.Channel.Id, Form: answers.ToDictionary())));
        async Task<IEnumerable<string>> Wrong(params (string, string)[] answers) => (await Assert.ThrowsAsync<Refusal>(() => Order(Till.Guest, answers))).Fields.Select(f => $"{f.Key} {f.Value.Key}").Order();
        Assert.Equal(["form.account field.required"], await Wrong());
        Assert.Equal(["form.account field.too_long", "form.level field.whole_number", "form.other field.unknown", "form.server field.one_of"],
            await Wrong(("account", new string('x', 201)), ("level", "-1"), ("server", "North"), ("other", "x")));
        var order = await Order(Till.Guest with { Language = "zh" }, ("account", " lin "), ("level", "7"), ("server", ""));
        Assert.Equal([new("account", "账号", "lin"), new("level", "等级", "7")], OrderForm.Answers((await till.Of(order)).Form));
        var who = await till.Customer(email: Till.Guest.Email);
        await till.Db.Write(async s => { await new OrderPeople().Removing(s, Caller.DefaultTenant, who.Id!); return true; });
        Assert.Empty(OrderForm.Answers((await till.Of(order)).Form));
    }

    [Theory]
    [InlineData("""[{"key":"A","name_en":"x"}]""", "field.order_form")]
    [InlineData("""[{"key":"a","name_en":"x"},{"key":"a","name_en":"y"}]""", "field.order_form")]
    [InlineData("""[{"key":"a","name_en":"x","kind":"date"}]""", "field.order_form")]
    [InlineData("""[{"name_en":"x"}]""", "field.order_form")]
    [InlineData("""[{"key":"a","name_en":"x","more":1}]""", "field.order_form")]
    [InlineData("""{"key":"a"}""", "field.order_form")]
    [InlineData("[null]", "field.order_form")]
    [InlineData("""[{"key":"a"}]""", "field.order_form_name")]
    [InlineData("""[{"key":"a","name_en":"x","kind":"choice","choices":["one"]}]""", "field.order_form_choices")]
    public void A_form_that_is_none_is_told(string form, string complaint) =>
        Assert.Equal(complaint, Assert.Throws<Refusal>(() => Plan.Fields.Checked(new Plan { Name = "VIP", OrderForm = form })).Fields["order_form"].Key);

    [Theory, BothEngines]
    public async Task Staff_are_told_once_when_the_stock_runs_low(Engine engine)
    {
        await using var till = await Till.Open(engine, stock: 6, as_: p => p with { LowStock = 4 });
        Task<long> Told() => till.Shop.Count("SELECT COUNT(*) FROM outbox WHERE dedupe_key LIKE 'stock.low:stock:%'");
        // Where nobody listens, nothing is told.
        await till.Listen();
        await till.Order(2);
        Assert.Equal(0, await Told());
        var order = await till.Order();
        Assert.Equal(1, await Told());
        await till.Order();
        // Given up and ordered again it is crossed again: that is no news.
        await till.Db.Write(s => till.Orders.Cancel(s, Caller.DefaultTenant, order.Id, "", "none"));
        await till.Order(2);
        Assert.Equal(1, await Told());
    }
}
