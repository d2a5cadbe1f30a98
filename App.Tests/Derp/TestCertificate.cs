using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Tests.Derp;

/// <summary>Certificates as relays have them, and as they should not.</summary>
internal static class TestCertificate
{
    /// <summary>Self-signed P-256, made out to these names and addresses; valid from yesterday or a day before its end.</summary>
    public static X509Certificate2 Make(TimeSpan left, params string[] names)
    {
        var end = DateTimeOffset.UtcNow + left;
        return Make((left < TimeSpan.Zero ? end : DateTimeOffset.UtcNow).AddDays(-1), end, names);
    }

    /// <summary>The same with a beginning.</summary>
    public static X509Certificate2 Make(DateTimeOffset from, DateTimeOffset to, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Request("CN=relay", key, names).CreateSelfSigned(from, to);
    }

    /// <summary>Writes certificate and key over what the files hold.</summary>
    public static void WriteTo(this X509Certificate2 certificate, string certificateFile, string keyFile)
    {
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>One made out to 127.0.0.1 that is shown with its issuer's, which has this name.</summary>
    public static (X509Certificate2 Leaf, SslStreamCertificateContext Shown) WithIssuer(string issuerName)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(90));
        var root = Authority("CN=root", rootKey).CreateSelfSigned(from, to);
        var issuer = Authority(issuerName, issuerKey).Create(root, from, to, [1]).CopyWithPrivateKey(issuerKey);
        var leaf = Request("CN=relay", key, "127.0.0.1").Create(issuer, from, to, [2]).CopyWithPrivateKey(key);
        return (leaf, SslStreamCertificateContext.Create(leaf, [issuer], offline: true));
    }

    public static SslStreamCertificateContext Shown(this X509Certificate2 certificate) => SslStreamCertificateContext.Create(certificate, null, offline: true);

    public static string CertName(this X509Certificate2 certificate) => "sha256-raw:" + Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));

    private static CertificateRequest Request(string name, ECDsa key, params string[] names)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        if (names.Length > 0)
            request.CertificateExtensions.Add(Names(names));
        return request;
    }

    /// <summary>The names and addresses that a certificate is made out to.</summary>
    public static X509Extension Names(params string[] names)
    {
        var others = new SubjectAlternativeNameBuilder();
        foreach (var other in names)
            if (IPAddress.TryParse(other, out var address))
                others.AddIpAddress(address);
            else
                others.AddDnsName(other);
        return others.Build();
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = Request(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }
}
