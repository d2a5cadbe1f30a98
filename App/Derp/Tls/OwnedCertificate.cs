using System.Security.Cryptography;

namespace Gatehouse.Derp.Tls;

/// <summary>A self-signed certificate that the relay's owner keeps, and changes with the relay.</summary>
internal sealed class OwnedCertificate : RelayCertificate
{
    /// <exception cref="CryptographicException">They are no certificate and key in PEM, or do not belong together.</exception>
    public OwnedCertificate(string hostname, string certificate, string key, TimeProvider clock, ILogger log)
        : base(hostname, clock, log)
    {
        using var own = FromPem(certificate, key);
        Show(own, [], SelfSignedCertificate.Name(own));
    }

    protected override void Renew(bool atOnce)
    {
    }
}
