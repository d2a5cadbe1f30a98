using System.Text.Json;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Derp.Probe;

/// <summary>The secret keys of a prober, as files hold them.</summary>
public static class ProbeKeys
{
    public const int Max = 2;

    private const string Prefix = "privkey:";

    /// <summary>Reads one or two keys: the usual relay's JSON, or a line each of <c>privkey:</c> (may be missing) and 64 hex digits; <c>#</c> begins a comment.</summary>
    /// <exception cref="FormatException">It holds something else. The message never quotes it.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Parse(string text)
    {
        if (text.TrimStart().StartsWith('{'))
            return [Key(FromJson(text), "PrivateKey")];
        var lines = text.Split('\n').Select((line, i) => (Text: line.Trim(), Where: $"line {i + 1}")).Where(l => l.Text.Length > 0 && l.Text[0] != '#').ToList();
        if (lines.Count is 0 or > Max)
            throw new FormatException($"it must hold one key or two, not {lines.Count}");
        return [.. lines.Select(l => Key(l.Text, l.Where))];
    }

    private static string FromJson(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.TryGetProperty("PrivateKey", out var key) && key.ValueKind == JsonValueKind.String)
                return key.GetString()!;
        }
        catch (JsonException e)
        {
            throw new FormatException("it begins as JSON and is none", e);
        }
        throw new FormatException("its JSON has no PrivateKey");
    }

    private static ReadOnlyMemory<byte> Key(string text, string where)
    {
        var hex = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : text;
        var key = new byte[Box.KeySize];
        return hex.Length == 2 * Box.KeySize && Convert.FromHexString(hex, key, out _, out _) == System.Buffers.OperationStatus.Done
            ? key : throw new FormatException($"{where} is not {Prefix} and 64 hex digits");
    }
}
