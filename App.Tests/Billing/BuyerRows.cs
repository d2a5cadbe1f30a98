using Gatehouse.Billing.Permissions;
using Gatehouse.Licensing.Permissions;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Billing;

/// <summary>What buyers do with their orders.</summary>
public static class BuyerRows
{
    public static readonly Endpoints.EndpointRow[] Rows =
    [
        // What is delivered does not move any more: its stream ends at once.
        new("GET", "/orders/{token}/events", Open) { Path = "/orders/{order_token_done}/events?state=delivered", Query = "state", Type = "text/event-stream" },
        new("POST", "/orders/{token}/channel", Open)
        {
            Path = "/orders/{order_token}/channel", Form = "channel={other_channel}", Races = [new(Page("/orders/{order_token}/channel", "channel={other_channel}"), Page("/orders/{order_token}/cancel"))],
        },
        new("POST", "/orders/{token}/cancel", Open) { Path = "/orders/{order_token}/cancel", Races = [new(Page("/orders/{order_token}/cancel"), Page("/orders/{order_token}/cancel"))] },
        // Without a mail server nothing is sent.
        new("POST", "/orders/{token}/mail", Open) { Path = "/orders/{order_token_done}/mail", Leaves = true },
        new("POST", "/orders/{token}/ask", Open) { Path = "/orders/{order_token}/ask", Races = [new(Page("/orders/{order_token}/ask"), Page("/orders/{order_token}/ask"))] },
        new("GET", "/account/orders", Customer) { Query = "after", Shows = ["own_order"] },
        new("GET", "/account/balance", Customer) { Query = "after key" },
        new("POST", "/account/balance/topup", Customer) { IsShared = true, Form = "amount=20&currency=CNY&channel={payment_channel}&mark={new_word}", Stranger = 422, Leaves = true },
        new("POST", "/api/user/balance/topup", Customer) { IsShared = true, Json = """{"amount":2000,"currency":"CNY","channel":"{payment_channel}"}""", Status = 201, Once = true, Leaves = true },
        // Without a mail server nothing is kept.
        new("POST", "/api/shop/plans/{plan}/notify", Open) { Path = "/api/shop/plans/{offer}/notify", Json = """{"email":"lin@example.com"}""", Once = true, Leaves = true },
        new("POST", "/account/balance/recharge", Customer) { IsShared = true, Form = "key={recharge_key}", Stranger = 422, Races = [new(Page("/account/balance/recharge", "key={recharge_key}"), Page("/account/balance/recharge", "key={recharge_key}"))] },
        new("POST", "/api/user/balance/recharge", Customer)
        {
            IsShared = true, Json = """{"key":"{recharge_key}"}""", Once = true,
            Races = [new(Post("/api/user/balance/recharge", """{"key":"{recharge_key}"}"""), Page("/account/balance/recharge", "key={recharge_key}"))],
        },
        new("POST", "/api/finance/generate_serial", LicensingPermissions.Serials) { Json = """{"plan":"{plan}","count":2,"prefix":"CARD"}""", Optional = "prefix", Once = true, Leaves = true },
        new("POST", "/admin/users/{id}/balance", BillingPermissions.MoneyWrite)
        {
            Path = "/admin/users/{customer}/balance", Form = "amount=5&currency=CNY&reference=cash",
            Races = [new(Page("/admin/users/{customer}/balance", "amount=5&currency=CNY&reference=cash"), Page("/admin/users/{customer}/balance", "amount=7&currency=CNY&reference=cash"))],
        },
        new("GET", "/orders", Open),
        new("POST", "/orders", Open) { Form = "number={order}&lookup=apple", Leaves = true },
        new("GET", "/api/finance/orders/{user}", BillingPermissions.OrdersRead) { Path = "/api/finance/orders/{customer}", Query = "after limit" },
    ];
}
