using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Support;
using MimeKit;

namespace Gatehouse.Tests.Messaging;

/// <summary>A mail as the server took it.</summary>
/// <param name="Tls">It came over a protected connection.</param>
/// <param name="User">Who was signed in.</param>
public sealed record TakenMail(string From, string To, bool Tls, string? User, MimeMessage Mime);

/// <summary>A real mail server (Debian's python3-aiosmtpd) in a process of its own, on loopback.</summary>
public sealed class SmtpServer : IAsyncDisposable
{
    private static readonly string Script = Repository.Path("App.Tests", "Messaging", "smtp.py");
    private readonly Process _process;
    private readonly Task _reading;

    private SmtpServer(Process process, int port)
    {
        (_process, Port) = (process, port);
        _reading = Read();
    }

    public int Port { get; }

    public ConcurrentQueue<TakenMail> Taken { get; } = new();

    /// <param name="options">As smtp.py takes them.</param>
    public static async Task<SmtpServer> Start(params string[] options)
    {
        // Debian's own: another Python knows nothing of its packages.
        var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Script, .. options]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var port = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The mail server did not start. Is python3-aiosmtpd installed?");
        return new(process, int.Parse(port, CultureInfo.InvariantCulture));
    }

    /// <summary>The same with a certificate for that name.</summary>
    public static Task<SmtpServer> Start(TestAuthority authority, string name, params string[] options)
    {
        var (certificate, key) = authority.Issue(name);
        return Start(["--certificate", certificate, "--key", key, .. options]);
    }

    public async Task<TakenMail> Next()
    {
        TakenMail? mail = null;
        await Wait.Until(() => Task.FromResult(Taken.TryDequeue(out mail)), "the mail server has a mail", seconds: 30);
        return mail!;
    }

    /// <summary>The one mail that it has taken. What it took is read a moment after it said so.</summary>
    public async Task<TakenMail> Only()
    {
        await Wait.Until(() => Task.FromResult(!Taken.IsEmpty), "the mail server has a mail", seconds: 30);
        return Assert.Single(Taken);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    private async Task Read()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var mail = JsonNode.Parse(line)!;
            using var content = new MemoryStream(Convert.FromBase64String((string)mail["content"]!));
            Taken.Enqueue(new((string)mail["from"]!, (string)mail["to"]!.AsArray().Single()!, (bool)mail["tls"]!, (string?)mail["user"], await MimeMessage.LoadAsync(content)));
        }
    }
}

/// <summary>A certificate authority of one test's own.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=Test Authority", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }

    public X509Certificate2 Root { get; }

    /// <summary>PEM files of a new certificate and its key.</summary>
    public (string Certificate, string Key) Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(Root, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(7), RandomNumberGenerator.GetBytes(8));
        var (certificateFile, keyFile) = (_folder.File(name + ".pem"), _folder.File(name + ".key"));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }

    public void Dispose()
    {
        Root.Dispose();
        _key.Dispose();
        _folder.Dispose();
    }
}
