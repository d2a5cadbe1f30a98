using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Messaging.Formats;

namespace Gatehouse.Billing.Gateways;

/// <summary>Alipay's 当面付: a code to scan, asked of Alipay itself.</summary>
internal static class Alipay
{
    private const string Home = "https://openapi.alipay.com";
    private const string Page = "gateway.do";
    private const string Done = "10000";
    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    public static readonly GatewayKind Kind = new("alipay", "alipay",
        [
            new("app_id", FieldRules.Number) { Example = "2021000000000000", MaxLength = 32 }, GatewayFields.PrivateKey, GatewayFields.PublicKey,
            new("seller_id", FieldRules.Number) { Optional = true, Rare = true, Example = "2088000000000000", MaxLength = 32 }, GatewayFields.VendorUrl(Home, Page),
        ])
    {
        Currencies = ["CNY"],
        MaxSubject = 240,
        Fault = RsaKeys.PairFault,
        Start = new GatewayStart.Remote(new(
            c => Ask(c, "precreate", new JsonObject
            {
                ["out_trade_no"] = c.Payment.TradeNumber, ["total_amount"] = GatewayAmount.Text(c.Payment.Amount, c.Payment.Currency), ["subject"] = GatewayFields.Subject(c.Payment.Subject, Kind!.MaxSubject),
                ["timeout_express"] = $"{Math.Clamp((long)Math.Ceiling((c.Payment.ExpiresAt - c.Now).TotalMinutes), 1, 21_600)}m",
            }, c.Payment.NotifyUrl), ReadStart)),
        Read = Read,
        Query = new(c => Ask(c, "query", Order(c)), ReadQuery),
        Refund = new(c => Ask(c, "refund", Order(c, ("refund_amount", GatewayAmount.Text(c.Refund!.Amount, c.Payment.Currency)), ("out_request_no", c.Refund.Number), ("refund_reason", GatewayFields.Subject(c.Refund.Reason, 240)))), ReadRefund),
        RefundQuery = new(c => Ask(c, "fastpay.refund.query", Order(c, ("out_request_no", c.Refund!.Number))), ReadRefundQuery),
        // Not "cancel", which would give the money back if somebody was faster.
        Close = new(c => Ask(c, "close", Order(c)), ReadClose),
    };

    private static JsonObject Order(GatewayCall c, params ReadOnlySpan<(string Name, string Value)> more)
    {
        var content = new JsonObject { ["out_trade_no"] = c.Payment.TradeNumber };
        foreach (var (name, value) in more)
            content[name] = value;
        return content;
    }

    private static ChannelRequest Ask(GatewayCall c, string method, JsonObject content, string notify = "")
    {
        List<KeyValuePair<string, string>> fields =
        [
            new("app_id", c["app_id"]), new("method", "alipay.trade." + method), new("format", "JSON"), new("charset", "utf-8"), new("sign_type", "RSA2"),
            new("timestamp", c.Now.ToOffset(China).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)), new("version", "1.0"), new("notify_url", notify), new("biz_content", Wire.Text(content)),
        ];
        return Wire.PostForm($"{c["url"]}/{Page}", Epay.Pairs([.. fields, new("sign", RsaKeys.Sign(c["private_key"], SignedFields.Text(fields)))]));
    }

    private static CallbackReading Read(GatewayCallback c)
    {
        var (status, refunded) = (c.Field("trade_status") ?? "", c.Field("refund_fee") is { Length: > 0 } || c.Field("gmt_refund") is { Length: > 0 });
        var checks = new CallbackChecks()
            .And("secret", () => RsaKeys.IsPublic(c["public_key"]))
            .And("form", () => SignedFields.AreClear(c.Fields))
            .And("algorithm", () => c.Field("sign_type") is null or "" or "RSA2")
            .And("signature", () => RsaKeys.Verify(c["public_key"], SignedFields.Text(c.Fields, "sign", "sign_type", "alipay_cert_sn"), c.Field("sign")))
            .And("merchant", () => c.Field("app_id") == c["app_id"] && (c["seller_id"].Length == 0 || c.Field("seller_id") == c["seller_id"]))
            .And("numbers", () => SignedFields.IsNumber(c.Field("out_trade_no")) && SignedFields.IsNumber(c.Field("trade_no")))
            .Look("status", () => status switch
            {
                // Giving back tells of the same trade again: as paid, or as closed once all of it is back.
                _ when refunded => CallbackClaim.Returned,
                "TRADE_SUCCESS" or "TRADE_FINISHED" => CallbackClaim.Paid,
                "TRADE_CLOSED" => CallbackClaim.Closed,
                _ => CallbackClaim.Nothing,
            })
            .And("amount", () => GatewayAmount.IsPlain(c.Field("total_amount")));
        return new(checks.Claim, checks.Done, c.Field("out_trade_no") ?? "", c.Field("trade_no") ?? "", c.Field(refunded ? "refund_fee" : "total_amount") ?? "", "CNY", Epay.Success, CallbackAnswer.Fail) { Event = status };
    }

    // Signed is the text of the member as it stands there. What is not signed is read by staff only.
    private static JsonElement? Verified(GatewayCall c, ChannelReply reply, string method, out string answer)
    {
        var json = GatewayFields.Json(reply);
        var told = json.At($"alipay_trade_{method}_response");
        var shown = told.ValueKind == JsonValueKind.Object ? told : json.At("error_response");
        answer = GatewayFields.Said(reply, shown.At("code").Text(), $"{shown.At("msg").Text()} {shown.At("sub_code").Text()} {shown.At("sub_msg").Text()}".Trim());
        return reply.Succeeded && told.ValueKind == JsonValueKind.Object && RsaKeys.Verify(c["public_key"], told.GetRawText(), json.At("sign").Text())
            && told.At("out_trade_no").Text() is var order && (order.Length == 0 || order == c.Payment.TradeNumber) ? told : null;
    }

    private static StartReading ReadStart(GatewayCall c, ChannelReply reply) => Verified(c, reply, "precreate", out var answer) is { } told && told.At("code").Text() == Done && told.At("qr_code").Text() is { Length: > 0 } code
        ? new(new("qr", Qr: code), "", answer) : new(null, "", answer, reply.Status >= 500);

    private static QueryReading ReadQuery(GatewayCall c, ChannelReply reply)
    {
        if (Verified(c, reply, "query", out var answer) is not { } told)
            return QueryReading.Unknown(answer);
        // Until somebody scans it there is no trade.
        if (told.At("sub_code").Text() == "ACQ.TRADE_NOT_EXIST")
            return new(PaymentState.Pending, "", null, null, answer);
        var state = told.At("trade_status").Text() switch
        {
            _ when told.At("code").Text() != Done || told.At("out_trade_no").Text().Length == 0 => PaymentState.Unknown,
            "WAIT_BUYER_PAY" => PaymentState.Pending,
            "TRADE_SUCCESS" or "TRADE_FINISHED" => PaymentState.Paid,
            // Not paid in time, or paid and all of it given back.
            "TRADE_CLOSED" => told.At("send_pay_date").Text().Length > 0 ? PaymentState.Returned : PaymentState.Closed,
            _ => PaymentState.Unknown,
        };
        return QueryReading.Told(state, told.At("trade_no").Text(), GatewayAmount.Parse(told.At("total_amount").Text(), c.Payment.Currency), "CNY", $"{answer} {told.At("trade_status").Text()}".Trim());
    }

    private static RefundReading ReadRefund(GatewayCall c, ChannelReply reply)
    {
        if (Verified(c, reply, "refund", out var answer) is not { } told)
            return new(null, "", answer);
        // Without a change of funds it was done before, or is not yet: asking tells.
        bool? done = told.At("code").Text() == Done ? told.At("fund_change").Text() == "Y" ? true : null : IsBusy(told) ? null : false;
        return new(done, "", answer);
    }

    private static RefundReading ReadRefundQuery(GatewayCall c, ChannelReply reply) => Verified(c, reply, "fastpay_refund_query", out var answer) is { } told && told.At("code").Text() == Done
        && told.At("out_request_no").Text() == c.Refund!.Number && told.At("refund_status").Text() == "REFUND_SUCCESS" ? new(true, "", answer) : new(null, "", answer);

    // A code that nobody scanned is no trade yet and cannot be closed: it runs out by itself with the order.
    private static CloseReading ReadClose(GatewayCall c, ChannelReply reply) =>
        new(Verified(c, reply, "close", out var answer) is { } told ? told.At("code").Text() == Done ? true : IsBusy(told) ? null : false : null, answer);

    private static bool IsBusy(JsonElement told) => told.At("code").Text() == "20000" || told.At("sub_code").Text() is "ACQ.SYSTEM_ERROR" or "aop.ACQ.SYSTEM_ERROR";
}
