using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Messaging.Formats;

namespace Gatehouse.Billing.Gateways;

/// <summary>Servers of one's own that watch a chain for coins: epusdt, BEpusdt and TokenPay. They answer 200 whatever happened.</summary>
internal static class Usdt
{
    // From here BEpusdt signs amounts with an exponent and sends them without.
    private const decimal TooLarge = 1_000_000;
    private const int LeastSeconds = 120;
    private static readonly CallbackAnswer Ok = new(200, "ok");
    private static readonly string[] Pages = ["api/v1/order/create-transaction", "api/v1/order/create-order", "api/v1/order/cancel-transaction", "api/v1/order", "api/v1"];

    public static readonly GatewayKind Epusdt = Dialect("epusdt", [GatewayFields.Url("https://usdt.example.com", Pages), GatewayFields.Secret("token")], c => Transaction(c)) with { Currencies = ["CNY"] };

    public static readonly GatewayKind Bepusdt = Dialect("bepusdt",
        [GatewayFields.Url("https://usdt.example.com", Pages), GatewayFields.Secret("token"), new("trade_type", FieldRules.Key) { Optional = true, Default = "usdt.trc20", Example = "usdt.trc20", MaxLength = 40 }],
        c =>
        {
            var body = Transaction(c);
            var seconds = Math.Max(LeastSeconds, (long)(c.Payment.ExpiresAt - c.Now).TotalSeconds);
            (body["trade_type"], body["fiat"], body["name"], body["timeout"]) = (c["trade_type"], c.Payment.Currency, GatewayFields.Subject(c.Payment.Subject, 127), seconds);
            return body;
        }) with
    {
        Currencies = ["CNY", "USD", "EUR", "GBP", "JPY"],
        Close = new(c => Post(c, "/api/v1/order/cancel-transaction", new JsonObject { ["trade_id"] = c.Payment.GatewayNumber }, "signature"), (_, reply) =>
        {
            var json = GatewayFields.Json(reply);
            bool? closed = json.At("status_code").Whole() switch { 200 when reply.Succeeded => true, null => null, _ => false };
            return new(closed, Said(reply, json));
        }),
    };

    public static readonly GatewayKind TokenPay = new("tokenpay", "usdt",
        [
            GatewayFields.Url("https://pay.example.com", "CreateOrder", "Query"), GatewayFields.Secret("token"),
            new("coin", FieldRules.Key) { Optional = true, Default = "USDT_TRC20", Example = "USDT_TRC20", MaxLength = 60 },
        ])
    {
        OneCurrency = true,
        Start = new GatewayStart.Remote(new(c => Post(c, "/CreateOrder", new JsonObject
        {
            ["OutOrderId"] = c.Payment.TradeNumber, ["OrderUserKey"] = Payer(c), ["ActualAmount"] = Number(c), ["Currency"] = c["coin"], ["NotifyUrl"] = c.Payment.NotifyUrl, ["RedirectUrl"] = c.Payment.ReturnUrl,
        }, "Signature"), ReadTokenPayStart)),
        Read = ReadTokenPay,
        Sample = c => Sample(c, new JsonObject { ["Id"] = "sample", ["OutOrderId"] = c.Payment.TradeNumber, ["ActualAmount"] = GatewayAmount.Text(c.Payment.Amount, c.Payment.Currency), ["Currency"] = c["coin"], ["Status"] = 1 }, "Signature"),
        ByNumber = true,
        Query = new(
            c => new("GET", $"{c["url"]}/Query?Id={Wire.Encoded(c.Payment.GatewayNumber)}&Signature={SignedFields.Md5("Id=" + c.Payment.GatewayNumber, c["token"])}"), ReadTokenPayQuery),
    };

    private static GatewayKind Dialect(string name, IReadOnlyList<ChannelField> fields, Func<GatewayCall, JsonObject> body) => new(name, "usdt", fields)
    {
        Limit = payment => decimal.Parse(GatewayAmount.Text(payment.Amount, payment.Currency), CultureInfo.InvariantCulture) >= TooLarge ? "payments.wrong.too_much" : null,
        Start = new GatewayStart.Remote(new(c => Post(c, "/api/v1/order/create-transaction", body(c), "signature"), ReadStart)),
        Read = Read,
        Sample = c => Sample(c, new JsonObject
        {
            ["trade_id"] = "sample", ["order_id"] = c.Payment.TradeNumber, ["amount"] = Number(c), ["actual_amount"] = "1", ["token"] = "T", ["block_transaction_id"] = "sample", ["status"] = 2,
        }, "signature"),
        ByNumber = true,
        Query = new(c => new("GET", $"{c["url"]}/pay/check-status/{Wire.Encoded(c.Payment.GatewayNumber)}"), ReadQuery),
    };

    private static JsonObject Transaction(GatewayCall c) => new()
    {
        ["order_id"] = c.Payment.TradeNumber, ["amount"] = Number(c), ["notify_url"] = c.Payment.NotifyUrl, ["redirect_url"] = c.Payment.ReturnUrl,
    };

    // It is signed as it is written.
    private static JsonNode Number(GatewayCall c) => JsonNode.Parse(GatewayAmount.Shortest(c.Payment.Amount, c.Payment.Currency))!;

    // The same for one person, who then pays to one address; their mail address is none of the gateway's business.
    private static string Payer(GatewayCall c) => c.Payment.Email.Length == 0 ? c.Payment.TradeNumber : Wire.Hex(Wire.Hmac(c["token"], c.Payment.Email.ToLowerInvariant()))[..32];

    private static JsonObject Signed(GatewayCall c, JsonObject body, string field)
    {
        body[field] = SignedFields.Md5(SignedFields.Text(SignedFields.OfJson(GatewayJson.Parse(Encoding.UTF8.GetBytes(Wire.Text(body)))), field), c["token"]);
        return body;
    }

    private static ChannelRequest Post(GatewayCall c, string path, JsonObject body, string field) => Wire.PostJson(c["url"] + path, Signed(c, body, field));

    private static GatewayCallback Sample(GatewayCall c, JsonObject body, string field) =>
        GatewayCallback.Post(c.Values, "application/json", Encoding.UTF8.GetBytes(Wire.Text(Signed(c, body, field))), new Dictionary<string, string>(), c.Now);

    private static StartReading ReadStart(GatewayCall c, ChannelReply reply)
    {
        var json = GatewayFields.Json(reply);
        var data = json.At("data");
        var ours = reply.Succeeded && json.At("status_code").Whole() == 200 && data.At("order_id").Text() == c.Payment.TradeNumber
            && GatewayAmount.Parse(data.At("amount").Text(), c.Payment.Currency) == c.Payment.Amount;
        var prompt = ours ? Prompt(c, data.At("payment_url").Text(), data.At("token").Text(), data.At("actual_amount").Text(), Coin(data.At("trade_type").Text())) : null;
        return new(prompt, ours ? data.At("trade_id").Text() : "", Said(reply, json), reply.Status >= 500);
    }

    // usdt.trc20 → USDT · TRC20.
    private static string Coin(string type) => (type.Length == 0 ? "usdt.trc20" : type).ToUpperInvariant().Replace(".", " · ", StringComparison.Ordinal);

    private static PaymentPrompt? Prompt(GatewayCall c, string page, string address, string amount, string coin)
    {
        var link = GatewayFields.Link(c["url"], page);
        if (SignedFields.IsNumber(address) && GatewayAmount.IsPlain(amount))
            return new("address", link, Qr: address, Address: address, Amount: amount) { Coin = coin };
        return link is null ? null : new("redirect", link);
    }

    private static CallbackReading Read(GatewayCallback c)
    {
        var fields = SignedFields.OfJson(GatewayJson.Parse(c.Body.Span));
        return Told(c, fields, "signature", ("order_id", "trade_id", "amount", "block_transaction_id"), _ => null, Field(fields, "status") switch
        {
            "2" => CallbackClaim.Paid,
            // Expired, cancelled, failed. The others are steps on the way.
            "3" or "4" or "6" => CallbackClaim.Closed,
            _ => CallbackClaim.Nothing,
        }, Field(fields, "status"));
    }

    private static CallbackReading ReadTokenPay(GatewayCallback c)
    {
        var fields = SignedFields.OfJson(GatewayJson.Parse(c.Body.Span));
        // Newer ones name the currency of the amount; "Currency" is the coin.
        return Told(c, fields, "Signature", ("OutOrderId", "Id", "ActualAmount", "BlockTransactionId"), f => Field(f, "BaseCurrency") is { Length: > 0 } told ? told : null, Field(fields, "Status") switch
        {
            "1" => CallbackClaim.Paid,
            "2" => CallbackClaim.Closed,
            _ => CallbackClaim.Nothing,
        }, Field(fields, "Status"));
    }

    private static CallbackReading Told(GatewayCallback c, IReadOnlyList<KeyValuePair<string, string>> fields, string signature, (string Order, string Trade, string Amount, string Hash) names,
        Func<IReadOnlyList<KeyValuePair<string, string>>, string?> currency, CallbackClaim claim, string status)
    {
        var (order, trade, amount) = (Field(fields, names.Order), Field(fields, names.Trade), Field(fields, names.Amount));
        var checks = new CallbackChecks()
            .And("secret", () => c["token"].Length > 0)
            .And("form", () => SignedFields.AreClear(fields))
            .And("signature", () => SignedFields.Same(SignedFields.Md5(SignedFields.Text(fields, signature), c["token"]), Field(fields, signature)))
            .And("numbers", () => SignedFields.IsNumber(order) && SignedFields.IsNumber(trade))
            .Look("status", () => claim)
            .And("amount", () => GatewayAmount.IsPlain(amount));
        return new(checks.Claim, checks.Done, order, trade, amount, currency(fields), Ok, CallbackAnswer.Fail) { Proof = Field(fields, names.Hash), Event = status };
    }

    private static string Field(IReadOnlyList<KeyValuePair<string, string>> fields, string name) => fields.FirstOrDefault(f => f.Key == name).Value ?? "";

    // epusdt wraps it, BEpusdt does not. Neither says an amount: both look for exactly the one that they were asked for, and call nothing else paid.
    private static QueryReading ReadQuery(GatewayCall c, ChannelReply reply)
    {
        var json = GatewayFields.Json(reply);
        var found = json.At("data").ValueKind == JsonValueKind.Object ? json.At("data") : json;
        var state = found.At("status").Whole() switch { 1 or 5 => PaymentState.Pending, 2 => PaymentState.Paid, 3 or 4 or 6 => PaymentState.Closed, _ => PaymentState.Unknown };
        return reply.Succeeded && found.At("trade_id").Text() == c.Payment.GatewayNumber
            ? QueryReading.Told(state, c.Payment.GatewayNumber, c.Payment.Amount, null, GatewayFields.Said(reply, found.At("status").Text(), json.At("message").Text()), found.At("trade_hash").Text())
            : QueryReading.Unknown(Said(reply, json));
    }

    private static StartReading ReadTokenPayStart(GatewayCall c, ChannelReply reply)
    {
        var json = GatewayFields.Json(reply);
        var info = json.At("info");
        var ours = reply.Succeeded && json.At("success").ValueKind == JsonValueKind.True && (info.At("OutOrderId").Text() is var order && (order.Length == 0 || order == c.Payment.TradeNumber));
        var coin = string.Join(" · ", new[] { info.At("CurrencyName").Text(), info.At("BlockChainName").Text() }.Where(t => t.Length > 0));
        var prompt = ours ? Prompt(c, json.At("data").Text(), info.At("ToAddress").Text(), info.At("Amount").Text(), coin.Length > 0 ? coin : c["coin"]) : null;
        return new(prompt, ours ? info.At("Id").Text() : "", GatewayFields.Said(reply, "", json.At("message").Text()), reply.Status >= 500);
    }

    private static QueryReading ReadTokenPayQuery(GatewayCall c, ChannelReply reply)
    {
        var json = GatewayFields.Json(reply);
        var (data, answer) = (json.At("data"), GatewayFields.Said(reply, "", json.At("message").Text()));
        // Named or numbered.
        var state = data.At("status").Text() switch { "Pending" or "0" => PaymentState.Pending, "Paid" or "1" => PaymentState.Paid, "Expired" or "2" => PaymentState.Closed, _ => PaymentState.Unknown };
        return reply.Succeeded && json.At("success").ValueKind == JsonValueKind.True && data.At("outOrderId").Text() == c.Payment.TradeNumber && data.At("id").Text() == c.Payment.GatewayNumber
            ? QueryReading.Told(state, c.Payment.GatewayNumber, GatewayAmount.Parse(data.At("actualAmount").Text(), c.Payment.Currency), null, answer, data.At("blockTransactionId").Text())
            : QueryReading.Unknown(answer);
    }

    private static string Said(ChannelReply reply, JsonElement json) => GatewayFields.Said(reply, json.At("status_code").Text(), json.At("message").Text());
}
