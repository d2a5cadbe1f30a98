using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gatehouse.Messaging.Formats;

/// <summary>Short messages by providers that sign their requests.</summary>
internal static partial class SmsKinds
{
    // In mainland China a message is an approved template, and what fills its gap must be short and hold neither addresses nor line ends.
    private const int VariableUnits = 35;
    private const int TwilioUnits = 1600;

    public static readonly ChannelKind Aliyun = new("sms_aliyun",
        [
            new("access_key_id", FieldRules.Key), new("access_key_secret", FieldRules.Key) { Secret = true }, new("sign_name") { MaxLength = 40 }, new("template_code", FieldRules.Key) { Example = "SMS_123456789", MaxLength = 40 },
            new("variable", FieldRules.Key) { Optional = true, Default = "content", MaxLength = 40 }, FieldRules.PhoneField(), FieldRules.BaseUrl("https://dysmsapi.aliyuncs.com"),
        ],
        WriteAliyun, (_, reply) => JudgeAliyun(reply)) { Interval = TimeSpan.FromSeconds(1), Costs = true };

    public static readonly ChannelKind Tencent = new("sms_tencent",
        [
            new("secret_id", FieldRules.Key), new("secret_key", FieldRules.Key) { Secret = true }, new("app_id", FieldRules.Number) { Example = "1400000000", MaxLength = 20 }, new("sign_name") { MaxLength = 40 },
            new("template_id", FieldRules.Number) { MaxLength = 20 }, FieldRules.PhoneField(), new("region", FieldRules.Key) { Optional = true, Rare = true, Default = "ap-guangzhou", MaxLength = 30 }, FieldRules.BaseUrl("https://sms.tencentcloudapi.com"),
        ],
        WriteTencent, (_, reply) => JudgeTencent(reply)) { Interval = TimeSpan.FromSeconds(1), Costs = true };

    public static readonly ChannelKind Twilio = new("sms_twilio",
        [
            new("account_sid", FieldRules.Key) { Example = "AC…" }, new("auth_token", FieldRules.Key) { Secret = true }, new("from", v => v.StartsWith("MG", StringComparison.Ordinal) ? FieldRules.Key(v) : FieldRules.Phone(v)) { Example = "+12025550123", MaxLength = 60 },
            FieldRules.PhoneField(), FieldRules.BaseUrl("https://api.twilio.com"),
        ],
        c => Wire.PostForm($"{c.Base("https://api.twilio.com")}/2010-04-01/Accounts/{Wire.Encoded(c["account_sid"])}/Messages.json",
            [("To", c["phone"]), (c["from"].StartsWith("MG", StringComparison.Ordinal) ? "MessagingServiceSid" : "From", c["from"]), ("Body", Cut.Units(c.Text.Plain, TwilioUnits))],
            ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{c["account_sid"]}:{c["auth_token"]}")))),
        (_, reply) => JudgeTwilio(reply)) { Interval = TimeSpan.FromSeconds(1), Costs = true };

    /// <summary>Alibaba's third signature (ACS3-HMAC-SHA256) over an empty body.</summary>
    /// <param name="query">Encoded and sorted.</param>
    /// <param name="date"><c>2026-01-01T00:00:00Z</c>.</param>
    internal static string AliyunSign(string secret, string host, string query, string date, string nonce)
    {
        var hash = Wire.Sha256("");
        var headers = $"host:{host}\nx-acs-action:SendSms\nx-acs-content-sha256:{hash}\nx-acs-date:{date}\nx-acs-signature-nonce:{nonce}\nx-acs-version:2017-05-25\n";
        return Wire.Hex(Wire.Hmac(secret, "ACS3-HMAC-SHA256\n" + Wire.Sha256($"POST\n/\n{query}\n{headers}\n{AliyunSigned}\n{hash}")));
    }

    private const string AliyunSigned = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";

    /// <summary>Tencent's signature (TC3-HMAC-SHA256).</summary>
    internal static string TencentSign(string secret, string host, long timestamp, string body)
    {
        var date = DateTimeOffset.FromUnixTimeSeconds(timestamp).UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var canonical = $"POST\n/\n\ncontent-type:{Wire.JsonType}\nhost:{host}\n\ncontent-type;host\n{Wire.Sha256(body)}";
        var key = Wire.Hmac(Wire.Hmac(Wire.Hmac("TC3" + secret, date), "sms"), "tc3_request");
        return Wire.Hex(Wire.Hmac(key, $"TC3-HMAC-SHA256\n{timestamp}\n{date}/sms/tc3_request\n{Wire.Sha256(canonical)}"));
    }

    /// <summary>What fills the gap of an approved template.</summary>
    internal static string Variable(ChannelText text) =>
        Cut.Units(Spaces().Replace(Address().Replace($"{text.Title}: {text.Body}", ""), " ").Trim(), VariableUnits);

    private static ChannelRequest WriteAliyun(ChannelCall c)
    {
        var (home, date) = (c.Base("https://dysmsapi.aliyuncs.com"), c.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        var (host, nonce) = (new Uri(home).Authority, $"{c.Id}-{c.Now.ToUnixTimeMilliseconds()}");
        var query = string.Join('&', new (string Name, string Value)[]
        {
            ("PhoneNumbers", c["phone"].StartsWith("+86", StringComparison.Ordinal) ? c["phone"][3..] : c["phone"].TrimStart('+')), ("SignName", c["sign_name"]), ("TemplateCode", c["template_code"]),
            ("TemplateParam", Wire.Text(new JsonObject { [c["variable"]] = Variable(c.Text) })),
        }.Select(p => $"{Wire.Encoded(p.Name)}={Wire.Encoded(p.Value)}"));
        var signature = AliyunSign(c["access_key_secret"], host, query, date, nonce);
        return new("POST", $"{home}/?{query}", "", "", ("x-acs-action", "SendSms"), ("x-acs-version", "2017-05-25"), ("x-acs-date", date), ("x-acs-signature-nonce", nonce), ("x-acs-content-sha256", Wire.Sha256("")),
            ("Authorization", $"ACS3-HMAC-SHA256 Credential={c["access_key_id"]},SignedHeaders={AliyunSigned},Signature={signature}"));
    }

    private static ChannelVerdict JudgeAliyun(ChannelReply reply)
    {
        var json = ReplyJson.Of(reply);
        var code = json.At("Code").Text();
        var answer = RobotKinds.Coded(reply, code, json.At("Message").Text());
        if (code == "OK" && reply.Succeeded)
            return ChannelVerdict.Sent(answer);
        var passes = code == "isv.BUSINESS_LIMIT_CONTROL" || code.StartsWith("Throttling", StringComparison.Ordinal) || code.StartsWith("isp.", StringComparison.Ordinal) || reply.Status is 429 or >= 500 || reply.Succeeded && code.Length == 0;
        return passes ? ChannelVerdict.Later(answer, reply.RetryAfter ?? TimeSpan.FromMinutes(1)) : ChannelVerdict.Refused(answer);
    }

    private static ChannelRequest WriteTencent(ChannelCall c)
    {
        var (home, timestamp) = (c.Base("https://sms.tencentcloudapi.com"), c.Now.ToUnixTimeSeconds());
        var body = new JsonObject
        {
            ["PhoneNumberSet"] = new JsonArray(c["phone"]), ["SmsSdkAppId"] = c["app_id"], ["SignName"] = c["sign_name"], ["TemplateId"] = c["template_id"], ["TemplateParamSet"] = new JsonArray(Variable(c.Text)),
        };
        var request = Wire.PostJson(home + "/", body);
        var date = c.Now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var signature = TencentSign(c["secret_key"], new Uri(home).Authority, timestamp, request.Body);
        return request with
        {
            Headers =
            [
                ("X-TC-Action", "SendSms"), ("X-TC-Version", "2021-01-11"), ("X-TC-Region", c["region"]), ("X-TC-Timestamp", timestamp.ToString(CultureInfo.InvariantCulture)),
                ("Authorization", $"TC3-HMAC-SHA256 Credential={c["secret_id"]}/{date}/sms/tc3_request, SignedHeaders=content-type;host, Signature={signature}"),
            ],
        };
    }

    private static ChannelVerdict JudgeTencent(ChannelReply reply)
    {
        var response = ReplyJson.Of(reply).At("Response");
        var states = response.At("SendStatusSet") is { ValueKind: System.Text.Json.JsonValueKind.Array } set ? set.EnumerateArray().ToList() : [];
        var wrong = response.At("Error") is { ValueKind: System.Text.Json.JsonValueKind.Object } error ? error : states.FirstOrDefault(s => s.At("Code").Text() != "Ok");
        var code = wrong.At("Code").Text();
        if (reply.Succeeded && code.Length == 0 && states.Count > 0)
            return ChannelVerdict.Sent("Ok");
        var answer = RobotKinds.Coded(reply, code, wrong.At("Message").Text());
        var passes = code.Length == 0 ? reply.Succeeded || reply.Status is 429 or >= 500 : code.StartsWith("RequestLimitExceeded", StringComparison.Ordinal) || code.StartsWith("InternalError", StringComparison.Ordinal) || code.StartsWith("LimitExceeded", StringComparison.Ordinal);
        return passes ? ChannelVerdict.Later(answer, reply.RetryAfter ?? TimeSpan.FromMinutes(1)) : ChannelVerdict.Refused(answer);
    }

    private static ChannelVerdict JudgeTwilio(ChannelReply reply)
    {
        var json = ReplyJson.Of(reply);
        if (reply.Succeeded)
            return json.At("sid").Text() is { Length: > 0 } sid ? ChannelVerdict.Sent($"{json.At("status").Text()} {sid}".Trim()) : ChannelVerdict.Later(ChannelVerdict.Whole(reply));
        return ChannelVerdict.ByStatus(reply, RobotKinds.Coded(reply, json.At("code").Text(), json.At("message").Text()));
    }

    [GeneratedRegex(@"https?://\S+|\b\d{1,3}(\.\d{1,3}){3}\b")]
    private static partial Regex Address();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
