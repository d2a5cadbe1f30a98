using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Derp.Protocol;

namespace Gatehouse.Derp.Tls;

/// <summary>
/// A certificate that vouches for nothing: it carries the relay's public key as its name and the protocol's version as its number.
/// A device that finds it behind the real ones, which TLS 1.3 hides, need not wait for the answer to its upgrade (derp.md section 3).
/// </summary>
internal static class MetaCertificate
{
    private const string NamePrefix = "derpkey";

    public static X509Certificate2 Make(ReadOnlySpan<byte> publicKey, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={NamePrefix}{Convert.ToHexStringLower(publicKey)}", key, HashAlgorithmName.SHA256);
        // Some systems want it of any that is its own issuer.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        return request.Create(request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), from, until, [Frame.ProtocolVersion]);
    }
}
