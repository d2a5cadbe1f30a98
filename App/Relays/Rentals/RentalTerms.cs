using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Licensing.Plans;
using Gatehouse.Relays.Traffic;

namespace Gatehouse.Relays.Rentals;

/// <summary>What a plan gives a rental, as the plan was when it was had: one that changes later changes no rental. Traffic in bytes, rates in bytes a second.</summary>
/// <param name="Price">Minor units of the currency for <paramref name="Seconds"/>.</param>
/// <param name="Seconds">How long one of it lasts; null: for ever.</param>
public sealed record RentalTerms(
    string PlanId, string PlanName, long Servers, long DeviceLimit, long? TrafficQuota, string TrafficReset, string AtQuota, long SlowRate, long? RateLimit, string Regions, bool Renewable, long GraceMs, long Price, string Currency, long? Seconds)
{
    public static RentalTerms Of(Plan plan) => new(
        plan.Id, plan.Name, plan.ServersPerRental, plan.DeviceLimit, plan.TrafficQuota, plan.TrafficReset, plan.AtQuota, plan.SlowRate, plan.RateLimit, plan.Regions, plan.Renewable, plan.GraceSeconds * 1000,
        plan.Price, plan.Currency, plan.DurationSeconds);

    private const long MostTraffic = 1L << 62;

    /// <summary>The codes of the regions that its relays may be in; empty: any.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> RegionCodes => JsonSerializer.Deserialize(Regions, RentalTermsJson.Default.StringArray) ?? [];

    /// <summary>The quota is for all of the time and never comes back by itself: each renewal gives one more, on top of what is left.</summary>
    [JsonIgnore]
    public bool Once => TrafficReset == TrafficPeriod.Never;

    // One without an end has none afterwards, whatever comes.
    internal RentalTerms Filled(long? bytes) => Once ? this with { TrafficQuota = TrafficQuota + bytes is { } sum ? Math.Clamp(sum, 0, MostTraffic) : null } : this;

    internal string ToStored() => JsonSerializer.Serialize(this, RentalTermsJson.Default.RentalTerms);

    internal static RentalTerms? FromStored(string json) => json.Length == 0 ? null : JsonSerializer.Deserialize(json, RentalTermsJson.Default.RentalTerms);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RentalTerms))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class RentalTermsJson : JsonSerializerContext;
