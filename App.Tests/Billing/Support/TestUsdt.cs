using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Billing.Support;

/// <summary>Which of the servers that watch a chain.</summary>
public enum Dialect { Epusdt, Bepusdt, TokenPay }

/// <summary>epusdt, BEpusdt or TokenPay. The rate is 7.25 of whatever currency to a coin. Values of a <see cref="Notice"/> are JSON.</summary>
public sealed class TestUsdt : TestGateway
{
    private const decimal Rate = 7.25m;
    private readonly Dialect _dialect;

    private TestUsdt(TimeProvider? clock, Dialect dialect) : base(clock) => _dialect = dialect;

    public string Token { get; } = "token_" + Random();

    public static Task<TestUsdt> Start(Dialect dialect, TimeProvider? clock = null) => Open(new TestUsdt(clock, dialect));

    public override Dictionary<string, string> Settings => _dialect switch
    {
        Dialect.Epusdt => new() { ["url"] = Address + "/api/v1/order/create-transaction", ["token"] = Token },
        Dialect.Bepusdt => new() { ["url"] = Address + "/", ["token"] = Token, ["trade_type"] = "usdt.trc20" },
        _ => new() { ["url"] = Address + "/CreateOrder", ["token"] = Token, ["coin"] = "USDT_TRC20" },
    };

    protected override IReadOnlyList<TimeSpan> Schedule => [.. Enumerable.Repeat(TimeSpan.FromMinutes(1), _dialect == Dialect.TokenPay ? 3 : 5)];

    protected override string Refusal => _dialect == Dialect.TokenPay ? """{"success":false,"message":"签名验证失败！"}""" : """{"status_code":10003,"message":"无可用钱包地址，无法发起支付","data":null,"request_id":""}""";

    private bool IsTokenPay => _dialect == Dialect.TokenPay;

    protected override (int Status, string Body) Serve(Asked asked) => (200, (asked.Method, asked.Path.TrimEnd('/')) switch
    {
        ("POST", "/api/v1/order/create-transaction") when !IsTokenPay => Signed(asked, "signature", Create),
        ("POST", "/api/v1/order/cancel-transaction") when _dialect == Dialect.Bepusdt => Signed(asked, "signature", Cancel),
        ("POST", "/CreateOrder") when IsTokenPay => Signed(asked, "Signature", CreateTokenPay),
        ("GET", "/Query") when IsTokenPay => QueryTokenPay(asked),
        ("GET", var path) when !IsTokenPay && path.StartsWith("/pay/check-status/", StringComparison.Ordinal) => Status(path[18..]),
        _ => "404 page not found",
    });

    protected override (HttpRequestMessage Request, Func<int, string, bool> Accepts) Notify(TestOrder order, Notice how)
    {
        var coins = Coins(order);
        var fields = IsTokenPay
            ? new Dictionary<string, string>
            {
                ["Id"] = Quoted(order.GatewayNumber), ["BlockTransactionId"] = Quoted("tx" + order.GatewayNumber), ["OutOrderId"] = Quoted(order.TradeNumber), ["OrderUserKey"] = Quoted(order.Fields["OrderUserKey"]), ["PayTime"] = "\"2026-01-01 08:00:00\"",
                ["Amount"] = Quoted(coins), ["ActualAmount"] = Quoted(order.Amount), ["Currency"] = Quoted(order.Fields["Currency"]), ["FromAddress"] = "\"TFrom\"", ["ToAddress"] = "\"TTo\"", ["Status"] = how.Event ?? "1",
                ["BlockChainName"] = "\"TRON\"", ["CurrencyName"] = "\"USDT\"", ["IsDynamicAmount"] = "0",
            }
            : new Dictionary<string, string>
            {
                ["trade_id"] = Quoted(order.GatewayNumber), ["order_id"] = Quoted(order.TradeNumber), ["amount"] = Float(order.Amount), ["actual_amount"] = _dialect == Dialect.Bepusdt ? Quoted(coins) : coins, ["token"] = "\"TTo\"",
                ["block_transaction_id"] = Quoted("tx" + order.GatewayNumber), ["status"] = how.Event ?? "2",
            };
        how.Signing?.Invoke(fields);
        fields[IsTokenPay ? "Signature" : "signature"] = Quoted(Sign(fields, how.Key ?? Token));
        how.Tampering?.Invoke(fields);
        var body = "{" + string.Join(',', fields.Select(f => $"{Quoted(f.Key)}:{f.Value}")) + "}";
        var request = new HttpRequestMessage(HttpMethod.Post, how.Url ?? order.NotifyUrl) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return (request, (status, answer) => _dialect == Dialect.Bepusdt ? status == 200 : status == 200 && answer == "ok");
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text);

    // Over texts without their quotes and all else as it is written.
    private static string Sign(IEnumerable<KeyValuePair<string, string>> fields, string token) =>
        Signatures.Md5(Signatures.Text(fields.Where(f => f.Value != "null").Select(f => KeyValuePair.Create(f.Key, f.Value[0] == '"' ? JsonSerializer.Deserialize<string>(f.Value)! : f.Value)), "signature", "Signature") + token);

    private static string Coins(TestOrder order) => Math.Round(decimal.Parse(order.Amount, CultureInfo.InvariantCulture) / Rate, 2).ToString(CultureInfo.InvariantCulture);

    private string Signed(Asked asked, string name, Func<JsonObject, string> answer)
    {
        var body = JsonNode.Parse(asked.Body)!.AsObject();
        var fields = body.Where(m => m.Value is not null).Select(m => KeyValuePair.Create(m.Key, m.Value!.ToJsonString()));
        return (string?)body[name] == Sign(fields, Token) ? answer(body) : IsTokenPay ? Refusal : """{"status_code":400,"message":"签名错误"}""";
    }

    private string Create(JsonObject body)
    {
        var number = (string)body["order_id"]!;
        if (_dialect == Dialect.Epusdt && Orders.ContainsKey(number))
            return """{"status_code":10002,"message":"支付交易已存在，请勿重复创建"}""";
        var order = Orders[number] = New(number, body["amount"]!.ToJsonString(), (string)body["notify_url"]!, body);
        var data = new JsonObject
        {
            ["trade_id"] = order.GatewayNumber, ["order_id"] = Trouble == Trouble.WrongOrder ? "another" : number, ["token"] = "TXtest", ["payment_url"] = $"{Address}/pay/checkout-counter/{order.GatewayNumber}",
            ["amount"] = Trouble == Trouble.WrongAmount ? "0.01" : Number(order.Amount), ["actual_amount"] = Number(Coins(order)), ["expiration_time"] = _dialect == Dialect.Bepusdt ? 1200 : Now.AddMinutes(10).ToUnixTimeSeconds(),
        };
        if (_dialect == Dialect.Bepusdt)
            (data["fiat"], data["trade_type"], data["status"]) = ((string?)body["fiat"], (string?)body["trade_type"], 1);
        return new JsonObject { ["status_code"] = 200, ["message"] = "success", ["data"] = data, ["request_id"] = "" }.ToJsonString();
    }

    private string Cancel(JsonObject body)
    {
        if (Orders.Values.FirstOrDefault(o => o.GatewayNumber == (string?)body["trade_id"]) is not { Paid: false, Closed: false } order)
            return """{"status_code":400,"message":"当前订单状态不允许取消"}""";
        order.Closed = true;
        return new JsonObject { ["status_code"] = 200, ["message"] = "success", ["data"] = new JsonObject { ["trade_id"] = order.GatewayNumber } }.ToJsonString();
    }

    private string Status(string id)
    {
        if (Orders.Values.FirstOrDefault(o => o.GatewayNumber == id) is not { } order)
            return """{"status_code":400,"message":"订单不存在"}""";
        var found = new JsonObject { ["trade_id"] = Trouble == Trouble.WrongOrder ? "another" : id, ["status"] = order.Paid ? 2 : order.Closed ? 3 : 1 };
        if (_dialect == Dialect.Epusdt)
            return new JsonObject { ["status_code"] = 200, ["message"] = "success", ["data"] = found }.ToJsonString();
        found["trade_hash"] = order.Paid ? "tx" + id : "";
        return found.ToJsonString();
    }

    private string CreateTokenPay(JsonObject body)
    {
        var number = (string)body["OutOrderId"]!;
        var order = Orders.GetOrAdd(number, _ => New(number, body["ActualAmount"]!.ToJsonString(), (string)body["NotifyUrl"]!, body));
        return new JsonObject
        {
            ["success"] = true, ["message"] = "创建订单成功！", ["data"] = $"{Address}/Pay?Id={order.GatewayNumber}",
            ["info"] = new JsonObject
            {
                ["Id"] = order.GatewayNumber, ["OutOrderId"] = Trouble == Trouble.WrongOrder ? "another" : number, ["ActualAmount"] = order.Amount, ["Amount"] = Coins(order), ["ToAddress"] = "TXtest", ["BaseCurrency"] = "CNY",
                ["BlockChainName"] = "TRON", ["CurrencyName"] = "USDT",
            },
        }.ToJsonString();
    }

    private string QueryTokenPay(Asked asked)
    {
        var id = asked.Fields["Id"];
        if (asked.Fields["Signature"] != Signatures.Md5("Id=" + id + Token))
            return Refusal;
        if (Orders.Values.FirstOrDefault(o => o.GatewayNumber == id) is not { } order)
            return """{"success":false,"message":"订单不存在！"}""";
        return new JsonObject
        {
            ["success"] = true, ["message"] = "订单信息获取成功！",
            ["data"] = new JsonObject
            {
                ["id"] = id, ["outOrderId"] = Trouble == Trouble.WrongOrder ? "another" : order.TradeNumber, ["actualAmount"] = JsonNode.Parse(Trouble == Trouble.WrongAmount ? "0.01" : order.Amount), ["currency"] = order.Fields["Currency"],
                ["status"] = order.Paid ? "Paid" : order.Closed ? "Expired" : "Pending", ["blockTransactionId"] = order.Paid ? "tx" + id : null,
            },
        }.ToJsonString();
    }

    // epusdt writes numbers, BEpusdt texts.
    private JsonNode Number(string text) => _dialect == Dialect.Bepusdt ? JsonValue.Create(text) : JsonNode.Parse(text)!;

    private static TestOrder New(string number, string amount, string notify, JsonObject body) => new()
    {
        TradeNumber = number, GatewayNumber = Guid.NewGuid().ToString(), Amount = amount, NotifyUrl = notify, Fields = body.ToDictionary(m => m.Key, m => m.Value!.ToString()),
    };
}
