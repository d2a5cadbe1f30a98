using System.Text;
using Gatehouse.Billing.Gateways;
using Gatehouse.Tests.Billing.Support;
using static Gatehouse.Tests.Billing.Gateways.Payments;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>Vectors that were made elsewhere: each is asked or told as it goes over the wire.</summary>
public sealed class VectorTests
{
    private const string Key = "gatehouseTestKey0123456789abcdef";
    private static readonly GatewayKind EpayV1 = GatewayKinds.Find("epay_v1")!;

    [Fact]
    public void Epay_asks_by_the_browser()
    {
        var prompt = EpayV1.Prompt(Call(Values(("url", "https://pay.example"), ("pid", "1001"), ("key", Key), ("mode", "page"), ("type", "alipay"))));
        Assert.Equal(("redirect", "https://pay.example/submit.php"), (prompt.Kind, prompt.Url!.Split('?')[0]));
        Assert.Equal(new Dictionary<string, string>
        {
            ["pid"] = "1001", ["type"] = "alipay", ["out_trade_no"] = "GH20260101000001", ["notify_url"] = "https://shop.example/pay/epay/3/notify", ["return_url"] = "https://shop.example/orders/1", ["name"] = "VIP 会员+1",
            ["money"] = "12.50", ["sign"] = "551f1b6486b42c1abba5d5d2f639c41a", ["sign_type"] = "MD5",
        }, Fields(prompt.Url.Split('?')[1]));
    }

    [Fact]
    public void Epay_tells_that_it_was_paid()
    {
        // As PHP writes a query: a space is a plus, and what is empty is there and not signed.
        var reading = EpayV1.Read!(GatewayCallback.Get(Values(("pid", "1001"), ("key", Key)),
            "?pid=1001&trade_no=2026010112000012345&out_trade_no=GH20260101000001&type=alipay&name=VIP+%E4%BC%9A%E5%91%98%2B1&money=12.5&trade_status=TRADE_SUCCESS&param=&sign=0a19c2f87268c4adc922d79d153a5e41&sign_type=MD5", Now));
        Assert.Equal((CallbackClaim.Paid, "GH20260101000001", "2026010112000012345", "12.5", 1250L), (reading.Claim, reading.TradeNumber, reading.GatewayNumber, reading.AmountText, reading.Amount("CNY")));
        Assert.Equal((200, "success"), (reading.Accepted.Status, reading.Accepted.Body));
    }

    [Fact]
    public void Epays_second_version_signs_by_RSA() => Assert.True(RsaKeys.Verify(
        "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCi9h09JyC3AsZEhI751XbUA8k96QMW2EOuYueor1p96PNhizZx/xpAxMNCUIMeZAjjlargfSVeIiGNaOroZUZ5rQhI38gUhGnifITs4I7NZSpA9ofqkS0+haCAL9XbVULKojSloTs+8xd6kF3mlom6FMjzSWpvOoQby5+9ZbRj3QIDAQAB",
        Epay.Text([new("type", "alipay"), new("money", "12.50"), new("name", "VIP"), new("notify_url", "https://shop.example/n"), new("out_trade_no", "GH1"), new("pid", "1001"), new("return_url", "https://shop.example/r"), new("timestamp", "1767225600"), new("sign_type", "RSA"), new("param", " ")]),
        "kxtuc1FsanT8u7tDmqYYSP+uaThE5/g+384ADZv7CKT6WJOYbcEm3KY7AJ/H2qTFptDTopwpGFhFyHS6Vol7PRMs56iBLIUiO91tav9tCKjQ5v+Gre9C0+6RZQORc3HOhDBYiubfRWX+c8nQhKV15UalH62RhxeihbWEVBZxfyc="));

    [Fact]
    public void Epusdt_is_asked()
    {
        var call = Call(Values(("url", "https://usdt.example"), ("token", "gatehouse_token_1")), Request with { Amount = 2888, NotifyUrl = "https://shop.example/pay/usdt/4/notify" });
        var request = GatewayKinds.Find("epusdt")!.Question(call).Write(call);
        Assert.Equal(("POST", "https://usdt.example/api/v1/order/create-transaction"), (request.Method, request.Url));
        Assert.Equal("""{"order_id":"GH20260101000001","amount":28.88,"notify_url":"https://shop.example/pay/usdt/4/notify","redirect_url":"https://shop.example/orders/1","signature":"9d45c372ca959b8daa976ee415c104e2"}""", request.Body);
    }

    [Theory]
    [InlineData("epusdt", "4.25")]
    [InlineData("bepusdt", "\"4.25\"")]
    public void Epusdt_tells_that_it_was_paid(string kind, string actual)
    {
        var body = $$"""
            {"trade_id":"202601010001","order_id":"GH20260101000001","amount":28.88,"actual_amount":{{actual}},"token":"TXxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","block_transaction_id":"12ef62","signature":"509ebf2326f7431cded3255b2e06db6e","status":2}
            """;
        var reading = GatewayKinds.Find(kind)!.Read!(GatewayCallback.Post(Values(("token", "gatehouse_token_1")), "application/json", Encoding.UTF8.GetBytes(body), new Dictionary<string, string>(), Now));
        Assert.Equal((CallbackClaim.Paid, "GH20260101000001", "202601010001", 2888L, "12ef62"), (reading.Claim, reading.TradeNumber, reading.GatewayNumber, reading.Amount("CNY"), reading.Proof));
        Assert.Equal((200, "ok"), (reading.Accepted.Status, reading.Accepted.Body));
    }

    [Fact]
    public void TokenPay_is_asked()
    {
        // The vector names the payer "acct_1"; ours is made from a mail address, or is the number of the payment.
        var signed = SignedFields.Md5(SignedFields.Text([
            new("OutOrderId", "GH20260101000001"), new("OrderUserKey", "acct_1"), new("ActualAmount", GatewayAmount.Shortest(1500, "CNY")), new("Currency", "USDT_TRC20"), new("NotifyUrl", "https://shop.example/n"), new("RedirectUrl", "https://shop.example/r"),
        ]), "666");
        Assert.Equal("9ad7e07b5dc2df4bc9abd4d4f17c29e3", signed);
        var call = Call(Values(("url", "https://t.example"), ("token", "666"), ("coin", "USDT_TRC20")), Request with { Amount = 1500, NotifyUrl = "https://shop.example/n", ReturnUrl = "https://shop.example/r" });
        var request = GatewayKinds.Find("tokenpay")!.Question(call).Write(call);
        Assert.Equal("https://t.example/CreateOrder", request.Url);
        var sign = Signatures.Md5("ActualAmount=15&Currency=USDT_TRC20&NotifyUrl=https://shop.example/n&OrderUserKey=GH20260101000001&OutOrderId=GH20260101000001&RedirectUrl=https://shop.example/r" + "666");
        Assert.Equal($$"""{"OutOrderId":"GH20260101000001","OrderUserKey":"GH20260101000001","ActualAmount":15,"Currency":"USDT_TRC20","NotifyUrl":"https://shop.example/n","RedirectUrl":"https://shop.example/r","Signature":"{{sign}}"}""", request.Body);
    }

    [Fact]
    public void Stripe_signs_the_body_as_it_came()
    {
        var body = """{"id":"evt_1","object":"event","type":"checkout.session.completed"}"""u8.ToArray();
        Assert.Equal("ec6677f3a982b96482993236c675dd66990ddcf49cdd0d54bb14b15b3975071f", StripeEvents.Sign("whsec_gatehouse_test", "1767225600", body));
        var reading = GatewayKinds.Find("stripe")!.Read!(GatewayCallback.Post(Values(("secret_key", "sk_test_1"), ("webhook_secret", "whsec_gatehouse_test")), "application/json", body,
            new Dictionary<string, string> { ["stripe-signature"] = "t=1767225600,v1=ec6677f3a982b96482993236c675dd66990ddcf49cdd0d54bb14b15b3975071f" }, Now));
        // It is signed well and says nothing.
        Assert.Equal((CallbackClaim.Refused, "secret algorithm signature time -form"), (reading.Claim, reading.Checks()));
    }
}
