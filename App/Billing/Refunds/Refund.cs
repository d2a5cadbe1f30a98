using Gatehouse.Platform.Http;

namespace Gatehouse.Billing.Refunds;

/// <summary>A sum that goes back. Money in minor units, times in unix milliseconds.</summary>
/// <param name="PaymentId">That the gateway gives it back from; null where no gateway does.</param>
/// <param name="Source"><see cref="OfSale"/> or <see cref="OfPayment"/>.</param>
/// <param name="Way">A name of <see cref="RefundWay"/>.</param>
/// <param name="State">A name of <see cref="RefundState"/>.</param>
/// <param name="Number">Ours, by which the gateway knows it again.</param>
/// <param name="Answer">The gateway's last words, as a stored message.</param>
/// <param name="Sent">1: the gateway was asked to do it under this number.</param>
/// <param name="AskAt">When the gateway is asked next; null: not by itself any more.</param>
public sealed record Refund(
    string Id, string? OrderId, string? PaymentId, string Source, string Way, string State, string Currency, long Amount, string Number, string GatewayNumber, string Reason, string Reference, string Actor, string Answer,
    long Sent, long Tries, long? AskAt, long CreatedAt, long? DoneAt)
{
    /// <summary>Of what was sold.</summary>
    public const string OfSale = "sale";

    /// <summary>Of money that did not fit.</summary>
    public const string OfPayment = "payment";

    /// <summary>Nobody knows what became of it, or it did not work: staff decide.</summary>
    public bool Waits => State is RefundState.Failed or RefundState.Told || State == RefundState.Asked && AskAt is null;
}

/// <summary>The states of refunds. Their words are <c>refunds.state.NAME</c>.</summary>
public static class RefundState
{
    /// <summary>Decided and on the books; the gateway has not said that it is done.</summary>
    public const string Asked = "asked";
    public const string Done = "done";

    /// <summary>The gateway refused. It stays open until staff decide.</summary>
    public const string Failed = "failed";

    /// <summary>Staff gave it up: no money went.</summary>
    public const string Dropped = "dropped";

    /// <summary>The gateway says that money went back, or is disputed, and nobody here asked: staff decide what it was.</summary>
    public const string Told = "told";

    public static readonly IReadOnlyList<string> All = [Asked, Done, Failed, Dropped, Told];
}

/// <summary>How money goes back. The words are <c>refunds.way.NAME</c>.</summary>
public static class RefundWay
{
    public const string Gateway = "gateway";
    public const string Balance = "balance";

    /// <summary>Past every channel, by staff.</summary>
    public const string Hand = "hand";

    public static readonly IReadOnlyList<string> All = [Gateway, Balance, Hand];
}

/// <summary>A refund that staff want.</summary>
/// <param name="Amount">Null: all that is left.</param>
/// <param name="Way">Null: the way it came, as far as that is possible.</param>
/// <param name="Keys"><c>revoke</c> or <c>keep</c>; null: revoke when all goes back.</param>
public sealed record RefundWanted(long? Amount, string? Reason, string? Way, string? Reference, string? Keys)
{
    public const string Revoke = "revoke", Keep = "keep";
}

/// <summary>What requests about refunds are refused with.</summary>
public static class RefundErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_REFUND");
    public static readonly ErrorCode State = new(409, "REFUND_STATE");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, State];
}
