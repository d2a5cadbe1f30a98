using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Links;

/// <summary>What a relay's host needs to find its appliance and be let in: one text, shown once.</summary>
/// <param name="Url">Of the appliance, without a slash at the end.</param>
/// <param name="Server">Its id there.</param>
/// <param name="Pin">Of the appliance's own certificate, where nobody else vouches for it: SHA-256 of its public key in hex; else null.</param>
public sealed record JoinToken(
    [property: JsonPropertyName("u")] string Url, [property: JsonPropertyName("s")] string Server, [property: JsonPropertyName("k")] string Secret, [property: JsonPropertyName("p")] string? Pin)
{
    private const string Prefix = "ghj_";
    private const int Longest = 4096;

    /// <summary>What the address of a socket begins with; its path follows.</summary>
    public const string OfSocket = "unix:";

    /// <summary>Where the link is.</summary>
    public const string Path = "/relay/link";

    /// <summary>The appliance's own socket, for a container on its machine: a path there; null: it is reached by its address.</summary>
    [JsonIgnore]
    public string? Socket => Url.StartsWith(OfSocket + "/", StringComparison.Ordinal) ? Url[OfSocket.Length..] : null;

    /// <summary>The link's address as a WebSocket is opened by it.</summary>
    [JsonIgnore]
    public Uri Link => Socket is not null ? new("ws://appliance" + Path) : new((Url.StartsWith("https:", StringComparison.Ordinal) ? "wss" : "ws") + Url[Url.IndexOf(':')..] + Path);

    /// <summary>As it is given to <c>gatehouse relay-host --join</c>.</summary>
    public string ToText() => Prefix + Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this, JoinTokenJson.Default.JoinToken));

    /// <summary>Null where it is none, or leads over an open line: relays' keys come by it.</summary>
    public static JoinToken? Parse(string text)
    {
        text = text.Trim();
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length > Longest || !Base64Url.IsValid(text.AsSpan(Prefix.Length)))
            return null;
        try
        {
            return JsonSerializer.Deserialize(Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length)), JoinTokenJson.Default.JoinToken) is { Server.Length: > 0, Secret.Length: > 0 } token && (token.Socket is not null || RelayServer.IsLinkUrl(token.Url)) ? token : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Not what it holds.
    public override string ToString() => $"join token of server {Server}";
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JoinToken))]
internal sealed partial class JoinTokenJson : JsonSerializerContext;
