using System.Globalization;
using System.Text.Json;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Billing.Gateways;

/// <summary>易支付 (epay) of the first version, signed by MD5, and what the second has in common with it.</summary>
internal static class Epay
{
    // The site decides what it counts in, and its wire names no currency. It keeps two digits.
    private const int Digits = 2;
    private const string Md5 = "MD5";

    /// <summary>What people copy behind the address: the pages of both versions.</summary>
    internal static readonly string[] Pages =
        ["submit.php", "mapi.php", "api.php", "index.php", "api/pay/submit", "api/pay/create", "api/pay/query", "api/pay/refund", "api/pay/refundquery", "api/pay/close", "api/merchant/info", "api/merchant/orders", "api/pay", "api/merchant"];

    internal static readonly ChannelField Pid = new("pid", FieldRules.Key) { Example = "1001", MaxLength = 40 };
    internal static readonly ChannelField Mode = new("mode") { Choices = ["page", "api"], Default = "page", Optional = true };
    internal static readonly ChannelField Type = new("type", FieldRules.Key) { Optional = true, Example = "alipay", MaxLength = 40 };
    internal static readonly CallbackAnswer Success = new(200, "success");

    public static readonly GatewayKind V1 = new("epay_v1", "epay", [GatewayFields.Url("https://pay.example.com", Pages), Pid, GatewayFields.Secret("key"), Mode, Type])
    {
        OneCurrency = true,
        Limit = Limit,
        Fault = TypeFault,
        Start = new GatewayStart.Chosen(values => values.GetValueOrDefault("mode") == "api"
            ? new GatewayStart.Remote(new(c => Wire.PostForm($"{c["url"]}/mapi.php", Pairs(Signed(c, [.. Payer(c), .. Order(c)]))), ReadStart))
            : new GatewayStart.Local(c => new("redirect", $"{c["url"]}/submit.php?{SignedFields.Encoded(Signed(c, Order(c)))}"))),
        Read = Read,
        Sample = Sample,
        Query = new(WriteQuery, ReadQuery),
        RefundOnce = true,
        Refund = new(
            c => Wire.PostForm($"{c["url"]}/api.php?act=refund", [("pid", c["pid"]), ("key", c["key"]), ("out_trade_no", c.Payment.TradeNumber), ("money", GatewayAmount.Text(c.Refund!.Amount, c.Payment.Currency))]),
            (_, reply) => ReadRefund(reply)),
        RefundQuery = new(WriteQuery, (c, reply) => ReadQuery(c, reply) is var found && GatewayFields.Json(reply).At("status").Whole() == 2 && found.State == PaymentState.Returned
            ? new(true, "", found.Answer) : new(null, "", found.Answer)),
    };

    /// <summary>What is asked for, as both versions name it.</summary>
    /// <exception cref="ArgumentException">An address has something behind its path.</exception>
    internal static List<KeyValuePair<string, string>> Order(GatewayCall c)
    {
        List<KeyValuePair<string, string>> fields =
        [
            new("pid", c["pid"]), new("type", c["type"]), new("out_trade_no", c.Payment.TradeNumber), new("notify_url", c.Payment.NotifyUrl), new("return_url", c.Payment.ReturnUrl),
            new("name", GatewayFields.Subject(c.Payment.Subject, V1.MaxSubject)), new("money", GatewayAmount.Text(c.Payment.Amount, c.Payment.Currency)),
        ];
        // The payer sees this signed, and values are not marked off in what is signed: with one of these he could read another call into it.
        if (fields.Any(f => f.Value.Contains('&', StringComparison.Ordinal)))
            throw new ArgumentException("What is signed for a payer to see must not hold an ampersand.");
        return fields;
    }

    /// <summary>Who pays: asked for where the server calls.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Payer(GatewayCall c) =>
        [new("clientip", c.Payment.ClientIp.Length > 0 ? c.Payment.ClientIp : "127.0.0.1"), new("device", c.Payment.Phone ? "mobile" : "pc")];

    internal static IEnumerable<(string, string)> Pairs(IEnumerable<KeyValuePair<string, string>> fields) => fields.Where(f => f.Value.Length > 0).Select(f => (f.Key, f.Value));

    /// <summary>Behind the payer's page one of its own is chosen; a call of ours has to name it.</summary>
    internal static (string, string)? TypeFault(IReadOnlyDictionary<string, string> values) =>
        values.GetValueOrDefault("mode") == "api" && values.GetValueOrDefault("type", "").Length == 0 ? ("type", "payments.wrong.type_needed") : null;

    internal static string? Limit(PaymentRequest payment) => Money.Decimals(payment.Currency) > Digits ? "payments.wrong.currency" : null;

    /// <summary>The signed text of a notify, V1 and V2 alike.</summary>
    internal static string Text(IEnumerable<KeyValuePair<string, string>> fields) => SignedFields.Text(fields, "sign", "sign_type");

    /// <summary>What a notify says, once its signature holds.</summary>
    internal static CallbackReading Told(GatewayCallback c, CallbackChecks checks)
    {
        checks.And("merchant", () => c.Field("pid") == c["pid"])
            .And("numbers", () => SignedFields.IsNumber(c.Field("out_trade_no")) && SignedFields.IsNumber(c.Field("trade_no")))
            .Look("status", () => c.Field("trade_status") == "TRADE_SUCCESS" ? CallbackClaim.Paid : CallbackClaim.Nothing)
            .And("amount", () => GatewayAmount.IsPlain(c.Field("money")));
        return new(checks.Claim, checks.Done, c.Field("out_trade_no") ?? "", c.Field("trade_no") ?? "", c.Field("money") ?? "", null, Success, CallbackAnswer.Fail)
        {
            Proof = c.Field("api_trade_no") ?? "", Event = c.Field("trade_status") ?? "",
        };
    }

    /// <summary>What a server says of an order that it found to be ours. Of an amount held back or given back it is not said how much.</summary>
    internal static QueryReading Found(GatewayCall c, JsonElement json, string answer)
    {
        // The status as text or number, and the amount, too.
        var state = json.At("status").Whole() switch { 0 or 4 => PaymentState.Pending, 1 => PaymentState.Paid, 2 or 3 => PaymentState.Returned, _ => PaymentState.Unknown };
        var ours = json.At("out_trade_no").Text() == c.Payment.TradeNumber && json.At("pid").Text() is var pid && (pid.Length == 0 || pid == c["pid"]);
        return ours ? QueryReading.Told(state, json.At("trade_no").Text(), GatewayAmount.Parse(json.At("money").Text(), c.Payment.Currency), null, answer, json.At("api_trade_no").Text()) : QueryReading.Unknown(answer);
    }

    /// <summary>A code to scan, or somewhere to go.</summary>
    internal static PaymentPrompt? Prompt(GatewayCall c, string kind, string told) => kind switch
    {
        "qrcode" when (told is ['/', ..] ? GatewayFields.Link(c["url"], told) : told) is { Length: > 0 } code => new("qr", Qr: code),
        "payurl" or "jump" when GatewayFields.Link(c["url"], told) is { } link => new("redirect", link),
        "urlscheme" when GatewayFields.Link(c["url"], told, application: true) is { } link => new("redirect", link),
        _ => null,
    };

    private static List<KeyValuePair<string, string>> Signed(GatewayCall c, List<KeyValuePair<string, string>> fields) =>
        [.. fields.Where(f => f.Value.Length > 0), new("sign", SignedFields.Md5(Text(fields), c["key"])), new("sign_type", Md5)];

    private static StartReading ReadStart(GatewayCall c, ChannelReply reply)
    {
        var json = GatewayFields.Json(reply);
        var answer = GatewayFields.Said(reply, json.At("code").Text(), json.At("msg").Text());
        if (!reply.Succeeded || json.At("code").Whole() != 1)
            return new(null, "", answer, reply.Status >= 500);
        // One of them; a page of its own ("html") is nothing that we would show.
        var prompt = new[] { "payurl", "qrcode", "urlscheme" }.Select(kind => Prompt(c, kind, json.At(kind).Text())).FirstOrDefault(p => p is not null);
        return new(prompt, json.At("trade_no").Text(), answer);
    }

    private static CallbackReading Read(GatewayCallback c) => Told(c, new CallbackChecks()
        .And("secret", () => c["key"].Length > 0)
        .And("form", () => SignedFields.AreClear(c.Fields))
        .And("algorithm", () => c.Field("sign_type") is null or "" || c.Field("sign_type")!.Equals(Md5, StringComparison.OrdinalIgnoreCase))
        .And("signature", () => SignedFields.Same(SignedFields.Md5(Text(c.Fields), c["key"]), c.Field("sign"))));

    private static GatewayCallback Sample(GatewayCall c)
    {
        List<KeyValuePair<string, string>> fields =
        [
            new("pid", c["pid"]), new("trade_no", c.Now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)), new("out_trade_no", c.Payment.TradeNumber), new("type", c["type"]), new("name", "product"),
            new("money", GatewayAmount.Shortest(c.Payment.Amount, c.Payment.Currency)), new("trade_status", "TRADE_SUCCESS"),
        ];
        return GatewayCallback.Get(c.Values, SignedFields.Encoded(Signed(c, fields)), c.Now);
    }

    private static ChannelRequest WriteQuery(GatewayCall c) => new("GET",
        $"{c["url"]}/api.php?act=order&pid={Wire.Encoded(c["pid"])}&key={Wire.Encoded(c["key"])}&out_trade_no={Wire.Encoded(c.Payment.TradeNumber)}");

    private static QueryReading ReadQuery(GatewayCall c, ChannelReply reply)
    {
        var json = GatewayFields.Json(reply);
        var answer = GatewayFields.Said(reply, json.At("code").Text(), json.At("msg").Text());
        return reply.Succeeded && json.At("code").Whole() == 1 ? Found(c, json, answer) : QueryReading.Unknown(answer);
    }

    // 0 is how this server says that it is done, and 1 how others do, some of which mean by either that it is not: then the words decide, and where they do not, nobody knows.
    private static RefundReading ReadRefund(ChannelReply reply)
    {
        var json = GatewayFields.Json(reply);
        var (code, told) = (json.At("code").Whole(), json.At("msg").Text());
        var answer = GatewayFields.Said(reply, json.At("code").Text(), told);
        if (!reply.Succeeded || code is null)
            return new(null, "", answer);
        if (code is not (0 or 1))
            return new(false, "", answer);
        var good = Says(told, "成功", "succ", "ok") && !Says(told, "失败", "错误", "不", "未", "fail", "error", "not");
        return new(good ? true : null, "", answer);
    }

    private static bool Says(string told, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            if (told.Contains(word, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
