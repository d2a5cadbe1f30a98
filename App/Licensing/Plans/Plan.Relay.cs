using System.Text.Json;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Fields;

namespace Gatehouse.Licensing.Plans;

/// <summary>What a plan of the kind <see cref="Relay"/> gives: relays for as long as it lasts. Traffic in bytes, rates in bytes a second.</summary>
public sealed partial record Plan
{
    /// <summary>Its keys are serials of relays; those of <see cref="Software"/> are bound to machines.</summary>
    public const string Relay = License.RelayKind, Software = "software";

    private const long MaxServers = 20, MaxTraffic = 1L << 60, MaxRate = 100_000_000_000;

    /// <summary>Relays of a rental, one server each.</summary>
    public long ServersPerRental { get; init; } = 3;

    /// <summary>Devices that its relays let in.</summary>
    public long DeviceLimit { get; init; } = 5;

    /// <summary>Null: as much as they like.</summary>
    public long? TrafficQuota { get; init; }
    public string TrafficReset { get; init; } = "monthly";
    public string AtQuota { get; init; } = "stop";

    /// <summary>With <see cref="AtQuota"/> slow: what each device then has.</summary>
    public long SlowRate { get; init; } = 125_000;

    /// <summary>What each device has; null: all there is.</summary>
    public long? RateLimit { get; init; }

    /// <summary>A JSON array of the codes of regions that its relays may be in; empty: any.</summary>
    public string Regions { get; init; } = "[]";
    public string Start { get; init; } = "now";
    public long StartWithinSeconds { get; init; } = 30 * 86400;

    /// <summary>Rentals that may run at once; null: any number.</summary>
    public long? Capacity { get; init; }

    /// <summary>May a rental of it be extended by another of its serials?</summary>
    public bool Renewable { get; init; } = true;

    /// <summary>After its end a rental keeps its ports so long: renewed within, it is as it was.</summary>
    public long GraceSeconds { get; init; } = 86400;

    public IReadOnlyList<string> RegionCodes => JsonSerializer.Deserialize(Regions, PlanJson.Default.StringArray)!;

    private static Fields<Plan> WithRelays(Fields<Plan> fields) => fields
        .Number("servers_per_rental", p => p.ServersPerRental, (p, v) => p with { ServersPerRental = v }, (check, field, v) => check.Range(field, v, 1, MaxServers))
        .Number("device_limit", p => p.DeviceLimit, (p, v) => p with { DeviceLimit = v }, (check, field, v) => check.Range(field, v, 1, 10_000))
        .NumberOrNull("traffic_quota", p => p.TrafficQuota, (p, v) => p with { TrafficQuota = v }, (check, field, v) => v is { } most ? check.Range(field, most, 1, MaxTraffic) : null, FieldInputs.SizeOrNull<Plan>("traffic_quota"))
        .Text("traffic_reset", p => p.TrafficReset, (p, v) => p with { TrafficReset = v }, RelayTerms.OneOf(RelayTerms.TrafficResets))
        .Text("at_quota", p => p.AtQuota, (p, v) => p with { AtQuota = v }, RelayTerms.OneOf(RelayTerms.QuotaEnds))
        .Number("slow_rate", p => p.SlowRate, (p, v) => p with { SlowRate = v }, (check, field, v) => check.Range(field, v, 1000, MaxRate), FieldInputs.Rate<Plan>("slow_rate"))
        .NumberOrNull("rate_limit", p => p.RateLimit, (p, v) => p with { RateLimit = v }, (check, field, v) => v is { } most ? check.Range(field, most, 1000, MaxRate) : null, FieldInputs.RateOrNull<Plan>("rate_limit"))
        .Json("regions", p => p.Regions, (p, v) => p with { Regions = v }, RelayTerms.CheckRegions, RelayTerms.RegionInput)
        .Text("start", p => p.Start, (p, v) => p with { Start = v }, RelayTerms.OneOf(RelayTerms.Starts))
        .Span("start_within_seconds", p => p.StartWithinSeconds, (p, v) => p with { StartWithinSeconds = v }, (check, field, v) => check.Range(field, v, 3600, MaxDuration), "start_within")
        .NumberOrNull("capacity", p => p.Capacity, (p, v) => p with { Capacity = v }, (check, field, v) => v is { } most ? check.Range(field, most, 0, MaxCount) : null, FieldInputs.WholeOrNull<Plan>("capacity"))
        .Choice("renewable", p => p.Renewable, (p, v) => p with { Renewable = v })
        .Span("grace_seconds", p => p.GraceSeconds, (p, v) => p with { GraceSeconds = v }, (check, field, v) => check.Range(field, v, 0, 90 * 86400), "rental_grace");
}
