using System.Globalization;
using Gatehouse.Billing.Channels;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Billing.ChannelDesk;

/// <summary>A channel's fee in words.</summary>
internal static class FeeText
{
    /// <summary><c>0.6 % + ¥0.10, paid by the buyer</c>.</summary>
    public static string Of(Localizer text, PaymentChannel channel)
    {
        var rate = channel.FeeRate == 0 ? "" : (channel.FeeRate / 100m).ToString("0.##", CultureInfo.InvariantCulture) + " %";
        var fixedPart = channel.FeeFixed == 0 ? "" : Money.Format(channel.FeeFixed, channel.CurrencyCodes[0]);
        var fee = string.Join(" + ", new[] { rate, fixedPart }.Where(p => p.Length > 0));
        return fee.Length == 0 ? text["payments.fee.none"] : text["payments.fee." + channel.FeeBy, fee];
    }
}
