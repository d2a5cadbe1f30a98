using Gatehouse.Platform.Http;

namespace Gatehouse.Billing.Channels;

/// <summary>What a payment by a channel costs, and who carries it.</summary>
public static class ChannelFee
{
    /// <summary>It is added to what the buyer pays, and shown before they do.</summary>
    public const string Buyer = "buyer";

    /// <summary>The buyer pays the price; the channel keeps its part of that.</summary>
    public const string Operator = "operator";

    public static readonly IReadOnlyList<string> Carriers = [Buyer, Operator];

    /// <summary>Half of the price: more is a slip of the pen.</summary>
    internal const long MaxRate = 5_000;

    private const int Whole = 10_000;

    /// <summary>A part of the price and something fixed, in minor units; half a unit and more is a whole one.</summary>
    /// <param name="rate">Hundredths of a percent.</param>
    public static long Of(long price, long rate, long fixedPart) => checked(fixedPart + (long)(((Int128)price * rate + Whole / 2) / Whole));

    internal static string CheckCarrier(FieldChecks check, string field, string carrier)
    {
        if (!Carriers.Contains(carrier))
            check.Wrong(field, "field.one_of", string.Join(", ", Carriers));
        return carrier;
    }
}
