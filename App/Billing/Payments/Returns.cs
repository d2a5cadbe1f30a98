using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Payments;

/// <summary>A gateway tells that money went back, or is disputed.</summary>
/// <param name="TradeNumber">Of the attempt; empty where it names the payment by <paramref name="Proof"/> alone.</param>
/// <param name="Event">In the gateway's own word.</param>
/// <param name="Amount">How much, in minor units of a currency; null where it is no plain amount.</param>
public sealed record GatewayReturn(string TradeNumber, string GatewayNumber, string Proof, string Event, Func<string, long?> Amount)
{
    /// <summary>The payer's bank takes it back, or says how that ended.</summary>
    public bool IsDispute => Event.Contains("dispute", StringComparison.Ordinal);

    /// <summary>How the dispute ended: true when the money stays ours; null: it did not, or nobody says.</summary>
    public bool? Won { get; init; }

    /// <summary>The event, and how it ended.</summary>
    public string Said => Won switch { true => Event + ": won", false => Event + ": lost", _ => Event };
}

/// <summary>Who decides what follows when money went back.</summary>
public interface IReturns
{
    /// <summary>Within the transaction that takes the news in, the order's row locked.</summary>
    ValueTask Told(WriteTx s, string tenant, Payment payment, Order order, GatewayReturn told);
}
