using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Billing.Coupons;

/// <summary>A coupon as clients send it, whole or in part: described by its fields.</summary>
public sealed record CouponInput;

public sealed record CouponResponse(bool Success, Coupon Coupon);

public sealed record CouponList(bool Success, IReadOnlyList<Coupon> Items, string? Next);

public sealed record CouponRemoved(bool Success, string Id);

/// <param name="Count">So many codes for one use each.</param>
/// <param name="Prefix">What each begins with.</param>
public sealed record CouponCodesBody(long Count = 0, string? Prefix = null);

public sealed record CouponCodesMade(bool Success, IReadOnlyList<string> Codes);

/// <param name="Order">The number of the order that has it; null: it is still good.</param>
public sealed record CouponCodeItem(string Code, string? Order);

public sealed record CouponCodeList(bool Success, IReadOnlyList<CouponCodeItem> Items, string? Next);

/// <summary>An order that has or had a coupon.</summary>
/// <param name="Discount">Minor units: what it took off.</param>
/// <param name="ReturnedAt">The order was given up then: the use does not count any more.</param>
public sealed record CouponUseItem(string Order, string Status, string Code, long Discount, string Currency, DateTime CreatedAt, DateTime? ReturnedAt);

public sealed record CouponUseList(bool Success, IReadOnlyList<CouponUseItem> Items, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CouponInput))]
[JsonSerializable(typeof(CouponResponse))]
[JsonSerializable(typeof(CouponList))]
[JsonSerializable(typeof(CouponRemoved))]
[JsonSerializable(typeof(CouponCodesBody))]
[JsonSerializable(typeof(CouponCodesMade))]
[JsonSerializable(typeof(CouponCodeList))]
[JsonSerializable(typeof(CouponUseList))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class CouponJson : JsonSerializerContext;
