using System.Globalization;
using System.Text.Json.Nodes;

namespace Gatehouse.Messaging.Formats;

/// <summary>An operator's own app in WeCom: it signs in for two hours at a time.</summary>
internal static class WeComApp
{
    private const string Home = "https://qyapi.weixin.qq.com";
    private const int MaxBytes = 2048;

    public static readonly ChannelKind Kind = new("wecom_app",
        [
            new("corp_id", FieldRules.Key) { Example = "ww…" }, new("agent_id", FieldRules.Number) { Example = "1000002", MaxLength = 12 }, new("app_secret", FieldRules.Key) { Secret = true },
            new("to_user") { Optional = true, Default = "@all", Example = "zhang|li" }, FieldRules.BaseUrl(Home),
        ],
        c => Wire.PostJson($"{c.Base(Home)}/cgi-bin/message/send?access_token={Wire.Encoded(c.Token)}", new JsonObject
        {
            ["touser"] = c["to_user"], ["msgtype"] = "text", ["agentid"] = long.Parse(c["agent_id"], CultureInfo.InvariantCulture), ["text"] = new JsonObject { ["content"] = Cut.Bytes(c.Text.Plain, MaxBytes) },
        }), Judge)
    {
        Interval = TimeSpan.FromSeconds(2),
        SignIn = new(c => $"{c.Base(Home)} {c["corp_id"]} {c["app_secret"]}",
            c => new("GET", $"{c.Base(Home)}/cgi-bin/gettoken?corpid={Wire.Encoded(c["corp_id"])}&corpsecret={Wire.Encoded(c["app_secret"])}"),
            Read, (_, reply) => RobotKinds.JudgeWeCom(reply), reply => ReplyJson.Of(reply).At("errcode").Whole() is 40014 or 42001),
    };

    private static (string, long)? Read(ChannelReply reply)
    {
        var json = ReplyJson.Of(reply);
        return reply.Succeeded && json.At("errcode").Whole() == 0 && json.At("access_token").Text() is { Length: > 0 } token ? (token, json.At("expires_in").Whole() ?? 7200) : null;
    }

    // It is taken also when nobody of that name is there: then it says so beside its 0.
    private static ChannelVerdict Judge(ChannelCall c, ChannelReply reply)
    {
        var verdict = RobotKinds.JudgeWeCom(reply);
        var missing = ReplyJson.Of(reply).At("invaliduser").Text();
        if (verdict.Outcome != ChannelOutcome.Sent || missing.Length == 0)
            return verdict;
        var unknown = missing.Split('|', StringSplitOptions.RemoveEmptyEntries);
        return c["to_user"].Split('|', StringSplitOptions.RemoveEmptyEntries).All(unknown.Contains) ? ChannelVerdict.Refused("invaliduser: " + missing) : ChannelVerdict.Sent("invaliduser: " + missing);
    }
}
