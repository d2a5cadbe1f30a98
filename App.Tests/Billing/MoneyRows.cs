using Gatehouse.Audit.Log;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Permissions;
using Gatehouse.Billing.Refunds;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;

namespace Gatehouse.Tests.Billing;

/// <summary>The money desk, and refunds.</summary>
public static class MoneyRows
{
    private const string Settle = """{"reference":"{new_word}"}""", Credit = """{"reference":"{new_word}","user":"{customer}"}""", GiveBack = """{"reference":"{new_word}","way":"hand"}""", Reason = """{"reason":"nobody knows"}""";
    private const string Refund = """{"amount":100,"reason":"a gift","way":"hand","reference":"{new_word}","keys":"keep"}""", Marked = """{"way":"hand","reference":"{new_word}","amount":1250}""";
    private const string RefundForm = "amount=1.00&reason=a gift&way=hand&reference={new_word}&keys=keep";

    private const string Made = """{"plan":"{offer}","quantity":1,"email":"guest@example.com","channel":"{payment_channel}","send":true}""", MadeForm = "user=guest@example.com&plan={offer}&quantity=1&channel={payment_channel}&send=true";

    private static EndpointRow Decide(string action, string json, string optional = "") => new("POST", "/api/finance/payments/{id}/" + action, BillingPermissions.MoneyWrite)
    {
        Path = $"/api/finance/payments/{{open_payment}}/{action}", Json = json, Optional = optional, Once = true,
        Races = [new(Post($"/api/finance/payments/{{open_payment}}/{action}", json), Post("/api/finance/payments/{open_payment}/write-off", Reason))],
    };

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/finance/payments", BillingPermissions.MoneyRead) { Query = "state problem q after limit", Shows = ["open_payment"], Finds = ["?problem=underpaid"] },
        new("GET", "/api/finance/payments/{id}", BillingPermissions.MoneyRead) { Path = "/api/finance/payments/{open_payment}" },
        Decide("deliver", Settle),
        Decide("credit", Credit),
        Decide("refund", GiveBack, "way"),
        Decide("write-off", Reason),
        new("POST", "/api/orders/{number}/refund", BillingPermissions.MoneyWrite)
        {
            Path = "/api/orders/{order_paid}/refund", Json = Refund, Optional = "amount keys way", Once = true, Races = [new(Post("/api/orders/{order_paid}/refund", Refund), Post("/api/orders/{order_paid}/refund", Refund))],
        },
        new("GET", "/api/finance/refunds", BillingPermissions.MoneyRead) { Query = "status q after limit", Shows = ["refund"], Finds = ["?status=failed", "?status=waiting"] },
        new("GET", "/api/finance/refunds/{id}", BillingPermissions.MoneyRead) { Path = "/api/finance/refunds/{refund}" },
        new("POST", "/api/finance/refunds/{id}/again", BillingPermissions.MoneyWrite)
        {
            Path = "/api/finance/refunds/{refund}/again", Races = [new(Post("/api/finance/refunds/{refund}/again", "{}"), Post("/api/finance/refunds/{refund}/drop", Reason))],
        },
        new("POST", "/api/finance/refunds/{id}/settle", BillingPermissions.MoneyWrite)
        {
            Path = "/api/finance/refunds/{refund}/settle", Json = Marked, Optional = "amount", Once = true, Races = [new(Post("/api/finance/refunds/{refund}/settle", Marked), Post("/api/finance/refunds/{refund}/drop", Reason))],
        },
        new("POST", "/api/finance/refunds/{id}/drop", BillingPermissions.MoneyWrite)
        {
            Path = "/api/finance/refunds/{refund}/drop", Json = Reason, Once = true, Races = [new(Post("/api/finance/refunds/{refund}/drop", Reason), Post("/api/finance/refunds/{refund}/drop", Reason))],
        },
        new("POST", "/api/orders", BillingPermissions.OrdersWrite) { Json = Made, Optional = "quantity send", Status = 201, Once = true, Races = [new(Post("/api/orders", Made), Post("/api/orders", Made))] },
        new("GET", "/admin/orders/new", BillingPermissions.OrdersWrite) { Query = "customer plan key deal quantity price" },
        new("POST", "/admin/orders/new", BillingPermissions.OrdersWrite) { Form = MadeForm, Races = [new(Page("/admin/orders/new", MadeForm), Post("/api/orders", Made))] },
        new("GET", "/pay/{route}/{channel}/return", EndpointRow.Open) { Path = "/pay/epay/{epay_channel}/return?out_trade_no=GH1&sign=none", Status = 303 },
        new("GET", "/admin/money", BillingPermissions.MoneyRead) { Query = "tab q after", Shows = ["open_payment"], Finds = ["?tab=open"] },
        new("GET", "/admin/money/{id}", BillingPermissions.MoneyRead) { Path = "/admin/money/{open_payment}", Query = "do way order user" },
        new("POST", "/admin/money/{id}/{action}", BillingPermissions.MoneyWrite)
        {
            Path = "/admin/money/{open_payment}/deliver", Form = "reference={new_word}", Races = [new(Page("/admin/money/{open_payment}/deliver", "reference={new_word}"), Post("/api/finance/payments/{open_payment}/write-off", Reason))],
        },
        new("GET", "/admin/orders/{number}/refund", BillingPermissions.MoneyWrite) { Path = "/admin/orders/{order_paid}/refund", Query = "amount way keys" },
        new("POST", "/admin/orders/{number}/refund", BillingPermissions.MoneyWrite)
        {
            Path = "/admin/orders/{order_paid}/refund", Form = RefundForm, Races = [new(Page("/admin/orders/{order_paid}/refund", RefundForm), Post("/api/orders/{order_paid}/refund", Refund))],
        },
        new("GET", "/admin/refunds/{id}", BillingPermissions.MoneyRead) { Path = "/admin/refunds/{refund}" },
        new("POST", "/admin/refunds/{id}/{action}", BillingPermissions.MoneyWrite)
        {
            Path = "/admin/refunds/{refund}/settle", Form = "way=hand&reference={new_word}", Races = [new(Page("/admin/refunds/{refund}/settle", "way=hand&reference={new_word}"), Post("/api/finance/refunds/{refund}/drop", Reason))],
        },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        // Too little, for a guest's order.
        ["open_payment"] = async t => await Pay(t.Server, t.Tenant, await t.Get("order"), await t.Get("epay_channel"), 1000, t.Unique("GH")),
        ["refund"] = async t => await Refused(t.Server, t.Tenant, await t.Get("order"), await t.Get("card_channel"), t.Unique("GH")),
        ["card_channel"] = async t => await Cards(t.Owner, t.Unique("cards")),
    };

    /// <summary>A channel whose gateway can be asked for a refund more than once, and is nowhere.</summary>
    internal static async Task<string> Cards(HttpClient owner, string name) =>
        (string)(await owner.PostApi("/api/payment-channels", new { kind = "stripe", name, settings = new { url = "https://pay.example.com", secret_key = "sk_test_1", webhook_secret = "whsec_1" } }))["channel"]!["id"]!;

    /// <summary>So much comes for an order by a gateway; the payment's id.</summary>
    internal static async Task<string> Pay(TestServer server, string tenant, string number, string channelId, long amount, string trade)
    {
        var channel = (await server.Db.Read(s => PaymentChannelStore.Find(s, tenant, channelId)))!;
        var order = (await server.Db.Read(s => OrderStore.ByNumber(s, tenant, OrderNumber.Parse(number)!)))!;
        var attempt = new PaymentAttempt(Ids.New(), order.Id, channel.Id, trade, order.Currency, order.Amount, PaymentAttempt.Pending, "", null, 0, 0, order.CreatedAt, null);
        await server.Db.Write(s => AttemptStore.Insert(s, tenant, attempt, null));
        await server.Db.Write(s => server.Service<PaymentTaker>().Take(s, tenant, channel, new(trade, "T" + trade, _ => amount, null, "pi_" + trade)));
        return (await server.Db.Read(s => AttemptStore.PaymentsOf(s, tenant, order.Id)))[^1].Id;
    }

    /// <summary>An order is paid, and its gateway refuses to give that back; the refund's id.</summary>
    internal static async Task<string> Refused(TestServer server, string tenant, string number, string channelId, string trade)
    {
        var order = (await server.Db.Read(s => OrderStore.ByNumber(s, tenant, OrderNumber.Parse(number)!)))!;
        await Pay(server, tenant, number, channelId, order.Amount, trade);
        var desk = Caller.System with { TenantId = tenant };
        var refund = await server.Db.Command(desk, s => server.Service<RefundService>().Ask(s, desk, number, new(null, "a gift", RefundWay.Gateway, null, RefundWanted.Keep)));
        await server.Db.Write(s => server.Service<RefundBooks>().Failed(s, tenant, refund with { Sent = 1 }));
        return refund.Id;
    }
}
