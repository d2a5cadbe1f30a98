using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Platform.Hosting;

namespace Gatehouse.Platform.Connections;

/// <summary>
/// The server's own certificate with its chain, from the PEM files that Server:Certificate and Server:CertificateKey name. Whoever
/// renews it may replace them while the server runs: they are looked at when somebody connects, at most every two seconds, and a pair
/// that cannot be used, being half written, leaves the one in force.
/// </summary>
public sealed partial class ServerCertificate
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    // With forward secrecy and authenticated encryption: .NET's own list has two more of CBC for TLS 1.2.
    private static readonly CipherSuitesPolicy Suites = new(
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]);

    private readonly string _file, _keyFile;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _looking = new();
    private byte[] _seen;
    private long _lookedAt;
    private volatile SslStreamCertificateContext _inForce;

    private ServerCertificate(string file, string keyFile, TimeProvider clock, ILogger log)
    {
        (_file, _keyFile, _clock, _log) = (file, keyFile, clock, log);
        var files = Read(file, keyFile);
        (_seen, _lookedAt, _inForce) = (files.Digest, clock.GetTimestamp(), Context(files));
    }

    /// <summary>Serves HTTPS with the configured certificate, if there is one.</summary>
    /// <exception cref="ConfigException">It cannot be used.</exception>
    public static void AddHttps(WebApplicationBuilder builder, IConfiguration config)
    {
        if (Configured(config) is null)
            return;
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(s => new ServerCertificate(
            ConfigOptions.Value(config, "Server:Certificate"), ConfigOptions.Value(config, "Server:CertificateKey"), TimeProvider.System, s.GetRequiredService<ILogger<ServerCertificate>>()));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
        {
            var certificate = kestrel.ApplicationServices.GetRequiredService<ServerCertificate>();
            https.ServerCertificate = certificate._inForce.TargetCertificate;
            https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
            https.OnAuthenticate = (_, tls) =>
            {
                certificate.Look();
                (tls.ServerCertificateContext, tls.CipherSuitesPolicy) = (certificate._inForce, Suites);
            };
        }));
    }

    /// <summary>The configured certificate as its file has it; null when none is configured.</summary>
    /// <exception cref="ConfigException">It cannot be used.</exception>
    internal static X509Certificate2? Configured(IConfiguration config)
    {
        var (file, key) = (ConfigOptions.Value(config, "Server:Certificate"), ConfigOptions.Value(config, "Server:CertificateKey"));
        if (file.Length == 0)
            return null;
        try
        {
            return Context(Read(file, key)).TargetCertificate;
        }
        catch (Exception e) when (IsUnusable(e))
        {
            throw new ConfigException($"Server:Certificate ({file}) and Server:CertificateKey ({key}) cannot be used: {e.Message}");
        }
    }

    // By what is in them: a file that was replaced may have the date and the length of the one before.
    private void Look()
    {
        if (!_looking.TryEnter())
            return;
        try
        {
            if (_clock.GetElapsedTime(_lookedAt) < LookEvery)
                return;
            _lookedAt = _clock.GetTimestamp();
            var files = Read(_file, _keyFile);
            if (files.Digest.AsSpan().SequenceEqual(_seen))
                return;
            _seen = files.Digest;
            _inForce = Context(files);
            Renewed(_log, _file, _inForce.TargetCertificate.NotAfter.ToUniversalTime());
        }
        catch (Exception e) when (IsUnusable(e))
        {
            Unusable(_log, _file, _keyFile, e.Message);
        }
        finally
        {
            _looking.Exit();
        }
    }

    private static bool IsUnusable(Exception e) => e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException;

    private static (byte[] Digest, string Certificate, string Key) Read(string file, string keyFile)
    {
        var (certificate, key) = (File.ReadAllText(file), File.ReadAllText(keyFile));
        return (SHA256.HashData([.. SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(certificate)), .. System.Text.Encoding.UTF8.GetBytes(key)]), certificate, key);
    }

    private static SslStreamCertificateContext Context((byte[] Digest, string Certificate, string Key) files)
    {
        var own = X509Certificate2.CreateFromPem(files.Certificate, files.Key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(files.Certificate);
        return SslStreamCertificateContext.Create(own, [.. chain.Where(c => c.Thumbprint != own.Thumbprint)], offline: true);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{File} was read again: who connects now is shown its certificate, valid until {Until:u}")]
    private static partial void Renewed(ILogger log, string file, DateTime until);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} and {KeyFile} have changed and cannot be used ({Reason}): the certificate of before stays")]
    private static partial void Unusable(ILogger log, string file, string keyFile, string reason);
}
