using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gatehouse.Derp.Tls;

/// <summary>
/// A certificate from elsewhere, with its chain and its key in two PEM files that whoever renews it may replace, rename into place or
/// write over. A pair is taken when two looks in turn find the same, so that one that is half written is not.
/// </summary>
internal sealed class GivenCertificate : RelayCertificate
{
    private readonly string _certificateFile, _keyFile;
    private readonly byte[]? _metaKey;
    private byte[] _shown, _seen;

    /// <param name="metaKey">The relay's public key, for a <see cref="MetaCertificate"/> behind the chain; null: none is sent.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="CryptographicException">They are no certificate and key, or do not belong together.</exception>
    /// <exception cref="InvalidDataException">The certificate is made out to another name.</exception>
    public GivenCertificate(string certificateFile, string keyFile, string hostname, byte[]? metaKey, TimeProvider clock, ILogger log)
        : base(hostname, clock, log)
    {
        (_certificateFile, _keyFile, _metaKey) = (certificateFile, keyFile, metaKey);
        var files = Read();
        _shown = _seen = files.Digest;
        using var own = Parse(files);
        ShowWithChain(own, files);
    }

    // By what is in them: a file that was replaced may have the date and the length of the one before.
    protected override void Renew(bool atOnce)
    {
        var files = Read();
        var settled = atOnce || files.Digest.AsSpan().SequenceEqual(_seen);
        _seen = files.Digest;
        if (!settled || files.Digest.AsSpan().SequenceEqual(_shown))
            return;
        using var own = Parse(files);
        if (Validity is CertificateValidity.Valid or CertificateValidity.Ending && (Now < own.NotBefore.ToUniversalTime() || Now >= own.NotAfter.ToUniversalTime()))
            throw new InvalidDataException($"the one in {_certificateFile} is valid from {Time(own.NotBefore.ToUniversalTime())} to {Time(own.NotAfter.ToUniversalTime())}, which is not now");
        ShowWithChain(own, files);
        _shown = files.Digest;
        Log.LogInformation("{File} was read again: devices that connect now are shown its certificate, valid until {Until}", _certificateFile, Time(InForce.Until));
    }

    private void ShowWithChain(X509Certificate2 own, (byte[] Digest, string Certificate, string Key) files)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(files.Certificate);
        // Devices can know one that is its own issuer by its digest alone, and older ones of them then take no other beside it.
        using var meta = _metaKey is null || own.SubjectName.RawData.AsSpan().SequenceEqual(own.IssuerName.RawData) ? null : MetaCertificate.Make(_metaKey, own.NotBefore, own.NotAfter);
        Show(own, chain, name: null, meta);
        foreach (var one in chain)
            one.Dispose();
    }

    private X509Certificate2 Parse((byte[] Digest, string Certificate, string Key) files)
    {
        X509Certificate2 own;
        try
        {
            own = FromPem(files.Certificate, files.Key);
        }
        catch (CryptographicException e)
        {
            throw new CryptographicException($"{_certificateFile} and {_keyFile} are no certificate and its key in PEM: {e.Message}", e);
        }
        if (own.MatchesHostname(Hostname, allowCommonName: false))
            return own;
        using (own)
            throw new InvalidDataException($"{_certificateFile} is made out to {Names(own)} and not to {Hostname}, under which devices know this relay: give the right --hostname, or a certificate for it.");
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(n => n.EnumerateDnsNames().Concat(n.EnumerateIPAddresses().Select(a => a.ToString()))).ToList();
        return names.Count > 0 ? string.Join(", ", names) : "no name (clients look at the subject alternative names alone)";
    }

    private (byte[] Digest, string Certificate, string Key) Read()
    {
        var certificate = File.ReadAllBytes(_certificateFile);
        var key = File.ReadAllBytes(_keyFile);
        return (SHA256.HashData([.. SHA256.HashData(certificate), .. SHA256.HashData(key)]), Encoding.UTF8.GetString(certificate), Encoding.UTF8.GetString(key));
    }
}
