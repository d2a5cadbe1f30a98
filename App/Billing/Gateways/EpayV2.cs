using System.Globalization;
using System.Text.Json;
using Gatehouse.Messaging.Formats;

namespace Gatehouse.Billing.Gateways;

/// <summary>易支付 (epay) of the second version: both sides sign by RSA, and tell the time.</summary>
internal static class EpayV2
{
    private const int Tolerance = 300;
    private const string Rsa = "RSA";

    public static readonly GatewayKind Kind = new("epay_v2", "epay",
        [GatewayFields.Url("https://pay.example.com", Epay.Pages), Epay.Pid, GatewayFields.PrivateKey, GatewayFields.PublicKey, Epay.Mode, Epay.Type])
    {
        OneCurrency = true,
        Limit = Epay.Limit,
        Fault = values => Epay.TypeFault(values) ?? RsaKeys.PairFault(values),
        Start = new GatewayStart.Chosen(values => values.GetValueOrDefault("mode") == "api"
            ? new GatewayStart.Remote(new(c => Post(c, "create", [new("method", "jump"), .. Epay.Payer(c), .. Epay.Order(c)]), ReadStart))
            : new GatewayStart.Local(c => new("redirect", $"{c["url"]}/api/pay/submit?{SignedFields.Encoded(Signed(c, Epay.Order(c)))}"))),
        Read = Read,
        Query = new(c => Post(c, "query", [new("pid", c["pid"]), new("out_trade_no", c.Payment.TradeNumber)]), ReadQuery),
        Refund = new(
            c => Post(c, "refund", [new("pid", c["pid"]), new("out_trade_no", c.Payment.TradeNumber), new("money", GatewayAmount.Text(c.Refund!.Amount, c.Payment.Currency)), new("out_refund_no", c.Refund.Number)]),
            ReadRefund),
        RefundQuery = new(c => Post(c, "refundquery", [new("pid", c["pid"]), new("out_refund_no", c.Refund!.Number)]), ReadRefundQuery),
    };

    private static ChannelRequest Post(GatewayCall c, string call, List<KeyValuePair<string, string>> fields) => Wire.PostForm($"{c["url"]}/api/pay/{call}", Epay.Pairs(Signed(c, fields)));

    private static List<KeyValuePair<string, string>> Signed(GatewayCall c, List<KeyValuePair<string, string>> fields)
    {
        List<KeyValuePair<string, string>> all = [.. fields.Where(f => f.Value.Length > 0), new("timestamp", c.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))];
        return [.. all, new("sign", RsaKeys.Sign(c["private_key"], Epay.Text(all))), new("sign_type", Rsa)];
    }

    private static bool IsPresent(string? timestamp, DateTimeOffset now) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && Math.Abs((decimal)now.ToUnixTimeSeconds() - at) <= Tolerance;

    private static CallbackReading Read(GatewayCallback c) => Epay.Told(c, new CallbackChecks()
        .And("secret", () => RsaKeys.IsPublic(c["public_key"]))
        .And("form", () => SignedFields.AreClear(c.Fields))
        .And("algorithm", () => c.Field("sign_type") is null or "" || c.Field("sign_type")!.Equals(Rsa, StringComparison.OrdinalIgnoreCase))
        .And("signature", () => RsaKeys.Verify(c["public_key"], Epay.Text(c.Fields), c.Field("sign")))
        .And("time", () => IsPresent(c.Field("timestamp"), c.Now)));

    // What is done is signed. What went wrong is not, and is read by staff only: a stranger between could have written it.
    private static JsonElement? Verified(GatewayCall c, ChannelReply reply, out string answer)
    {
        var json = GatewayFields.Json(reply);
        answer = GatewayFields.Said(reply, json.At("code").Text(), json.At("msg").Text());
        if (!reply.Succeeded || json.At("code").Whole() != 0)
            return null;
        // Arrays and objects are not signed, nor is nothing.
        var fields = SignedFields.OfJson(json, flat: false);
        return SignedFields.AreClear(fields) && RsaKeys.Verify(c["public_key"], Epay.Text(fields), json.At("sign").Text()) && IsPresent(json.At("timestamp").Text(), c.Now) ? json : null;
    }

    private static StartReading ReadStart(GatewayCall c, ChannelReply reply) => Verified(c, reply, out var answer) is { } json
        ? new(Epay.Prompt(c, json.At("pay_type").Text(), json.At("pay_info").Text()), json.At("trade_no").Text(), answer)
        : new(null, "", answer, reply.Status >= 500);

    private static QueryReading ReadQuery(GatewayCall c, ChannelReply reply) => Verified(c, reply, out var answer) is { } json ? Epay.Found(c, json, answer) : QueryReading.Unknown(answer);

    private static RefundReading ReadRefund(GatewayCall c, ChannelReply reply) => Verified(c, reply, out var answer) is { } json && IsOurs(c, json)
        && GatewayAmount.Parse(json.At("money").Text(), c.Payment.Currency) == c.Refund!.Amount
        ? new(true, json.At("refund_no").Text(), answer) : new(null, "", answer);

    private static RefundReading ReadRefundQuery(GatewayCall c, ChannelReply reply) => Verified(c, reply, out var answer) is { } json && IsOurs(c, json)
        ? new(json.At("status").Whole() switch { 1 => true, 0 => false, _ => null }, json.At("refund_no").Text(), answer) : new(null, "", answer);

    // Another refund's answer is signed as well.
    private static bool IsOurs(GatewayCall c, JsonElement json) =>
        json.At("out_refund_no").Text() is var number && (number.Length == 0 || number == c.Refund!.Number)
        && json.At("trade_no").Text() is var trade && (trade.Length == 0 || c.Payment.GatewayNumber.Length == 0 || trade == c.Payment.GatewayNumber);
}
