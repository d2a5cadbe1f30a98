namespace Gatehouse.Tests.Billing.Support;

/// <summary>A request as a gateway sees it.</summary>
/// <param name="Fields">Of the form or, where there is none, of the query.</param>
public sealed record Asked(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, string Body, IReadOnlyDictionary<string, string> Fields);

/// <summary>What the merchant answered to a notify, and whether that gateway takes it for taken in.</summary>
public sealed record Heard(int Status, string Body, bool Accepted);

/// <summary>A payment as a gateway keeps it.</summary>
public sealed class TestOrder
{
    public required string TradeNumber { get; init; }

    public required string GatewayNumber { get; init; }

    /// <summary>As it was asked for, in major units (of Stripe: in Stripe's).</summary>
    public required string Amount { get; init; }

    public required string NotifyUrl { get; init; }

    public string Currency { get; init; } = "";

    public bool Paid { get; set; }

    public bool Closed { get; set; }

    /// <summary>What was given back, by the number that the merchant gave it, or one that the gateway made.</summary>
    public Dictionary<string, decimal> Refunds { get; } = [];

    /// <summary>All that it was asked with.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }
}

/// <summary>How a notify is sent, where it is not sent as usual. Values of the gateways for USDT and of Stripe are JSON: a text has its quotes.</summary>
public sealed record Notice
{
    /// <summary>By POST, where the gateway otherwise sends GET.</summary>
    public bool Post { get; init; }

    /// <summary>So many times, one after another; all at once if <see cref="AtOnce"/>.</summary>
    public int Times { get; init; } = 1;

    public bool AtOnce { get; init; }

    /// <summary>Changes the fields before they are signed: another amount, fields that nobody knows.</summary>
    public Action<IDictionary<string, string>>? Signing { get; init; }

    /// <summary>Changes them on the way.</summary>
    public Action<IDictionary<string, string>>? Tampering { get; init; }

    /// <summary>Signs with this instead of the gateway's key.</summary>
    public string? Key { get; init; }

    /// <summary>Says it to this address instead of the one that it was asked to.</summary>
    public string? Url { get; init; }

    /// <summary>What happened, where it is not that it was paid: <c>3</c> of USDT, <c>checkout.session.expired</c>, <c>TRADE_CLOSED</c>.</summary>
    public string? Event { get; init; }
}

/// <summary>What a gateway does instead of what it should.</summary>
public enum Trouble
{
    None,

    /// <summary>Answers after a minute.</summary>
    Slow,

    /// <summary>302 to another of its pages.</summary>
    Redirect,

    /// <summary>500 with a page.</summary>
    Broken,

    /// <summary>200 with a page.</summary>
    Nonsense,

    /// <summary>200 with an error as it writes them.</summary>
    Refusing,

    /// <summary>Answers about another order.</summary>
    WrongOrder,

    /// <summary>Answers with another amount.</summary>
    WrongAmount,

    /// <summary>Answers without a signature, where there is one.</summary>
    Unsigned,

    /// <summary>Answers as it should, and signs with the key of somebody else.</summary>
    Forged,
}
