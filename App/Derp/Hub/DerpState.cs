using System.Text.Json.Serialization;
using Gatehouse.Derp.Tls;

namespace Gatehouse.Derp.Hub;

/// <summary>What the relay allows. Null: no limit.</summary>
/// <param name="Rate">Bytes a second that are read from one device.</param>
/// <param name="RelayRate">Bytes a second that are read from all devices together, in equal parts for those that want them.</param>
/// <param name="Quota">Bytes in and out together in this epoch, after which all devices are cut off and refused.</param>
public sealed record DerpLimits(long? Rate = null, long? RelayRate = null, long? Quota = null, int? MaxPerKey = null, int? MaxPerIp = null, int? MaxConnections = null)
{
    /// <summary>Where nobody says how many: one device that changes its network often, and everyone behind a provider's address.</summary>
    public const int UsualPerKey = 32, UsualPerIp = 1024;
}

/// <summary>Counters of all devices together, in bytes and packets.</summary>
public sealed record DerpTotal(long BytesIn, long BytesOut, long PacketsIn, long PacketsOut, long Connects);

/// <summary>Connections that are no device's yet, and the bytes that they take.</summary>
public sealed record DerpPending(int Connections, long Bytes);

/// <summary>Counters of one device in this epoch.</summary>
public sealed record DeviceState(string Key, int Connections, long Connects, long BytesIn, long BytesOut, long PacketsIn, long PacketsOut, long Drops)
{
    internal static DeviceState Of(Device d) => new(d.Key.ToString(), d.Clients.Count, d.Connects, Interlocked.Read(ref d.BytesIn), Interlocked.Read(ref d.BytesOut),
        Interlocked.Read(ref d.PacketsIn), Interlocked.Read(ref d.PacketsOut), Interlocked.Read(ref d.Drops));
}

/// <summary>The certificate of a relay with TLS. The names are as in <c>CertName</c>, null when devices go by the host's name.</summary>
/// <param name="Validity">By the relay's clock: <c>valid</c>, <c>not_yet_valid</c>, <c>ending</c> or <c>expired</c>.</param>
/// <param name="NextName">The one that devices are shown from <paramref name="NextAt"/> on; null until it has been made.</param>
public sealed record CertificateState(string? Name, string NotBefore, string NotAfter, string Validity, string? NextName, string? NextAt)
{
    internal static CertificateState Of(CertificateInForce certificate, CertificateValidity validity) => new(
        certificate.Name, DerpState.Time(certificate.From), DerpState.Time(certificate.Until), validity switch
        {
            CertificateValidity.NotYetValid => "not_yet_valid",
            CertificateValidity.Ending => "ending",
            CertificateValidity.Expired => "expired",
            _ => "valid",
        },
        certificate.NextName, certificate.NextAt is { } at ? DerpState.Time(at) : null);
}

/// <summary>The answer of <c>GET /control/v1/state</c>.</summary>
public sealed record DerpState(
    string Epoch, string StartedAt, string Version, string PublicKey, string? CertName, CertificateState? Certificate, string Admission, bool Everyone, int Allowed, int Connections, DerpTotal Total,
    SortedDictionary<string, long> Refused, SortedDictionary<string, long> Drops, SortedDictionary<string, long> Cut, long UnknownFrames,
    DerpLimits Limits, long QuotaUsed, bool QuotaReached, DerpPending Pending, long Buffered, List<DeviceState> Devices)
{
    internal static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ");
}

/// <summary>The body of <c>PUT /control/v1/allow</c>.</summary>
public sealed record AllowRequest(bool? Everyone, List<string?>? Keys);

/// <summary>The body of <c>POST /control/v1/kick</c>.</summary>
public sealed record KickRequest(string? Key);

public sealed record AllowResponse(int Allowed, int Closed);

public sealed record KickResponse(int Closed);

public sealed record DerpProblem(string Code, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(DerpState))]
[JsonSerializable(typeof(CertificateState))]
[JsonSerializable(typeof(DerpLimits))]
[JsonSerializable(typeof(AllowRequest))]
[JsonSerializable(typeof(AllowResponse))]
[JsonSerializable(typeof(KickRequest))]
[JsonSerializable(typeof(KickResponse))]
[JsonSerializable(typeof(DerpProblem))]
internal sealed partial class DerpJson : JsonSerializerContext;
