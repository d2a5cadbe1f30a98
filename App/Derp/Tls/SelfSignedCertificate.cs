using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gatehouse.Platform.Crypto;

namespace Gatehouse.Derp.Tls;

/// <summary>
/// A certificate of the relay's own: ECDSA P-256 for a year, kept in the data folder. A DERP map names it by its digest, and has room
/// for one alone. So the next one is made long before the end, its name told with the hour of the change, and only then shown.
/// </summary>
internal sealed class SelfSignedCertificate : RelayCertificate
{
    public const string CertificateFile = "relay.crt", KeyFile = "relay.crt.key", NextFile = "relay.crt.next";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    // Devices whose clocks are behind take it too, and so does this machine once its own has been set back.
    private static readonly TimeSpan Early = TimeSpan.FromDays(2);

    // Longer apart than the 32 days that a map is good for.
    private static readonly TimeSpan ToldBefore = TimeSpan.FromDays(45), ChangedBefore = TimeSpan.FromDays(7);

    private readonly string _certificatePath, _keyPath, _nextPath;
    private X509Certificate2? _next;

    /// <exception cref="IOException">The folder cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be used.</exception>
    /// <exception cref="CryptographicException">Its files are no certificate and key.</exception>
    public SelfSignedCertificate(string folder, string hostname, TimeProvider clock, ILogger log)
        : base(hostname, clock, log)
    {
        Directory.CreateDirectory(folder);
        (_certificatePath, _keyPath, _nextPath) = (Path.Combine(folder, CertificateFile), Path.Combine(folder, KeyFile), Path.Combine(folder, NextFile));
        _next = Staged();
        var kept = Kept();
        if (kept is null)
        {
            _next ??= Stage();
            Change();
            return;
        }
        using (kept)
        {
            Show(kept, [], Name(kept));
            // Older than the one it should follow, as in a folder put back from elsewhere; or the very one, and the change only lacked its end.
            if (_next?.NotAfter <= kept.NotAfter)
                Discard();
        }
        if (_next is not null)
            Announce(Name(_next), ChangeAt(_next));
    }

    /// <summary>What a DERP map holds as <c>CertName</c> for this certificate.</summary>
    public static string Name(X509Certificate2 certificate) => "sha256-raw:" + Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span));

    /// <summary>Shows the next one at once, such as when all maps have its name, or the key has become known.</summary>
    /// <exception cref="IOException">It cannot be kept.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be kept.</exception>
    public void ChangeNow() => Alone(() =>
    {
        _next ??= Stage();
        ChangeAndTell();
    });

    protected override void Renew(bool atOnce)
    {
        if (_next is null && Now >= InForce.Until - ToldBefore)
        {
            _next = Stage();
            Announce(Name(_next), ChangeAt(_next));
            Log.LogWarning("The certificate ends at {Until}. From {At} on devices are shown {Next} instead of {Name}: their maps need it by then", Time(InForce.Until), Time(InForce.NextAt!.Value), InForce.NextName, InForce.Name);
        }
        if (_next is null || Now < InForce.NextAt)
            return;
        ChangeAndTell();
    }

    private void ChangeAndTell()
    {
        var before = InForce.Name;
        Change();
        Log.LogWarning("Devices that connect now are shown {Name} and no longer {Before}: maps with the old one have to change", InForce.Name, before);
    }

    // Late, so that maps have time to follow; when little is left, halfway between.
    private DateTimeOffset ChangeAt(X509Certificate2 next)
    {
        var made = next.NotBefore.ToUniversalTime() + Early;
        var (late, halfway) = (InForce.Until - ChangedBefore, made + (InForce.Until - made) / 2);
        return late > halfway ? late : halfway;
    }

    // The next one's file goes last: wherever this is cut short, the same change is made at the next start.
    private void Change()
    {
        using (var key = _next!.GetECDsaPrivateKey()!)
            Write(_keyPath, key.ExportPkcs8PrivateKeyPem());
        Write(_certificatePath, _next!.ExportCertificatePem());
        Show(_next, [], Name(_next));
        Discard();
    }

    private static void Write(string path, string pem) => PrivateFile.Write(path, Encoding.ASCII.GetBytes(pem), path + ".new");

    private void Discard()
    {
        File.Delete(_nextPath);
        _next!.Dispose();
        _next = null;
    }

    // The one of the folder; null when there is none that devices would take.
    private X509Certificate2? Kept()
    {
        if (!File.Exists(_certificatePath) || !File.Exists(_keyPath))
            return null;
        try
        {
            return Usable(FromPem(File.ReadAllText(_certificatePath), File.ReadAllText(_keyPath)));
        }
        catch (CryptographicException e)
        {
            if (_next is not null)
                return null;
            throw new CryptographicException($"{_certificatePath} and {_keyPath}: {e.Message}. Put the right files back, or remove both: then a new certificate is made, and devices need its CertName.", e);
        }
    }

    private X509Certificate2? Staged()
    {
        if (!File.Exists(_nextPath))
            return null;
        try
        {
            var both = File.ReadAllText(_nextPath);
            return Usable(FromPem(both, both));
        }
        catch (CryptographicException e)
        {
            Log.LogWarning("{File} is no certificate with its key, and another is made in its place: {Fault}", _nextPath, e.Message);
            return null;
        }
    }

    private X509Certificate2? Usable(X509Certificate2 certificate)
    {
        if (certificate.MatchesHostname(Hostname, allowCommonName: true) && Now < certificate.NotAfter.ToUniversalTime())
            return certificate;
        Log.LogWarning("{Name} is made out to another name than {Hostname}, or ended at {Until} (this machine's clock says {Now}): it is not shown any more", Name(certificate), Hostname, Time(certificate.NotAfter.ToUniversalTime()), Time(Now));
        certificate.Dispose();
        return null;
    }

    private X509Certificate2 Stage()
    {
        var both = Make();
        Write(_nextPath, both);
        return FromPem(both, both);
    }

    private string Make()
    {
        var (certificate, key) = Pair([Hostname], Now, Lifetime);
        return $"{certificate}\n{key}\n";
    }

    /// <summary>A new certificate for names and addresses, and its key, both in PEM.</summary>
    public static (string Certificate, string Key) Pair(IReadOnlyList<string> hosts, DateTimeOffset now, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hosts[0]}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
            if (IPAddress.TryParse(host, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var made = request.CreateSelfSigned(now - Early, now + lifetime);
        return (made.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
