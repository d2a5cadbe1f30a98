using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gatehouse.Derp.Network;

namespace Gatehouse.Derp.Tls;

/// <summary>The certificate that the relay shows: a given one, or one of its own that devices know by its digest.</summary>
internal static class DerpCertificate
{
    private const string CertificateFile = "relay.crt", KeyFile = "relay.crt.key";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    // A new one changes the digest, and every device's map with it: not sooner than it must be.
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    /// <summary>What a DERP map holds as <c>CertName</c> for this certificate.</summary>
    public static string Name(X509Certificate2 certificate) => "sha256-raw:" + Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span));

    /// <summary>Reads a certificate with its chain, and its key, in PEM.</summary>
    /// <exception cref="CryptographicException">They are no certificate and key, or do not belong together.</exception>
    public static (X509Certificate2 Own, X509Certificate2Collection Chain) Load(string certificateFile, string keyFile)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificateFile);
        return (X509Certificate2.CreateFromPemFile(certificateFile, keyFile), chain);
    }

    /// <summary>The self-signed certificate of a data folder: ECDSA P-256 for a year; made when there is none, or little is left of it.</summary>
    public static X509Certificate2 LoadOrCreate(string folder, string hostname)
    {
        Directory.CreateDirectory(folder);
        var certificatePath = Path.Combine(folder, CertificateFile);
        var keyPath = Path.Combine(folder, KeyFile);
        if (File.Exists(certificatePath) && File.Exists(keyPath))
        {
            var kept = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
            if (kept.NotAfter - RenewBefore > DateTime.Now && kept.MatchesHostname(hostname, allowCommonName: true))
                return kept;
        }
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hostname}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(hostname, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(hostname);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var now = DateTimeOffset.UtcNow;
        using var made = request.CreateSelfSigned(now.AddMinutes(-5), now + Lifetime);
        PrivateFile.Write(keyPath, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
        PrivateFile.Write(certificatePath, Encoding.ASCII.GetBytes(made.ExportCertificatePem()));
        return X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
    }
}
