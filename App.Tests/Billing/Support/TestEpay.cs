using System.Globalization;
using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Billing.Support;

/// <summary>易支付, both versions on one site: V1 by MD5 under <c>submit.php</c>, <c>mapi.php</c>, <c>api.php</c>; V2 by RSA under <c>api/pay/…</c>.</summary>
public sealed class TestEpay : TestGateway
{
    public const string Pid = "1001";
    private readonly bool _rsa, _api;

    private TestEpay(TimeProvider? clock, bool rsa, bool api) : base(clock) => (_rsa, _api) = (rsa, api);

    /// <summary>V1's.</summary>
    public string Key { get; } = Random(16);

    /// <summary>What refunds answer as their code: 0, or 1 as other servers say it.</summary>
    public int RefundCode { get; set; }

    /// <summary>What refunds answer as their words; null: that it was done, and how much.</summary>
    public string? RefundWords { get; set; }

    /// <summary>The merchant may not refund.</summary>
    public bool NoRefunds { get; set; }

    /// <param name="rsa">Its settings are those of V2.</param>
    /// <param name="api">Its settings say that the server asks first; the payer's browser does otherwise.</param>
    public static Task<TestEpay> Start(TimeProvider? clock = null, bool rsa = false, bool api = false) => Open(new TestEpay(clock, rsa, api));

    public override Dictionary<string, string> Settings
    {
        get
        {
            var settings = new Dictionary<string, string> { ["url"] = Address + (_rsa ? "/api/pay/submit" : "/submit.php"), ["pid"] = Pid, ["mode"] = _api ? "api" : "page", ["type"] = "alipay" };
            if (_rsa)
                (settings["private_key"], settings["public_key"]) = (MerchantKeys.Private, GatewayKeys.Public);
            else
                settings["key"] = Key;
            return settings;
        }
    }

    protected override IReadOnlyList<TimeSpan> Schedule => [TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(20), TimeSpan.FromHours(1), TimeSpan.FromHours(2)];

    protected override string Refusal => """{"code":-4,"msg":"系统繁忙，请稍后重试"}""";

    protected override (int Status, string Body) Serve(Asked asked) => asked.Path switch
    {
        "/submit.php" or "/api/pay/submit" => Page(asked),
        "/mapi.php" or "/api/pay/create" => (200, Create(asked)),
        "/api.php" when asked.Query.StartsWith("act=order", StringComparison.Ordinal) && asked.Method == "GET" => (200, Query1(asked)),
        "/api.php" when asked.Query == "act=refund" && asked.Method == "POST" => (200, Refund1(asked)),
        "/api/pay/query" => (200, V2(asked, Query2)),
        "/api/pay/refund" => (200, V2(asked, Refund2)),
        "/api/pay/refundquery" => (200, V2(asked, RefundQuery2)),
        _ => (404, "<h1>404</h1>"),
    };

    protected override (HttpRequestMessage Request, Func<int, string, bool> Accepts) Notify(TestOrder order, Notice how)
    {
        // The name is an option of the site's; the amount a float.
        var fields = new Dictionary<string, string>
        {
            ["pid"] = Pid, ["trade_no"] = order.GatewayNumber, ["out_trade_no"] = order.TradeNumber, ["type"] = order.Fields.GetValueOrDefault("type", "alipay"), ["name"] = "product", ["money"] = Float(order.Amount),
            ["trade_status"] = how.Event ?? "TRADE_SUCCESS", ["param"] = order.Fields.GetValueOrDefault("param", ""),
        };
        if (_rsa)
            (fields["api_trade_no"], fields["buyer"], fields["timestamp"]) = ("A" + order.GatewayNumber, "2088001", Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        how.Signing?.Invoke(fields);
        var text = Signatures.Text(fields, "sign", "sign_type");
        (fields["sign"], fields["sign_type"]) = (_rsa ? Signatures.Rsa(how.Key ?? GatewayKeys.Private, text) : Signatures.Md5(text + (how.Key ?? Key)), _rsa ? "RSA" : "MD5");
        how.Tampering?.Invoke(fields);
        var (url, form) = (how.Url ?? order.NotifyUrl, new FormUrlEncodedContent(fields));
        var request = how.Post ? new HttpRequestMessage(HttpMethod.Post, url) { Content = form }
            : new HttpRequestMessage(HttpMethod.Get, url + (url.Contains('?', StringComparison.Ordinal) ? "&" : "?") + form.ReadAsStringAsync().Result);
        return (request, (_, body) => body.Contains("success", StringComparison.Ordinal) || body.Contains("SUCCESS", StringComparison.Ordinal) || body.Contains("Success", StringComparison.Ordinal));
    }

    // Null when it is well signed.
    private string? Unsigned(Asked asked)
    {
        var (text, sign) = (Signatures.Text(asked.Fields, "sign", "sign_type"), asked.Fields.GetValueOrDefault("sign", ""));
        if (asked.Fields.GetValueOrDefault("pid") != Pid)
            return "商户ID不存在";
        if (!asked.Path.StartsWith("/api/", StringComparison.Ordinal))
            return sign == Signatures.Md5(text + Key) ? null : "签名校验失败";
        if (!long.TryParse(asked.Fields.GetValueOrDefault("timestamp"), out var at) || Math.Abs(Now.ToUnixTimeSeconds() - at) > 300)
            return "时间戳字段不正确";
        return asked.Fields.GetValueOrDefault("sign_type") == "RSA" && Signatures.RsaHolds(MerchantKeys.Public, text, sign) ? null : "RSA签名校验失败";
    }

    // The order that was asked for, or why it is not taken.
    private (TestOrder? Order, string Fault) Taken(Asked asked)
    {
        if (Unsigned(asked) is { } fault)
            return (null, fault);
        foreach (var name in new[] { "out_trade_no", "notify_url", "return_url", "name", "money" })
            if (asked.Fields.GetValueOrDefault(name, "").Length == 0)
                return (null, name + "不能为空");
        var (number, money) = (asked.Fields["out_trade_no"], asked.Fields["money"]);
        if (!number.All(c => char.IsAsciiLetterOrDigit(c) || "._-|".Contains(c, StringComparison.Ordinal)))
            return (null, "订单号(out_trade_no)格式不正确");
        if (!money.All(c => char.IsAsciiDigit(c) || c == '.') || !decimal.TryParse(money, CultureInfo.InvariantCulture, out var amount) || amount <= 0)
            return (null, "金额不合法");
        if (Orders.TryGetValue(number, out var old))
        {
            if (old.Paid)
                return (null, "该订单已完成支付，请勿重复发起支付");
            return new[] { "money", "name", "notify_url", "return_url", "param" }.Any(f => old.Fields.GetValueOrDefault(f, "") != asked.Fields.GetValueOrDefault(f, "")) ? (null, "支付参数有变化，请更换订单号重新发起支付") : (old, "");
        }
        return (Orders[number] = new()
        {
            TradeNumber = number, Amount = money, NotifyUrl = asked.Fields["notify_url"], Fields = asked.Fields, GatewayNumber = Now.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + Random(3),
        }, "");
    }

    private (int, string) Page(Asked asked) => Taken(asked) is var taken && taken.Order is { } order ? (200, $"<html>pay {order.Amount}</html>") : (200, $"<html>{taken.Fault}</html>");

    private string Create(Asked asked)
    {
        var second = asked.Path.StartsWith("/api/", StringComparison.Ordinal);
        if (asked.Fields.GetValueOrDefault("clientip", "").Length == 0)
            return Error("用户IP地址(clientip)不能为空");
        if (asked.Fields.GetValueOrDefault("type", "").Length == 0)
            return Error("支付方式(type)不能为空");
        var (order, fault) = Taken(asked);
        if (order is null)
            return Error(fault);
        var json = second ? new JsonObject { ["code"] = 0, ["trade_no"] = order.GatewayNumber, ["pay_type"] = "jump", ["pay_info"] = $"{Address}/pay/submit/{order.GatewayNumber}/" }
            : new JsonObject { ["code"] = 1, ["msg"] = "", ["trade_no"] = order.GatewayNumber, ["payurl"] = $"/pay/submit/{order.GatewayNumber}/" };
        return second ? Signed(json) : json.ToJsonString();
    }

    private string Query1(Asked asked)
    {
        if (asked.Fields.GetValueOrDefault("pid") != Pid || asked.Fields.GetValueOrDefault("key") != Key)
            return Error("商户密钥错误", -3);
        return Find(asked) is { } order ? Shown(order, new JsonObject { ["code"] = 1, ["msg"] = "succ" }).ToJsonString() : Error("订单号不存在");
    }

    private string Refund1(Asked asked)
    {
        if (NoRefunds)
            return Error("商户未开启订单退款API接口", -2);
        if (asked.Fields.GetValueOrDefault("pid") != Pid || asked.Fields.GetValueOrDefault("key") != Key)
            return Error("商户密钥错误", -3);
        // It knows no number of the merchant's: each time is another.
        if (Find(asked) is not { } order || Back(order, Random(), asked.Fields["money"]) is not { } given)
            return Error("当前订单状态不可退款");
        return new JsonObject { ["code"] = RefundCode, ["msg"] = RefundWords ?? "退款成功！退款金额￥" + given, ["money"] = given }.ToJsonString();
    }

    private string V2(Asked asked, Func<Asked, string> answer) => Unsigned(asked) is { } fault ? Error(fault, -3) : answer(asked);

    private string Query2(Asked asked) => Find(asked) is { } order ? Signed(Shown(order, new JsonObject { ["code"] = 0, ["refundmoney"] = order.Refunds.Count == 0 ? null : order.Refunds.Values.Sum().ToString(CultureInfo.InvariantCulture) })) : Error("订单号不存在");

    private string Refund2(Asked asked)
    {
        var number = asked.Fields.GetValueOrDefault("out_refund_no", "");
        if (NoRefunds || number.Length <= 5 || Find(asked) is not { } order || !order.Refunds.ContainsKey(number) && Back(order, number, asked.Fields["money"]) is null)
            return Error("退款失败");
        return Signed(new JsonObject { ["code"] = 0, ["refund_no"] = "R" + number, ["out_refund_no"] = number, ["trade_no"] = order.GatewayNumber, ["money"] = (double)order.Refunds[number], ["reducemoney"] = (double)order.Refunds[number], ["msg"] = "退款成功！" });
    }

    private string RefundQuery2(Asked asked)
    {
        var number = asked.Fields.GetValueOrDefault("out_refund_no", "");
        return Orders.Values.FirstOrDefault(o => o.Refunds.ContainsKey(number)) is not { } order ? Error("退款记录不存在")
            : Signed(new JsonObject { ["code"] = 0, ["refund_no"] = "R" + number, ["out_refund_no"] = number, ["trade_no"] = order.GatewayNumber, ["out_trade_no"] = order.TradeNumber, ["money"] = order.Refunds[number].ToString(CultureInfo.InvariantCulture), ["status"] = 1 });
    }

    private TestOrder? Find(Asked asked) => Orders.GetValueOrDefault(asked.Fields.GetValueOrDefault("out_trade_no", ""));

    private JsonObject Shown(TestOrder order, JsonObject json)
    {
        (json["trade_no"], json["out_trade_no"], json["pid"]) = (order.GatewayNumber, Trouble == Trouble.WrongOrder ? "another" : order.TradeNumber, int.Parse(Pid, CultureInfo.InvariantCulture));
        (json["type"], json["money"]) = (order.Fields.GetValueOrDefault("type", ""), Trouble == Trouble.WrongAmount ? "0.01" : order.Amount);
        // This one writes numbers as texts.
        json["status"] = !order.Paid ? "0" : order.Refunds.Values.Sum() >= decimal.Parse(order.Amount, CultureInfo.InvariantCulture) ? "2" : "1";
        return json;
    }

    // Null when there is not as much to give back.
    private static string? Back(TestOrder order, string number, string money)
    {
        var amount = decimal.Parse(money, CultureInfo.InvariantCulture);
        if (!order.Paid || amount <= 0 || order.Refunds.Values.Sum() + amount > decimal.Parse(order.Amount, CultureInfo.InvariantCulture))
            return null;
        order.Refunds[number] = amount;
        return money;
    }

    private static string Error(string message, int code = -1) => new JsonObject { ["code"] = code, ["msg"] = message }.ToJsonString();

    private string Signed(JsonObject json)
    {
        json["timestamp"] = Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        if (Trouble == Trouble.Unsigned)
            return json.ToJsonString();
        var text = Signatures.Text(json.Where(m => m.Value is not null).Select(m => KeyValuePair.Create(m.Key, m.Value!.ToString())));
        (json["sign_type"], json["sign"]) = ("RSA", Signatures.Rsa(Trouble == Trouble.Forged ? StrangersKeys.Private : GatewayKeys.Private, text));
        return json.ToJsonString();
    }
}
