namespace Gatehouse.Billing.Gateways;

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
/// <param name="ReturnUrl">With nothing behind its path, too.</param>
/// <param name="ExpiresAt">When the order is cancelled unless it is paid.</param>
/// <param name="GatewayNumber">The gateway's own, once it has said one; empty before.</param>
/// <param name="Proof">What was read beside it (<see cref="CallbackReading.Proof"/>); empty before.</param>
public sealed record PaymentRequest(string TradeNumber, long Amount, string Currency, string Subject, string NotifyUrl, string ReturnUrl, DateTimeOffset ExpiresAt,
    string GatewayNumber = "", string Proof = "", string Email = "", string ClientIp = "", bool Phone = false)
{
    /// <summary>The id of the channel that asks; empty where no call is expected back.</summary>
    public string Channel { get; init; } = "";
}

/// <param name="Number">Ours for this refund: the same at each try, so that a gateway that knows it does it once.</param>
/// <param name="Amount">In minor units of the payment's currency.</param>
public sealed record RefundRequest(string Number, long Amount, string Reason);

/// <summary>What the payer is shown.</summary>
/// <param name="Kind"><c>redirect</c>: the browser goes to <paramref name="Url"/>; <c>form</c>: it posts <paramref name="Fields"/> there; <c>qr</c>: <paramref name="Qr"/> is
/// scanned; <c>address</c>: <paramref name="Amount"/> is sent to <paramref name="Address"/>, to the last digit; <c>none</c>: nothing is left to do here.</param>
/// <param name="Amount">As the payer has to send it, where that is another than the order's, such as in a coin.</param>
public sealed record PaymentPrompt(string Kind, string? Url = null, string? Qr = null, IReadOnlyList<KeyValuePair<string, string>>? Fields = null, string? Address = null, string? Amount = null)
{
    /// <summary>What <see cref="Amount"/> counts and by which network it is sent: another would lose it.</summary>
    public string? Coin { get; init; }

    /// <summary>The operator's words on how to pay.</summary>
    public string? Words { get; init; }

    /// <summary>The operator's picture, such as of a code to scan: a <c>data:</c> address.</summary>
    public string? Picture { get; init; }
}

/// <summary>What was read from an answer.</summary>
public interface IGatewayReading<T>
{
    /// <summary>In the gateway's own words, for staff.</summary>
    string Answer { get; }

    /// <summary>The same in other words.</summary>
    T Saying(string answer);
}

/// <summary>What came of asking for money.</summary>
/// <param name="Prompt">Null when it was refused.</param>
/// <param name="GatewayNumber">The gateway's own number where it gives one at once.</param>
/// <param name="Later">It may work when tried again.</param>
public sealed record StartReading(PaymentPrompt? Prompt, string GatewayNumber, string Answer, bool Later = false) : IGatewayReading<StartReading>
{
    public StartReading Saying(string answer) => this with { Answer = answer };
}

/// <summary>What a gateway says of an attempt when it is asked.</summary>
public enum PaymentState
{
    /// <summary>It gave no answer to rely on; nothing follows from it.</summary>
    Unknown,
    Pending,
    Paid,

    /// <summary>It gave up or let it expire: nobody can pay it any more.</summary>
    Closed,

    /// <summary>It was paid, and money went back or is held: for staff to see.</summary>
    Returned,
}

/// <param name="Amount">In minor units of the attempt's currency; null where none was told. What is paid always has one.</param>
/// <param name="Currency">Null where the gateway does not say one: then the attempt's holds.</param>
public sealed record QueryReading(PaymentState State, string GatewayNumber, long? Amount, string? Currency, string Answer) : IGatewayReading<QueryReading>
{
    /// <summary>As <see cref="CallbackReading.Proof"/>.</summary>
    public string Proof { get; init; } = "";

    public QueryReading Saying(string answer) => this with { Answer = answer };

    /// <summary>Nothing to rely on.</summary>
    internal static QueryReading Unknown(string answer) => new(PaymentState.Unknown, "", null, null, answer);

    /// <summary>What was told, unless it is a payment without an amount that could be read: nothing follows from that.</summary>
    internal static QueryReading Told(PaymentState state, string number, long? amount, string? currency, string answer, string proof = "") =>
        state is PaymentState.Unknown || state is PaymentState.Paid && (amount is null || number.Length == 0) ? Unknown(answer) : new(state, number, amount, currency, answer) { Proof = proof };
}

/// <param name="Done">True: the money is on its way back; false: refused; null: nobody knows yet, ask again.</param>
/// <param name="Number">The gateway's own number of the refund; empty where it gives none.</param>
public sealed record RefundReading(bool? Done, string Number, string Answer) : IGatewayReading<RefundReading>
{
    public RefundReading Saying(string answer) => this with { Answer = answer };
}

/// <param name="Closed">True: nobody can pay it any more; false: it was paid, or the gateway refused; null: nobody knows.</param>
public sealed record CloseReading(bool? Closed, string Answer) : IGatewayReading<CloseReading>
{
    public CloseReading Saying(string answer) => this with { Answer = answer };
}
