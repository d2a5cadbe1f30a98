using System.Net;
using Gatehouse.Billing.Ledger;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Billing.Support;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Calls that want goods for nothing: each is refused or kept for staff, and no order is paid by it.</summary>
public sealed class AttackTests
{
    private const string Key = "s3cret-one", OtherKey = "s3cret-two";

    /// <summary>What is sent, by which key it is signed, to which channel; and whether the money is kept for staff.</summary>
    private sealed record Attack(Action<Dictionary<string, string>>? Change = null, string Signed = Key, bool ToOther = false, Action<Dictionary<string, string>>? After = null, bool Kept = false);

    private static readonly Dictionary<string, Attack> Attacks = new()
    {
        ["another channel's signature and merchant"] = new(f => f["pid"] = "2002", OtherKey),
        ["another channel's signature"] = new(null, OtherKey),
        ["another channel's valid call"] = new(f => f["pid"] = "2002", OtherKey, ToOther: true, Kept: true),
        ["another merchant's number"] = new(f => f["pid"] = "9999"),
        ["an empty secret"] = new(null, ""),
        ["a lower amount"] = new(f => f["money"] = "12.49", Kept: true),
        ["a lower amount, changed on its way"] = new(After: f => f["money"] = "0.01"),
        ["no amount"] = new(f => f["money"] = ""),
        ["an amount of nothing"] = new(f => f["money"] = "0.00"),
        ["an amount below nothing"] = new(f => f["money"] = "-12.50"),
        ["an amount as an array"] = new(f =>
        {
            f.Remove("money");
            f["money[]"] = "12.50";
        }),
        ["an amount as an exponent"] = new(f => f["money"] = "1.25e1"),
        ["an amount with a comma"] = new(f => f["money"] = "12,50"),
        ["another order's number, changed on its way"] = new(After: f => f["out_trade_no"] = "GH0000000001"),
        ["an order that is none of ours"] = new(f => f["out_trade_no"] = "GH0000000001", Kept: true),
        ["a state that is not paid"] = new(f => f["trade_status"] = "WAIT_BUYER_PAY"),
        ["an algorithm of its own choice"] = new(f => f["sign_type"] = "RSA"),
        ["no signature"] = new(After: f => f.Remove("sign")),
    };

    public static TheoryData<string, Engine> Rows
    {
        get
        {
            var rows = new TheoryData<string, Engine>();
            foreach (var name in Attacks.Keys)
                foreach (var engine in Enum.GetValues<Engine>())
                    rows.Add(name, engine);
            return rows;
        }
    }

    [Theory, MemberData(nameof(Rows))]
    public async Task Nothing_is_delivered_for_it(string name, Engine engine)
    {
        var attack = Attacks[name];
        await using var shop = await Target.Open(engine);
        var order = await shop.Order();
        var fields = Paid(order.Trade, "T1");
        attack.Change?.Invoke(fields);
        Sign(fields, attack.Signed);
        attack.After?.Invoke(fields);
        await shop.Call(fields, attack.ToOther);
        Assert.Equal("pending", await shop.State(order.Number));
        Assert.Equal(attack.Kept ? 1 : 0, await shop.Count("SELECT COUNT(*) FROM payments WHERE problem IS NOT NULL AND resolved_at IS NULL"));
        Assert.Equal(0, await shop.Count("SELECT COUNT(*) FROM order_keys WHERE delivered_at IS NOT NULL"));
        await shop.AddsUp();
        // The true call still works, and once.
        var good = Paid(order.Trade, "T2");
        Sign(good, Key);
        Assert.Equal("success", await shop.Call(good, false));
        Assert.Equal("success", await shop.Call(good, false));
        Assert.Equal(1, await shop.Count("SELECT COUNT(*) FROM order_keys WHERE delivered_at IS NOT NULL"));
        await shop.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_payment_is_not_played_again_for_another_order_of_the_same_price(Engine engine)
    {
        await using var shop = await Target.Open(engine);
        var (first, second) = (await shop.Order(), await shop.Order());
        var call = Paid(first.Trade, "T1");
        Sign(call, Key);
        Assert.Equal("success", await shop.Call(call, false));
        // Signed well: whoever stole the key of one payment still cannot pay twice by it.
        var again = Paid(second.Trade, "T1");
        Sign(again, Key);
        Assert.NotEqual("success", await shop.Call(again, false));
        // Not signed anew at all.
        call["out_trade_no"] = second.Trade;
        Assert.NotEqual("success", await shop.Call(call, false));
        Assert.Equal(("delivered", "pending"), (await shop.State(first.Number), await shop.State(second.Number)));
        Assert.Equal(1, await shop.Count("SELECT COUNT(*) FROM security_events WHERE kind = 'payments.replayed'"));
        await shop.AddsUp();
    }

    [Theory, BothEngines]
    public async Task More_than_it_costs_pays_once_and_the_rest_waits(Engine engine)
    {
        await using var shop = await Target.Open(engine);
        var order = await shop.Order();
        var call = Paid(order.Trade, "T1");
        call["money"] = "100";
        Sign(call, Key);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => shop.Call(call, false)));
        Assert.Equal("delivered", await shop.State(order.Number));
        Assert.Equal(8750, await shop.Count("SELECT CAST(SUM(open_amount) AS BIGINT) FROM payments"));
        await shop.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_channel_without_its_secret_believes_nobody(Engine engine)
    {
        await using var shop = await Target.Open(engine);
        var order = await shop.Order();
        await shop.Lose();
        foreach (var key in new[] { "", Key })
        {
            var call = Paid(order.Trade, "T1");
            Sign(call, key);
            Assert.NotEqual("success", await shop.Call(call, false));
        }
        Assert.Equal(("pending", 0L), (await shop.State(order.Number), await shop.Count("SELECT COUNT(*) FROM payments")));
    }

    [Theory, BothEngines]
    public async Task A_return_shows_the_order_and_pays_nothing(Engine engine)
    {
        await using var shop = await Target.Open(engine);
        var order = await shop.Order();
        var signed = Paid(order.Trade, "T1");
        Sign(signed, Key);
        Assert.Equal(order.Page, await shop.Back(signed));
        Assert.Equal(("pending", 0L), (await shop.State(order.Number), await shop.Count("SELECT COUNT(*) FROM payments")));
        // Who only knows a number sees no order by it.
        signed["sign"] = "0123456789abcdef0123456789abcdef";
        Assert.Equal("/", await shop.Back(signed));
        signed.Remove("sign");
        Assert.Equal("/", await shop.Back(signed));
        Assert.Equal("pending", await shop.State(order.Number));
    }

    [Theory, BothEngines]
    public async Task Another_currency_than_was_asked_for_delivers_nothing(Engine engine)
    {
        await using var server = await TestServer.Start(engine, new() { ["Outbound:AllowedHosts"] = "127.0.0.1" });
        await using var stripe = await TestStripe.Start(server.Clock);
        stripe.Merchant = server.Address;
        var owner = await server.As(Role.Owner);
        var channel = (await owner.PostApi("/api/payment-channels", new { kind = "stripe", name = "Cards", settings = stripe.Settings }))["channel"]!;
        stripe.Webhook = (string)channel["notify_url"]!;
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!;
        var number = (string)(await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", channel = (string)channel["id"]! }))["order"]!["number"]!;
        await stripe.Pay(stripe.Orders.Keys.Single(), new Notice { Signing = fields => fields["currency"] = "\"jpy\"" });
        Assert.Equal("pending", (string)(await owner.GetApi("/api/orders/" + number))["story"]!["order"]!["status"]!);
        Assert.Equal("JPY", (string)Assert.Single((await owner.GetApi("/api/finance/payments?problem=currency"))["items"]!.AsArray())!["currency"]!);
        Assert.Empty((await server.Db.Read(LedgerCheck.Check)).Errors);
    }

    private static Dictionary<string, string> Paid(string trade, string number) => new()
    {
        ["pid"] = "1001", ["trade_no"] = number, ["out_trade_no"] = trade, ["type"] = "alipay", ["name"] = "product", ["money"] = "12.5", ["trade_status"] = "TRADE_SUCCESS", ["sign_type"] = "MD5",
    };

    private static void Sign(Dictionary<string, string> fields, string key) =>
        fields["sign"] = Signatures.Md5(string.Join('&', fields.Where(f => f.Key is not ("sign" or "sign_type") && f.Value.Length > 0 && !f.Key.EndsWith("[]", StringComparison.Ordinal)).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value}")) + key);

    /// <summary>A shop with two epay channels of two merchants.</summary>
    private sealed class Target(TestServer server, HttpClient owner, string plan, string one, string two) : IAsyncDisposable
    {
        public static async Task<Target> Open(Engine engine)
        {
            var server = await TestServer.Start(engine);
            var owner = await server.As(Role.Owner);
            var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!;
            return new(server, owner, plan, await Channel("1001", Key), await Channel("2002", OtherKey));

            async Task<string> Channel(string pid, string key) =>
                (string)(await owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = pid, settings = new { url = "https://pay.example.com/", pid, key } }))["channel"]!["id"]!;
        }

        public async Task<(string Number, string Trade, string Page)> Order()
        {
            var order = (await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", channel = one }))["order"]!;
            var number = (string)order["number"]!;
            return (number, (string)(await owner.GetApi("/api/orders/" + number))["story"]!["attempts"]![0]!["trade_number"]!, new Uri((string)order["url"]!).AbsolutePath);
        }

        public async Task<string> Call(Dictionary<string, string> fields, bool other) => await (await server.Http.GetAsync($"/pay/epay/{(other ? two : one)}/notify?{Query(fields)}")).Content.ReadAsStringAsync();

        /// <summary>Where a browser that comes back is sent.</summary>
        public async Task<string?> Back(Dictionary<string, string> fields)
        {
            var page = await server.Browser().Get($"/pay/epay/{one}/return?{Query(fields)}", follow: false);
            Assert.Equal(HttpStatusCode.SeeOther, page.Status);
            return page.Location;
        }

        public Task Lose() => server.Db.Write(s => s.Execute("UPDATE payment_channels SET sealed_secrets = '', secrets = '[]' WHERE id = @id", ("id", one)));

        public async Task<string> State(string number) => (string)(await owner.GetApi("/api/orders/" + number))["story"]!["order"]!["status"]!;

        public Task<long> Count(string sql) => server.Db.Read(s => s.Number(sql));

        public async Task AddsUp() => Assert.Empty((await server.Db.Read(LedgerCheck.Check)).Errors);

        public ValueTask DisposeAsync() => server.DisposeAsync();

        private static string Query(Dictionary<string, string> fields) => string.Join('&', fields.Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value)}"));
    }
}
