using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Derp.Probe;

/// <summary>What a relay showed in the TLS handshake, and whether the network's clients would take it.</summary>
internal sealed class ShownCertificate : IDisposable
{
    /// <summary>Fewer days left than this are a warning.</summary>
    public const int FewDays = 14;

    // The usual relay appends one more, with its key as the name; clients leave it out.
    private const string MetaNamePrefix = "CN=derpkey";

    private readonly X509Certificate2 _leaf;
    private readonly int _others;
    private readonly string _distrust;

    private ShownCertificate(X509Certificate2 leaf, int others, string distrust) => (_leaf, _others, _distrust) = (leaf, others, distrust);

    /// <summary>Keeps what a validation callback is given, which is gone when that returns.</summary>
    public static ShownCertificate? Of(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
            return null;
        var leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        var others = chain?.ChainPolicy.ExtraStore.Count(c => !c.RawDataMemory.Span.SequenceEqual(leaf.RawDataMemory.Span)
            && !c.Subject.StartsWith(MetaNamePrefix, StringComparison.Ordinal)) ?? 0;
        var distrust = errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            ? string.Join(", ", chain?.ChainStatus.Select(s => s.StatusInformation.Trim()).Distinct() ?? []) : "";
        return new ShownCertificate(leaf, others, errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && distrust.Length == 0 ? "untrusted" : distrust);
    }

    /// <summary><c>sha256-raw:</c> and 64 hex digits.</summary>
    public string CertName => ProbeTarget.HashPrefix + Convert.ToHexStringLower(SHA256.HashData(_leaf.RawDataMemory.Span));

    public DateTimeOffset ExpiresAt => new(_leaf.NotAfter.ToUniversalTime(), TimeSpan.Zero);

    /// <summary>Judges as a client does that has the target's entry of the map.</summary>
    public (ProbeResult Result, string Detail) Judge(ProbeTarget target, DateTimeOffset now)
    {
        var days = (int)Math.Floor((ExpiresAt - now).TotalDays);
        var until = ExpiresAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
        if (now > ExpiresAt)
            return (ProbeResult.Failed, $"it expired at {until}");
        if (now < _leaf.NotBefore.ToUniversalTime())
            return (ProbeResult.Failed, $"it is valid only from {_leaf.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC; is the clock right?");
        if (Fault(target) is { } fault)
            return (ProbeResult.Failed, fault);
        var left = days == 1 ? "1 day left" : $"{days} days left";
        return days < FewDays ? (ProbeResult.Warning, $"only {left}, until {until}") : (ProbeResult.Ok, $"{left}, until {until}");
    }

    private string? Fault(ProbeTarget target)
    {
        var name = target.CertHash is null && target.CertName is { } other ? other : target.Host;
        if (target.CertHash is not { } hash)
            return !_leaf.MatchesHostname(name, allowCommonName: false) ? $"it is not made out to {name}" : _distrust.Length > 0 ? $"no client trusts it: {_distrust}" : null;
        if (!CertName.AsSpan(ProbeTarget.HashPrefix.Length).Equals(hash, StringComparison.OrdinalIgnoreCase))
            return $"it is another one: {CertName}";
        if (_others > 0)
            return "clients that go by a hash take one certificate alone, and the relay shows more";
        // By an address clients do not ask for the name.
        return IPAddress.TryParse(name, out _) || _leaf.MatchesHostname(name, allowCommonName: false) ? null : $"it is not made out to {name}";
    }

    public void Dispose() => _leaf.Dispose();
}
