using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Formats;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbound;
using Gatehouse.Platform.Outbox;

namespace Gatehouse.Messaging.Sending;

/// <summary>Hosts inside private networks that customers' channels may reach: none.</summary>
public sealed class ChannelTrust
{
    public HashSet<string> Customers { get; } = [];
}

/// <summary>
/// Says a text by a channel and tells what came of it. It connects only to addresses that were looked up and found not to lie inside a
/// private network, follows no redirect, reads little and waits ten seconds.
/// </summary>
public sealed class ChannelSender(OutboundAddresses outbound, ChannelTrust trust, MailSender mail, TimeProvider clock) : IDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int MaxReply = 64 * 1024;
    private const int MaxTokens = 200;
    private readonly ConcurrentDictionary<string, (string Token, long Until)> _tokens = new();
    private readonly HttpClient _staff = Client((host, ct) => outbound.Resolve(host, loopback: false, ct));

    // What the operator lets the server reach inside its network is none of the customers' business.
    private readonly HttpClient _customers = Client(async (host, ct) => await outbound.Resolve(host, loopback: false, ct) is var found && !trust.Customers.Contains(host) && found.FirstOrDefault(OutboundAddresses.IsClosed) is { } closed
        ? throw new OutboundRefusedException(host, closed) : found);

    /// <summary>Never throws for what the other side does.</summary>
    /// <param name="values">All of the channel's, its secrets among them.</param>
    /// <param name="language">Of what is around the text, where it is mail.</param>
    /// <param name="own">It is a customer's channel.</param>
    /// <param name="id">The same at each try of one message.</param>
    public async Task<ChannelVerdict> Send(string tenant, ChannelKind kind, IReadOnlyDictionary<string, string> values, bool own, ChannelText text, string language, string id, CancellationToken ct)
    {
        if (kind.IsMail)
            return await SendMail(tenant, values["to"], text, language, id, ct);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            return Masked(await Send(own ? _customers : _staff, kind, new ChannelCall(values, text, clock.GetUtcNow(), id), patience.Token), kind, values);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && Explain(e, own) is { } fault)
        {
            return Masked(fault, kind, values);
        }
    }

    public void Dispose()
    {
        _staff.Dispose();
        _customers.Dispose();
    }

    private async Task<ChannelVerdict> Send(HttpClient http, ChannelKind kind, ChannelCall call, CancellationToken ct)
    {
        if (kind.SignIn is not { } signIn)
            return kind.Judge(call, await Ask(http, kind.Write(call), ct));
        for (var first = true; ; first = false)
        {
            var key = Wire.Sha256(signIn.Key(call));
            if (!_tokens.TryGetValue(key, out var known) || known.Until <= call.Now.ToUnixTimeMilliseconds())
            {
                var answer = await Ask(http, signIn.Write(call), ct);
                if (signIn.Read(answer) is not { } given)
                    return signIn.Judge(call, answer);
                known = (given.Token, call.Now.AddSeconds(given.Seconds - 120).ToUnixTimeMilliseconds());
                if (_tokens.Count >= MaxTokens)
                    _tokens.Clear();
                _tokens[key] = known;
            }
            var reply = await Ask(http, kind.Write(call with { Token = known.Token }), ct);
            if (!signIn.IsStale(reply) || !first)
                return kind.Judge(call, reply);
            _tokens.TryRemove(key, out _);
        }
    }

    private async Task<ChannelReply> Ask(HttpClient http, ChannelRequest wanted, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(new HttpMethod(wanted.Method), wanted.Url);
        if (wanted.ContentType.Length > 0)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(wanted.Body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", wanted.ContentType);
        }
        else if (wanted.Method != "GET")
            request.Content = new ByteArrayContent([]);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Gatehouse", null));
        foreach (var (name, value) in wanted.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        var wait = response.Headers.RetryAfter switch { { Delta: { } delta } => delta, { Date: { } date } when date > clock.GetUtcNow() => date - clock.GetUtcNow(), _ => (TimeSpan?)null };
        return new((int)response.StatusCode, await Body(response, ct), wait);
    }

    private static async Task<string> Body(HttpResponseMessage response, CancellationToken ct)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var (buffer, read) = (new byte[MaxReply], 0);
        for (int more; read < buffer.Length && (more = await stream.ReadAsync(buffer.AsMemory(read), ct)) > 0;)
            read += more;
        return Encoding.UTF8.GetString(buffer, 0, read);
    }

    private static HttpClient Client(Func<string, CancellationToken, Task<IReadOnlyList<IPAddress>>> resolve) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        MaxResponseHeadersLength = 32, ConnectCallback = async (context, ct) => await Connect(await resolve(context.DnsEndPoint.Host, ct), context.DnsEndPoint.Port, ct),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    private static async Task<Stream> Connect(IReadOnlyList<IPAddress> addresses, int port, CancellationToken ct)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses[i], port, ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i + 1 < addresses.Count)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private async Task<ChannelVerdict> SendMail(string tenant, string to, ChannelText text, string language, string id, CancellationToken ct)
    {
        var message = ChannelMail.Of(to, language, text);
        try
        {
            return ChannelVerdict.Sent(await mail.Send(new(tenant, message.Template, to, language, message.Content, id), ct));
        }
        catch (DeliveryFailure failure)
        {
            return new(failure.Final ? ChannelOutcome.Refused : ChannelOutcome.Later, failure.Reason, failure.RetryAfter);
        }
    }

    // The innermost says most.
    private static ChannelVerdict? Explain(Exception e, bool own) => e switch
    {
        OperationCanceledException => new(ChannelOutcome.Later, new Message("channels.fault.too_slow", (int)Patience.TotalSeconds)),
        // Where a name leads to inside is told to nobody outside.
        HttpRequestException { InnerException: OutboundRefusedException } when own => new(ChannelOutcome.Refused, new Message("channels.fault.closed")),
        HttpRequestException { InnerException: OutboundRefusedException closed } => new(ChannelOutcome.Refused, new Message("channels.fault.private", closed.Host, closed.Address.ToString(), OutboundAddresses.Option)),
        HttpRequestException { InnerException: AuthenticationException tls } => new(ChannelOutcome.Later, new Message("channels.fault.tls", (tls.InnerException ?? tls).Message)),
        HttpRequestException or IOException or SocketException => new(ChannelOutcome.Later, new Message("channels.fault.connection", (e.InnerException ?? e).Message)),
        UriFormatException or FormatException => new(ChannelOutcome.Refused, new Message("channels.fault.connection", e.Message)),
        _ => null,
    };

    // Addresses hold the keys of robots, and answers repeat what they were asked.
    private static ChannelVerdict Masked(ChannelVerdict verdict, ChannelKind kind, IReadOnlyDictionary<string, string> values)
    {
        var secrets = kind.Fields.Where(f => f.Secret).Select(f => values.GetValueOrDefault(f.Name, "")).Where(v => v.Length >= 4).ToList();
        var args = Array.ConvertAll(verdict.Answer.Args, a => a is string text ? secrets.Aggregate(text, (shown, secret) => shown.Replace(secret, "•••", StringComparison.Ordinal)) : a);
        return verdict with { Answer = verdict.Answer with { Args = args } };
    }
}
