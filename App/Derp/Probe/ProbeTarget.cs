using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Probe;

/// <summary>The relay to probe, and how a client would come to it.</summary>
/// <param name="Host">A name, or an address without brackets.</param>
public sealed record ProbeTarget(string Host, int Port)
{
    public const int DefaultPort = 443;

    /// <summary>What a certificate's hash begins with in the DERP map.</summary>
    public const string HashPrefix = "sha256-raw:";

    /// <summary>False: plain HTTP.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>The UDP port; 0 or -1: it has no STUN.</summary>
    public int StunPort { get; init; } = Stun.DefaultPort;

    /// <summary>As in the map: <c>sha256-raw:</c> and the SHA-256 of the one certificate, or the name that is on it instead of the host's.</summary>
    public string? CertName { get; init; }

    /// <summary>Up to two secret keys that the relay admits. With none, two are made up; with one, the packet goes to itself.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Keys { get; init; } = [];

    /// <summary>False: it is not asked to be let in, which the relay would count as a device that was refused.</summary>
    public bool Enters { get; init; } = true;

    /// <summary>How long each step may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Host and port as one writes them, an IPv6 address in brackets.</summary>
    public string Authority => $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}";

    /// <summary>What the Host header says: without the port where that is the scheme's own.</summary>
    internal string HostHeader => Port == (Tls ? DefaultPort : 80) ? Authority[..Authority.LastIndexOf(':')] : Authority;

    /// <summary>The 64 hex digits of <see cref="CertName"/>; null when that is a name.</summary>
    internal string? CertHash => CertName?.StartsWith(HashPrefix, StringComparison.OrdinalIgnoreCase) == true ? CertName[HashPrefix.Length..] : null;

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>1.2.3.4:port</c>, <c>[::1]:port</c> or <c>::1</c>; null when it is none of these.</summary>
    public static ProbeTarget? Parse(string text)
    {
        if (IPAddress.TryParse(text, out var whole) && whole.AddressFamily == AddressFamily.InterNetworkV6 && !text.StartsWith('['))
            return new ProbeTarget(text, DefaultPort);
        var colon = text.LastIndexOf(':');
        var hasPort = colon > text.LastIndexOf(']');
        var port = DefaultPort;
        if (hasPort && (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > IPEndPoint.MaxPort))
            return null;
        var host = hasPort ? text[..colon] : text;
        if (host.StartsWith('[') && host.EndsWith(']'))
            return IPAddress.TryParse(host[1..^1], out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6 ? new ProbeTarget(host[1..^1], port) : null;
        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 ? new ProbeTarget(host, port) : null;
    }

    /// <summary>True for a name, or for a well-formed hash.</summary>
    public static bool IsCertName(string text) => text.StartsWith(HashPrefix, StringComparison.OrdinalIgnoreCase)
        ? text.Length == HashPrefix.Length + 64 && text.AsSpan(HashPrefix.Length).IndexOfAnyExcept(Hex) < 0
        : Uri.CheckHostName(text) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static readonly System.Buffers.SearchValues<char> Hex = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
}
