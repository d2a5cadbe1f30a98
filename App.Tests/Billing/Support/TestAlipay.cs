using System.Globalization;
using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Billing.Support;

/// <summary>Alipay's gateway for 当面付. A trade is there once somebody has scanned its code (<see cref="Scan"/>), which paying does as well.</summary>
public sealed class TestAlipay : TestGateway
{
    public const string AppId = "2021000100000001", SellerId = "2088000100000001";
    private readonly HashSet<string> _scanned = [];

    private TestAlipay(TimeProvider? clock) : base(clock)
    {
    }

    public static Task<TestAlipay> Start(TimeProvider? clock = null) => Open(new TestAlipay(clock));

    public override Dictionary<string, string> Settings => new() { ["url"] = Address + "/gateway.do", ["app_id"] = AppId, ["seller_id"] = SellerId, ["private_key"] = MerchantKeys.Private, ["public_key"] = GatewayKeys.Public };

    protected override IReadOnlyList<TimeSpan> Schedule => [TimeSpan.Zero, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(6), TimeSpan.FromHours(15)];

    protected override string Refusal => """{"error_response":{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-signature","sub_msg":"验签出错"}}""";

    /// <summary>The payer has scanned the code, and not paid yet.</summary>
    public void Scan(string tradeNumber)
    {
        lock (_scanned)
            _scanned.Add(Order(tradeNumber).TradeNumber);
    }

    protected override (int Status, string Body) Serve(Asked asked)
    {
        var fields = asked.Fields;
        var dated = DateTime.TryParseExact(fields.GetValueOrDefault("timestamp"), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) && Math.Abs((Now.UtcDateTime.AddHours(8) - at).TotalMinutes) < 15;
        if (asked.Path != "/gateway.do" || fields.GetValueOrDefault("app_id") != AppId || fields.GetValueOrDefault("sign_type") != "RSA2" || !dated || !Signatures.RsaHolds(MerchantKeys.Public, Signatures.Text(fields, "sign"), fields.GetValueOrDefault("sign", "")))
            return (200, Refusal);
        var content = JsonNode.Parse(fields["biz_content"])!.AsObject();
        var number = (string)content["out_trade_no"]!;
        var answer = fields["method"] switch
        {
            "alipay.trade.precreate" => Create(number, fields, content),
            "alipay.trade.query" => Query(number),
            "alipay.trade.refund" => Refund(number, content),
            "alipay.trade.fastpay.refund.query" => RefundQuery(number, content),
            "alipay.trade.close" => Close(number),
            _ => Fault("isv.invalid-method"),
        };
        return (200, Signed(fields["method"].Replace('.', '_') + "_response", answer));
    }

    protected override (HttpRequestMessage Request, Func<int, string, bool> Accepts) Notify(TestOrder order, Notice how)
    {
        var fields = new Dictionary<string, string>
        {
            ["app_id"] = AppId, ["seller_id"] = SellerId, ["notify_type"] = "trade_status_sync", ["notify_id"] = Random(), ["notify_time"] = Now.UtcDateTime.AddHours(8).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), ["charset"] = "utf-8",
            ["version"] = "1.0", ["out_trade_no"] = order.TradeNumber, ["trade_no"] = order.GatewayNumber, ["trade_status"] = how.Event ?? "TRADE_SUCCESS", ["total_amount"] = order.Amount, ["subject"] = order.Fields["subject"],
            ["fund_bill_list"] = $$"""[{"amount":"{{order.Amount}}","fundChannel":"ALIPAYACCOUNT"}]""",
        };
        if (order.Refunds.Count > 0)
            fields["refund_fee"] = order.Refunds.Values.Sum().ToString("0.00", CultureInfo.InvariantCulture);
        how.Signing?.Invoke(fields);
        (fields["sign"], fields["sign_type"]) = (Signatures.Rsa(how.Key ?? GatewayKeys.Private, Signatures.Text(fields, "sign", "sign_type")), "RSA2");
        how.Tampering?.Invoke(fields);
        return (new HttpRequestMessage(HttpMethod.Post, how.Url ?? order.NotifyUrl) { Content = new FormUrlEncodedContent(fields) }, (_, body) => body == "success");
    }

    private JsonObject Create(string number, IReadOnlyDictionary<string, string> fields, JsonObject content)
    {
        Orders.TryAdd(number, new()
        {
            TradeNumber = number, GatewayNumber = "20260101" + Random(), Amount = (string)content["total_amount"]!, NotifyUrl = fields["notify_url"], Fields = content.ToDictionary(m => m.Key, m => m.Value!.ToString()),
        });
        return new JsonObject { ["code"] = "10000", ["msg"] = "Success", ["out_trade_no"] = Told(number), ["qr_code"] = "https://qr.alipay.com/" + Random() };
    }

    private JsonObject Query(string number)
    {
        if (Trade(number) is not { } order)
            return Fault("ACQ.TRADE_NOT_EXIST");
        var told = new JsonObject
        {
            ["code"] = "10000", ["msg"] = "Success", ["out_trade_no"] = Told(number), ["trade_no"] = order.GatewayNumber, ["total_amount"] = Trouble == Trouble.WrongAmount ? "0.01" : order.Amount,
            ["trade_status"] = order.Closed || order.Refunds.Count > 0 && Left(order) == 0 ? "TRADE_CLOSED" : order.Paid ? "TRADE_SUCCESS" : "WAIT_BUYER_PAY",
        };
        if (order.Paid)
            told["send_pay_date"] = "2026-01-01 08:00:00";
        return told;
    }

    private JsonObject Refund(string number, JsonObject content)
    {
        var (request, amount) = ((string)content["out_request_no"]!, decimal.Parse((string)content["refund_amount"]!, CultureInfo.InvariantCulture));
        if (Trade(number) is not { Paid: true } order)
            return Fault("ACQ.TRADE_NOT_EXIST");
        var again = order.Refunds.ContainsKey(request);
        if (!again && amount > Left(order))
            return Fault("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL");
        order.Refunds[request] = amount;
        return new JsonObject { ["code"] = "10000", ["msg"] = "Success", ["out_trade_no"] = Told(number), ["trade_no"] = order.GatewayNumber, ["fund_change"] = again ? "N" : "Y", ["refund_fee"] = order.Refunds.Values.Sum().ToString("0.00", CultureInfo.InvariantCulture) };
    }

    private JsonObject RefundQuery(string number, JsonObject content)
    {
        var (request, told) = ((string)content["out_request_no"]!, new JsonObject { ["code"] = "10000", ["msg"] = "Success" });
        // Of one that it does not know it says no more.
        if (Trade(number)?.Refunds.TryGetValue(request, out var amount) == true)
            (told["out_trade_no"], told["out_request_no"], told["refund_amount"], told["refund_status"]) = (Told(number), request, amount.ToString("0.00", CultureInfo.InvariantCulture), "REFUND_SUCCESS");
        return told;
    }

    private JsonObject Close(string number)
    {
        if (Trade(number) is not { } order)
            return Fault("ACQ.TRADE_NOT_EXIST");
        if (order.Paid || order.Closed)
            return Fault("ACQ.TRADE_STATUS_ERROR");
        order.Closed = true;
        return new JsonObject { ["code"] = "10000", ["msg"] = "Success", ["out_trade_no"] = Told(number), ["trade_no"] = order.GatewayNumber };
    }

    private TestOrder? Trade(string number)
    {
        lock (_scanned)
            return Orders.TryGetValue(number, out var order) && (order.Paid || _scanned.Contains(number)) ? order : null;
    }

    private static decimal Left(TestOrder order) => decimal.Parse(order.Amount, CultureInfo.InvariantCulture) - order.Refunds.Values.Sum();

    private string Told(string number) => Trouble == Trouble.WrongOrder ? "another" : number;

    private static JsonObject Fault(string code) => new() { ["code"] = "40004", ["msg"] = "Business Failed", ["sub_code"] = code, ["sub_msg"] = "交易不存在" };

    // Slashes are escaped: what is signed is the text as it stands.
    private string Signed(string name, JsonObject told)
    {
        var text = told.ToJsonString().Replace("/", "\\/", StringComparison.Ordinal);
        return Trouble == Trouble.Unsigned ? $$"""{"{{name}}":{{text}}}""" : $$"""{"{{name}}":{{text}},"sign":"{{Signatures.Rsa(Trouble == Trouble.Forged ? StrangersKeys.Private : GatewayKeys.Private, text)}}"}""";
    }
}
