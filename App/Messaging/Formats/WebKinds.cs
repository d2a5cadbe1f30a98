using System.Globalization;
using System.Text.Json.Nodes;
using Gatehouse.Messaging.Mail;

namespace Gatehouse.Messaging.Formats;

/// <summary>Webhooks: of Slack, of Discord, and of programs that check our signature; and mail.</summary>
internal static class WebKinds
{
    private static readonly ChannelField Address = new("webhook_url", FieldRules.Url) { Secret = true, MaxLength = 600 };

    public static readonly ChannelKind Slack = new("slack", [Address with { Example = "https://hooks.slack.com/services/…" }],
        c => Wire.PostJson(c["webhook_url"], new JsonObject
        {
            ["text"] = Cut.Units(c.Text.Plain, 3500).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal),
        }),
        (_, reply) => reply.Succeeded && reply.Body.Trim() != "ok" ? ChannelVerdict.Later(ChannelVerdict.Whole(reply)) : ChannelVerdict.ByStatus(reply)) { Interval = TimeSpan.FromSeconds(1), ForCustomers = true };

    public static readonly ChannelKind Discord = new("discord", [Address with { Example = "https://discord.com/api/webhooks/…" }],
        // Without the last member @everyone in somebody's text would call everybody.
        c => Wire.PostJson(c["webhook_url"], new JsonObject { ["content"] = Cut.Units(c.Text.Plain, 2000), ["allowed_mentions"] = new JsonObject { ["parse"] = new JsonArray() } }),
        (_, reply) => JudgeDiscord(reply)) { Interval = TimeSpan.FromSeconds(2.4), ForCustomers = true };

    public static readonly ChannelKind Webhook = new("webhook",
        [
            new("url", FieldRules.Url) { MaxLength = 600, Example = "https://example.com/gatehouse" }, new("signing_secret") { Secret = true, MaxLength = 200 },
            new("old_secret") { Secret = true, Optional = true, Rare = true, MaxLength = 200 },
        ],
        WriteWebhook, (_, reply) => reply.Status == 410
            ? new ChannelVerdict(ChannelOutcome.Gone, ChannelVerdict.Said(ChannelVerdict.Whole(reply)))
            : reply.Succeeded ? ChannelVerdict.Sent(ChannelVerdict.Whole(reply)) : ChannelVerdict.Later(ChannelVerdict.Whole(reply), reply.RetryAfter)) { ForCustomers = true };

    public static readonly ChannelKind Mail = new("mail", [new("to", v => EmailAddress.IsValid(v) ? null : "channels.wrong.email") { MaxLength = EmailAddress.MaxLength, Example = "team@example.com" }],
        _ => throw new NotSupportedException("Mail goes by the mail server."), (_, reply) => ChannelVerdict.ByStatus(reply)) { IsMail = true };

    /// <summary>What the signature is over: the time in seconds, a dot, and the body as it goes out.</summary>
    internal static string WebhookSign(string secret, string timestamp, string body) => "v1=" + Wire.Hex(Wire.Hmac(secret, $"{timestamp}.{body}"));

    private static ChannelRequest WriteWebhook(ChannelCall c)
    {
        var timestamp = c.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = Wire.PostJson(c["url"], new JsonObject
        {
            ["event"] = c.Text.Kind, ["level"] = c.Text.Level, ["site"] = c.Text.Site, ["title"] = c.Text.Title, ["text"] = c.Text.Body, ["url"] = c.Text.Url, ["id"] = c.Id, ["sent_at"] = c.Now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        });
        // While a secret is being replaced both sign, parted by a comma.
        var signatures = new[] { c["signing_secret"], c["old_secret"] }.Where(s => s.Length > 0).Select(s => WebhookSign(s, timestamp, request.Body));
        return request with { Headers = [("X-Gatehouse-Event", c.Text.Kind), ("X-Gatehouse-Delivery", c.Id), ("X-Gatehouse-Timestamp", timestamp), ("X-Gatehouse-Signature", string.Join(',', signatures))] };
    }

    private static ChannelVerdict JudgeDiscord(ChannelReply reply) => reply.Status == 429 && ReplyJson.Of(reply).At("retry_after").Number() is { } seconds
        ? ChannelVerdict.Later(ChannelVerdict.Whole(reply), TimeSpan.FromSeconds(Math.Clamp(seconds, 1, 60)))
        : ChannelVerdict.ByStatus(reply);
}
