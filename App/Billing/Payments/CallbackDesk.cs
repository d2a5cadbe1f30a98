using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gatehouse.Audit.Security;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.Orders;
using Gatehouse.Messaging.Formats;
using Gatehouse.Messaging.Sending;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Payments;

/// <summary>A call to a notify address, as it came.</summary>
/// <param name="Query">Without the question mark.</param>
/// <param name="Header">The value of a header; null where there is none, or several.</param>
public sealed record ReceivedCall(string Method, string Query, string ContentType, ReadOnlyMemory<byte> Body, Func<string, string?> Header)
{
    /// <summary>What the log keeps of it.</summary>
    public string Content => Shown(Method == "POST" ? Encoding.UTF8.GetString(Body.Span) : Query);

    /// <summary>Takes the channel's secrets out of a text.</summary>
    internal Func<string, string> Shown { get; init; } = text => text;

    internal GatewayCallback For(GatewayKind kind, IReadOnlyDictionary<string, string> values, DateTimeOffset now) => Method == "POST"
        ? GatewayCallback.Post(values, ContentType, Body, kind.Headers.Where(h => Header(h) is not null).ToDictionary(h => h, h => Header(h)!), now) : GatewayCallback.Get(values, Query, now);
}

/// <summary>
/// Answers gateways. A call is believed when the channel of its path has read it with its own secret and found every check held; then
/// all that follows from it is done in one transaction, and only then is it answered.
/// </summary>
public sealed partial class CallbackDesk(Database db, PaymentChannelService channels, PaymentTaker taker, SecurityEvents security, TimeProvider clock, ILogger<CallbackDesk> log)
{
    /// <summary>What is kept of a call about another channel's payment.</summary>
    public const string Elsewhere = "elsewhere";

    // The check that looks for the order.
    private const string Ours = "order";

    /// <summary>Calls about one attempt that are kept; a gateway repeats itself a dozen times.</summary>
    public const int MostKept = 50;

    // Refused calls of a channel that are kept in a minute: whoever floods its address fills no log.
    private const int MostRefused = 20;

    private static readonly CallbackAnswer Nobody = CallbackAnswer.Fail with { Status = 404 };

    // The gateway tries again.
    private static readonly CallbackAnswer NotNow = CallbackAnswer.Fail with { Status = 503 };

    private readonly ConcurrentDictionary<string, (long Minute, int Count)> _refused = new();

    /// <param name="route">Of the path: only channels of that kind are meant.</param>
    public async Task<CallbackAnswer> Receive(Caller who, string route, string channelId, ReceivedCall call, CancellationToken ct)
    {
        var (tenant, channel) = await db.Read(async s => await PaymentChannelStore.TenantOf(s, channelId) is { } t ? (t, await PaymentChannelStore.Find(s, t, channelId)) : ("", null), ct);
        if (channel?.Gateway is not { Read: { } read } gateway || gateway.Route != route)
            return Nobody;
        Dictionary<string, string> values;
        try
        {
            values = channels.Values(channel);
        }
        catch (CryptographicException)
        {
            LogSealed(channel.Id);
            return NotNow;
        }
        if (gateway.Lacks(values) is not null)
            return CallbackAnswer.Fail;
        var reading = read(call.For(gateway, values, clock.GetUtcNow()));
        if (reading.Claim == CallbackClaim.Refused && IsFlood(channel.Id))
            return reading.Declined;
        // What somebody plays to us may hold what only the two of us know.
        var kept = call with { Shown = text => ChannelHttp.Masked(text, gateway.Fields, values) };
        for (var again = false; ; again = true)
        {
            try
            {
                return await db.Write(s => Act(s, who with { TenantId = tenant }, channel, kept, reading), ct);
            }
            catch (ConflictException) when (!again)
            {
                // Two calls told of one payment that no order here is for; the other was first.
            }
        }
    }

    /// <summary>The token of the order that a payer comes back from, when the gateway has signed what they bring: who only knows a number sees nothing by it.</summary>
    public async Task<string?> OrderOf(Caller who, string route, string channelId, string query, CancellationToken ct)
    {
        var channel = await db.Read(s => PaymentChannelStore.Find(s, who.TenantId, channelId), ct);
        if (channel?.Gateway is not { Read: { } read } gateway || gateway.Route != route)
            return null;
        try
        {
            var values = channels.Values(channel);
            if (gateway.Lacks(values) is not null || read(GatewayCallback.Get(values, query, clock.GetUtcNow())) is not { Claim: not CallbackClaim.Refused } reading)
                return null;
            return await db.Read(async s => await AttemptStore.ByNumber(s, who.TenantId, reading.TradeNumber) is { } attempt && attempt.ChannelId == channel.Id ? (await OrderStore.Find(s, who.TenantId, attempt.OrderId))?.Token : null, ct);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private bool IsFlood(string channel)
    {
        var minute = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        return _refused.AddOrUpdate(channel, (minute, 1), (_, was) => was.Minute == minute ? (minute, was.Count + 1) : (minute, 1)).Count > MostRefused;
    }

    private async ValueTask<CallbackAnswer> Act(WriteTx s, Caller who, PaymentChannel channel, ReceivedCall call, CallbackReading reading)
    {
        var tenant = who.TenantId;
        Taken? taken = null;
        // Whoever began it is told as well: it is theirs to take in.
        var isElsewhere = channel.Gateway!.TellsAll && reading.Claim == CallbackClaim.Paid && ((await AttemptStore.ByNumber(s, tenant, reading.TradeNumber))?.ChannelId ?? reading.Channel) != channel.Id;
        switch (reading.Claim)
        {
            case CallbackClaim.Paid when isElsewhere:
                break;
            case CallbackClaim.Paid:
                taken = await taker.Take(s, tenant, channel, new(reading.TradeNumber, reading.GatewayNumber, reading.Amount, reading.Currency, reading.Proof));
                break;
            case CallbackClaim.Closed:
                await taker.Close(s, tenant, channel, reading.TradeNumber, reading.GatewayNumber);
                break;
            case CallbackClaim.Returned:
                await taker.Returned(s, tenant, channel, new(reading.TradeNumber, reading.GatewayNumber, reading.Proof, reading.Event, reading.Amount) { Won = reading.Won });
                break;
            case CallbackClaim.Refused:
                await security.Record(s, who, "payments.refused", "warn", channel.Name, reading.Checks.LastOrDefault(c => !c.Held).Name ?? "");
                break;
        }
        if (taken == Taken.Stray)
            reading = reading with { Checks = [.. reading.Checks.Where(c => c.Name != Ours), (Ours, false)] };
        await Keep(s, who, channel, call, reading, isElsewhere ? Elsewhere : taken is { } followed ? Verdict(followed) : reading.Claim.ToString().ToLowerInvariant());
        return reading.Claim == CallbackClaim.Refused || taken is Taken.Replayed or Taken.Unreadable or Taken.Stray ? reading.Declined : reading.Accepted;
    }

    private async ValueTask Keep(WriteTx s, Caller who, PaymentChannel channel, ReceivedCall call, CallbackReading reading, string verdict)
    {
        var attempt = reading.Claim == CallbackClaim.Refused ? null : await Counted(s, who.TenantId, reading.TradeNumber);
        if (attempt is "")
            return;
        await s.Execute(
            "INSERT INTO payment_calls (id, tenant_id, channel_id, attempt_id, at, ip, method, content, checks, verdict) VALUES (@id, @tenant, @channel, @attempt, @now, @ip, @method, @content, @checks, @verdict)",
            ("id", Ids.New()), ("tenant", who.TenantId), ("channel", channel.Id), ("attempt", attempt), ("now", clock.GetUtcNow().ToUnixTimeMilliseconds()), ("ip", who.Ip), ("method", call.Method),
            ("content", Cut.Units(call.Content.Replace("\0", "", StringComparison.Ordinal), 8000)), ("checks", Checks(reading)), ("verdict", verdict));
    }

    /// <summary>As the log names what became of a payment.</summary>
    internal static string Verdict(Taken taken) => taken.ToString().ToLowerInvariant();

    // The id of the attempt that a call is about; nothing when so many about it are kept already, null when there is none.
    private static async ValueTask<string?> Counted(WriteTx s, string tenant, string number) =>
        await s.One("UPDATE payment_attempts SET calls = calls + 1 WHERE tenant_id = @tenant AND trade_number = @number AND calls < @most RETURNING id", r => r.GetString(0), ("tenant", tenant), ("number", number), ("most", (long)MostKept))
        ?? (await AttemptStore.ByNumber(s, tenant, number) is null ? null : "");

    private static string Checks(CallbackReading reading) =>
        JsonSerializer.Serialize(reading.Checks.DistinctBy(c => c.Name).ToDictionary(c => c.Name, c => c.Held), PaymentJson.Default.DictionaryStringBoolean);

    [LoggerMessage(1, LogLevel.Error, "The secrets of the payment channel {Channel} cannot be opened with this key: its callbacks are answered with 503.")]
    private partial void LogSealed(string channel);
}
