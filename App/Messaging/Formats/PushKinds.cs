using System.Globalization;
using System.Text.Json.Nodes;

namespace Gatehouse.Messaging.Formats;

/// <summary>Services that bring a message to somebody's phone.</summary>
internal static class PushKinds
{
    private const string TelegramHome = "https://api.telegram.org", BarkHome = "https://api.day.app", PushPlusHome = "https://www.pushplus.plus";

    public static readonly ChannelKind Telegram = new("telegram",
        [
            new("bot_token", FieldRules.Key) { Secret = true, Example = "123456:ABC…" }, new("chat_id", v => v is ['@', _, ..] || v.TrimStart('-') is { Length: > 0 } digits && digits.All(char.IsAsciiDigit) ? null : "channels.wrong.chat_id") { Example = "123456789", MaxLength = 64 },
            FieldRules.BaseUrl(TelegramHome),
        ],
        // Plain text: one character too few before a sign of its markup, and the whole message would be lost.
        c => Wire.PostJson($"{c.Base(TelegramHome)}/bot{c["bot_token"]}/sendMessage",
            new JsonObject { ["chat_id"] = c["chat_id"], ["text"] = Cut.Units(c.Text.Plain, 4096), ["link_preview_options"] = new JsonObject { ["is_disabled"] = true } }),
        (_, reply) => JudgeTelegram(reply)) { Interval = TimeSpan.FromSeconds(3), ForCustomers = true };

    public static readonly ChannelKind Bark = new("bark",
        [new("device_key", FieldRules.Key) { Secret = true, Normal = DeviceKey, Example = "https://api.day.app/…" }, FieldRules.BaseUrl(BarkHome)],
        // Apple takes 4 KB in all.
        c => Wire.PostJson(c.Base(BarkHome) + "/push", new JsonObject
        {
            ["device_key"] = c["device_key"], ["title"] = Cut.Bytes(c.Text.Head, 400), ["body"] = Cut.Bytes(c.Text.Body, 2800), ["group"] = Cut.Bytes(c.Text.Site, 120),
            ["level"] = c.Text.Level == "bad" ? "timeSensitive" : "active", ["url"] = c.Text.Url,
        }),
        (_, reply) => Judge(reply, 200, "message", code => code >= 500)) { ForCustomers = true };

    public static readonly ChannelKind ServerChan = new("serverchan",
        [new("send_key", SendKey) { Secret = true, Normal = v => FieldRules.FromPath(v).Replace(".send", "", StringComparison.Ordinal), Example = "SCT…" }, FieldRules.BaseUrl("https://sctapi.ftqq.com")],
        c => Wire.PostJson(ServerChanUrl(c), new JsonObject { ["title"] = Cut.Units(c.Text.Head, 32), ["desp"] = Cut.Bytes(c.Text.Plain, 30_000).Replace("\n", "\n\n", StringComparison.Ordinal) }),
        (_, reply) => Judge(reply, 0, "message", code => code is 429 or >= 500 and < 600)) { Interval = TimeSpan.FromSeconds(3), ForCustomers = true };

    public static readonly ChannelKind PushPlus = new("pushplus",
        [new("token", FieldRules.Key) { Secret = true }, new("topic", FieldRules.Key) { Optional = true, Rare = true }, FieldRules.BaseUrl(PushPlusHome)],
        c =>
        {
            var body = new JsonObject { ["token"] = c["token"], ["title"] = Cut.Units(c.Text.Head, 100), ["content"] = Cut.Units(c.Text.Rest, 20_000), ["template"] = "txt" };
            if (c["topic"] is { Length: > 0 } topic)
                body["topic"] = topic;
            return Wire.PostJson(c.Base(PushPlusHome) + "/send", body);
        },
        // Who goes on after one of its refusals is punished for longer: any code but 200 is final.
        (_, reply) => Judge(reply, 200, "msg", _ => false)) { Interval = TimeSpan.FromSeconds(3), ForCustomers = true };

    private static ChannelVerdict JudgeTelegram(ChannelReply reply)
    {
        var json = ReplyJson.Of(reply);
        if (reply.Succeeded && json.At("ok").ValueKind == System.Text.Json.JsonValueKind.True)
            return ChannelVerdict.Sent("ok");
        var (code, parameters) = (json.At("error_code").Whole() ?? reply.Status, json.At("parameters"));
        var answer = json.At("description").Text() is { Length: > 0 } told ? $"{code} {told}" : ChannelVerdict.Whole(reply);
        // A group that became a larger one has another number from then on.
        if (parameters.At("migrate_to_chat_id").Whole() is { } moved)
            return ChannelVerdict.Later(answer, TimeSpan.FromSeconds(1)) with { Learned = ("chat_id", moved.ToString(CultureInfo.InvariantCulture)) };
        return code is 429 or >= 500 || reply.Succeeded
            ? ChannelVerdict.Later(answer, parameters.At("retry_after").Number() is { } seconds ? TimeSpan.FromSeconds(seconds) : reply.RetryAfter)
            : ChannelVerdict.Refused(answer);
    }

    // A code in the body decides, whatever the status.
    private static ChannelVerdict Judge(ChannelReply reply, long good, string told, Func<long, bool> passes)
    {
        var json = ReplyJson.Of(reply);
        var answer = RobotKinds.Coded(reply, json.At("code").Text(), json.At(told).Text());
        return json.At("code").Whole() switch
        {
            { } code when reply.Succeeded => code == good ? ChannelVerdict.Sent(answer) : passes(code) ? ChannelVerdict.Later(answer) : ChannelVerdict.Refused(answer),
            null when reply.Succeeded => ChannelVerdict.Later(answer),
            _ => ChannelVerdict.ByStatus(reply, answer),
        };
    }

    // Bark's app copies the whole address, with a text behind the key.
    private static string DeviceKey(string value) => Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Segments.Length > 1 ? url.Segments[1].Trim('/') : value;

    private static string? SendKey(string value) => FieldRules.Key(value) ?? (value.StartsWith("sctp", StringComparison.Ordinal) && User(value).Length == 0 ? "channels.wrong.key" : null);

    // A key of the third version holds the number of the user whose host it is sent to: sctp123t...
    private static string ServerChanUrl(ChannelCall c)
    {
        var key = c["send_key"];
        return key.StartsWith("sctp", StringComparison.Ordinal) ? $"{c.Base($"https://{User(key)}.push.ft07.com")}/send/{key}.send" : $"{c.Base("https://sctapi.ftqq.com")}/{key}.send";
    }

    private static string User(string key) => new([.. key.Skip(4).TakeWhile(char.IsAsciiDigit)]);
}
