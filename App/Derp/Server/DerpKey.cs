using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Derp.Server;

/// <summary>The relay's secret key in its data folder, in the form of the widely used relay: a folder can be taken over from it.</summary>
internal static class DerpKey
{
    public const string FileName = "relay.key";
    private const string Prefix = "privkey:";

    /// <summary>Reads the key, or makes one that nobody else may read.</summary>
    /// <exception cref="InvalidDataException">The file holds no key.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static byte[] LoadOrCreate(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        if (File.Exists(path))
            return Parse(File.ReadAllBytes(path)) ?? throw new InvalidDataException($"{path} holds no relay key. Put the right file back, or remove it: then a new key is made, and devices take a minute to learn it.");
        var key = RandomNumberGenerator.GetBytes(32);
        var text = JsonSerializer.SerializeToUtf8Bytes(new StoredKey(Prefix + Convert.ToHexStringLower(key)), StoredKeyJson.Default.StoredKey);
        PrivateFile.Write(path, text, path + ".new");
        return key;
    }

    private static byte[]? Parse(byte[] json)
    {
        try
        {
            var text = JsonSerializer.Deserialize(json, StoredKeyJson.Default.StoredKey)?.PrivateKey;
            return text is { Length: 72 } && text.StartsWith(Prefix, StringComparison.Ordinal) ? Convert.FromHexString(text.AsSpan(Prefix.Length)) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }
}

internal sealed record StoredKey([property: JsonPropertyName("PrivateKey")] string? PrivateKey);

[JsonSourceGenerationOptions(UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(StoredKey))]
internal sealed partial class StoredKeyJson : JsonSerializerContext;
