using System.Text.Json.Serialization;

namespace Gatehouse.Derp.Probe;

/// <summary>How a step ended.</summary>
public enum ProbeResult
{
    [JsonStringEnumMemberName("ok")] Ok,
    [JsonStringEnumMemberName("warning")] Warning,
    [JsonStringEnumMemberName("failed")] Failed,
    [JsonStringEnumMemberName("skipped")] Skipped,
}

/// <summary>One step of a probe.</summary>
/// <param name="Name">One of <see cref="DerpProber.Steps"/>.</param>
/// <param name="Ms">Milliseconds: of round trips for STUN and ping, of the way there for the packet, of the whole step otherwise.</param>
/// <param name="Detail">What was found, or why it failed or was skipped.</param>
public sealed record ProbeStep(string Name, ProbeResult Result, double Ms, string Detail);

/// <summary>What a probe found.</summary>
/// <param name="Target">Host and port.</param>
public sealed record ProbeReport(string Target, IReadOnlyList<ProbeStep> Steps)
{
    /// <summary>Nothing failed.</summary>
    public bool Ok => Steps.All(s => s.Result != ProbeResult.Failed);

    /// <summary><c>sha256-raw:</c> and the SHA-256 of the certificate that was shown; null without one.</summary>
    public string? CertName { get; init; }

    public DateTimeOffset? CertExpiresAt { get; init; }

    /// <summary>64 hex digits; null when the handshake did not come to it.</summary>
    public string? RelayKey { get; init; }
}

/// <summary>JSON of this feature's shapes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProbeReport))]
internal sealed partial class ProbingJson : JsonSerializerContext;
