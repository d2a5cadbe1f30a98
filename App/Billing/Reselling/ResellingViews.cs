using System.Text.Json.Serialization;

namespace Gatehouse.Billing.Reselling;

/// <param name="From">From so many on.</param>
/// <param name="Price">Each, in minor units.</param>
public sealed record DistributorPriceItem(string Plan, string Name, string Currency, long From, long Price);

/// <param name="Status"><c>none</c>, or what the distributor is: <c>applied</c>, <c>active</c>, <c>suspended</c>, <c>rejected</c>.</param>
/// <param name="Credit">How far below nothing the balance may fall, in minor units of <paramref name="Currency"/>.</param>
/// <param name="Balance">In the same; below zero it is owed.</param>
/// <param name="NoticeBelow">Told when less is left to spend; null: not told.</param>
public sealed record DistributorPriceList(bool Success, string Status, long Level, string Currency, long Credit, long Balance, long? NoticeBelow, IReadOnlyList<DistributorPriceItem> Items);

/// <param name="Below">Minor units of the credit line's currency; null: tell me nothing.</param>
public sealed record DistributorNoticeBody(long? Below = null);

public sealed record DistributorNotice(bool Success, long? Below, string Currency);

/// <param name="Plan">An id or a name.</param>
public sealed record DistributorBasketLine(string? Plan = null, long Quantity = 0);

/// <param name="Items">What is to be bought: at most 50 lines, each an order of its own.</param>
public sealed record DistributorBasket(IReadOnlyList<DistributorBasketLine?>? Items = null);

/// <param name="Price">Each, at the level and for the quantity, in minor units.</param>
/// <param name="Left">How many there are to be had; null: as many as anybody wants.</param>
public sealed record DistributorQuoteItem(string Plan, string Name, string Currency, long Quantity, long Price, long Total, long? Left);

/// <param name="Balance">As it is now; below zero it is owed.</param>
/// <param name="CreditLeft">What of the credit line is not used.</param>
/// <param name="Enough">Do both cover the total?</param>
public sealed record DistributorQuoteTotal(string Currency, long Total, long Balance, long CreditLeft, bool Enough);

/// <param name="Totals">One for each currency.</param>
public sealed record DistributorQuote(bool Success, long Level, IReadOnlyList<DistributorQuoteItem> Items, IReadOnlyList<DistributorQuoteTotal> Totals);

/// <param name="Reference">The number that the order has with the distributor; empty where none was given.</param>
/// <param name="Customer">Whom of theirs the keys were mailed to; empty: nobody.</param>
public sealed record DistributorKeyItem(string Key, string Plan, string Status, string Order, string Reference, string Customer, DateTime BoughtAt, DateTime? ExpiresAt);

public sealed record DistributorKeyList(bool Success, IReadOnlyList<DistributorKeyItem> Items, string? Next);

/// <param name="Plan">An id or a name.</param>
public sealed record DistributorKeysBody(string? Plan = null, long Quantity = 0);

/// <param name="Plan">An id or a name.</param>
/// <param name="Reference">The number that the order has in the distributor's own shop: there is one order for each, for ever.</param>
/// <param name="Customer">The e-mail address of the distributor's customer: the keys are mailed there, without a price.</param>
public sealed record DistributorOrderBody(string? Plan = null, long Quantity = 0, string? Reference = null, string? Customer = null);

public sealed record DistributorOrderItem(string Number, string Status, string Plan, long Quantity, long Amount, string Currency, string Reference, string Customer, DateTime CreatedAt);

/// <param name="Balance">What is left, in minor units; below zero it is owed.</param>
/// <param name="Mailed">A mail with the keys is on its way to the customer.</param>
public sealed record DistributorOrderPlaced(bool Success, DistributorOrderItem Order, IReadOnlyList<string> Keys, long Balance, bool Mailed);

public sealed record DistributorOrderList(bool Success, IReadOnlyList<DistributorOrderItem> Items, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(DistributorPriceList))]
[JsonSerializable(typeof(DistributorNoticeBody))]
[JsonSerializable(typeof(DistributorNotice))]
[JsonSerializable(typeof(DistributorBasket))]
[JsonSerializable(typeof(DistributorQuote))]
[JsonSerializable(typeof(DistributorKeyList))]
[JsonSerializable(typeof(DistributorKeysBody))]
[JsonSerializable(typeof(DistributorOrderBody))]
[JsonSerializable(typeof(DistributorOrderPlaced))]
[JsonSerializable(typeof(DistributorOrderList))]
internal sealed partial class ResellingJson : JsonSerializerContext;
