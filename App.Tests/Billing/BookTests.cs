using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>What the book-keeper gets: every order and entry of the month once, exact, and safe to open in a spreadsheet.</summary>
public sealed class BookTests
{
    [Theory, BothEngines]
    public async Task A_month_holds_each_order_and_entry_once_and_no_formula(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "=cmd|' /C calc'!A0", price = 1999, on_sale = true }))["plan"]!["id"]!;
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "Pay" } }))["channel"]!["id"]!;
        var numbers = new List<string>();
        // More than one step of the export, paid in the same moment.
        for (var i = 0; i < 501; i++)
            numbers.Add(await Order(server, plan, channel));
        server.Clock.Advance(TimeSpan.FromDays(31));
        var later = await Order(server, plan, channel);
        var orders = await Csv(owner, "/api/finance/export/orders?month=2026-03");
        Assert.Equal(numbers.Order(), orders.Select(o => o["number"]).Order());
        Assert.All(orders, o => Assert.Equal(("=cmd|' /C calc'!A0", "0.00", "19.99", "CNY", "Bank"), (o["name"], o["fee"], o["amount"], o["currency"], o["channel"])));
        Assert.Contains("'=cmd", await owner.GetStringAsync("/api/finance/export/orders?month=2026-03"));
        Assert.Equal([later], (await Csv(owner, "/api/finance/export/orders?month=2026-04")).Select(o => o["number"]));
        var entries = await Csv(owner, "/api/finance/export/entries?month=2026-03");
        Assert.Equal(1002, entries.Count);
        Assert.Equal((501, 501), (entries.Count(e => (e["account"], e["debit"], e["credit"]) == ("revenue", "", "19.99")), entries.Count(e => (e["account"], e["debit"], e["credit"]) == ("by_hand", "19.99", ""))));
        Assert.Equal(numbers.Order(), entries.Where(e => e["account"] == "revenue").Select(e => e["order"]).Order());
        Assert.Empty(await Csv(owner, "/api/finance/export/entries?month=2026-02"));
    }

    [Theory, BothEngines]
    public async Task Accounts_of_channels_and_people_are_named(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PostApi("/api/users", new { username = "wei", email = "wei@example.com" });
        await owner.PostApi("/api/finance/topup", new { user = "wei", amount = 5000, currency = "CNY", reference = "cash" });
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!;
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "支付宝", settings = new { url = "https://pay.example.com/", pid = "1001", key = "s3cret" } }))["channel"]!["id"]!;
        var number = (string)(await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", channel }))["order"]!["number"]!;
        await MoneyRows.Pay(server, Caller.DefaultTenant, number, channel, 1250, "T1");
        var names = (await Csv(owner, "/api/finance/export/entries")).Select(e => (e["account"].Split(':')[0], e["account_name"])).Distinct().Order();
        Assert.Equal([("balance", "wei@example.com"), ("by_hand", ""), ("clearing", "支付宝"), ("revenue", "")], names);
    }

    private static async Task<string> Order(TestServer server, string plan, string channel)
    {
        var who = Caller.Public("198.51.100.9", null);
        var order = await server.Db.Write(s => server.Service<OrderService>().Place(s, who, new(null, "guest@example.com", "", "en", null), new(plan, 1, channel)));
        await server.Db.Write(async s => await server.Service<Gatehouse.Billing.Payments.PaymentTaker>().Confirm(s, who, (await OrderStore.Locked(s, who.TenantId, order.Id))!, "R" + order.Number, null));
        return OrderNumber.Shown(order.Number);
    }

    private static async Task<List<Dictionary<string, string>>> Csv(HttpClient http, string path)
    {
        var (csv, rows) = (new CsvReader(new StringReader((await http.GetStringAsync(path)).TrimStart('\uFEFF'))), new List<IReadOnlyList<string>>());
        while (csv.Read() is { } row)
            rows.Add(row.Cells);
        return [.. rows.Skip(1).Select(r => rows[0].Zip(r).ToDictionary(p => p.First, p => CsvCell.Unguard(p.Second)))];
    }
}
