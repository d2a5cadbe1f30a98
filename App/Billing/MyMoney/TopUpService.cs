using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.MyMoney;

/// <summary>A customer puts money on their balance by a payment channel: an order whose delivery is the balance.</summary>
public sealed class TopUpService(OrderService orders, IConfiguration config)
{
    /// <summary>The least and the most that may be put on at once, in minor units of a currency.</summary>
    public (long Least, long Most) Limits(string currency) => (Units("Shop:TopUpLeast", currency), Units("Shop:TopUpMost", currency));

    /// <summary>Makes the order.</summary>
    /// <param name="amount">Minor units.</param>
    /// <exception cref="Refusal">401; 422 with what is wrong, by field.</exception>
    public async ValueTask<Order> Begin(WriteTx s, Caller who, string? currency, long? amount, string? channel, string language)
    {
        var code = currency?.Trim().ToUpperInvariant() ?? "";
        if (code.Length != 3 || !code.All(char.IsAsciiLetterUpper))
            throw Refusal.Field("currency", "field.currency");
        var (least, most) = Limits(code);
        if (amount is not { } wanted || wanted < least || wanted > most)
            throw Refusal.Field("amount", "balance.wrong.amount", Money.Format(least, code), Money.Format(most, code));
        return await orders.TopUp(s, who, code, wanted, channel, language);
    }

    private long Units(string option, string currency) => Money.Parse(ConfigOptions.Number(config, option).ToString(System.Globalization.CultureInfo.InvariantCulture), currency)!.Value;
}
