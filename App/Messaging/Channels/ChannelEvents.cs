using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Notices;

namespace Gatehouse.Messaging.Channels;

/// <summary>Which kinds of notices come by a channel: <c>{"jobs.failed": true}</c>. A kind that is not named comes as its severity asks for.</summary>
public static class ChannelEvents
{
    private const int MaxMembers = 200;

    /// <summary>Is it told by this channel?</summary>
    public static bool Tells(Channel channel, NoticeKind kind) =>
        Of(channel.Events).TryGetValue(kind.Name, out var said) ? said : channel.Format?.Costs == true ? kind.Severity == NoticeKind.Bad : kind.Severity != NoticeKind.Info;

    /// <summary>Is it told to the customer whose own channel it is? Unless they said otherwise, all is.</summary>
    public static bool Wants(Channel channel, NoticeKind kind) => !Of(channel.Events).TryGetValue(kind.Name, out var said) || said;

    /// <summary>What is stored, with what is given in its place where both name a kind.</summary>
    public static string Overlaid(string stored, string given)
    {
        if (ChannelValues.Parsed(stored) is not { } events || ChannelValues.Parsed(given) is not { } more)
            return given;
        foreach (var (name, value) in more)
            events[name] = value?.DeepClone();
        return Wire.Text(events);
    }

    internal static string Check(FieldChecks check, string field, string json)
    {
        if (ChannelValues.Parsed(json) is not { } events || events.Count > MaxMembers || events.Any(e => e.Key.Length > 60 || e.Value is not JsonValue v || v.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False)))
            check.Wrong(field, "channels.wrong.events");
        return json;
    }

    public static string Json(IEnumerable<(string Kind, bool Told)> events)
    {
        var json = new JsonObject();
        foreach (var (kind, told) in events)
            json[kind] = told;
        return Wire.Text(json);
    }

    /// <summary>The same of what a program names, by kind.</summary>
    /// <exception cref="Refusal">422 on <paramref name="field"/>: one is none of these kinds.</exception>
    public static string Json(string field, IReadOnlyDictionary<string, bool> events, IReadOnlyList<NoticeKind> kinds) =>
        events.Keys.All(name => kinds.Any(k => k.Name == name)) ? Json(events.Select(e => (e.Key, e.Value))) : throw Refusal.Field(field, "field.one_of", string.Join(", ", kinds.Select(k => k.Name)));

    private static Dictionary<string, bool> Of(string json) => ChannelValues.Parsed(json)?.ToDictionary(e => e.Key, e => (bool)e.Value!) ?? [];
}
