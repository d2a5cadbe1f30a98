using Gatehouse.Billing.Gateways;
using Gatehouse.Messaging.Formats;
using Gatehouse.Messaging.Sending;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbound;

namespace Gatehouse.Billing.Calling;

/// <summary>
/// Asks gateways. It connects only to addresses that were looked up and found not to lie inside a private network, follows no redirect,
/// reads 64 KB and waits ten seconds. What it tells holds none of the channel's secrets.
/// </summary>
public sealed class PaymentCaller(OutboundAddresses outbound, TimeProvider clock) : IDisposable
{
    private readonly HttpClient _http = OutboundHttp.Client((host, ct) => outbound.Resolve(host, loopback: false, ct));

    /// <summary>Asks, and reads the answer. Never throws for what the other side does.</summary>
    /// <returns>What was read, or why there was no answer.</returns>
    public async Task<(T? Reading, Message? Fault)> Ask<T>(GatewayKind kind, GatewayQuestion<T> question, GatewayCall call, CancellationToken ct) where T : class, IGatewayReading<T>
    {
        if (kind.Lacks(call.Values) is { } missing)
            return (null, new Message("payments.fault.incomplete", new Message(GatewayKind.Label(missing))));
        var (reply, fault) = await Send(kind, question.Write(call), call.Values, ct);
        if (reply is null || question.Read(call, reply) is not { } reading)
            return (null, fault);
        return (reading.Saying(ChannelHttp.Masked(reading.Answer, kind.Fields, call.Values)), null);
    }

    /// <summary>One request and its answer as it came. Never throws for what the other side does.</summary>
    /// <param name="values">The channel's, by whose secrets the fault is cleaned.</param>
    public async Task<(ChannelReply? Reply, Message? Fault)> Send(GatewayKind kind, ChannelRequest request, IReadOnlyDictionary<string, string> values, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(ChannelHttp.Patience);
        try
        {
            return (await ChannelHttp.Ask(_http, request, clock, patience.Token), null);
        }
        catch (Exception e) when (!ct.IsCancellationRequested && ChannelHttp.Explain(e, own: false) is { } verdict)
        {
            return (null, verdict.Answer with { Args = Array.ConvertAll(verdict.Answer.Args, a => a is string text ? ChannelHttp.Masked(text, kind.Fields, values) : a) });
        }
    }

    public void Dispose() => _http.Dispose();
}
