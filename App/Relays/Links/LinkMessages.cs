using System.Text.Json.Serialization;
using Gatehouse.Derp.Protocol;
using Gatehouse.Derp.Server;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Running;
using Gatehouse.Relays.Traffic;

namespace Gatehouse.Relays.Links;

/// <summary>What the appliance tells a host: relays that are new, or others than before. Times in unix milliseconds.</summary>
/// <param name="Seq">Rises with each.</param>
/// <param name="Now">By the appliance's clock.</param>
/// <param name="SampleSeconds">How often it wants to be told what the counters say.</param>
/// <param name="Keep">All that there are; whatever else the host has is gone. Null: nothing is.</param>
/// <param name="Counted">The last <see cref="LinkReport.Mark"/> whose readings are in the books.</param>
public sealed record LinkOrders(long Seq, long Now, int SampleSeconds, IReadOnlyList<LinkRelay> Relays, IReadOnlyList<string>? Keep, long Counted);

/// <summary>A relay as its host runs it.</summary>
/// <param name="Lets">Are its devices let in, until then at the most?</param>
/// <param name="Until">By the appliance's clock; null: for ever.</param>
public sealed record LinkRelay(string Id, string SlotId, string Host, int Port, string CertName, long Version, bool Lets, long? Until, long? Rate, IReadOnlyList<string> Keys, RelayIdentity Identity)
{
    public RelayOrder Order(string server, bool lets) => new(Id, SlotId, server, Host, Port, CertName, Version, lets, Rate);

    // Not its identity.
    public override string ToString() => $"relay {Id} on port {Port}";
}

/// <summary>What a host tells the appliance.</summary>
/// <param name="Seq">Of the last orders that are in force.</param>
/// <param name="Now">By the host's clock.</param>
/// <param name="Version">Of the program, in the first report.</param>
/// <param name="Relays">All of them; null: as they were said to be before.</param>
/// <param name="Mark">Rises with each report that has readings.</param>
/// <param name="Refused">Devices that tried since the report before and are on no list; null: none.</param>
public sealed record LinkReport(long Seq, long Now, string? Version, IReadOnlyList<LinkState>? Relays, IReadOnlyList<LinkReading> Readings, long Mark, IReadOnlyList<RefusedReading>? Refused = null);

/// <summary>How a relay does.</summary>
/// <param name="Used">A device has been connected to it.</param>
/// <param name="Error">Why it does not run, as a stored message; null: it runs.</param>
/// <param name="Stranger">Something else listens on its port.</param>
public sealed record LinkState(string Id, int Port, long Version, bool Lets, bool Used, string? Error, bool Stranger);

/// <summary>Bytes in, bytes out, packets in, packets out.</summary>
public sealed record LinkVolume(long[] Counts)
{
    private const long Most = 1L << 56;

    internal static LinkVolume Of(Volume v) => new([v.BytesIn, v.BytesOut, v.PacketsIn, v.PacketsOut]);

    /// <exception cref="LinkException">They are none.</exception>
    internal Volume ToVolume() => Counts is [>= 0 and < Most, >= 0 and < Most, >= 0 and < Most, >= 0 and < Most] c ? new(c[0], c[1], c[2], c[3]) : throw new LinkException("its counters are none");
}

/// <summary>What the counters of one start of a relay say.</summary>
/// <param name="Age">Milliseconds since that start: the host's clock may be wrong.</param>
public sealed record LinkReading(string SlotId, string Epoch, long Age, LinkVolume Total, IReadOnlyDictionary<string, LinkVolume> Devices)
{
    internal static LinkReading Of(RelayReading r, long now) => new(r.SlotId, r.Epoch, Math.Max(0, now - r.StartedAt), LinkVolume.Of(r.Total), r.Devices.ToDictionary(d => d.Key, d => LinkVolume.Of(d.Value)));

    /// <exception cref="LinkException">It is none.</exception>
    internal RelayReading ToReading(string server, long now) =>
        Epoch is { Length: > 0 and <= 64 } && Age >= 0 && Devices.Keys.All(k => NodeKey.TryParse(k, out _))
            ? new(SlotId, server, Epoch, now - Math.Min(Age, now), Total.ToVolume(), Devices.ToDictionary(d => d.Key, d => d.Value.ToVolume()))
            : throw new LinkException("its readings are none");
}

/// <summary>The other side of a link says what cannot be, too much, or nothing: the link ends.</summary>
public sealed class LinkException(string message, Exception? inner = null) : Exception(message, inner);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LinkOrders))]
[JsonSerializable(typeof(LinkReport))]
internal sealed partial class LinkJson : JsonSerializerContext;
