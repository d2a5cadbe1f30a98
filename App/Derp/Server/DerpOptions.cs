using System.Net;
using Gatehouse.Derp.Hub;

namespace Gatehouse.Derp.Server;

/// <summary>How a relay is to run.</summary>
/// <param name="Listen">Where devices connect; <see cref="IPAddress.IPv6Any"/> for every address.</param>
/// <param name="Stun">Null: no STUN.</param>
/// <param name="Data">The folder of the relay's key and its own certificate.</param>
/// <param name="CertificateFile">With <paramref name="KeyFile"/>, or neither: plain HTTP unless self-signed.</param>
/// <param name="Admit">A service that is asked about each device.</param>
/// <param name="AllowFile">A file that lists the devices.</param>
/// <param name="Control">Null: no control channel.</param>
public sealed record DerpOptions(
    IPEndPoint Listen, IPEndPoint? Stun, string Hostname, string Data, string? CertificateFile, string? KeyFile, bool SelfSigned,
    Uri? Admit, string? AllowFile, ControlAddress? Control, string? ControlToken, DerpLimits Limits)
{
    /// <summary>With <see cref="CertificateFile"/>: devices are told the relay's key together with it, and save a round trip.</summary>
    public bool MetaCertificate { get; init; }

    /// <summary>Plain HTTP beside TLS, for the check of captive portals; null: none.</summary>
    public IPEndPoint? Http { get; init; }

    /// <summary>STUN answers anybody, such as browsers, and not only the network's clients.</summary>
    public bool StunOpen { get; init; }

    /// <summary>Proxies whose X-Forwarded-For is believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Bytes that connections may hold together; null: by what the process may use.</summary>
    public long? Memory { get; init; }

    /// <summary>The relay's key and certificate from elsewhere: no folder has them.</summary>
    public RelayIdentity? Identity { get; init; }

    /// <summary>Threads that carry packets; null: one for each processor.</summary>
    public int? Loops { get; init; }

    public bool Tls => SelfSigned || CertificateFile is not null || Identity is not null;
}

/// <summary>A Unix socket or a TCP address.</summary>
public sealed record ControlAddress(string? SocketPath, IPEndPoint? EndPoint);
