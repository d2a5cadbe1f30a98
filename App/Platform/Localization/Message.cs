using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gatehouse.Platform.Localization;

/// <summary>
/// A text of the language files with what goes into its gaps, said in the reader's language when it is shown. Gaps take texts, whole
/// numbers, times (<see cref="DateTimeOffset"/>) and other messages. Whatever localisable text is stored is stored as one of these.
/// </summary>
/// <param name="Key">Of the language files; one that they do not have is shown as it stands.</param>
public readonly record struct Message(string Key, params object[] Args)
{
    private const int MaxText = 1000;
    private const int MaxDepth = 16;
    private const char OldSeparator = '\u001f';

    // The two members, short: a busy shop stores one with each activation.
    private static readonly JsonEncodedText KeyName = JsonEncodedText.Encode("key");
    private static readonly JsonEncodedText ArgsName = JsonEncodedText.Encode("args");
    private static readonly JsonEncodedText TimeName = JsonEncodedText.Encode("time");
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The gaps as programs read them: numbers without separators, times as ISO 8601, a message as its stored form.</summary>
    public string[] Texts() => Array.ConvertAll(Args ?? [], Text);

    /// <summary>
    /// The one form in which messages are stored: <c>{"key":"job.failed","args":["no disk",3,{"time":1764288000000}]}</c>, times in unix
    /// milliseconds, texts that are too long cut. <see cref="Parse"/> reads it.
    /// </summary>
    /// <param name="maxText">In characters.</param>
    public string ToStored(int maxText = MaxText)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer, Writing))
            Write(json, maxText);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads <see cref="ToStored"/>, and what versions before it stored: a key and its gaps with U+001F between them, or plain words.</summary>
    public static Message Parse(string stored)
    {
        if (TryParse(stored, out var message))
            return message;
        var parts = stored.Split(OldSeparator);
        return new Message(parts[0], [.. parts.Skip(1).Select(p => long.TryParse(p, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? (object)n : p)]);
    }

    /// <summary>Reads <see cref="ToStored"/> and nothing else; false when it is something else.</summary>
    public static bool TryParse(string stored, out Message message)
    {
        message = default;
        if (!stored.StartsWith("{\"key\":", StringComparison.Ordinal))
            return false;
        try
        {
            using var json = JsonDocument.Parse(stored, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return TryRead(json.RootElement, out message);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Words of somebody else that begin alike; the second is half of a surrogate pair.
            return false;
        }
    }

    private void Write(Utf8JsonWriter json, int maxText)
    {
        json.WriteStartObject();
        json.WriteString(KeyName, Cut(Key, MaxText));
        if (Args is { Length: > 0 })
        {
            json.WriteStartArray(ArgsName);
            foreach (var arg in Args)
                Write(json, arg, maxText);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, object arg, int maxText)
    {
        switch (arg)
        {
            case int or long:
                json.WriteNumberValue(Convert.ToInt64(arg, CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset at:
                json.WriteStartObject();
                json.WriteNumber(TimeName, at.ToUnixTimeMilliseconds());
                json.WriteEndObject();
                break;
            case Message inner:
                inner.Write(json, maxText);
                break;
            default:
                json.WriteStringValue(Cut(Text(arg), maxText));
                break;
        }
    }

    private static bool TryRead(JsonElement json, out Message message)
    {
        message = default;
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("key", out var key) || key.ValueKind != JsonValueKind.String)
            return false;
        message = new Message(key.GetString()!, json.TryGetProperty("args", out var args) && args.ValueKind == JsonValueKind.Array ? [.. args.EnumerateArray().Select(Arg)] : []);
        return true;
    }

    private static object Arg(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString()!,
        JsonValueKind.Number when json.TryGetInt64(out var number) => number,
        JsonValueKind.Object when json.TryGetProperty("time", out var time) && time.ValueKind == JsonValueKind.Number && time.TryGetInt64(out var at) && Times.Contains(at) =>
            DateTimeOffset.FromUnixTimeMilliseconds(at),
        JsonValueKind.Object when TryRead(json, out var inner) => inner,
        _ => json.GetRawText(),
    };

    private static string Text(object arg) => arg switch
    {
        DateTimeOffset at => Format.Iso(at.ToUnixTimeMilliseconds()),
        Message inner => inner.ToStored(),
        _ => Convert.ToString(arg, CultureInfo.InvariantCulture) ?? "",
    };

    // Not through the middle of a character of two halves.
    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    private static class Times
    {
        private static readonly long Least = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
        private static readonly long Most = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

        public static bool Contains(long at) => at >= Least && at <= Most;
    }
}
