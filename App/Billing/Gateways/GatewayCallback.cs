using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Billing.Gateways;

/// <summary>A call that came in, as it was received.</summary>
/// <param name="Values">The channel's settings, secrets among them.</param>
/// <param name="Fields">By their names, decoded once, from the query alone or from the body alone; a name that comes twice is a fault (<see cref="Doubled"/>).</param>
/// <param name="Body">The raw bytes: some signatures are over them.</param>
/// <param name="Headers">Those that the kind asks for, by lower-case name.</param>
public sealed record GatewayCallback(IReadOnlyDictionary<string, string> Values, IReadOnlyList<KeyValuePair<string, string>> Fields, ReadOnlyMemory<byte> Body,
    IReadOnlyDictionary<string, string> Headers, DateTimeOffset Now)
{
    /// <summary>More than any gateway sends.</summary>
    private const int MaxFields = 100;

    private static readonly Dictionary<string, string> NoHeaders = [];

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

    /// <summary>A call by GET: its fields are the query's.</summary>
    public static GatewayCallback Get(IReadOnlyDictionary<string, string> values, string query, DateTimeOffset now) => new(values, Decoded(query), default, NoHeaders, now);

    /// <summary>A call by POST: its fields are the body's where that is a form, and there are none where it is something else. The query is not looked at.</summary>
    public static GatewayCallback Post(IReadOnlyDictionary<string, string> values, string contentType, ReadOnlyMemory<byte> body, IReadOnlyDictionary<string, string> headers, DateTimeOffset now) =>
        new(values, contentType.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ? Decoded(Encoding.UTF8.GetString(body.Span)) : [], body, headers, now);

    // A plus is a space: the one decoder for queries and bodies.
    private static List<KeyValuePair<string, string>> Decoded(string text)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var pair in new QueryStringEnumerable(text))
        {
            if (fields.Count == MaxFields)
                return [];
            fields.Add(new(pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        }
        return fields;
    }
}

/// <summary>What a call claims.</summary>
public enum CallbackClaim
{
    /// <summary>The attempt was paid.</summary>
    Paid,

    /// <summary>Well signed, and nothing to act on: another state, another kind of event, an order that is none of ours.</summary>
    Nothing,

    /// <summary>The gateway gave up or let it expire: nobody will pay it any more.</summary>
    Closed,

    /// <summary>Money went back, or is disputed: for staff to see.</summary>
    Returned,

    /// <summary>A check failed: nothing of it is true.</summary>
    Refused,
}

/// <summary>What was read from a call.</summary>
/// <param name="Checks">Each check in its order and whether it held; what follows one that failed was not looked at. The names are <c>payments.check.NAME</c>.
/// Another state than paid is told by <c>status</c> that does not hold, and is not refused for it.</param>
/// <param name="TradeNumber">Ours, as it came back; empty where none did.</param>
/// <param name="GatewayNumber">The gateway's own: the same for one payment however often it is told.</param>
/// <param name="AmountText">In major units, as it was told.</param>
/// <param name="Currency">Null where the gateway does not say one: then the attempt's holds.</param>
/// <param name="Accepted">The answer, to the byte, once it was taken in.</param>
/// <param name="Declined">The answer to what was refused.</param>
public sealed record CallbackReading(CallbackClaim Claim, IReadOnlyList<(string Name, bool Held)> Checks, string TradeNumber, string GatewayNumber, string AmountText, string? Currency,
    CallbackAnswer Accepted, CallbackAnswer Declined)
{
    /// <summary>What else is worth keeping: a transaction's hash, a payer's number for it, what a refund is asked for by. Empty where there is none.</summary>
    public string Proof { get; init; } = "";

    /// <summary>What happened in the gateway's own word, such as <c>TRADE_SUCCESS</c> or <c>charge.refunded</c>.</summary>
    public string Event { get; init; } = "";

    /// <summary>How a dispute ended: true when the money stays the merchant's; null: it did not, or nothing is said.</summary>
    public bool? Won { get; init; }

    /// <summary>The id of the channel that it was begun by, where the gateway brings that back; else empty.</summary>
    public string Channel { get; init; } = "";

    /// <summary>In minor units; null where the text is no plain amount of that currency.</summary>
    public long? Amount(string currency) => GatewayAmount.Parse(AmountText, currency);
}

/// <summary>What a gateway is answered.</summary>
public sealed record CallbackAnswer(int Status, string Body, string ContentType = "text/plain")
{
    /// <summary>To whatever is refused. Without the word that gateways look for, and not with 200, which is enough for some.</summary>
    public static readonly CallbackAnswer Fail = new(400, "fail");
}

/// <summary>Looks at one thing after another until one does not hold.</summary>
internal sealed class CallbackChecks
{
    private readonly List<(string Name, bool Held)> _done = [];

    /// <summary>As long as all held.</summary>
    public CallbackClaim Claim { get; private set; } = CallbackClaim.Paid;

    public IReadOnlyList<(string Name, bool Held)> Done => _done;

    /// <summary>What refuses the call unless it holds.</summary>
    public CallbackChecks And(string name, Func<bool> holds) => Look(name, () => holds() ? CallbackClaim.Paid : CallbackClaim.Refused);

    /// <summary>What makes another claim of it unless it is paid.</summary>
    public CallbackChecks Look(string name, Func<CallbackClaim> claim)
    {
        if (Claim == CallbackClaim.Paid)
            _done.Add((name, (Claim = claim()) == CallbackClaim.Paid));
        return this;
    }
}
