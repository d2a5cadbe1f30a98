using Gatehouse.Messaging.Formats;

namespace Gatehouse.Billing.Gateways;

/// <summary>
/// A kind of payment channel, as data: what it has to know, how it asks for money, and how it tells that money came. Pure: nothing here
/// sends, stores or decides about an order. Formats and answers are the gateways' own.
/// </summary>
/// <param name="Name">Stable.</param>
/// <param name="Route">The part of the address that its callbacks come to, <c>/pay/ROUTE/CHANNEL/notify</c>; null for kinds that nobody calls back for.</param>
public sealed record GatewayKind(string Name, string? Route, IReadOnlyList<ChannelField> Fields)
{
    /// <summary>The words for its name.</summary>
    public string Title => "payments.kind." + Name;

    /// <summary>The words that a buyer knows it by.</summary>
    public string ShortTitle => $"payments.kind.{Name}.short";

    /// <summary>The words for how its values are found.</summary>
    public string Help => $"payments.kind.{Name}.help";

    /// <summary>The currencies that it can ask for; empty: whichever the operator names.</summary>
    public IReadOnlyList<string> Currencies { get; init; } = [];

    /// <summary>Nothing that it sends or tells names a currency: a channel of this kind has one, or an amount in one could be paid in another.</summary>
    public bool OneCurrency { get; init; }

    /// <summary>The longest text that it takes as what is being paid for, in bytes of UTF-8.</summary>
    public int MaxSubject { get; init; } = 127;

    /// <summary>What is wrong with values that are each good by themselves, such as a key pair that does not fit: field and key of the fault; null when nothing is.</summary>
    public Func<IReadOnlyDictionary<string, string>, (string Field, string Fault)?>? Fault { get; init; }

    /// <summary>What else it cannot ask for: the key of the fault, null when it can. Asked by <see cref="Unfit"/>.</summary>
    public Func<PaymentRequest, string?>? Limit { get; init; }

    /// <summary>Asks for the money. Null for kinds that need no gateway.</summary>
    public GatewayStart? Start { get; init; }

    /// <summary>Reads what somebody sent to the notify address. It says what is claimed and which checks it passed, and believes nothing.</summary>
    public Func<GatewayCallback, CallbackReading>? Read { get; init; }

    /// <summary>The headers that <see cref="Read"/> looks at, by their lower-case names.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>A callback as the gateway would send it for a payment, by which staff see that their own settings accept it; null where only the gateway can sign one.</summary>
    public Func<GatewayCall, GatewayCallback>? Sample { get; init; }

    /// <summary>Asks what became of an attempt; null where the gateway cannot be asked.</summary>
    public GatewayQuestion<QueryReading>? Query { get; init; }

    /// <summary>Gives money back; null where it can only be done by hand.</summary>
    public GatewayQuestion<RefundReading>? Refund { get; init; }

    /// <summary>Asks what became of a refund; null where the gateway cannot be asked.</summary>
    public GatewayQuestion<RefundReading>? RefundQuery { get; init; }

    /// <summary>It knows no number of ours for a refund: the same one asked for twice is paid twice. What came of it is found by <see cref="RefundQuery"/> or by staff.</summary>
    public bool RefundOnce { get; init; }

    /// <summary>Takes an unpaid attempt back, so that nobody pays it any more; null where the gateway has no such call. After a refusal ask by <see cref="Query"/> what it is.</summary>
    public GatewayQuestion<CloseReading>? Close { get; init; }

    /// <summary>It tells each of its notify addresses of everything that happens in the account: also of what was begun by another channel, or elsewhere.</summary>
    public bool TellsAll { get; init; }

    /// <summary>It is asked by its own number only: there is nothing to ask or to close until it has told one.</summary>
    public bool ByNumber { get; init; }

    /// <summary>The field of that name; null when it has none.</summary>
    public ChannelField? Field(string name) => Fields.FirstOrDefault(f => f.Name == name);

    /// <summary>The first field that must be there and is not, such as a secret whose key was lost: then the channel is of no use.</summary>
    public ChannelField? Lacks(IReadOnlyDictionary<string, string> values) => Fields.FirstOrDefault(f => !f.Optional && values.GetValueOrDefault(f.Name, "").Length == 0);

    /// <summary>Why it cannot ask for that: a key of the words, null when it can.</summary>
    public string? Unfit(PaymentRequest payment) =>
        payment.Amount <= 0 ? "payments.wrong.amount" : Currencies.Count > 0 && !Currencies.Contains(payment.Currency) ? "payments.wrong.currency" : Limit?.Invoke(payment);

    /// <summary>The words for a field's name.</summary>
    public static string Label(ChannelField field) => "payments.field." + field.Name;

    /// <summary>What helps with a field, where there is something to say.</summary>
    public static string FieldHelp(ChannelField field) => "payments.hint." + field.Name;

    /// <summary>The words for one of a field's choices.</summary>
    public static string ChoiceLabel(string choice) => "payments.choice." + choice;

    /// <summary>The words for what a check of a callback looks at.</summary>
    public static string CheckLabel(string check) => "payments.check." + check;
}

/// <summary>How a payment begins: at once by what we sign ourselves, or by what the gateway answers.</summary>
public abstract record GatewayStart
{
    /// <summary>No call: the browser is sent there with what we signed. To be made anew for each visit: some carry the time.</summary>
    public sealed record Local(Func<GatewayCall, PaymentPrompt> Prompt) : GatewayStart;

    /// <summary>The gateway is called first.</summary>
    public sealed record Remote(GatewayQuestion<StartReading> Question) : GatewayStart;

    /// <summary>One or the other, as the channel's settings say.</summary>
    public sealed record Chosen(Func<IReadOnlyDictionary<string, string>, GatewayStart> By) : GatewayStart;

    /// <summary>What holds with these settings: never <see cref="Chosen"/>.</summary>
    public GatewayStart With(IReadOnlyDictionary<string, string> values) => this is Chosen chosen ? chosen.By(values).With(values) : this;
}

/// <summary>A call to a gateway and how its answer is read.</summary>
public sealed record GatewayQuestion<T>(Func<GatewayCall, ChannelRequest> Write, Func<GatewayCall, ChannelReply, T> Read) where T : class, IGatewayReading<T>;
