using System.Text.Json;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Relays.Tailnets;

/// <summary>A machine of a tailnet, as its API tells of it.</summary>
/// <param name="NodeId">Stays, whatever its key is.</param>
/// <param name="NodeKey">That it shows now.</param>
/// <param name="CreatedAt">Unix milliseconds; 0: not told.</param>
/// <param name="SeenAt">When it was last there: now, where it is.</param>
public sealed record TailnetDevice(string NodeId, string NodeKey, string Name, IReadOnlyList<string> Tags, long CreatedAt, long SeenAt)
{
    private const int MaxName = 60, MaxId = 64;

    /// <summary>Those of an answer that are the tailnet's own and may be in it; null: it is no such answer. One that others share has another map, and one that waits for approval has no key in use.</summary>
    public static IReadOnlyList<TailnetDevice>? Read(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("devices", out var devices) || devices.ValueKind != JsonValueKind.Array)
            return null;
        var found = new List<TailnetDevice>();
        foreach (var d in devices.EnumerateArray().Where(d => d.ValueKind == JsonValueKind.Object))
        {
            var (id, key) = (Text(d, "nodeId"), Text(d, "nodeKey").ToLowerInvariant());
            if (id.Length is 0 or > MaxId || !Derp.Protocol.NodeKey.TryParse(key, out var parsed) || Is(d, "isExternal", JsonValueKind.True) || Is(d, "authorized", JsonValueKind.False))
                continue;
            var name = Text(d, "name").Split('.')[0] is { Length: > 0 } called ? called : Text(d, "hostname");
            found.Add(new(id, parsed.ToString(), Plain(name), d.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array ? [.. tags.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!)] : [],
                Time(d, "created") ?? 0, Is(d, "connectedToControl", JsonValueKind.True) ? long.MaxValue : Time(d, "lastSeen") ?? 0));
        }
        return [.. found.DistinctBy(d => d.NodeId).DistinctBy(d => d.NodeKey)];
    }

    /// <summary>Those with a tag, in the order in which they come in.</summary>
    /// <param name="tag">Empty: all.</param>
    /// <param name="choose">One of <see cref="Tailnet.Choices"/>.</param>
    public static IReadOnlyList<TailnetDevice> Wanted(IEnumerable<TailnetDevice> all, string tag, string choose)
    {
        var tagged = all.Where(d => tag.Length == 0 || d.Tags.Contains(tag));
        return [.. (choose == Tailnet.Recent ? tagged.OrderByDescending(d => d.SeenAt) : tagged.OrderBy(d => d.CreatedAt)).ThenBy(d => d.NodeId, StringComparer.Ordinal)];
    }

    // Absent, empty and the year 1 are all none.
    internal static long? Time(JsonElement of, string name) => DateTimeOffset.TryParse(Text(of, name), null, System.Globalization.DateTimeStyles.AssumeUniversal, out var at) && at.Year > 1970 ? at.ToUnixTimeMilliseconds() : null;

    private static bool Is(JsonElement of, string name, JsonValueKind kind) => of.TryGetProperty(name, out var value) && value.ValueKind == kind;

    private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    internal static string Plain(string text) => new string([.. text.Where(c => !char.IsControl(c))]) is var plain && plain.Length > MaxName ? plain[..MaxName] : plain;
}
