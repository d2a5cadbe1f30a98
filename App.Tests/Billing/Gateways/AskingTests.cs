using System.Text.Json.Nodes;
using Gatehouse.Billing.Gateways;
using Gatehouse.Tests.Billing.Support;
using static Gatehouse.Tests.Billing.Gateways.Payments;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>What gateways are sent, where the test gateways do not look at it, and how answers that only a strange one gives are read.</summary>
public sealed class AskingTests
{
    private static readonly GatewayKind EpayV1 = GatewayKinds.Find("epay_v1")!, Stripe = GatewayKinds.Find("stripe")!, Alipay = GatewayKinds.Find("alipay")!, Bepusdt = GatewayKinds.Find("bepusdt")!, Epusdt = GatewayKinds.Find("epusdt")!, TokenPay = GatewayKinds.Find("tokenpay")!;
    private static readonly Dictionary<string, string> Epay = Values(("url", "https://pay.example/epay"), ("pid", "1001"), ("key", "secretkey"), ("mode", "api"), ("type", "wxpay"));
    private static readonly Dictionary<string, string> StripeValues = Values(("secret_key", "sk_test_1"), ("webhook_secret", "whsec_1"), ("url", "https://api.stripe.com"));
    private static readonly RefundRequest Back = new("RF0000001", 250, "asked <for>");

    [Fact]
    public void Epays_server_is_asked_with_who_pays()
    {
        var call = Call(Epay, Request with { ClientIp = "198.51.100.7", Phone = true });
        var request = EpayV1.Question(call).Write(call);
        Assert.Equal(("POST", "https://pay.example/epay/mapi.php", "application/x-www-form-urlencoded; charset=utf-8"), (request.Method, request.Url, request.ContentType));
        var fields = Fields(request.Body);
        Assert.Equal(("198.51.100.7", "mobile", "wxpay", "12.50"), (fields["clientip"], fields["device"], fields["type"], fields["money"]));
        Assert.Equal(Signatures.Md5(Signatures.Text(fields.Where(f => f.Key is not ("sign" or "sign_type"))) + "secretkey"), fields["sign"]);
        Assert.Equal("pc", Fields(EpayV1.Question(Call(Epay)).Write(Call(Epay)).Body)["device"]);
    }

    [Theory]
    [InlineData("""{"code":1,"trade_no":"T1","payurl":"https://pay.example/p/1"}""", "redirect", "https://pay.example/p/1", null)]
    [InlineData("""{"code":"1","trade_no":"T1","payurl":"/pay/submit/1/"}""", "redirect", "https://pay.example/pay/submit/1/", null)]
    [InlineData("""{"code":1,"trade_no":"T1","qrcode":"weixin://wxpay/bizpayurl?pr=1"}""", "qr", null, "weixin://wxpay/bizpayurl?pr=1")]
    [InlineData("""{"code":1,"trade_no":"T1","qrcode":"/qr/1"}""", "qr", null, "https://pay.example/qr/1")]
    [InlineData("""{"code":1,"trade_no":"T1","urlscheme":"weixin://dl/business/?t=1"}""", "redirect", "weixin://dl/business/?t=1", null)]
    [InlineData("\uFEFF{\"code\":1,\"trade_no\":\"T1\",\"payurl\":\"https://pay.example/p/1\"}", "redirect", "https://pay.example/p/1", null)]
    public void Epays_server_answers_with_one_way_to_pay(string body, string kind, string? url, string? qr)
    {
        var reading = EpayV1.Question(Call(Epay)).Read(Call(Epay), Reply(body));
        Assert.Equal((kind, url, qr, "T1"), (reading.Prompt!.Kind, reading.Prompt.Url, reading.Prompt.Qr, reading.GatewayNumber));
    }

    [Theory]
    [InlineData("""{"code":-1,"msg":"该商户不存在"}""", 200, "-1 该商户不存在", false)]
    [InlineData("""{"code":0,"msg":"?","payurl":"https://pay.example/p/1"}""", 200, "0 ?", false)]
    [InlineData("""{"code":1,"payurl":"javascript:alert(1)"}""", 200, "1", false)]
    [InlineData("""{"code":1,"html":"<form>"}""", 200, "1", false)]
    [InlineData("""{"code":1,"code":1,"payurl":"https://pay.example/p/1"}""", 200, """200 {"code":1,"code":1,"payurl":"https://pay.example/p/1"}""", false)]
    [InlineData("<html>busy</html>", 200, "200 <html>busy</html>", false)]
    [InlineData("", 302, "302", false)]
    [InlineData("bad\ngateway", 502, "502 bad gateway", true)]
    public void What_is_no_way_to_pay_is_none(string body, int status, string answer, bool later)
    {
        var reading = EpayV1.Question(Call(Epay)).Read(Call(Epay), Reply(body, status));
        Assert.Equal((null, answer, later), (reading.Prompt, reading.Answer, reading.Later));
    }

    [Theory]
    [InlineData("0", PaymentState.Pending)]
    [InlineData("1", PaymentState.Paid)]
    [InlineData("\"1\"", PaymentState.Paid)]
    [InlineData("2", PaymentState.Returned)]
    [InlineData("3", PaymentState.Returned)]
    [InlineData("4", PaymentState.Pending)]
    [InlineData("5", PaymentState.Unknown)]
    [InlineData("null", PaymentState.Unknown)]
    public void Epay_numbers_the_states(string status, PaymentState state)
    {
        var reading = EpayV1.Query!.Read(Call(Epay), Reply($$"""{"code":1,"msg":"succ","pid":1001,"trade_no":"T1","out_trade_no":"GH20260101000001","money":"12.50","status":{{status}},"api_trade_no":"A1"}"""));
        Assert.Equal(state, reading.State);
        if (state != PaymentState.Unknown)
            Assert.Equal(("T1", 1250L, "A1"), (reading.GatewayNumber, reading.Amount, reading.Proof));
    }

    [Theory]
    [InlineData("""{"code":1,"pid":1001,"out_trade_no":"GH2","money":"12.50","status":1}""", 200)]
    [InlineData("""{"code":1,"pid":1002,"out_trade_no":"GH20260101000001","money":"12.50","status":1}""", 200)]
    [InlineData("""{"code":1,"money":"12.50","status":1}""", 200)]
    // Paid, and nobody knows how much.
    [InlineData("""{"code":1,"pid":1001,"trade_no":"T1","out_trade_no":"GH20260101000001","status":1}""", 200)]
    [InlineData("""{"code":1,"pid":1001,"trade_no":"T1","out_trade_no":"GH20260101000001","money":"1.25e1","status":1}""", 200)]
    [InlineData("""{"code":1,"pid":1001,"out_trade_no":"GH20260101000001","money":"12.50","status":1}""", 200)]
    [InlineData("""{"code":-1,"pid":1001,"out_trade_no":"GH20260101000001","money":"12.50","status":1}""", 200)]
    [InlineData("""{"code":1,"pid":1001,"out_trade_no":"GH20260101000001","money":"12.50","status":1}""", 500)]
    [InlineData("", 200)]
    public void From_a_wrong_answer_nothing_follows(string body, int status) => Assert.Equal(PaymentState.Unknown, EpayV1.Query!.Read(Call(Epay), Reply(body, status)).State);

    [Fact]
    public void Epay_is_asked_and_refunds_with_its_key()
    {
        Assert.Equal(("GET", "https://pay.example/epay/api.php?act=order&pid=1001&key=secretkey&out_trade_no=GH20260101000001"), (EpayV1.Query!.Write(Call(Epay)).Method, EpayV1.Query.Write(Call(Epay)).Url));
        var refund = EpayV1.Refund!.Write(Call(Epay, refund: Back));
        Assert.Equal(("POST", "https://pay.example/epay/api.php?act=refund", "pid=1001&key=secretkey&out_trade_no=GH20260101000001&money=2.50"), (refund.Method, refund.Url, refund.Body));
        Assert.True(EpayV1.RefundOnce);
    }

    [Theory]
    [InlineData("""{"code":0,"msg":"退款成功！退款金额￥2.5"}""", 200, true)]
    [InlineData("""{"code":1,"msg":"退款成功"}""", 200, true)]
    [InlineData("""{"code":"1","msg":"Refund success"}""", 200, true)]
    // Done or not: the number alone does not say.
    [InlineData("""{"code":0}""", 200, null)]
    [InlineData("""{"code":1,"msg":""}""", 200, null)]
    [InlineData("""{"code":1,"msg":"退款失败"}""", 200, null)]
    [InlineData("""{"code":0,"msg":"退款未成功"}""", 200, null)]
    [InlineData("""{"code":-2,"msg":"商户未开启订单退款API接口"}""", 200, false)]
    [InlineData("""{"code":0,"msg":"退款成功"}""", 500, null)]
    [InlineData("success", 200, null)]
    public void Epays_refund_is_done_when_number_and_words_say_so(string body, int status, bool? done) => Assert.Equal(done, EpayV1.Refund!.Read(Call(Epay, refund: Back), Reply(body, status)).Done);

    [Theory]
    [InlineData("2", true)]
    [InlineData("3", null)]
    [InlineData("1", null)]
    public void What_became_of_a_refund_is_asked_of_the_order(string status, bool? done) =>
        Assert.Equal(done, EpayV1.RefundQuery!.Read(Call(Epay, refund: Back), Reply($$"""{"code":1,"pid":1001,"out_trade_no":"GH20260101000001","money":"12.50","status":{{status}}}""")).Done);

    [Fact]
    public void Stripe_is_asked_in_the_payments_own_currency()
    {
        var call = Call(StripeValues, Request with { Currency = "USD", Email = "wei@example.com" });
        var request = Stripe.Question(call).Write(call);
        Assert.Equal(("POST", "https://api.stripe.com/v1/checkout/sessions"), (request.Method, request.Url));
        var ends = Now.AddMinutes(32).ToUnixTimeSeconds().ToString();
        Assert.Equal(new Dictionary<string, string>
        {
            ["mode"] = "payment", ["success_url"] = "https://shop.example/orders/1", ["cancel_url"] = "https://shop.example/orders/1", ["client_reference_id"] = "GH20260101000001", ["metadata[order]"] = "GH20260101000001",
            ["payment_intent_data[metadata][order]"] = "GH20260101000001", ["line_items[0][quantity]"] = "1", ["line_items[0][price_data][currency]"] = "usd", ["line_items[0][price_data][unit_amount]"] = "1250",
            ["line_items[0][price_data][product_data][name]"] = "VIP 会员+1", ["adaptive_pricing[enabled]"] = "false", ["expires_at"] = ends, ["customer_email"] = "wei@example.com",
        }, Fields(request.Body));
        Assert.Equal([("Authorization", "Bearer sk_test_1"), ("Stripe-Version", "2025-03-31.basil"), ("Idempotency-Key", "GH20260101000001-" + ends)], request.Headers);
    }

    [Theory]
    [InlineData(1, 31)]
    [InlineData(29, 31)]
    [InlineData(30, 32)]
    [InlineData(60, 62)]
    [InlineData(60 * 24 * 7, 60 * 23.9)]
    public void A_session_lasts_as_long_as_stripe_takes(double order, double session)
    {
        var call = Call(StripeValues, Request with { Currency = "USD", ExpiresAt = Now.AddMinutes(order) });
        Assert.Equal(Now.AddMinutes(session).ToUnixTimeSeconds().ToString(), Fields(Stripe.Question(call).Write(call).Body)["expires_at"]);
    }

    [Theory]
    [InlineData("succeeded", 200, true)]
    [InlineData("pending", 200, null)]
    [InlineData("requires_action", 200, null)]
    [InlineData("failed", 200, false)]
    [InlineData("canceled", 200, false)]
    public void Stripes_refund_may_take_days(string status, int code, bool? done)
    {
        var reading = Stripe.Refund!.Read(Call(StripeValues, refund: Back), Reply($$"""{"id":"re_1","status":"{{status}}"}""", code));
        Assert.Equal((done, "re_1"), (reading.Done, reading.Number));
    }

    [Theory]
    [InlineData("invalid_request_error", 400, false)]
    [InlineData("idempotency_error", 400, null)]
    [InlineData("api_error", 500, null)]
    [InlineData("rate_limit_error", 429, null)]
    [InlineData("invalid_request_error", 409, null)]
    [InlineData("", 404, null)]
    public void Stripe_refuses_or_is_in_trouble(string type, int status, bool? refused)
    {
        var reply = Reply($$"""{"error":{"type":"{{type}}","code":"c","message":"m"} }""", status);
        Assert.Equal(refused, Stripe.Refund!.Read(Call(StripeValues, refund: Back), reply).Done);
        Assert.Equal(refused, Stripe.Close!.Read(Call(StripeValues), reply).Closed);
        var start = Stripe.Question(Call(StripeValues)).Read(Call(StripeValues), reply);
        Assert.Equal((null, "c m", status is 409 or 429 or 500), (start.Prompt, start.Answer, start.Later));
    }

    [Theory]
    [InlineData("""{"id":"cs_1","url":"https://checkout.stripe.com/c/1","client_reference_id":"GH20260101000001","amount_total":1250,"currency":"usd"}""", true)]
    [InlineData("""{"id":"cs_1","url":"https://checkout.stripe.com/c/1","client_reference_id":"GH20260101000001","amount_total":1250,"currency":"eur"}""", false)]
    [InlineData("""{"id":"cs_1","url":"https://checkout.stripe.com/c/1","client_reference_id":"GH20260101000001","amount_total":1251,"currency":"usd"}""", false)]
    [InlineData("""{"id":"cs_1","url":"https://checkout.stripe.com/c/1","client_reference_id":"GH2","amount_total":1250,"currency":"usd"}""", false)]
    [InlineData("""{"id":"cs_1","url":"javascript:x","client_reference_id":"GH20260101000001","amount_total":1250,"currency":"usd"}""", false)]
    [InlineData("""{"url":"https://checkout.stripe.com/c/1","client_reference_id":"GH20260101000001","amount_total":1250,"currency":"usd"}""", false)]
    public void A_session_is_what_was_asked_for(string body, bool good)
    {
        var call = Call(StripeValues, Request with { Currency = "USD" });
        var reading = Stripe.Question(call).Read(call, Reply(body));
        Assert.Equal(good ? "https://checkout.stripe.com/c/1" : null, reading.Prompt?.Url);
    }

    [Fact]
    public void Alipay_is_asked_in_chinas_time_and_signed()
    {
        var values = Values(("app_id", "2021001"), ("private_key", Ours.Private), ("public_key", Theirs.Public), ("url", "https://openapi.alipay.com"));
        var call = Call(values, refund: Back);
        var start = Fields(Alipay.Question(call).Write(call).Body);
        Assert.Equal(("https://openapi.alipay.com/gateway.do", "alipay.trade.precreate", "2026-01-01 08:00:00", "RSA2", "utf-8", "1.0", Request.NotifyUrl),
            (Alipay.Question(call).Write(call).Url, start["method"], start["timestamp"], start["sign_type"], start["charset"], start["version"], start["notify_url"]));
        Assert.Equal("""{"out_trade_no":"GH20260101000001","total_amount":"12.50","subject":"VIP 会员+1","timeout_express":"30m"}""", start["biz_content"]);
        // The kind of signature is signed here, and not in what Alipay tells.
        Assert.True(Signatures.RsaHolds(Ours.Public, Signatures.Text(start.Where(f => f.Key != "sign")), start["sign"]));
        Assert.Equal("""{"out_trade_no":"GH20260101000001","refund_amount":"2.50","out_request_no":"RF0000001","refund_reason":"asked for"}""", Fields(Alipay.Refund!.Write(call).Body)["biz_content"]);
        Assert.Equal("""{"out_trade_no":"GH20260101000001","out_request_no":"RF0000001"}""", Fields(Alipay.RefundQuery!.Write(call).Body)["biz_content"]);
        Assert.Equal(("alipay.trade.query", "alipay.trade.close", "alipay.trade.fastpay.refund.query"),
            (Fields(Alipay.Query!.Write(call).Body)["method"], Fields(Alipay.Close!.Write(call).Body)["method"], Fields(Alipay.RefundQuery.Write(call).Body)["method"]));
        Assert.False(start.ContainsKey("sign ") || Fields(Alipay.Query.Write(call).Body).ContainsKey("notify_url"));
    }

    [Fact]
    public void Bepusdt_is_told_the_currency_and_how_long()
    {
        var call = Call(Values(("url", "https://u.example"), ("token", "t1"), ("trade_type", "usdt.polygon")), Request with { Currency = "USD" });
        var body = JsonNode.Parse(Bepusdt.Question(call).Write(call).Body)!.AsObject();
        Assert.Equal(("12.5", "USD", "usdt.polygon", "1800", "VIP 会员+1"), (body["amount"]!.ToJsonString(), (string?)body["fiat"], (string?)body["trade_type"], body["timeout"]!.ToJsonString(), (string?)body["name"]));
        var text = Signatures.Text(body.Where(m => m.Key != "signature").Select(m => KeyValuePair.Create(m.Key, m.Value!.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)m.Value! : m.Value!.ToJsonString())));
        Assert.Equal(Signatures.Md5(text + "t1"), (string?)body["signature"]);
        var late = Call(call.Values.ToDictionary(), call.Payment with { ExpiresAt = Now.AddSeconds(5) });
        Assert.Equal(120, (int)JsonNode.Parse(Bepusdt.Question(late).Write(late).Body)!["timeout"]!);
    }

    [Fact]
    public void The_same_person_has_the_same_name_with_tokenpay_and_none_that_tells_who()
    {
        string Key(string email, string token) => (string)JsonNode.Parse(TokenPay.Question(Call(Values(("url", "https://u.example"), ("token", token)), Request with { Email = email })).Write(Call(Values(("url", "https://u.example"), ("token", token)), Request with { Email = email })).Body)!["OrderUserKey"]!;
        Assert.Equal(Key("wei@example.com", "t"), Key("Wei@Example.com", "t"));
        Assert.NotEqual(Key("wei@example.com", "t"), Key("li@example.com", "t"));
        Assert.NotEqual(Key("wei@example.com", "t"), Key("wei@example.com", "u"));
    }

    [Theory]
    [InlineData("""{"status_code":200,"data":{"trade_id":"7f1","order_id":"GH2","amount":"12.50","actual_amount":"1.72","token":"T1"}}""")]
    [InlineData("""{"status_code":200,"data":{"trade_id":"7f1","order_id":"GH20260101000001","amount":"12.51","actual_amount":"1.72","token":"T1"}}""")]
    [InlineData("""{"status_code":400,"message":"no","data":{"trade_id":"7f1","order_id":"GH20260101000001","amount":"12.50","actual_amount":"1.72","token":"T1"}}""")]
    [InlineData("""{"status_code":200,"data":{"trade_id":"7f1","order_id":"GH20260101000001","amount":"12.50","actual_amount":"1e3","token":"T1","payment_url":"javascript:x"}}""")]
    public void An_address_for_something_else_is_not_shown(string body) => Assert.Null(Epusdt.Question(Call(Values(("url", "https://u.example"), ("token", "t")))).Read(Call(Values(("url", "https://u.example"), ("token", "t"))), Reply(body)).Prompt);
}
