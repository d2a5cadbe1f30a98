using System.Security.Cryptography;
using Gatehouse.Billing.KeyChanges;
using Gatehouse.Billing.Ledger;
using Gatehouse.Licensing.Plans;

namespace Gatehouse.Billing.Orders;

/// <summary>What somebody bought, with prices as they were. Money in minor units of the currency, times in unix milliseconds.</summary>
/// <param name="Number">Eight letters and digits; see <see cref="OrderNumber"/>.</param>
/// <param name="Token">Whoever has it may see the order.</param>
/// <param name="AccountId">Null: a guest's.</param>
/// <param name="Name">Of what was bought, as it was then.</param>
/// <param name="Stocked">Keys of a batch are kept for it while it waits.</param>
/// <param name="Total">The unit price times the quantity.</param>
/// <param name="Amount">What is to be paid: the total less the discount, and the fee.</param>
/// <param name="HandedOver">What staff filled in for the buyer, where the plan is delivered by hand.</param>
/// <param name="ExpiresAt">When it is cancelled unless it is paid.</param>
public sealed record Order(
    string Id, string Number, string Token, string Kind, string State, string? AccountId, string Email, string LookupHash, string Language, string? PlanId, string Name, long Quantity, string Delivery, bool Stocked,
    string Currency, long UnitPrice, long Total, long Discount, long Amount, string? ChannelId, string HandedOver, string? Ip, long CreatedAt, long ExpiresAt, long? PaidAt, long? DeliveredAt, long? ClosedAt)
{
    /// <summary>What the buyer answered to the questions of the plan, as JSON: see <see cref="OrderForm"/>.</summary>
    public string Form { get; init; } = "[]";

    /// <summary>What is paid for the channel: within <see cref="Amount"/>.</summary>
    public long Fee { get; init; }

    /// <summary>What each of its keys puts on a balance: they are recharge keys. 0: others.</summary>
    public long Recharge { get; init; }

    /// <summary>The account that its price is credited to: recharge keys are owed before they are earned.</summary>
    public string SoldTo => Recharge > 0 ? LedgerAccount.Vouchers : LedgerAccount.Revenue;

    /// <summary>Something that is bought for the first time.</summary>
    public const string New = "new";

    /// <summary>The time of a key that is there goes on.</summary>
    public const string Renew = "renew";

    /// <summary>A key that is there gets more of something.</summary>
    public const string AddOn = "add_on";

    /// <summary>A key that is there gets another plan.</summary>
    public const string Switch = "switch";

    /// <summary>How the first of these is delivered; the others as they are called.</summary>
    public const string ToKey = KeyChanger.Renewal;

    /// <summary>A relay plan's is: its buyer has a rental, without a serial.</summary>
    public const string Rental = "rental";

    /// <summary>How an order of a plan is delivered: who has an account needs no serial to have relays.</summary>
    internal static string DeliveryOf(Plan plan, string kind, Buyer buyer) =>
        kind == New && buyer.AccountId is not null && plan is { Kind: Plan.Relay, Delivery: PlanSelling.ByKey, StockBatch: null } ? Rental : plan.Delivery;

    /// <summary>Is it about a key that is there already?</summary>
    public bool ChangesKey => Delivery is ToKey or KeyChanger.AddOn or KeySwitcher.Switch;

    /// <summary>The state in which the buyer has what was bought.</summary>
    public string Done => Delivery == ToKey ? OrderState.Renewed : OrderState.Delivered;

    /// <summary>Made by staff for somebody.</summary>
    public const string Manual = "manual";

    /// <summary>Keys that a distributor buys to sell them on, at a price of their own.</summary>
    public const string Bulk = "bulk";

    /// <summary>Money for the buyer's balance.</summary>
    public const string TopUp = "top_up";

    /// <summary>How that is delivered.</summary>
    public const string ToBalance = "balance";
}

/// <summary>The states of orders.</summary>
public static class OrderState
{
    public const string Pending = "pending";

    /// <summary>Paid, and staff have to deliver it.</summary>
    public const string Paid = "paid";
    public const string Delivered = "delivered";

    /// <summary>Delivered: the key that it is about got its time.</summary>
    public const string Renewed = "renewed";
    public const string Cancelled = "cancelled";
    public const string Refunded = "refunded";
    public const string PartlyRefunded = "partly_refunded";

    public static readonly IReadOnlyList<string> All = [Pending, Paid, Delivered, Renewed, Cancelled, Refunded, PartlyRefunded];
}

/// <summary>Numbers of orders: short, and sayable on the telephone.</summary>
public static class OrderNumber
{
    // Without what is mistaken for something else: 0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B, U and V.
    private const string Alphabet = "3467ACDEFGHJKMNPQRTWXY";
    private const int Length = 8;

    /// <summary>A number that is most likely free.</summary>
    public static string New() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>As people read it: <c>K7F3-9Q2M</c>.</summary>
    public static string Shown(string number) => number.Length == Length ? $"{number[..4]}-{number[4..]}" : number;

    /// <summary>What was typed as it is stored: without blanks and dashes, in capitals. Null when it cannot be a number.</summary>
    public static string? Parse(string? typed)
    {
        var text = new string([.. (typed ?? "").Where(c => c is not (' ' or '-' or '\u2013' or '\u3000'))]).ToUpperInvariant();
        return text.Length == Length && text.All(Alphabet.Contains) ? text : null;
    }
}

/// <summary>Something that happened to an order.</summary>
/// <param name="Kind">Its words are <c>orders.event.KIND</c>.</param>
/// <param name="Actor">The name of who of staff it was; empty: the program or the buyer.</param>
public sealed record OrderEvent(string Id, long At, string Kind, string Actor, string Detail);

/// <summary>Who buys: a customer, or a guest by e-mail address and a word to find the order by.</summary>
public sealed record Buyer(string? AccountId, string Email, string Lookup, string Language, string? Ip);

/// <param name="Plan">An id or a name.</param>
/// <param name="Channel">The id of a payment channel; null: nothing is to be paid.</param>
/// <param name="Coupons">Codes, as they were typed.</param>
/// <param name="Form">Answers to the questions of the plan, by their keys.</param>
public sealed record NewOrder(string? Plan, long Quantity, string? Channel, IReadOnlyList<string>? Coupons = null, IReadOnlyDictionary<string, string>? Form = null)
{
    /// <summary>Who sent the buyer, as their browser says.</summary>
    public Referral? Sent { get; init; }

    /// <summary>The id of the key whose time goes on; null: something else is bought.</summary>
    public string? Renew { get; init; }

    /// <summary>The id of the key that <see cref="AddOn"/> is for, an add-on of its plan by its id; null: something else is bought.</summary>
    public string? AddTo { get; init; }
    public string? AddOn { get; init; }

    /// <summary>The id of the key that gets the plan, when its time is over or now, and what the buyer saw that it costs; null: something else is bought.</summary>
    public string? Switch { get; init; }
    public bool AtEnd { get; init; }
    public long? Expect { get; init; }

    /// <summary>The buyer's rental that gets one more of the plan, or <see cref="AddOn"/>; null: something else is bought.</summary>
    public string? Rental { get; init; }

    /// <summary>The key that it is about; null: none that is there already.</summary>
    public string? Key => Renew ?? AddTo ?? Switch;

    /// <summary>Staff make it for a buyer whom they know, and it waits so long to be paid; null: the buyer does.</summary>
    public TimeSpan? Wait { get; init; }
}

/// <summary>Which orders a list shows; null: any.</summary>
/// <param name="Search">A number of ours, of an attempt or of a gateway, a reference, a transaction's hash, an e-mail address, a phone number, a user name or a key: each is looked up by an index.</param>
/// <param name="Account">Whose they are.</param>
public sealed record OrderFilter(string? Search = null, string? State = null, string? Channel = null, string? Account = null);
