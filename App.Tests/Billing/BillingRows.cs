using System.Security.Cryptography;
using System.Text;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Billing;

/// <summary>The shop, orders, payment channels and the ledger.</summary>
public static class BillingRows
{
    private const string Confirm = """{"reference":"{new_word}","amount":1250}""";
    private const string Cancel = """{"reason":"nobody pays"}""";
    private const string Hand = """{"reason":"done","content":"by hand"}""";
    private const string ConfirmForm = "reference={new_word}&amount=12.50";
    private const string CancelForm = "reason=nobody pays";
    private const string HandForm = "content=by hand&reason=done";
    private const string TopUp = """{"user":"{customer}","amount":500,"currency":"CNY","reference":"cash"}""";

    // A call of the gateway that nothing follows from: nobody has paid.
    private static readonly string Waiting = Signed("money=1&out_trade_no=GH1&pid=1001&trade_no=1&trade_status=WAIT_BUYER_PAY&type=alipay", "s3cret");

    private static string Signed(string sorted, string key) => $"{sorted}&sign={Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(sorted + key)))}&sign_type=MD5";

    private static string Buy(string plan) => $$"""{"plan":"{{{plan}}}","quantity":1,"email":"guest@example.com","lookup":"apple","channel":"{payment_channel}"}""";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/shop/plans", Open),
        new("POST", "/api/shop/orders", Open)
        {
            Json = Buy("offer"), Optional = "quantity lookup", Status = 201, Once = true,
            Races = [new(Post("/api/shop/orders", Buy("last_offer")), Post("/api/shop/orders", Buy("last_offer")))],
        },
        new("GET", "/shop", Open) { Query = "q group" },
        new("GET", "/buy/{plan}", Open) { Path = "/buy/{offer}", Query = "renew add_to add_on" },
        new("GET", "/buy/change", Open) { Path = "/buy/change?key={active}", Query = "key" },
        new("POST", "/api/shop/changes", Open) { Json = """{"key":"{active}"}""", Leaves = true },
        new("POST", "/buy/{plan}/notify", Open)
        {
            Path = "/buy/{offer}/notify", Form = "email=guest@example.com", Races = [new(Page("/buy/{last_offer}/notify", "email=guest@example.com"), Post("/api/shop/orders", Buy("last_offer")))],
        },
        new("POST", "/buy/{plan}", Open)
        {
            Path = "/buy/{offer}", Form = "quantity=1&email=guest@example.com&lookup=apple&channel={payment_channel}&mark={new_word}",
            Races = [new(Page("/buy/{last_offer}", "quantity=1&email=guest@example.com&lookup=apple&channel={payment_channel}&mark={new_word}"), Post("/api/shop/orders", Buy("last_offer")))],
        },
        new("GET", "/api/shop/orders/{number}", Open) { Path = "/api/shop/orders/{order}?lookup=apple", Query = "token lookup challenge nonce" },
        new("GET", "/orders/{token}", Open) { Path = "/orders/{order_token}", Query = "live" },
        new("GET", "/api/user/orders", Customer) { Query = "after limit", Shows = ["own_order"] },
        new("GET", "/api/user/balance", Customer) { Query = "after limit" },
        new("GET", "/api/orders", BillingPermissions.OrdersRead) { Query = "q status channel after limit", Shows = ["order"], Finds = ["?q={order}", "?status=pending"] },
        new("GET", "/api/orders/{number}", BillingPermissions.OrdersRead) { Path = "/api/orders/{order}" },
        new("POST", "/api/orders/{number}/confirm", BillingPermissions.MoneyWrite)
        {
            Path = "/api/orders/{order}/confirm", Json = Confirm, Optional = "amount", Once = true,
            Races = [new(Post("/api/orders/{order}/confirm", Confirm), Post("/api/orders/{order}/confirm", Confirm)), new(Post("/api/orders/{order}/confirm", """{"reference":"{new_word}"}"""), Post("/api/orders/{order}/cancel", Cancel))],
        },
        new("POST", "/api/orders/{number}/cancel", BillingPermissions.OrdersWrite)
        {
            Path = "/api/orders/{order}/cancel", Json = Cancel, Once = true, Races = [new(Post("/api/orders/{order}/cancel", Cancel), Post("/api/orders/{order}/cancel", Cancel))],
        },
        new("POST", "/api/orders/{number}/deliver", BillingPermissions.OrdersWrite)
        {
            Path = "/api/orders/{order_paid}/deliver", Json = Hand, Optional = "reason", Once = true, Races = [new(Post("/api/orders/{order_paid}/deliver", Hand), Post("/api/orders/{order_paid}/deliver", Hand))],
        },
        new("GET", "/admin/orders", BillingPermissions.OrdersRead) { Query = "q status channel customer after", Shows = ["order"], Finds = ["?q={order}", "?status=pending"] },
        new("GET", "/admin/orders/{number}", BillingPermissions.OrdersRead) { Path = "/admin/orders/{order}" },
        new("GET", "/admin/orders/{number}/confirm", BillingPermissions.MoneyWrite) { Path = "/admin/orders/{order}/confirm", Query = "amount" },
        new("POST", "/admin/orders/{number}/confirm", BillingPermissions.MoneyWrite)
        {
            Path = "/admin/orders/{order}/confirm", Form = ConfirmForm, Races = [new(Page("/admin/orders/{order}/confirm", ConfirmForm), Post("/api/orders/{order}/confirm", Confirm))],
        },
        new("GET", "/admin/orders/{number}/cancel", BillingPermissions.OrdersWrite) { Path = "/admin/orders/{order}/cancel", Query = "amount" },
        new("POST", "/admin/orders/{number}/cancel", BillingPermissions.OrdersWrite)
        {
            Path = "/admin/orders/{order}/cancel", Form = CancelForm, Races = [new(Page("/admin/orders/{order}/cancel", CancelForm), Post("/api/orders/{order}/confirm", Confirm))],
        },
        new("GET", "/admin/orders/{number}/deliver", BillingPermissions.OrdersWrite) { Path = "/admin/orders/{order_paid}/deliver", Query = "amount" },
        new("POST", "/admin/orders/{number}/deliver", BillingPermissions.OrdersWrite)
        {
            Path = "/admin/orders/{order_paid}/deliver", Form = HandForm, Races = [new(Page("/admin/orders/{order_paid}/deliver", HandForm), Post("/api/orders/{order_paid}/deliver", Hand))],
        },
        new("GET", "/api/payment-channels", BillingPermissions.PaymentChannelsManage) { Shows = ["payment_channel"] },
        new("POST", "/api/payment-channels", BillingPermissions.PaymentChannelsManage)
        {
            Json = """{"kind":"epay_v1","name":"{new_word}","currencies":["CNY"],"settings":{"url":"https://pay.example.com/","pid":"1001","key":"9f2c77b041aa"},"enabled":true,"minimum":100,"maximum":0,"wait_minutes":30,"shop_order":1}""",
            Optional = "currencies enabled minimum maximum wait_minutes shop_order", Status = 201, Once = true,
        },
        new("GET", "/api/payment-channels/{id}", BillingPermissions.PaymentChannelsManage) { Path = "/api/payment-channels/{payment_channel}" },
        new("PATCH", "/api/payment-channels/{id}", BillingPermissions.PaymentChannelsManage)
        {
            Path = "/api/payment-channels/{payment_channel}", Json = """{"name":"{new_word}","enabled":false,"currencies":["CNY"],"settings":{"words":"Another bank"}}""", Optional = "name enabled currencies settings",
            Races =
            [
                new(Patch("/api/payment-channels/{payment_channel}", """{"name":"One"}"""), Patch("/api/payment-channels/{payment_channel}", """{"enabled":false}""")),
                new(Patch("/api/payment-channels/{payment_channel}", """{"minimum":5}"""), Patch("/api/payment-channels/{payment_channel}", """{"settings":{"words":"Two"}}""")),
            ],
        },
        new("DELETE", "/api/payment-channels/{id}", BillingPermissions.PaymentChannelsManage)
        {
            Path = "/api/payment-channels/{payment_channel}",
            Races =
            [
                new(Delete("/api/payment-channels/{payment_channel}"), Patch("/api/payment-channels/{payment_channel}", """{"enabled":false}""")),
                new(Delete("/api/payment-channels/{payment_channel}"), Delete("/api/payment-channels/{payment_channel}")),
            ],
        },
        new("GET", "/api/finance/ledger", BillingPermissions.MoneyRead) { Query = "account after limit" },
        new("POST", "/api/finance/topup", BillingPermissions.MoneyWrite)
        {
            Json = TopUp, Status = 201, Once = true, Races = [new(Post("/api/finance/topup", TopUp), Post("/api/finance/topup", TopUp)), new(Post("/api/finance/topup", TopUp), Delete("/api/users/{customer}"))],
        },
        new("GET", "/api/finance/statistics", BillingPermissions.MoneyRead) { Query = "month" },
        new("GET", "/admin/statistics", BillingPermissions.MoneyRead) { Query = "month currency" },
        new("GET", "/admin/statistics/sales.csv", BillingPermissions.MoneyRead) { Query = "month", Type = "text/csv" },
        new("GET", "/admin/statistics/renewals.csv", BillingPermissions.MoneyRead) { Query = "month", Type = "text/csv" },
        new("GET", "/api/finance/export/orders", BillingPermissions.MoneyRead) { Query = "month", Type = "text/csv" },
        new("GET", "/api/finance/export/entries", BillingPermissions.MoneyRead) { Query = "month", Type = "text/csv" },
        new("GET", "/admin/books", BillingPermissions.MoneyRead),
        new("GET", "/admin/books/orders.csv", BillingPermissions.MoneyRead) { Query = "month", Type = "text/csv" },
        new("GET", "/admin/books/entries.csv", BillingPermissions.MoneyRead) { Query = "month", Type = "text/csv" },
        new("GET", "/orders/{token}/receipt", Open) { Path = "/orders/{paid_token}/receipt" },
        new("POST", "/orders/{token}/receipt", Open)
        {
            Path = "/orders/{paid_token}/receipt", Form = "buyer=Lin Ltd", Races = [new(Page("/orders/{paid_token}/receipt", "buyer=Lin Ltd"), Page("/orders/{paid_token}/receipt", "buyer=Wang Ltd"))],
        },
        new("GET", "/admin/orders/{number}/receipt", BillingPermissions.OrdersRead) { Path = "/admin/orders/{order_paid}/receipt", Status = 303 },
        new("GET", "/pay/{route}/{channel}/notify", Open) { Path = $"/pay/epay/{{epay_channel}}/notify?{Waiting}", Type = "text/plain" },
        new("POST", "/pay/{route}/{channel}/notify", Open) { Path = "/pay/epay/{epay_channel}/notify", Form = Waiting, Status = 200, Type = "text/plain", FromElsewhere = true, Leaves = true },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["payment_channel"] = t => Channel(t, "offline", new { words = "Bank 1234" }),
        ["epay_channel"] = t => Channel(t, "epay_v1", new { url = "https://pay.example.com/", pid = "1001", key = "s3cret" }),
        ["offer"] = t => Offer(t, new { }),
        ["last_offer"] = async t =>
        {
            var plan = await Offer(t, new { });
            var made = await t.Owner.PostApi("/api/keys/generate", new { plan, count = 1 });
            await t.Owner.PatchApi("/api/plans/" + plan, new { stock_batch = (string)made["batch_id"]! });
            return plan;
        },
        ["order"] = async t => OrderNumber.Shown((await Order(t, await t.Get("offer"), await t.Get("payment_channel"))).Number),
        ["order_token"] = async t => (await Order(t, await t.Get("offer"), await t.Get("payment_channel"))).Token,
        ["order_token_done"] = async t => (await Order(t, await Offer(t, new { price = 0 }), "")).Token,
        ["other_channel"] = t => Channel(t, "offline", new { words = "Bank 5678" }),
        // Delivered by hand, and paid.
        ["order_paid"] = async t =>
        {
            var order = await Order(t, await Offer(t, new { delivery = "hand" }), await t.Get("payment_channel"));
            await t.Owner.PostApi($"/api/orders/{order.Number}/confirm", new { reference = t.Unique("reference") });
            return OrderNumber.Shown(order.Number);
        },
        ["paid_token"] = async t =>
        {
            var order = await Order(t, await Offer(t, new { delivery = "hand" }), await t.Get("payment_channel"));
            await t.Owner.PostApi($"/api/orders/{order.Number}/confirm", new { reference = t.Unique("reference") });
            return order.Token;
        },
        ["own_order"] = async t => OrderNumber.Shown((await Order(t, await Offer(t, new { price = 0 }), "", await IsCustomer(t) ? t.Account : null)).Number),
    };

    private static async Task<string> Offer(Things t, object more)
    {
        var plan = (string)(await t.Owner.PostApi("/api/plans", new { name = t.Unique("offer"), price = 1250, on_sale = true }))["plan"]!["id"]!;
        if (more.GetType().GetProperties().Length > 0)
            await t.Owner.PatchApi("/api/plans/" + plan, more);
        return plan;
    }

    private static async Task<string> Channel(Things t, string kind, object settings) => (string)(await t.Owner.PostApi("/api/payment-channels", new { kind, name = t.Unique("till"), settings }))["channel"]!["id"]!;

    // Staff who try a customer's door buy nothing.
    private static async Task<bool> IsCustomer(Things t) => await t.Server.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE id = @id AND kind = 'customer'", ("id", t.Account))) > 0;

    private static Task<Order> Order(Things t, string plan, string channel, string? account = null)
    {
        var who = Caller.Public("198.51.100.9", null, t.Tenant) with { Kind = account is null ? "public" : "customer", Id = account };
        return t.Server.Db.Write(s => t.Server.Service<OrderService>().Place(s, who, new Buyer(null, "guest@example.com", "apple", "en", null), new NewOrder(plan, 1, channel)));
    }
}
