using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Messaging.Formats;

namespace Gatehouse.Billing.Gateways;

/// <summary>Fields as most gateways sign them: those that are not empty, sorted by name, as <c>name=value</c> with <c>&amp;</c> between, not encoded.</summary>
internal static class SignedFields
{
    private const int MaxNumber = 128;

    // What PHP's trim takes away.
    private static readonly char[] Blank = [' ', '\t', '\n', '\r', '\0', '\v'];

    /// <summary>The text that is signed.</summary>
    public static string Text(IEnumerable<KeyValuePair<string, string>> fields, params IReadOnlyList<string> without) =>
        string.Join('&', fields.Where(f => f.Value.Trim(Blank).Length > 0 && !without.Contains(f.Key)).OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value}"));

    /// <summary>MD5 in lower-case hexadecimal digits of the text with the secret behind it: what epay and the gateways for USDT call a signature.</summary>
    public static string Md5(string text, string secret) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text + secret)));

    /// <summary>Compares in a time that does not tell how much of it is right.</summary>
    public static bool Same(string expected, string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given.ToLowerInvariant()));

    /// <summary>
    /// Can they be read in one way only? Names come once. As the text that is signed does not mark where a value ends, a value with <c>&amp;NAME=</c>
    /// of another field in it could be two fields whose parting somebody moved.
    /// </summary>
    public static bool AreClear(IReadOnlyList<KeyValuePair<string, string>> fields) =>
        fields.Count > 0 && fields.Select(f => f.Key).Distinct(StringComparer.Ordinal).Count() == fields.Count
        && !fields.Any(f => f.Value.Contains('&', StringComparison.Ordinal) && fields.Any(other => f.Value.Contains($"&{other.Key}=", StringComparison.Ordinal)));

    /// <summary>A number as gateways make them: something, not long, without blanks.</summary>
    public static bool IsNumber(string? text) => text is { Length: > 0 and <= MaxNumber } && text.All(c => c is > ' ' and < '\x7f');

    /// <summary>The members of a JSON object as texts: what is between a string's quotes, numbers and flags as they are written, none for null. Empty where it is no object, or holds others inside that are not to be left out.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> OfJson(JsonElement json, bool flat = true) =>
        json.ValueKind != JsonValueKind.Object || flat && json.EnumerateObject().Any(m => m.Value.ValueKind is JsonValueKind.Array or JsonValueKind.Object)
            ? [] : [.. json.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, m.Value.Text())).Where(f => f.Value.Length > 0)];

    /// <summary>As a query or a form.</summary>
    public static string Encoded(IEnumerable<KeyValuePair<string, string>> fields) => string.Join('&', fields.Select(f => $"{Wire.Encoded(f.Key)}={Wire.Encoded(f.Value)}"));
}

/// <summary>JSON of somebody whom we do not know yet.</summary>
internal static class GatewayJson
{
    private const int MaxDepth = 16;

    /// <summary>An undefined element when it is none, names a member twice, or holds half a character; then nothing that is read from it can fail.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            var json = JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            Touch(json);
            return json;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    // Texts are decoded when they are asked for, and half a character is found then.
    private static void Touch(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String)
            _ = json.GetString();
        else if (json.ValueKind == JsonValueKind.Array)
            foreach (var item in json.EnumerateArray())
                Touch(item);
        else if (json.ValueKind == JsonValueKind.Object)
            foreach (var member in json.EnumerateObject())
            {
                _ = member.Name;
                Touch(member.Value);
            }
    }
}
