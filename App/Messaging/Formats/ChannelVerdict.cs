using System.Text.Json;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Messaging.Formats;

/// <summary>What became of a message.</summary>
public enum ChannelOutcome
{
    Sent,

    /// <summary>Not now: it is tried again.</summary>
    Later,

    /// <summary>It will never go like this: a key is wrong, a robot was deleted.</summary>
    Refused,

    /// <summary>The receiver wants nothing any more.</summary>
    Gone,
}

/// <summary>What became of a message, and what the other side said of it.</summary>
/// <param name="Answer">In the words of the vendor, or in ours where it gave none.</param>
/// <param name="Wait">How long it wants to be left alone.</param>
public sealed record ChannelVerdict(ChannelOutcome Outcome, Message Answer, TimeSpan? Wait = null)
{
    private const int MaxAnswer = 300;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    /// <summary>A value of the channel that the answer says is another now.</summary>
    public (string Field, string Value)? Learned { get; init; }

    public static ChannelVerdict Sent(string answer) => new(ChannelOutcome.Sent, Said(answer));

    public static ChannelVerdict Later(string answer, TimeSpan? wait = null) => new(ChannelOutcome.Later, Said(answer), wait is { } w && w > LongestWait ? LongestWait : wait);

    public static ChannelVerdict Refused(string answer) => new(ChannelOutcome.Refused, Said(answer));

    /// <summary>What the status alone says: too often and the server's own trouble pass, what was asked wrongly stays wrong.</summary>
    public static ChannelVerdict ByStatus(ChannelReply reply, string? answer = null) => reply.Status switch
    {
        >= 200 and < 300 => Sent(answer ?? Whole(reply)),
        408 or 425 or 429 or >= 500 => Later(answer ?? Whole(reply), reply.RetryAfter),
        _ => Refused(answer ?? Whole(reply)),
    };

    /// <summary>Status and body in one line.</summary>
    public static string Whole(ChannelReply reply) => $"{reply.Status} {reply.Body}".Trim();

    /// <summary>In a line, and without what only the operator is to know: some vendors name the address that they were called from.</summary>
    public static Message Said(string answer)
    {
        var line = answer.ReplaceLineEndings(" ").Trim();
        if (line.IndexOf(", from ip", StringComparison.OrdinalIgnoreCase) is > 0 and var at)
            line = line[..at];
        return new Message("channels.answer", Cut.Units(line, MaxAnswer));
    }
}

/// <summary>Reads answers: members that may be missing or of another type.</summary>
public static class ReplyJson
{
    /// <summary>The body; an undefined element when it is no JSON.</summary>
    public static JsonElement Of(ChannelReply reply)
    {
        try
        {
            return JsonElement.Parse(reply.Body);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>A member, or an undefined element.</summary>
    public static JsonElement At(this JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : default;

    /// <summary>A whole number, also one in quotes; null when it is none.</summary>
    public static long? Whole(this JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number when json.TryGetInt64(out var number) => number,
        JsonValueKind.String when long.TryParse(json.GetString(), out var number) => number,
        _ => null,
    };

    /// <summary>A number of seconds.</summary>
    public static double? Number(this JsonElement json) => json.ValueKind == JsonValueKind.Number && json.TryGetDouble(out var number) ? number : null;

    /// <summary>A text, or a number or flag as it is written; empty when it is none.</summary>
    public static string Text(this JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => json.GetRawText(),
        _ => "",
    };
}
