using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Billing.Shop;

/// <param name="From">From so many on.</param>
/// <param name="Price">Each costs so much, in minor units.</param>
public sealed record ShopTier(long From, long Price);

/// <param name="Kind">Such as <c>epay_v1</c>.</param>
/// <param name="Icon">One of alipay, wechat, card, coin, bank, wallet, cash.</param>
/// <param name="FeeRate">What is added to the price for paying so, in hundredths of a percent, rounded to whole minor units with half of one up.</param>
/// <param name="FeeFixed">What is added beside that, in minor units.</param>
/// <param name="Minimum">The least that is paid so, without the fee, in minor units.</param>
/// <param name="Maximum">The most; 0: any.</param>
public sealed record ShopChannel(string Id, string Name, string Kind, string Icon, long FeeRate, long FeeFixed, long Minimum, long Maximum)
{
    /// <summary>Can so much be paid by it?</summary>
    internal bool Takes(long price) => price >= Minimum && (Maximum == 0 || price <= Maximum);

    /// <summary>From what amount on and up to which it is offered; null: for any.</summary>
    internal static Message? Limits(long least, long most, string currency) => (least, most) switch
    {
        (0, 0) => null,
        (_, 0) => new("buy.limits.least", Money.Format(least, currency)),
        (0, _) => new("buy.limits.most", Money.Format(most, currency)),
        _ => new("buy.limits.between", Money.Format(least, currency), Money.Format(most, currency)),
    };

    /// <summary>What is added to a price, in minor units.</summary>
    internal long Fee(long price) => ChannelFee.Of(price, FeeRate, FeeFixed);

    internal static ShopChannel Of(PaymentChannel c) => new(c.Id, c.Name, c.Kind, ChannelIcon.Of(c), c.FeeBy == ChannelFee.Buyer ? c.FeeRate : 0, c.FeeBy == ChannelFee.Buyer ? c.FeeFixed : 0, c.Minimum, c.Maximum);
}

/// <summary>What a buyer is asked for.</summary>
/// <param name="Kind"><c>text</c>, <c>number</c> or <c>choice</c>.</param>
public sealed record ShopQuestion(string Key, string Name, string Kind, bool Required, IReadOnlyList<string>? Choices);

/// <summary>A plan as the shop offers it. Money in minor units.</summary>
/// <param name="Picture">The path of its picture.</param>
/// <param name="Description">Markdown, in the reader's language where there is one.</param>
/// <param name="DurationSeconds">Null: for ever.</param>
/// <param name="Left">How many are left; null: as many as anybody wants.</param>
/// <param name="Most">How many one order may have.</param>
/// <param name="Trial">Each person gets it once.</param>
/// <param name="Form">What an order has to answer, by key.</param>
public sealed record ShopPlan(string Id, string Name, string Group, string? Picture, string Description, long? DurationSeconds, long MachineLimit, long Price, string Currency, IReadOnlyList<ShopTier> Tiers, long? Left, long Most, string Delivery, bool Trial, IReadOnlyList<ShopQuestion> Form, IReadOnlyList<ShopChannel> Channels)
{
    /// <summary>What each of its keys puts on the balance of who enters it, in minor units; 0: its keys are activated.</summary>
    public long Recharge { get; init; }

    /// <summary>What so many cost, before coupons.</summary>
    public long Cost(long quantity) => checked((Tiers.LastOrDefault(t => t.From <= quantity)?.Price ?? Price) * Math.Clamp(quantity, 1, Math.Max(1, Most)));
}

public sealed record ShopPlanList(bool Success, IReadOnlyList<ShopPlan> Items);

/// <param name="Plan">An id or a name.</param>
/// <param name="Quantity">One where it is left out.</param>
/// <param name="Email">Guests need one.</param>
/// <param name="Lookup">A word to find the order by.</param>
/// <param name="Channel">The id of one of the plan's; not needed where nothing is to be paid.</param>
/// <param name="Coupon">A code; or several that may be combined, parted by commas or as an array.</param>
/// <param name="Form">Answers to the questions of the plan, by their keys.</param>
/// <param name="Challenge">Where guests are asked for some work.</param>
/// <param name="Renew">A key whose time goes on by that of its plan, which needs no naming then.</param>
/// <param name="AddTo">A key that gets <paramref name="AddOn"/>, one of its plan's add-ons by its id, as often as <paramref name="Quantity"/> says.</param>
/// <param name="Switch">A key that is switched to the plan.</param>
/// <param name="Rental">A rental of mine, by its id, that gets one more of the plan, or <paramref name="AddOn"/> of it.</param>
/// <param name="When"><c>now</c>, which it is where it is left out, with what is left of the key credited; or <c>end</c>, when its time is over.</param>
/// <param name="Expect">What a switch was said to cost, in minor units: where it costs something else by now, nothing is ordered.</param>
public sealed record ShopOrderBody(string? Plan = null, long? Quantity = null, string? Email = null, string? Lookup = null, string? Channel = null, JsonElement? Coupon = null, SolvedChallenge? Challenge = null, IReadOnlyDictionary<string, string>? Form = null, string? Renew = null, string? AddTo = null, string? AddOn = null, string? Switch = null, string? When = null, long? Expect = null, string? Rental = null);

/// <summary>An order as its buyer sees it. Money in minor units.</summary>
/// <param name="Number">As people read it.</param>
/// <param name="Discount">What coupons took off.</param>
/// <param name="Amount">What is to be paid, the fee with it.</param>
/// <param name="Fee">What of it is for the way to pay.</param>
/// <param name="Url">The page of the order: whoever has it may see the order.</param>
/// <param name="Form">What the buyer answered to the questions of the plan.</param>
/// <param name="Keys">Once it is delivered.</param>
public sealed record ShopOrder(string Number, string Status, string Plan, long Quantity, long Discount, long Amount, long Fee, string Currency, DateTime CreatedAt, DateTime? ExpiresAt, DateTime? PaidAt, DateTime? DeliveredAt, string Url, IReadOnlyList<OrderAnswer> Form, IReadOnlyList<string>? Keys)
{
    /// <summary><c>new</c>, <c>renew</c>, <c>add_on</c>, <c>switch</c>, <c>manual</c>, <c>bulk</c> or <c>top_up</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>What staff filled in, where it is delivered by hand; null before that, and where it is not.</summary>
    public string? Content { get; init; }

    /// <summary>The key whose time goes on; null where none does.</summary>
    public string? Renews { get; init; }

    /// <summary>When the time that it got by this order is over.</summary>
    public DateTime? RunsUntil { get; init; }

    /// <summary>What else it does to a key that is there already; null: nothing.</summary>
    public KeyChangeView? Change { get; init; }
}

/// <summary>How to pay.</summary>
/// <param name="Kind"><c>redirect</c>, <c>qr</c>, <c>form</c>, <c>address</c>; <c>none</c>: nothing is left to pay, or it is paid as <paramref name="Words"/> and <paramref name="Picture"/> say; or <c>later</c>: the gateway did not answer, ask again.</param>
/// <param name="Amount">As it has to be sent, where that is another than the order's, counted in <paramref name="Coin"/>.</param>
/// <param name="Words">The operator's own.</param>
/// <param name="Picture">A <c>data:</c> address.</param>
public sealed record ShopPayment(string Kind, string? Url = null, string? Qr = null, IReadOnlyDictionary<string, string>? Fields = null, string? Address = null, string? Amount = null, string? Coin = null, string? Words = null, string? Picture = null)
{
    internal static ShopPayment Of(PaymentPrompt prompt) =>
        new(prompt.Kind, prompt.Url, prompt.Qr, prompt.Fields?.ToDictionary(f => f.Key, f => f.Value), prompt.Address, prompt.Amount, prompt.Coin, prompt.Words, prompt.Picture);
}

public sealed record ShopOrderPlaced(bool Success, ShopOrder Order, ShopPayment Payment);

public sealed record ShopOrderResponse(bool Success, ShopOrder Order);

public sealed record ShopOrderList(bool Success, IReadOnlyList<ShopOrder> Items, string? Next);

/// <summary>What is kept of an answer for whoever asks again with the same key.</summary>
public sealed record PlacedOrder(string Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ShopPlanList))]
[JsonSerializable(typeof(ShopOrderBody))]
[JsonSerializable(typeof(ShopOrderPlaced))]
[JsonSerializable(typeof(ShopOrderResponse))]
[JsonSerializable(typeof(ShopOrderList))]
[JsonSerializable(typeof(PlacedOrder))]
internal sealed partial class ShopJson : JsonSerializerContext;
