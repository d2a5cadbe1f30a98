using System.Text.Json.Serialization;

namespace Gatehouse.Relays.Fleet;

/// <param name="Counted">How its provider counts: <c>out</c>, <c>both</c> or <c>max</c>.</param>
/// <param name="From">When the provider's month began.</param>
/// <param name="Used">Bytes, by the provider's count.</param>
/// <param name="Allowance">Null: as much as it likes.</param>
/// <param name="Left">Until it stops, at <c>traffic_stop_percent</c>.</param>
/// <param name="FullAt">When that is reached, if all goes on as in the last seven days; null: not in this month.</param>
/// <param name="PercentAtReset">Of the allowance, used when the month ends.</param>
public sealed record ServerTrafficView(string Counted, DateTime From, DateTime Until, long Used, long? Allowance, long? Left, DateTime? FullAt, int? PercentAtReset);

/// <summary>Minor units a month.</summary>
/// <param name="Brings">What running rentals paid, by the month.</param>
public sealed record FleetMoney(string Currency, long Brings, long Cost, long Margin);

/// <param name="Load">Percent of its bandwidth; null where that is not known.</param>
/// <param name="Ms">What it took to answer in the last hour, on average.</param>
/// <param name="State">unknown, healthy, degraded, down, draining, waiting or away.</param>
/// <param name="Money">The currency of its cost first; others stand by themselves.</param>
public sealed record ServerFiguresView(
    string Id, string Name, string RegionCode, long People, long Slots, long Room, ServerTrafficView Traffic, long RateIn, long RateOut, long? Load, long? Ms, string State, IReadOnlyList<FleetMoney> Money);

/// <param name="People">Each once, on however many of its servers.</param>
/// <param name="Used">Of the servers that have an allowance.</param>
public sealed record FleetTotalsView(string? RegionCode, string RegionName, int Servers, long People, long Slots, long Places, long Used, long Allowance, long RateIn, long RateOut, IReadOnlyList<FleetMoney> Money);

public sealed record FleetResponse(bool Success, IReadOnlyList<ServerFiguresView> Servers, IReadOnlyList<FleetTotalsView> Regions, FleetTotalsView Totals);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FleetResponse))]
internal sealed partial class FleetJson : JsonSerializerContext;
