using System.Net;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Orders that staff make for somebody.</summary>
public sealed class StaffOrderTests
{
    [Theory, BothEngines]
    public async Task They_wait_to_be_paid_at_the_price_that_was_agreed(Engine engine)
    {
        await using var till = await Till.Open(engine, stock: 3);
        var who = await till.Customer();
        var order = await Make(till, new(till.Plan.Id, 2, "wei@example.com", null, till.Channel.Id, 900, true, "en"));
        Assert.Equal((Order.Manual, OrderState.Pending, who.Id, 1800L), (order.Kind, order.State, order.AccountId, order.Amount));
        Assert.Equal(["created"], await till.Story(order));
        // Its keys are kept for it, for days.
        Assert.Equal("SOLD_OUT", await Bench.Code(() => Make(till, new(till.Plan.Id, 2, null, "guest@example.com", till.Channel.Id, null, true, "en"))));
        till.Shop.Clock.Advance(TimeSpan.FromDays(2));
        await till.Shop.Get<Gatehouse.Billing.Payments.PaymentJobs>().Expire(default);
        await till.Pay(await till.Attempt(order), 1800);
        Assert.Equal(OrderState.Delivered, (await till.Of(order)).State);
        Assert.Equal(2, (await till.Keys(order)).Count);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task For_nothing_it_is_delivered_and_what_is_wrong_is_said(Engine engine)
    {
        await using var till = await Till.Open(engine);
        Assert.Equal(OrderState.Delivered, (await Make(till, new(till.Plan.Id, 1, null, "guest@example.com", null, 0, false, "zh"))).State);
        var operatorOnly = Licensing.Shop.Staff with { Role = Role.Operator, Allowed = PermissionSet.Of([BillingPermissions.OrdersWrite.Name]) };
        var fault = await Assert.ThrowsAsync<Refusal>(() => Make(till, new(till.Plan.Id, 0, null, "nobody", till.Channel.Id, 5, true, "en"), operatorOnly));
        Assert.Equal(["email", "price", "quantity"], fault.Fields.Keys.Order());
        Assert.Equal(["user"], (await Assert.ThrowsAsync<Refusal>(() => Make(till, new(till.Plan.Id, 1, "nobody", null, till.Channel.Id, null, true, "en"), operatorOnly))).Fields.Keys);
        Assert.Equal(["channel"], (await Assert.ThrowsAsync<Refusal>(() => Make(till, new(till.Plan.Id, 1, null, "guest@example.com", "none", null, true, "en"), operatorOnly))).Fields.Keys);
        await till.AddsUp();
    }

    [Fact]
    public async Task For_a_key_that_is_there_the_form_offers_what_is_sold_for_it()
    {
        await using var server = await TestServer.Start();
        var (owner, staff) = (await server.As(Role.Owner), await server.SignedIn(Role.Owner));
        var pro = (string)(await owner.PostApi("/api/plans", new { name = "Pro", price = 3000, duration_seconds = 30 * 86400 }))["plan"]!["id"]!;
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true, duration_seconds = 30 * 86400, switch_to = new[] { pro }, add_ons = new[] { new { kind = "machines", amount = 1, price = 500 } } }))["plan"]!["id"]!;
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "Bank 1234" } }))["channel"]!["id"]!;
        var key = (await owner.Keys(plan, 1))[0];
        await server.Validate(key, "machine-1");
        const string form = "main form";
        var typed = new Dictionary<string, string?> { ["user"] = "guest@example.com", ["channel"] = channel };
        var unknown = await staff.Submit(await staff.Get("/admin/orders/new"), form, new(typed) { ["key"] = "VIP-NOSUCHKEY1" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unknown.Status);
        Assert.Null(unknown.Document.QuerySelector("#deal"));

        // Without script the form asks back what the key is to get; nothing of it has a price of staff's own.
        var asked = await staff.Submit(await staff.Get("/admin/orders/new"), form, new(typed) { ["key"] = key.ToLowerInvariant() });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, asked.Status);
        Assert.Equal(["renew", "now:" + pro, "end:" + pro, "add:machines-1"], asked.Document.QuerySelectorAll("#deal option").Select(o => o.GetAttribute("value")));
        Assert.Contains("¥12.50", asked.One("#deal option[value=renew]").TextContent);
        Assert.Null(asked.Document.QuerySelector("#price, #plan"));
        foreach (var (deal, kind, amount) in new[] { ("renew", "renew", 1250L), ("end:" + pro, "switch", 3000L), ("now:" + pro, "switch", 3000L), ("add:machines-1", "add_on", 500L) })
        {
            var made = await staff.Submit(asked, form, new() { ["deal"] = deal });
            Assert.Equal(HttpStatusCode.OK, made.Status);
            var order = (await owner.GetApi("/api/orders?limit=1"))["items"]![0]!;
            Assert.Equal((kind, amount, "guest@example.com", "pending"), ((string)order["kind"]!, (long)order["amount"]!, (string)order["email"]!, (string)order["status"]!));
        }
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await staff.Submit(asked, form, new() { ["deal"] = "add:machines-1", ["quantity"] = "2" })).Status);
    }

    private static Task<Order> Make(Till till, StaffOrder wanted, Caller? who = null) => till.Db.Command(who ?? Licensing.Shop.Staff, s => till.Shop.Get<StaffOrders>().Make(s, who ?? Licensing.Shop.Staff, wanted));
}
