using Gatehouse.Messaging.Formats;

namespace Gatehouse.Billing.Gateways;

/// <summary>
/// A kind of payment channel, as data: what it has to know, how it asks for money, and how it tells that money came. Pure: nothing here
/// sends, stores or decides about an order. Formats and answers are the gateways' own.
/// </summary>
/// <param name="Name">Stable; its words are <c>payments.kind.NAME</c>, and how to find its values <c>payments.kind.NAME.help</c>.</param>
/// <param name="Route">The part of the address that its callbacks come to, <c>/pay/ROUTE/CHANNEL/notify</c>; null for kinds that nobody calls back for.</param>
public sealed record GatewayKind(string Name, string? Route, IReadOnlyList<ChannelField> Fields)
{
    /// <summary>The currencies that it can ask for; empty: whichever the operator names.</summary>
    public IReadOnlyList<string> Currencies { get; init; } = [];

    /// <summary>The longest text that it takes as what is being paid for, in bytes of UTF-8.</summary>
    public int MaxSubject { get; init; } = 127;

    /// <summary>What is wrong with values that are each good by themselves, such as a key pair that does not fit: field and key of the fault; null when nothing is.</summary>
    public Func<IReadOnlyDictionary<string, string>, (string Field, string Fault)?>? Fault { get; init; }

    /// <summary>Asks for the money. Null for kinds that need no gateway.</summary>
    public GatewayStart? Start { get; init; }

    /// <summary>Reads what somebody sent to the notify address. It says what is claimed and which checks it passed, and believes nothing.</summary>
    public Func<GatewayCallback, CallbackReading>? Read { get; init; }

    /// <summary>Asks what became of an attempt; null where the gateway cannot be asked.</summary>
    public GatewayQuestion<QueryReading>? Query { get; init; }

    /// <summary>Gives money back; null where it can only be done by hand.</summary>
    public GatewayQuestion<RefundReading>? Refund { get; init; }

    /// <summary>Takes an unpaid attempt back, so that nobody pays it any more; null where the gateway has no such call.</summary>
    public GatewayQuestion<CloseReading>? Close { get; init; }

    /// <summary>The field of that name; null when it has none.</summary>
    public ChannelField? Field(string name) => Fields.FirstOrDefault(f => f.Name == name);
}

/// <summary>How a payment begins: at once by what we sign ourselves, or by what the gateway answers.</summary>
public abstract record GatewayStart
{
    /// <summary>No call: the browser is sent there with what we signed.</summary>
    public sealed record Local(Func<GatewayCall, PaymentPrompt> Prompt) : GatewayStart;

    /// <summary>The gateway is called first.</summary>
    public sealed record Remote(GatewayQuestion<StartReading> Question) : GatewayStart;

    /// <summary>One or the other, as the channel's settings say.</summary>
    public sealed record Chosen(Func<IReadOnlyDictionary<string, string>, GatewayStart> By) : GatewayStart;
}

/// <summary>A call to a gateway and how its answer is read.</summary>
public sealed record GatewayQuestion<T>(Func<GatewayCall, ChannelRequest> Write, Func<GatewayCall, ChannelReply, T> Read);

/// <summary>What a gateway is asked about: one attempt to pay.</summary>
/// <param name="Values">The channel's settings, secrets among them.</param>
/// <param name="Refund">What is to be given back; null in other calls.</param>
public sealed record GatewayCall(IReadOnlyDictionary<string, string> Values, PaymentRequest Payment, DateTimeOffset Now, RefundRequest? Refund = null)
{
    /// <summary>A value; empty where it is not given.</summary>
    public string this[string name] => Values.GetValueOrDefault(name, "");
}

/// <summary>What is to be paid, as the gateway hears of it.</summary>
/// <param name="TradeNumber">Ours for this attempt: letters and digits, never used twice.</param>
/// <param name="Amount">In minor units of the currency.</param>
/// <param name="Subject">What the payer reads; never compared with what comes back.</param>
/// <param name="NotifyUrl">With the channel's id in its path and nothing behind it.</param>
/// <param name="ExpiresAt">When the order is cancelled unless it is paid.</param>
/// <param name="GatewayNumber">The gateway's own, once it has said one; empty before.</param>
public sealed record PaymentRequest(string TradeNumber, long Amount, string Currency, string Subject, string NotifyUrl, string ReturnUrl, DateTimeOffset ExpiresAt,
    string GatewayNumber = "", string Email = "", string ClientIp = "", bool Phone = false);

/// <param name="Number">Ours for this refund: the same at each try, so that a gateway that knows it does it once.</param>
/// <param name="Amount">In minor units of the payment's currency.</param>
public sealed record RefundRequest(string Number, long Amount, string Reason);

/// <summary>What the payer is shown.</summary>
/// <param name="Kind"><c>redirect</c>: the browser goes to <paramref name="Url"/>; <c>form</c>: it posts <paramref name="Fields"/> there; <c>qr</c>: <paramref name="Qr"/> is
/// scanned; <c>address</c>: <paramref name="Amount"/> is sent to <paramref name="Address"/>, to the last digit; <c>none</c>: nothing is left to do.</param>
/// <param name="Amount">As the payer has to send it, where that is another than the order's, such as in a coin.</param>
public sealed record PaymentPrompt(string Kind, string? Url = null, string? Qr = null, IReadOnlyList<KeyValuePair<string, string>>? Fields = null, string? Address = null, string? Amount = null);

/// <summary>What came of asking for money.</summary>
/// <param name="Prompt">Null when it was refused.</param>
/// <param name="GatewayNumber">The gateway's own number where it gives one at once.</param>
/// <param name="Answer">In the gateway's own words, for staff.</param>
/// <param name="Later">It may work when tried again.</param>
public sealed record StartReading(PaymentPrompt? Prompt, string GatewayNumber, string Answer, bool Later = false);

/// <summary>A call that came in, as it was received.</summary>
/// <param name="Fields">By their names, decoded once, from the query alone or from the body alone; a name that comes twice is a fault (<see cref="Doubled"/>).</param>
/// <param name="Body">The raw bytes: some signatures are over them.</param>
/// <param name="Headers">Those that kinds ask for, by lower-case name.</param>
public sealed record GatewayCallback(IReadOnlyDictionary<string, string> Values, IReadOnlyList<KeyValuePair<string, string>> Fields, ReadOnlyMemory<byte> Body,
    IReadOnlyDictionary<string, string> Headers, DateTimeOffset Now)
{
    /// <summary>A value of the channel; empty where it is not given.</summary>
    public string this[string name] => Values.GetValueOrDefault(name, "");

    /// <summary>Does a name come twice?</summary>
    public bool Doubled => Fields.Select(f => f.Key).Distinct(StringComparer.Ordinal).Count() != Fields.Count;

    /// <summary>The field of that name; null when there is none.</summary>
    public string? Field(string name)
    {
        foreach (var (key, value) in Fields)
            if (key == name)
                return value;
        return null;
    }
}

/// <summary>What a call claims.</summary>
public enum CallbackClaim
{
    /// <summary>The attempt was paid.</summary>
    Paid,

    /// <summary>Well signed, and nothing to act on: another state, another kind of event.</summary>
    Nothing,

    /// <summary>The gateway gave up or let it expire: nobody will pay it any more.</summary>
    Closed,

    /// <summary>Money went back, or is disputed: for staff to see.</summary>
    Returned,

    /// <summary>A check failed: nothing of it is true.</summary>
    Refused,
}

/// <summary>What was read from a call.</summary>
/// <param name="Checks">Each check in its order and whether it held; what follows one that failed was not looked at. The names are <c>payments.check.NAME</c>.</param>
/// <param name="TradeNumber">Ours, as it came back.</param>
/// <param name="GatewayNumber">The gateway's own: the same for one payment however often it is told.</param>
/// <param name="Amount">In minor units; null where the text was no plain amount of the currency, or none came.</param>
/// <param name="Currency">Null where the gateway does not say one: then the attempt's holds.</param>
/// <param name="Accepted">The answer, to the byte, once it was taken in.</param>
/// <param name="Declined">The answer to what was refused.</param>
public sealed record CallbackReading(CallbackClaim Claim, IReadOnlyList<(string Name, bool Held)> Checks, string TradeNumber, string GatewayNumber, string AmountText, long? Amount, string? Currency,
    CallbackAnswer Accepted, CallbackAnswer Declined)
{
    /// <summary>What else is worth keeping, such as a transaction's hash; empty where there is none.</summary>
    public string Proof { get; init; } = "";
}

/// <summary>What a gateway is answered.</summary>
public sealed record CallbackAnswer(int Status, string Body, string ContentType = "text/plain");

/// <summary>What a gateway says of an attempt when it is asked.</summary>
public enum PaymentState { Unknown, Pending, Paid, Closed, Returned }

/// <param name="State">Unknown: the gateway gave no answer to rely on; nothing follows from it.</param>
/// <param name="Amount">In minor units of the attempt's currency; null where none was told.</param>
public sealed record QueryReading(PaymentState State, string GatewayNumber, long? Amount, string? Currency, string Answer);

/// <param name="Done">True: the money is on its way back; false: refused; null: nobody knows yet, ask again.</param>
/// <param name="Number">The gateway's own number of the refund; empty where it gives none.</param>
public sealed record RefundReading(bool? Done, string Number, string Answer);

/// <param name="Closed">True: nobody can pay it any more; false: it was paid, or the gateway refused; null: nobody knows.</param>
public sealed record CloseReading(bool? Closed, string Answer);
