using System.Globalization;
using System.Text.Json.Nodes;

namespace Gatehouse.Messaging.Formats;

/// <summary>Robots of group chats in mainland China.</summary>
internal static class RobotKinds
{
    // WeCom takes 2,048 bytes of text and 20 messages a minute; after 45009 it wants a minute's rest.
    private const int WeComBytes = 2048;
    private static readonly TimeSpan WeComRest = TimeSpan.FromSeconds(65);

    // DingTalk refuses for ten minutes whoever sends more than 20 a minute, and bodies of more than 20,000 bytes.
    private static readonly TimeSpan DingTalkRest = TimeSpan.FromMinutes(10);
    private const int BodyBytes = 18_000;

    public static readonly ChannelKind WeCom = new("wecom_robot",
        [new("key", FieldRules.Key) { Secret = true, Normal = FieldRules.FromQuery("key"), Example = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…" }, FieldRules.BaseUrl("https://qyapi.weixin.qq.com")],
        c => Wire.PostJson($"{c.Base("https://qyapi.weixin.qq.com")}/cgi-bin/webhook/send?key={Wire.Encoded(c["key"])}",
            new JsonObject { ["msgtype"] = "text", ["text"] = new JsonObject { ["content"] = Cut.Bytes(c.Text.Plain, WeComBytes) } }),
        (_, reply) => JudgeWeCom(reply)) { Interval = TimeSpan.FromSeconds(3), ForCustomers = true };

    public static readonly ChannelKind DingTalk = new("dingtalk",
        [
            new("access_token", FieldRules.Key) { Secret = true, Normal = FieldRules.FromQuery("access_token"), Example = "https://oapi.dingtalk.com/robot/send?access_token=…" },
            new("sign_secret", FieldRules.Key) { Secret = true, Optional = true, Example = "SEC…" }, new("keyword") { Optional = true, MaxLength = 40 }, FieldRules.BaseUrl("https://oapi.dingtalk.com"),
        ],
        WriteDingTalk, (_, reply) => JudgeDingTalk(reply)) { Interval = TimeSpan.FromSeconds(3.4), ForCustomers = true };

    public static readonly ChannelKind Feishu = Lark("feishu", "https://open.feishu.cn");

    public static readonly ChannelKind LarkSuite = Lark("lark", "https://open.larksuite.com");

    /// <summary>What DingTalk's signature is over: time in milliseconds, a line end, and the secret, which is the key as well.</summary>
    internal static string DingTalkSign(string timestamp, string secret) => Convert.ToBase64String(Wire.Hmac(secret, $"{timestamp}\n{secret}"));

    /// <summary>Feishu's: time in seconds, a line end and the secret are the key, and nothing is signed.</summary>
    internal static string FeishuSign(string timestamp, string secret) => Convert.ToBase64String(Wire.Hmac($"{timestamp}\n{secret}", ""));

    internal static ChannelVerdict JudgeWeCom(ChannelReply reply)
    {
        var json = ReplyJson.Of(reply);
        var answer = Coded(reply, json.At("errcode").Text(), json.At("errmsg").Text());
        return json.At("errcode").Whole() switch
        {
            _ when !reply.Succeeded => ChannelVerdict.ByStatus(reply, answer),
            0 => ChannelVerdict.Sent(answer),
            45009 or 45033 => ChannelVerdict.Later(answer, WeComRest),
            null or -1 => ChannelVerdict.Later(answer),
            _ => ChannelVerdict.Refused(answer),
        };
    }

    private static ChannelRequest WriteDingTalk(ChannelCall c)
    {
        var url = $"{c.Base("https://oapi.dingtalk.com")}/robot/send?access_token={Wire.Encoded(c["access_token"])}";
        if (c["sign_secret"] is { Length: > 0 } secret)
        {
            var timestamp = c.Now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
            url += $"&timestamp={timestamp}&sign={Wire.Encoded(DingTalkSign(timestamp, secret))}";
        }
        return Wire.PostJson(url, new JsonObject { ["msgtype"] = "text", ["text"] = new JsonObject { ["content"] = Cut.Bytes(Keyed(c), BodyBytes) }, ["at"] = new JsonObject { ["isAtAll"] = false } });
    }

    private static ChannelVerdict JudgeDingTalk(ChannelReply reply)
    {
        var json = ReplyJson.Of(reply);
        var answer = Coded(reply, json.At("errcode").Text(), json.At("errmsg").Text());
        return json.At("errcode").Whole() switch
        {
            _ when !reply.Succeeded => ChannelVerdict.ByStatus(reply, answer),
            0 => ChannelVerdict.Sent(answer),
            130101 or 410100 => ChannelVerdict.Later(answer, DingTalkRest),
            null or -1 => ChannelVerdict.Later(answer),
            _ => ChannelVerdict.Refused(answer),
        };
    }

    private static ChannelKind Lark(string name, string home) => new(name,
        [
            new("hook", FieldRules.Key) { Secret = true, Normal = FieldRules.FromPath, Example = home + "/open-apis/bot/v2/hook/…" },
            new("sign_secret", FieldRules.Key) { Secret = true, Optional = true }, new("keyword") { Optional = true, MaxLength = 40 }, FieldRules.BaseUrl(home),
        ],
        c => WriteFeishu(c, home), (_, reply) => JudgeFeishu(reply)) { Interval = TimeSpan.FromSeconds(0.7), ForCustomers = true };

    private static ChannelRequest WriteFeishu(ChannelCall c, string home)
    {
        var body = new JsonObject();
        if (c["sign_secret"] is { Length: > 0 } secret)
        {
            var timestamp = c.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            (body["timestamp"], body["sign"]) = (timestamp, FeishuSign(timestamp, secret));
        }
        // A tag in somebody's text would call everybody.
        var text = Keyed(c).Replace("<at", "< at", StringComparison.OrdinalIgnoreCase);
        (body["msg_type"], body["content"]) = ("text", new JsonObject { ["text"] = Cut.Bytes(text, BodyBytes) });
        return Wire.PostJson($"{c.Base(home)}/open-apis/bot/v2/hook/{Wire.Encoded(c["hook"])}", body);
    }

    private static ChannelVerdict JudgeFeishu(ChannelReply reply)
    {
        var json = ReplyJson.Of(reply);
        var code = json.At("code").Whole() ?? json.At("StatusCode").Whole();
        var answer = Coded(reply, code?.ToString(CultureInfo.InvariantCulture) ?? "", json.At("msg").Text() is { Length: > 0 } told ? told : json.At("StatusMessage").Text());
        return code switch
        {
            0 when reply.Succeeded => ChannelVerdict.Sent(answer),
            11232 => ChannelVerdict.Later(answer, TimeSpan.FromMinutes(1)),
            null => reply.Succeeded ? ChannelVerdict.Later(answer) : ChannelVerdict.ByStatus(reply, answer),
            _ => reply.Status is 429 or >= 500 ? ChannelVerdict.ByStatus(reply, answer) : ChannelVerdict.Refused(answer),
        };
    }

    // A robot that lets only texts with its keyword through finds it first.
    private static string Keyed(ChannelCall c) => c["keyword"] is { Length: > 0 } keyword && !c.Text.Plain.Contains(keyword, StringComparison.Ordinal) ? $"{keyword} {c.Text.Plain}" : c.Text.Plain;

    internal static string Coded(ChannelReply reply, string code, string told) => code.Length == 0 ? ChannelVerdict.Whole(reply) : $"{code} {told}".TrimEnd();
}
