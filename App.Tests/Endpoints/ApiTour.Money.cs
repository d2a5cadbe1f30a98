using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Billing;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

internal sealed partial class ApiTour
{
    private int _trades;

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
        await Call("POST /api/shop/plans/{plan}/notify", $"/api/shop/plans/{plan}/notify", """{"email":"lin@example.com"}""");
        await MakeCoupons();
        await AddServers();
        await RentRelays();
        await GiveMaps();
        var order = await Call("POST /api/shop/orders", "/api/shop/orders", $$"""{"plan":"VIP 30 days","quantity":1,"email":"lin@example.com","lookup":"apple","coupon":"SPRING25","channel":"{{channel}}"}""");
        var number = (string)order["order"]!["number"]!;
        await Call("POST /api/orders/{number}/confirm", $"/api/orders/{number}/confirm", """{"reference":"Bank transfer 20260304-17"}""");
        await Call("GET /api/shop/orders/{number}", $"/api/shop/orders/{number}?lookup=apple");
        await Call("GET /api/orders/{number}", "/api/orders/" + number);
        await Call("GET /api/orders", "/api/orders?q=lin@example.com");
        var other = (string)(await _owner.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "lin@example.com", channel }))["order"]!["number"]!;
        await Call("POST /api/orders/{number}/cancel", $"/api/orders/{other}/cancel", """{"reason":"Ordered twice"}""");
        await SettleMoney(plan, channel, number);
        var pro = (string)(await _owner.PostApi("/api/plans", new { name = "Pro 30 days", price = 4900, duration_seconds = 30 * 86400, machine_limit = 3 }))["plan"]!["id"]!;
        await _owner.PatchApi("/api/plans/" + plan, new { switch_to = new[] { pro }, add_ons = new[] { new { kind = "machines", amount = 1, price = 500, most = 3 } } });
        var running = (await _owner.Keys(plan, 1))[0];
        await _server.Validate(running, "machine-9");
        await Call("POST /api/shop/changes", "/api/shop/changes", $$"""{"key":"{{running}}"}""");
        await _owner.PostApi("/api/users", new { username = "wang.li", email = "wang.li@example.com" });
        await Call("POST /api/finance/topup", "/api/finance/topup", """{"user":"wang.li@example.com","amount":5000,"currency":"CNY","reference":"Cash at the counter"}""");
        await Call("GET /api/finance/orders/{user}", "/api/finance/orders/wang.li@example.com");
        await Recharge();
        await SellOn(plan);
        await Call("GET /api/finance/statistics", "/api/finance/statistics");
        await Call("GET /api/finance/export/orders", "/api/finance/export/orders");
        await Call("GET /api/finance/export/entries", "/api/finance/export/entries");
        await Call("GET /api/finance/ledger", "/api/finance/ledger?account=revenue&limit=2");
    }

    // Money that does not fit is settled in each of the four ways, and some goes back.
    private async Task SettleMoney(string plan, string channel, string paid)
    {
        var refund = await Call("POST /api/orders/{number}/refund", $"/api/orders/{paid}/refund", """{"amount":1000,"reason":"Half a month was lost","way":"hand","reference":"Bank transfer 20260305-02","keys":"keep"}""");
        await Call("GET /api/finance/refunds/{id}", "/api/finance/refunds/" + (string)refund["refund"]!["id"]!);
        await Call("GET /api/finance/refunds", "/api/finance/refunds?limit=1");
        var open = new List<string>();
        for (var i = 0; i < 5; i++)
            open.Add(await Underpaid(plan, channel));
        await Call("GET /api/finance/payments", "/api/finance/payments?limit=1");
        await Call("GET /api/finance/payments/{id}", "/api/finance/payments/" + open[0]);
        await Call("POST /api/finance/payments/{id}/deliver", $"/api/finance/payments/{open[0]}/deliver", """{"reference":"Agreed by phone"}""");
        await _owner.PostApi("/api/users", new { username = "zhou.min", email = "zhou.min@example.com" });
        await Call("POST /api/finance/payments/{id}/credit", $"/api/finance/payments/{open[1]}/credit", """{"reference":"Asked for it in a ticket","user":"zhou.min@example.com"}""");
        await Call("POST /api/finance/payments/{id}/refund", $"/api/finance/payments/{open[2]}/refund", """{"reference":"Bank transfer 20260305-03","way":"hand"}""");
        await Call("POST /api/finance/payments/{id}/write-off", $"/api/finance/payments/{open[3]}/write-off", """{"reason":"Too little to send back"}""");
        await Call("POST /api/orders", "/api/orders", $$"""{"plan":"VIP 30 days","quantity":1,"email":"lin@example.com","channel":"{{channel}}","price":1800}""");
        var cards = await MoneyRows.Cards(_owner, "Cards");
        // Refused by its gateway, each is decided in its own way.
        await Call("POST /api/finance/refunds/{id}/again", $"/api/finance/refunds/{await Refused(plan, cards)}/again");
        await Call("POST /api/finance/refunds/{id}/settle", $"/api/finance/refunds/{await Refused(plan, cards)}/settle", """{"way":"hand","reference":"Bank transfer 20260305-04"}""");
        await Call("POST /api/finance/refunds/{id}/drop", $"/api/finance/refunds/{await Refused(plan, cards)}/drop", """{"reason":"He keeps the key"}""");
    }

    private async Task<string> Ordered(string plan, string channel) => (string)(await _owner.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "lin@example.com", channel }))["order"]!["number"]!;

    private async Task<string> Underpaid(string plan, string channel) => await MoneyRows.Pay(_server, Caller.DefaultTenant, await Ordered(plan, channel), channel, 1500, $"GH2026{++_trades:0000}");

    private async Task<string> Refused(string plan, string channel) => await MoneyRows.Refused(_server, Caller.DefaultTenant, await Ordered(plan, channel), channel, $"GH2026{++_trades:0000}");

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

    private async Task AddServers()
    {
        var id = (string)(await Call("POST /api/add_server", "/api/add_server", """{"kind":"embedded","name":"home","address":"127.0.0.1","region_code":"home","region_name":"Home","port_from":23000,"port_to":23999}"""))["server"]!["id"]!;
        await Call("PATCH /api/server/{id}", "/api/server/" + id, """{"draining":true}""");
        await Call("GET /api/server/status/{id}", "/api/server/status/" + id);
        await Call("GET /api/servers", "/api/servers");
        await Call("DELETE /api/server/{id}", "/api/server/" + id);
        var far = (string)(await _owner.PostApi("/api/add_server", new { kind = "relay_host", name = "hong-kong", address = "203.0.113.20", region_code = "hk", port_from = 20_000, port_to = 20_999, link_url = "https://keys.example.com" }))["server"]!["id"]!;
        await Call("POST /api/server/{id}/join", $"/api/server/{far}/join");
        await Call("POST /api/server/{id}/try", $"/api/server/{far}/try");
    }

    private async Task Recharge()
    {
        await _owner.PostApi("/api/plans", new { name = "Recharge 50", recharge = 5000, currency = "CNY" });
        var made = await Call("POST /api/finance/generate_serial", "/api/finance/generate_serial", """{"plan":"Recharge 50","count":2,"prefix":"CARD"}""");
        _customer = _server.Client("ghu_" + await AccountsEndpoints.OpenSession(_server, Gatehouse.Platform.Http.Caller.DefaultTenant, await _server.Staff.Customer()));
        await Call("POST /api/user/balance/recharge", "/api/user/balance/recharge", $$"""{"key":"{{(string)made["serials"]![0]!}}"}""");
        _customer = null;
    }

    private async Task SellOn(string plan)
    {
        var customer = await _server.Staff.Customer();
        await _server.Db.Write(s => _server.Service<Gatehouse.Billing.Distributors.DistributorService>().Apply(s, Gatehouse.Platform.Http.Caller.Public(null, null) with { Kind = "customer", Id = customer }, "I run a shop on the corner"));
        await Call("GET /api/distributors", "/api/distributors?status=applied");
        await Call("PATCH /api/distributors/{user}", "/api/distributors/" + customer, """{"status":"active","level":1,"credit":100000,"currency":"CNY"}""");
        await Call("POST /api/distributors/prices", "/api/distributors/prices", $$"""{"plan":"{{plan}}","prices":[{"level":1,"from":1,"price":2000},{"level":1,"from":100,"price":1500}]}""");
        await Call("POST /api/distributors/rates", "/api/distributors/rates", """{"rates":[{"level":1,"rate":1250}],"hold_days":0}""");
        await Call("GET /api/distributors/prices", "/api/distributors/prices?plan=" + plan);
        await Call("GET /api/distributors/rates", "/api/distributors/rates");
        var key = await Billing.RenewalRows.Running(_server, Caller.DefaultTenant, _owner, customer, "VIP a month");
        await Call("GET /api/users/{id}/auto-renewals", $"/api/users/{customer}/auto-renewals");
        await Call("PATCH /api/users/{id}/auto-renewals/{key}", $"/api/users/{customer}/auto-renewals/{key}", """{"on":true}""");
        _customer = _server.Client("ghu_" + await AccountsEndpoints.OpenSession(_server, Gatehouse.Platform.Http.Caller.DefaultTenant, customer));
        await Call("GET /api/user/auto-renewals", "/api/user/auto-renewals");
        await Call("PATCH /api/user/auto-renewals/{key}", "/api/user/auto-renewals/" + key, """{"on":false}""");
        await Call("GET /api/distributor/prices", "/api/distributor/prices");
        await Call("POST /api/distributor/prices", "/api/distributor/prices", $$"""{"items":[{"plan":"{{plan}}","quantity":100}]}""");
        await Call("PATCH /api/distributor/notice", "/api/distributor/notice", """{"below":50000}""");
        await Call("POST /api/distributor/keys", "/api/distributor/keys", $$"""{"plan":"{{plan}}","quantity":2}""");
        await Call("POST /api/distributor/orders", "/api/distributor/orders", $$"""{"plan":"{{plan}}","quantity":1,"reference":"SHOP-10042","customer":"ann@example.com"}""");
        await Call("GET /api/distributor/orders", "/api/distributor/orders?reference=SHOP-10042");
        await Call("GET /api/distributor/keys", "/api/distributor/keys?status=unused");
        await _owner.PatchApi("/api/settings", new { invites = new { kind = "points", amount = "100" } });
        await Call("POST /api/user/invites", "/api/user/invites");
        await Call("GET /api/user/invites", "/api/user/invites");
        var link = (string)(await Call("POST /api/distributor/links", "/api/distributor/links", """{"name":"Forum"}"""))["link"]!["code"]!;
        await Billing.CommissionRows.Sell(_server, Caller.DefaultTenant, _owner, plan, link);
        await Call("GET /api/distributor/links", "/api/distributor/links");
        await Call("GET /api/distributor/customers", "/api/distributor/customers");
        await Call("GET /api/distributor/commission", "/api/distributor/commission");
        var first = (string)(await Call("POST /api/distributor/withdrawals", "/api/distributor/withdrawals", """{"amount":100,"currency":"CNY","way":"hand","details":"Lin, bank account 6222 0000"}"""))["withdrawal"]!["id"]!;
        var second = (string)(await _customer.PostApi("/api/distributor/withdrawals", new { amount = 50, currency = "CNY", way = "balance" }))["withdrawal"]!["id"]!;
        await Call("GET /api/distributor/withdrawals", "/api/distributor/withdrawals");
        var third = (string)(await _customer.PostApi("/api/distributor/withdrawals", new { amount = 60, currency = "CNY", way = "balance" }))["withdrawal"]!["id"]!;
        await Call("POST /api/distributor/withdrawals/{id}/cancel", $"/api/distributor/withdrawals/{third}/cancel");
        await Call("DELETE /api/distributor/links/{code}", "/api/distributor/links/" + link);
        _customer = null;
        await Call("GET /api/invites", "/api/invites");
        await Call("GET /api/distributors/withdrawals", "/api/distributors/withdrawals?status=asked");
        await Call("POST /api/distributors/withdrawals/{id}/approve", $"/api/distributors/withdrawals/{first}/approve", """{"reference":"Bank transfer 20260305-05"}""");
        await Call("POST /api/distributors/withdrawals/{id}/refuse", $"/api/distributors/withdrawals/{second}/refuse", """{"reason":"Too little to pay out"}""");
    }
}
