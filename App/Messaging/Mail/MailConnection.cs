using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbound;
using Gatehouse.Platform.Outbox;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Gatehouse.Messaging.Mail;

/// <summary>Whose certificates are believed beside those that the system trusts.</summary>
public sealed class MailTrust
{
    public X509Certificate2Collection Also { get; } = [];
}

/// <summary>One conversation with a mail server, up to where mails can be handed over.</summary>
internal sealed class MailConnection(OutboundAddresses outbound, MailTrust trust)
{
    private const int Timeout = 20_000;
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(8);

    // Others need what is not there (Kerberos), or tokens that are not passwords.
    private static readonly string[] Mechanisms = ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN"];

    /// <summary>What was wrong with the server's certificate.</summary>
    public Message? Fault { get; private set; }

    /// <summary>Connects, protects the connection and signs in. The caller disposes of it.</summary>
    public async Task<SmtpClient> Open(MailServer server, CancellationToken ct)
    {
        var client = new SmtpClient { Timeout = Timeout, CheckCertificateRevocation = false, LocalDomain = EmailAddress.Domain(server.From) };
        client.ServerCertificateValidationCallback = (_, certificate, chain, errors) => IsBelieved(server.Host, certificate, chain, errors);
        try
        {
            // The client owns the socket when it has connected over it.
            await client.ConnectAsync(await Connect(server, ct), server.Host, server.Port, server.Security switch
            {
                MailSecurity.None => SecureSocketOptions.None,
                MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
                _ => SecureSocketOptions.StartTls,
            }, ct);
            if (server.User.Length > 0)
            {
                client.AuthenticationMechanisms.IntersectWith(Mechanisms);
                await client.AuthenticateAsync(server.User, server.Password, ct);
            }
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private async Task<Socket> Connect(MailServer server, CancellationToken ct)
    {
        var addresses = await outbound.Resolve(server.Host, loopback: true, ct);
        if (server.Security == MailSecurity.None && addresses.FirstOrDefault(a => !System.Net.IPAddress.IsLoopback(a)) is { } other)
            throw new DeliveryFailure(new Message("mail.fault.in_the_clear", server.Host, other.ToString()));
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(ConnectPatience);
            try
            {
                await socket.ConnectAsync(addresses[i], server.Port, patience.Token);
                return socket;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException && !ct.IsCancellationRequested)
            {
                socket.Dispose();
                if (i + 1 == addresses.Count)
                    throw e is SocketException ? e : new SocketException((int)SocketError.TimedOut);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private bool IsBelieved(string host, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            Fault = new Message("mail.fault.certificate.none");
        else if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            Fault = new Message("mail.fault.certificate.name", host, certificate.Subject);
        else if (!Leads(certificate, chain))
            Fault = new Message("mail.fault.certificate.chain", string.Join(", ", chain?.ChainStatus.Select(s => s.Status.ToString()).Distinct() ?? []));
        return Fault is null;
    }

    // Does it lead to one of those that are trusted besides?
    private bool Leads(X509Certificate certificate, X509Chain? chain)
    {
        if (trust.Also.Count == 0)
            return false;
        using var own = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        own.ChainPolicy.CustomTrustStore.AddRange(trust.Also);
        if (chain is not null)
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainElements.Select(e => e.Certificate).ToArray());
        using var copy = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return own.Build(copy);
    }
}
