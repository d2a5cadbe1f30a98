using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console.Operations;

/// <summary>Messages of the outbox in words.</summary>
internal static class OutboxWords
{
    /// <summary>What staff call a channel; its own name where the language files have none for it.</summary>
    public static string Channel(Localizer text, string topic) => text.Has("outbox.channel." + topic) ? text["outbox.channel." + topic] : topic;

    /// <summary>What the message is.</summary>
    public static string What(PageContext page, OutboxEntry message) => message.What is { } what ? page.Say(what) : Channel(page.Text, message.Topic);
}
