using System.Collections.Concurrent;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Formats;
using Gatehouse.Messaging.Mail;
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
    private const int MaxTokens = 200;
    private readonly ConcurrentDictionary<string, (string Token, long Until)> _tokens = new();
    private readonly HttpClient _staff = OutboundHttp.Client((host, ct) => outbound.Resolve(host, loopback: false, ct));

    // What the operator lets the server reach inside its network is none of the customers' business.
    private readonly HttpClient _customers = OutboundHttp.Client(async (host, ct) => await outbound.Resolve(host, loopback: false, ct) is var found && !trust.Customers.Contains(host) && found.FirstOrDefault(OutboundAddresses.IsClosed) is { } closed
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
        patience.CancelAfter(ChannelHttp.Patience);
        try
        {
            return Masked(await Send(own ? _customers : _staff, kind, new ChannelCall(values, text, clock.GetUtcNow(), id), patience.Token), kind, values);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && ChannelHttp.Explain(e, own) is { } fault)
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
            return kind.Judge(call, await ChannelHttp.Ask(http, kind.Write(call), clock, ct));
        for (var first = true; ; first = false)
        {
            var key = Wire.Sha256(signIn.Key(call));
            if (!_tokens.TryGetValue(key, out var known) || known.Until <= call.Now.ToUnixTimeMilliseconds())
            {
                var answer = await ChannelHttp.Ask(http, signIn.Write(call), clock, ct);
                if (signIn.Read(answer) is not { } given)
                    return signIn.Judge(call, answer);
                known = (given.Token, call.Now.AddSeconds(given.Seconds - 120).ToUnixTimeMilliseconds());
                if (_tokens.Count >= MaxTokens)
                    _tokens.Clear();
                _tokens[key] = known;
            }
            var reply = await ChannelHttp.Ask(http, kind.Write(call with { Token = known.Token }), clock, ct);
            if (!signIn.IsStale(reply) || !first)
                return kind.Judge(call, reply);
            _tokens.TryRemove(key, out _);
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

    // Addresses hold the keys of robots, and answers repeat what they were asked.
    private static ChannelVerdict Masked(ChannelVerdict verdict, ChannelKind kind, IReadOnlyDictionary<string, string> values)
    {
        var args = Array.ConvertAll(verdict.Answer.Args, a => a is string text ? ChannelHttp.Masked(text, kind.Fields, values) : a);
        return verdict with { Answer = verdict.Answer with { Args = args } };
    }
}
