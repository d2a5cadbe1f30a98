using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Messaging.Formats;

/// <summary>What requests of all kinds are put together from.</summary>
internal static class Wire
{
    public const string JsonType = "application/json; charset=utf-8";
    public const string FormType = "application/x-www-form-urlencoded; charset=utf-8";

    // Bodies have limits in bytes: Chinese characters go as they are, not as six each.
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ChannelRequest PostJson(string url, JsonNode body, params (string Name, string Value)[] headers) => new("POST", url, Text(body), JsonType, headers);

    public static ChannelRequest PostForm(string url, IEnumerable<(string Name, string Value)> fields, params (string Name, string Value)[] headers) =>
        new("POST", url, string.Join('&', fields.Select(f => $"{Encoded(f.Name)}={Encoded(f.Value)}")), FormType, headers);

    public static string Text(JsonNode json)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
            json.WriteTo(writer);
        return Whole(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    // The writer escapes each half of a character beyond the first plane: an emoji would take three times its room.
    private static string Whole(string json)
    {
        if (!json.Contains("\\uD", StringComparison.Ordinal))
            return json;
        var whole = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\')
                whole.Append(json[i]);
            else if (json[i + 1] == 'u' && Half(json, i) is { } high && char.IsHighSurrogate(high) && Half(json, i + 6) is { } low && char.IsLowSurrogate(low))
            {
                whole.Append(high).Append(low);
                i += 11;
            }
            else
                whole.Append(json[i]).Append(json[++i]);
        }
        return whole.ToString();
    }

    private static char? Half(string json, int at) =>
        at + 6 <= json.Length && json[at] == '\\' && json[at + 1] == 'u' && ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var unit) ? (char)unit : null;

    /// <summary>As a JSON string has it between its quotes.</summary>
    public static string InJson(string text) => JsonEncodedText.Encode(text, Writing.Encoder).ToString();

    /// <summary>RFC 3986: all but letters, digits, <c>-._~</c>.</summary>
    public static string Encoded(string text) => Uri.EscapeDataString(text);

    public static byte[] Hmac(byte[] key, string message) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(message));

    public static byte[] Hmac(string key, string message) => Hmac(Encoding.UTF8.GetBytes(key), message);

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}

/// <summary>What fields of channels may hold.</summary>
internal static class FieldRules
{
    /// <summary>An address of the web.</summary>
    public static string? Url(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 && url.UserInfo.Length == 0 ? null : "channels.wrong.url";

    /// <summary>Letters, digits and what keys are written with: nothing that means something in an address.</summary>
    public static string? Key(string value) => value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':') ? null : "channels.wrong.key";

    /// <summary>E.164.</summary>
    public static string? Phone(string value) => value is ['+', >= '1' and <= '9', ..] && value.Length is >= 8 and <= 16 && value[1..].All(char.IsAsciiDigit) ? null : "channels.wrong.phone";

    /// <summary>Eleven digits of a Chinese mobile number, or E.164 already.</summary>
    public static string PhoneNormal(string value)
    {
        var digits = new string([.. value.Where(c => char.IsAsciiDigit(c) || c == '+')]);
        return digits is ['1', >= '3' and <= '9', ..] && digits.Length == 11 ? "+86" + digits : digits;
    }

    public static string? Number(string value) => value.Length > 0 && value.All(char.IsAsciiDigit) ? null : "channels.wrong.number";

    /// <summary>A key that was pasted with the address around it: what stands behind <c>NAME=</c>.</summary>
    public static Func<string, string> FromQuery(string name) => value =>
    {
        var at = value.IndexOf(name + "=", StringComparison.Ordinal);
        return at < 0 ? value : value[(at + name.Length + 1)..].Split('&', '#')[0];
    };

    /// <summary>The last part of an address that was pasted whole.</summary>
    public static string FromPath(string value) => value.Contains("://", StringComparison.Ordinal) ? value.Split('?', '#')[0].TrimEnd('/').Split('/')[^1] : value;

    public static ChannelField BaseUrl(string usual) => new("base_url", Url) { Optional = true, Rare = true, Example = usual };

    public static ChannelField PhoneField(string name = "phone", bool optional = false) => new(name, Phone) { Normal = PhoneNormal, Optional = optional, Example = "+8613800000000", MaxLength = 30 };
}
