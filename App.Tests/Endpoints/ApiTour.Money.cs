using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

internal sealed partial class ApiTour
{
    // Something is sold, paid past the gateway, and a balance is topped up.
    private async Task TakeMoney(string plan)
    {
        var channel = (string)(await Call("POST /api/payment-channels", "/api/payment-channels",
            """{"kind":"epay_v1","name":"Alipay","currencies":["CNY"],"settings":{"url":"https://pay.example.com/","pid":"1001","key":"made-for-Gatehouse","type":"alipay"},"enabled":true}"""))["channel"]!["id"]!;
        await Call("PATCH /api/payment-channels/{id}", "/api/payment-channels/" + channel, """{"minimum":100}""");
        await Call("GET /api/payment-channels/{id}", "/api/payment-channels/" + channel);
        await Call("GET /api/payment-channels", "/api/payment-channels");
        var bank = (string)(await _owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "Bank 1234" } }))["channel"]!["id"]!;
        await Call("POST /api/payment-channels/{id}/test", $"/api/payment-channels/{bank}/test");
        await _owner.DeleteAsync("/api/payment-channels/" + bank);
        await Call("GET /api/payment-channels/{id}/calls", $"/api/payment-channels/{channel}/calls");
        await _owner.PatchApi("/api/plans/" + plan, new { on_sale = true, tiers = new[] { new { from = 5, price = 2500 } } });
        await Call("GET /api/shop/plans", "/api/shop/plans");
        await MakeCoupons();
        var order = await Call("POST /api/shop/orders", "/api/shop/orders", $$"""{"plan":"VIP 30 days","quantity":1,"email":"lin@example.com","lookup":"apple","coupon":"SPRING25","channel":"{{channel}}"}""");
        var number = (string)order["order"]!["number"]!;
        await Call("POST /api/orders/{number}/confirm", $"/api/orders/{number}/confirm", """{"reference":"Bank transfer 20260304-17"}""");
        await Call("GET /api/shop/orders/{number}", $"/api/shop/orders/{number}?lookup=apple");
        await Call("GET /api/orders/{number}", "/api/orders/" + number);
        await Call("GET /api/orders", "/api/orders?q=lin@example.com");
        var other = (string)(await _owner.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "lin@example.com", channel }))["order"]!["number"]!;
        await Call("POST /api/orders/{number}/cancel", $"/api/orders/{other}/cancel", """{"reason":"Ordered twice"}""");
        await _owner.PostApi("/api/users", new { username = "wang.li", email = "wang.li@example.com" });
        await Call("POST /api/finance/topup", "/api/finance/topup", """{"user":"wang.li@example.com","amount":5000,"currency":"CNY","reference":"Cash at the counter"}""");
        await Call("GET /api/finance/orders/{user}", "/api/finance/orders/wang.li@example.com");
        await SellOn(plan);
        await Call("GET /api/finance/statistics", "/api/finance/statistics");
        await Call("GET /api/finance/export/orders", "/api/finance/export/orders");
        await Call("GET /api/finance/export/entries", "/api/finance/export/entries");
        await Call("GET /api/finance/ledger", "/api/finance/ledger?account=revenue&limit=2");
    }

    private async Task MakeCoupons()
    {
        var id = (string)(await Call("POST /api/coupons", "/api/coupons", """{"code":"SPRING25","percent":25,"total_limit":500,"person_limit":1,"ends_at":"2030-04-30T16:00:00Z"}"""))["coupon"]!["id"]!;
        await Call("PATCH /api/coupons/{id}", "/api/coupons/" + id, """{"name":"Spring sale"}""");
        await Call("GET /api/coupons/{id}", "/api/coupons/" + id);
        await Call("GET /api/coupons", "/api/coupons");
        var other = (string)(await _owner.PostApi("/api/coupons", new { name = "Thank you", amount = 500, currency = "CNY" }))["coupon"]!["id"]!;
        await Call("POST /api/coupons/{id}/codes", $"/api/coupons/{other}/codes", """{"count":2,"prefix":"THX"}""");
        await Call("GET /api/coupons/{id}/codes", $"/api/coupons/{other}/codes");
        await Call("GET /api/coupons/{id}/uses", $"/api/coupons/{id}/uses");
        await Call("DELETE /api/coupons/{id}", "/api/coupons/" + other);
    }

    private async Task SellOn(string plan)
    {
        var customer = await _server.Staff.Customer();
        await _server.Db.Write(s => _server.Service<Gatehouse.Billing.Distributors.DistributorService>().Apply(s, Gatehouse.Platform.Http.Caller.Public(null, null) with { Kind = "customer", Id = customer }, "I run a shop on the corner"));
        await Call("GET /api/distributors", "/api/distributors?status=applied");
        await Call("PATCH /api/distributors/{user}", "/api/distributors/" + customer, """{"status":"active","level":1,"credit":100000,"currency":"CNY"}""");
        await Call("POST /api/distributors/prices", "/api/distributors/prices", $$"""{"plan":"{{plan}}","prices":[{"level":1,"from":1,"price":2000},{"level":1,"from":100,"price":1500}]}""");
        _customer = _server.Client("ghu_" + await AccountsEndpoints.OpenSession(_server, Gatehouse.Platform.Http.Caller.DefaultTenant, customer));
        await Call("GET /api/distributor/prices", "/api/distributor/prices");
        await Call("POST /api/distributor/orders", "/api/distributor/orders", $$"""{"plan":"{{plan}}","quantity":2}""");
        await Call("GET /api/distributor/orders", "/api/distributor/orders");
        await Call("GET /api/distributor/keys", "/api/distributor/keys?status=unused");
        _customer = null;
    }
}
