using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Accounts.Customers;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Formats;
using Gatehouse.Messaging.Sending;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.MyChannels;

/// <summary>
/// A customer's own channels. One tells nothing until a code that was sent by it has been typed in: whoever names somebody else's robot
/// cannot make it speak. Staff neither see nor change them.
/// </summary>
public sealed class MyChannelService(ChannelSecrets secrets, ChannelTrial trial, SecretBox box, TimeProvider clock)
{
    /// <summary>How many a customer may have.</summary>
    internal const int Most = 5;

    internal const int Minutes = 10;
    internal const int MaxTries = 5;
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(60);

    /// <summary>What customers may have.</summary>
    public static readonly IReadOnlyList<ChannelKind> Kinds = [.. ChannelKinds.All.Where(k => k.ForCustomers)];

    /// <summary>Their channels, the oldest first, and the ids of those that wait for a code.</summary>
    public async ValueTask<IReadOnlyList<MyChannel>> List(ReadTx s, Caller who)
    {
        var waiting = await MyChannelStore.Waiting(s, who.TenantId, who.Id!);
        return [.. (await ChannelStore.AllOf(s, who.TenantId, who.Id!)).Select(c => new MyChannel(c, waiting.Contains(c.Id)))];
    }

    /// <exception cref="Refusal">404 NO_SUCH_CHANNEL: also for somebody else's.</exception>
    public async ValueTask<MyChannel> Get(ReadTx s, Caller who, string id) => (await List(s, who)).FirstOrDefault(c => c.Channel.Id == id) ?? throw new Refusal(ChannelErrors.NotFound);

    /// <summary>Keeps a channel and makes its code, which <see cref="Send"/> sends.</summary>
    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public async ValueTask<(Channel Channel, string Code)> Create(WriteTx s, Caller who, Channel wanted, string language)
    {
        await Lock(s, who);
        var mine = await ChannelStore.AllOf(s, who.TenantId, who.Id!);
        if (mine.Count >= Most)
            throw Refusal.Field("name", "mychannels.most", Most);
        if (Kinds.All(k => k.Name != wanted.Kind))
            throw Refusal.Field("kind", "field.one_of", string.Join(", ", Kinds.Select(k => k.Name)));
        await Pace(s, who);
        var channel = secrets.Checked(Channel.Fields.Checked(wanted), null) with { Id = Ids.New(), Enabled = false, Language = language, CreatedAt = Now(), UpdatedAt = Now() };
        await ChannelStore.InsertOwn(s, who.TenantId, who.Id!, channel);
        return (channel, await NewCode(s, who, channel));
    }

    /// <summary>Another code for a channel that waits for one; null for one that does not: it is to be sent a test.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_CHANNEL; 429 RATE_LIMITED.</exception>
    public async ValueTask<(Channel Channel, string? Code)> Again(WriteTx s, Caller who, string id)
    {
        await Lock(s, who);
        var (channel, waits) = await Get(s, who, id);
        await Pace(s, who);
        return (channel, waits ? await NewCode(s, who, channel) : null);
    }

    /// <summary>Sends a code, or a test where there is none, at once, and tells what the other side said.</summary>
    public async Task<ChannelVerdict> Send(Caller who, Channel channel, string? code, Localizer text, CancellationToken ct) => code is null
        ? await trial.Send(who.TenantId, channel, true, text["channels.test.title"], text["channels.test.body"], text.Language, ct)
        : await trial.Send(who.TenantId, channel, true, text["mychannels.code.title"], text["mychannels.code.body", code, Minutes.ToString(CultureInfo.InvariantCulture)], text.Language, ct);

    /// <summary>Keeps what came of it, for their page; a channel that is gone by then keeps nothing.</summary>
    public async ValueTask<bool> Note(WriteTx s, Caller who, Channel channel, ChannelVerdict verdict)
    {
        await ChannelStore.Note(s, who.TenantId, channel.Id, await s.Now(), verdict.Outcome == ChannelOutcome.Sent, verdict.Answer.ToStored(), null);
        return true;
    }

    /// <summary>Switches the channel on when that is the code.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_CHANNEL; 422 on <c>code</c>.</exception>
    public async ValueTask<bool> Prove(WriteTx s, Caller who, string id, string typed)
    {
        await Lock(s, who);
        var channel = (await Get(s, who, id)).Channel;
        if (await MyChannelStore.Code(s, who.TenantId, id) is not { } code)
            return true;
        if (code.Tries >= MaxTries || code.ExpiresAt <= Now() || code.Sealed.Length == 0)
            throw Refusal.Field("code", "mychannels.code.over");
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(typed.Trim()), box.Open(code.Sealed, MyChannelStore.Sealed.Purpose)))
        {
            // It must be counted, so the transaction stands.
            await MyChannelStore.Wrong(s, who.TenantId, id);
            return false;
        }
        await MyChannelStore.Proved(s, who.TenantId, id);
        await ChannelStore.Update(s, who.TenantId, channel with { Enabled = true, UpdatedAt = Now() }, anew: true);
        return true;
    }

    /// <summary>Chooses what comes by it, and whether anything does; what is not named stays.</summary>
    /// <param name="events">Null or see <see cref="ChannelEvents"/>.</param>
    /// <exception cref="Refusal">404 NO_SUCH_CHANNEL; 422 on <c>enabled</c> while it waits for its code.</exception>
    public async ValueTask<MyChannel> Choose(WriteTx s, Caller who, string id, string? events, bool? enabled)
    {
        await Lock(s, who);
        var (channel, waits) = await Get(s, who, id);
        if (waits && enabled == true)
            throw Refusal.Field("enabled", "mychannels.code.first");
        var chosen = channel with { Events = ChannelEvents.Overlaid(channel.Events, events ?? "{}"), Enabled = enabled ?? channel.Enabled, UpdatedAt = Now() };
        await ChannelStore.Update(s, who.TenantId, chosen, anew: chosen.Enabled && !channel.Enabled);
        return new MyChannel(chosen, waits);
    }

    /// <exception cref="Refusal">404 NO_SUCH_CHANNEL.</exception>
    public async ValueTask<Channel> Remove(WriteTx s, Caller who, string id)
    {
        await Lock(s, who);
        var (channel, _) = await Get(s, who, id);
        await ChannelStore.Delete(s, who.TenantId, id);
        return channel;
    }

    private async ValueTask<string> NewCode(WriteTx s, Caller who, Channel channel)
    {
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        await MyChannelStore.SetCode(s, who.TenantId, channel.Id, box.Seal(Encoding.UTF8.GetBytes(code), MyChannelStore.Sealed.Purpose), Now() + Minutes * 60_000L);
        return code;
    }

    // What is sent at once could trouble somebody else.
    private async ValueTask Pace(WriteTx s, Caller who)
    {
        var next = await MyChannelStore.LastSent(s, who.TenantId, who.Id!) + (long)Pause.TotalMilliseconds ?? 0;
        if (next > Now() && next <= Now() + (long)Pause.TotalMilliseconds)
            throw new Refusal(HttpErrors.RateLimited) { RetryAfter = TimeSpan.FromMilliseconds(next - Now()) };
        await MyChannelStore.Sent(s, who.TenantId, who.Id!, Now());
    }

    private async ValueTask Lock(WriteTx s, Caller who)
    {
        if (await CustomerStore.FindLocked(s, who.TenantId, who.Id!, Now()) is null)
            throw new Refusal(HttpErrors.Unauthorized);
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <param name="Waits">It has not been shown to be theirs.</param>
public sealed record MyChannel(Channel Channel, bool Waits);
