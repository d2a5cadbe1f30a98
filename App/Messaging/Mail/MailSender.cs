using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbound;
using Gatehouse.Platform.Outbox;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Gatehouse.Messaging.Mail;

/// <summary>Hands mails to the tenant's mail server by SMTP, and says what that answered.</summary>
public sealed class MailSender(MailStatus status, MailComposer composer, OutboundAddresses outbound, MailTrust trust, TimeProvider clock)
{
    /// <summary>What a whole conversation may take: less than the outbox's patience.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private const int MaxAnswer = 300;

    // 421 is the server's; of the 5xx these are about signing in, which staff can mend.
    private static readonly int[] Mendable = [530, 534, 535, 538];

    /// <summary>Sends it and returns the server's own answer.</summary>
    /// <exception cref="DeliveryFailure">It was not taken; final when it will never be.</exception>
    internal async Task<string> Send(Outgoing mail, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        var connection = new MailConnection(outbound, trust);
        try
        {
            var server = await status.Server(mail.Tenant) ?? throw new DeliveryFailure(new Message("mail.fault.not_set_up"));
            using var mime = composer.Compose(server, mail);
            using var client = await connection.Open(server, both.Token);
            var answer = await client.SendAsync(mime, both.Token);
            await Leave(client, both.Token);
            return Short(answer);
        }
        catch (DeliveryFailure)
        {
            throw;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw Explain(e, patience.IsCancellationRequested, connection.Fault);
        }
    }

    // It was taken: how the goodbye goes makes no difference.
    private static async Task Leave(SmtpClient client, CancellationToken ct)
    {
        try
        {
            await client.DisconnectAsync(true, ct);
        }
        catch (Exception e) when (e is IOException or SocketException or ProtocolException or CommandException or OperationCanceledException or InvalidOperationException)
        {
        }
    }

    private static DeliveryFailure Explain(Exception e, bool late, Message? certificate) => e switch
    {
        _ when late => new(new Message("mail.fault.too_slow", (int)Patience.TotalSeconds), e),
        SmtpCommandException refused => new(new Message("mail.fault.refused", Short($"{(int)refused.StatusCode} {refused.Message}")), e) { Final = IsFinal(refused) },
        ServiceNotAuthenticatedException wanted => new(new Message("mail.fault.refused", Short($"530 {wanted.Message}")), e),
        AuthenticationException or SaslException => new(new Message("mail.fault.sign_in", Short((e.InnerException as SmtpCommandException)?.Message ?? e.Message)), e),
        SslHandshakeException when certificate is { } fault => new(fault, e),
        SslHandshakeException => new(new Message("mail.fault.tls", Short((e.InnerException ?? e).Message)), e),
        NotSupportedException => new(new Message("mail.fault.not_offered", Short(e.Message)), e),
        OutboundRefusedException closed => new(new Message("mail.fault.private", closed.Host, closed.Address.ToString(), OutboundAddresses.Option), e),
        CryptographicException => new(new Message("mail.fault.password_lost"), e),
        // What a stream says of its own fault ("see inner exception") tells nobody anything: the cause does.
        _ => new(new Message("mail.fault.connection", Short(e.GetBaseException().Message)), e),
    };

    // What the server says of the sender, the receiver or the mail itself; what it says of the connection may be otherwise tomorrow.
    private static bool IsFinal(SmtpCommandException refused) => (int)refused.StatusCode >= 500 && !Mendable.Contains((int)refused.StatusCode)
        && refused.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.SenderNotAccepted or SmtpErrorCode.MessageNotAccepted;

    private static string Short(string answer)
    {
        var line = answer.ReplaceLineEndings(" ").Trim();
        return line.Length <= MaxAnswer ? line : line[..MaxAnswer];
    }
}
