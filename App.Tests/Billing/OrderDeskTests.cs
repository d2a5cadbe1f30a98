using Gatehouse.Audit.Log;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Orders as staff find and settle them, by the pages.</summary>
public sealed class OrderDeskTests
{
    [Theory, BothEngines]
    public async Task Any_number_finds_the_order(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await till.Customer();
        await till.Db.Write(s => s.Execute("INSERT INTO account_logins (tenant_id, name, account_id) VALUES ('default', '+8613800138000', @id)", ("id", who.Id)));
        var (own, guest) = (await till.Order(who: who), await till.Order());
        var attempt = await till.Attempt(own);
        await till.Db.Write(s => till.Taker.Take(s, Caller.DefaultTenant, till.Channel, new(attempt, "T-77", _ => 1250, "CNY", "0xhash")));
        // Paid once more, by another of the gateway's numbers.
        Assert.Equal(Taken.Kept, await till.Pay(await till.Attempt(own), 1250, "T-78"));
        await till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<OrderDeskService>().Confirm(s, Licensing.Shop.Staff, guest.Number, "bank 17", null));
        var key = Assert.Single(await till.Keys(own));
        foreach (var known in new[] { own.Number, OrderNumber.Shown(own.Number).ToLowerInvariant(), attempt, "T-77", "T-78", "0xhash", "wei@example.com", "138 0013 8000", key, key.ToLowerInvariant() })
            Assert.Equal([own.Id], await Found(known));
        foreach (var known in new[] { guest.Number, "bank 17", "Guest@example.com" })
            Assert.Equal([guest.Id], await Found(known));
        Assert.Empty(await Found("nothing"));
        Assert.Equal([own.Id], (await till.Db.Read(s => OrderStore.List(s, Caller.DefaultTenant, new(Account: who.Id), null, 10))).Select(o => o.Id));
        Assert.Equal(2, (await till.Db.Read(s => OrderStore.List(s, Caller.DefaultTenant, new(Channel: till.Channel.Id), null, 10))).Count);

        async Task<List<string>> Found(string search) => (await till.Db.Read(s => OrderStore.List(s, Caller.DefaultTenant, new(search), null, 10))).ConvertAll(o => o.Id);
    }

    [Fact]
    public async Task Staff_confirm_cancel_and_deliver_by_the_pages_and_see_what_would_follow()
    {
        await using var server = await TestServer.Start();
        var owner = await server.As(Role.Owner);
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "Bank 1234" } }))["channel"]!["id"]!;
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!;
        var first = await Order();
        var staff = await server.SignedIn(Role.Owner);
        Assert.Contains(first, (await staff.Get("/admin/orders")).One("tbody").TextContent, StringComparison.Ordinal);

        // Too little is refused, and what was typed stays.
        var page = await Do($"/admin/orders/{first}/confirm", new() { ["reference"] = "bank 9", ["amount"] = "1.00" });
        Assert.Equal((422, "bank 9"), ((int)page.Status, page.One("#reference").GetAttribute("value")));
        Assert.Contains("12.50", page.One("#amount-error").TextContent, StringComparison.Ordinal);
        page = await staff.Get($"/admin/orders/{first}/confirm?amount=13.00");
        Assert.Contains("¥13", page.One("#preview").TextContent, StringComparison.Ordinal);
        Assert.Contains("¥0.50", page.One("#preview").TextContent, StringComparison.Ordinal);
        await Do($"/admin/orders/{first}/confirm", new() { ["reference"] = "bank 9", ["amount"] = "12.50" });
        page = await staff.Get("/admin/orders/" + first);
        Assert.Contains("Delivered", page.One(".gh-head").TextContent, StringComparison.Ordinal);
        Assert.Contains("bank 9", page.One("#payments").TextContent, StringComparison.Ordinal);
        Assert.Equal(2, page.Document.QuerySelectorAll("#ledger tbody td:first-child").Length);

        var second = await Order();
        await Do($"/admin/orders/{second}/cancel", new() { ["reason"] = "Ordered twice" });
        Assert.Contains("Cancelled: Ordered twice", (await staff.Get("/admin/orders/" + second)).One("#story").TextContent, StringComparison.Ordinal);
        // What is cancelled is not cancelled again.
        Assert.Equal(303, (int)(await Do($"/admin/orders/{second}/cancel", new() { ["reason"] = "again" }, follow: false)).Status);

        await owner.PatchApi("/api/plans/" + plan, new { delivery = "hand" });
        var third = await Order();
        await owner.PostApi($"/api/orders/{third}/confirm", new { reference = "bank 10" });
        Assert.Contains("1", (await staff.Get("/admin/orders")).One("#list-tabs").TextContent, StringComparison.Ordinal);
        Assert.Equal(422, (int)(await Do($"/admin/orders/{third}/deliver", new() { ["content"] = "" })).Status);
        await Do($"/admin/orders/{third}/deliver", new() { ["content"] = "code 42" });
        Assert.Contains("code 42", (await staff.Get("/admin/orders/" + third)).One("main").TextContent, StringComparison.Ordinal);
        var seen = (await server.Http.GetApi($"/api/shop/orders/{third}?lookup=guest@example.com"))["order"]!;
        Assert.Equal(("delivered", "code 42"), ((string)seen["status"]!, (string)seen["content"]!));

        async Task<TestPage> Do(string address, Dictionary<string, string?> typed, bool follow = true) => await staff.Submit(await staff.Get(address), $"form[action='{address}']", typed, follow);

        async Task<string> Order() => (string)(await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", channel }))["order"]!["number"]!;
    }
}
