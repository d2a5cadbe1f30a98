namespace Gatehouse.Messaging.Formats;

/// <summary>All kinds of channels there are.</summary>
public static class ChannelKinds
{
    /// <summary>In the order in which they are offered.</summary>
    public static readonly IReadOnlyList<ChannelKind> All =
    [
        RobotKinds.WeCom, WeComApp.Kind, RobotKinds.DingTalk, RobotKinds.Feishu, RobotKinds.LarkSuite, PushKinds.Telegram, PushKinds.Bark, PushKinds.ServerChan, PushKinds.PushPlus,
        WebKinds.Slack, WebKinds.Discord, WebKinds.Mail, SmsKinds.Aliyun, SmsKinds.Tencent, SmsKinds.Twilio, WebKinds.Webhook, TemplateKind.Kind,
    ];

    private static readonly Dictionary<string, ChannelKind> ByName = All.ToDictionary(k => k.Name);

    /// <summary>The kind of that name; null when this version knows none.</summary>
    public static ChannelKind? Find(string name) => ByName.GetValueOrDefault(name);
}
