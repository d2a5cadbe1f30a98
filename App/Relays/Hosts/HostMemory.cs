using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Crypto;
using Gatehouse.Relays.Links;

namespace Gatehouse.Relays.Hosts;

/// <summary>What a host was told, and by whom.</summary>
public sealed record KnownRelays(JoinToken Join, IReadOnlyList<LinkRelay> Relays);

/// <summary>What a start of a relay had counted when it ended, until the appliance has it.</summary>
/// <param name="EndedAt">Age is of then.</param>
public sealed record LastReading(LinkReading Reading, long EndedAt);

/// <summary>What changes all the time.</summary>
public sealed record KeptCounts(LeaseState Lease, IReadOnlyList<LastReading> Readings);

/// <summary>What a host knows, in files that only its owner may read, each there as a whole: it survives the process.</summary>
public sealed class HostMemory(string folder)
{
    /// <summary>The file of who it was told by, and what.</summary>
    public const string Relays = "relays.json";
    private const string Counts = "counts.json";

    /// <summary>That file of one that is to join: with it in its folder a host starts without a token.</summary>
    public static byte[] ToJoin(JoinToken join) => JsonSerializer.SerializeToUtf8Bytes(new KnownRelays(join, []), HostJson.Default.KnownRelays);

    /// <summary>Null: it has never joined.</summary>
    /// <exception cref="InvalidDataException">The file is not one.</exception>
    public KnownRelays? Known() => Read(Relays, HostJson.Default.KnownRelays);

    /// <inheritdoc cref="Known"/>
    public KeptCounts? Kept() => Read(Counts, HostJson.Default.KeptCounts);

    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(KnownRelays known) => Write(Relays, JsonSerializer.SerializeToUtf8Bytes(known, HostJson.Default.KnownRelays));

    /// <inheritdoc cref="Write(KnownRelays)"/>
    public void Write(KeptCounts counts) => Write(Counts, JsonSerializer.SerializeToUtf8Bytes(counts, HostJson.Default.KeptCounts));

    private T? Read<T>(string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} cannot be read: remove it, and the appliance tells all of it again.", e);
        }
    }

    private void Write(string name, byte[] content)
    {
        var path = Path.Combine(folder, name);
        PrivateFile.Write(path, content, path + ".new");
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KnownRelays))]
[JsonSerializable(typeof(KeptCounts))]
internal sealed partial class HostJson : JsonSerializerContext;
