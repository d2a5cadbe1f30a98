using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Gatehouse.Messaging.Formats;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbound;

namespace Gatehouse.Messaging.Sending;

/// <summary>Sends what a format has written to a vendor, and puts into words why there was no answer.</summary>
internal static class ChannelHttp
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int MaxReply = 64 * 1024;
    private const int LeastSecret = 4;

    /// <summary>One request and its answer, of which 64 KB are read.</summary>
    /// <exception cref="Exception">There was none; <see cref="Explain"/> says why.</exception>
    public static async Task<ChannelReply> Ask(HttpClient http, ChannelRequest wanted, TimeProvider clock, CancellationToken ct)
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
        return new((int)response.StatusCode, await OutboundHttp.Text(response, MaxReply, ct), wait);
    }

    /// <summary>Why there was no answer; null when it is no fault of the other side's. The innermost says most.</summary>
    /// <param name="own">It is told to somebody outside, whom it is none of their business where a name leads to inside.</param>
    public static ChannelVerdict? Explain(Exception e, bool own) => e switch
    {
        OperationCanceledException => new(ChannelOutcome.Later, new Message("channels.fault.too_slow", (int)Patience.TotalSeconds)),
        HttpRequestException { InnerException: OutboundRefusedException } when own => new(ChannelOutcome.Refused, new Message("channels.fault.closed")),
        HttpRequestException { InnerException: OutboundRefusedException closed } => new(ChannelOutcome.Refused, new Message("channels.fault.private", closed.Host, closed.Address.ToString(), OutboundAddresses.Option)),
        HttpRequestException { InnerException: AuthenticationException tls } => new(ChannelOutcome.Later, new Message("channels.fault.tls", (tls.InnerException ?? tls).Message)),
        HttpRequestException or IOException or SocketException => new(ChannelOutcome.Later, new Message("channels.fault.connection", (e.InnerException ?? e).Message)),
        UriFormatException or FormatException => new(ChannelOutcome.Refused, new Message("channels.fault.connection", e.Message)),
        _ => null,
    };

    /// <summary>Without the secrets among the values: addresses hold them, and answers repeat what they were asked.</summary>
    public static string Masked(string text, IReadOnlyList<ChannelField> fields, IReadOnlyDictionary<string, string> values) =>
        fields.Where(f => f.Secret).Select(f => values.GetValueOrDefault(f.Name, "")).Where(v => v.Length >= LeastSecret).Aggregate(text, (shown, secret) => shown.Replace(secret, "•••", StringComparison.Ordinal));
}
