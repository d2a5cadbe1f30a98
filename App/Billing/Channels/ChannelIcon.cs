using Gatehouse.Billing.Gateways;
using Gatehouse.Messaging.Channels;

namespace Gatehouse.Billing.Channels;

/// <summary>The signs by which buyers know a way to pay: names of the set of icons.</summary>
public static class ChannelIcon
{
    public static readonly IReadOnlyList<string> All = ["alipay", "wechat", "card", "coin", "bank", "wallet", "cash"];

    /// <summary>The one that was chosen, or that of its kind.</summary>
    public static string Of(PaymentChannel channel) => channel.Icon.Length > 0 ? channel.Icon : channel.Kind switch
    {
        "alipay" => "alipay",
        "stripe" => "card",
        "epusdt" or "bepusdt" or "tokenpay" => "coin",
        "offline" => "bank",
        _ when channel.Kind == GatewayKinds.Balance.Name => "wallet",
        _ => ChannelValues.Of(channel.Settings).GetValueOrDefault("type", "") switch
        {
            "alipay" => "alipay",
            "wxpay" => "wechat",
            "bank" => "bank",
            var type when type.Contains("usdt", StringComparison.OrdinalIgnoreCase) => "coin",
            _ => "cash",
        },
    };
}
