using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Rentals;

/// <summary>An account's relay service, with the terms that it was rented on. Times in unix milliseconds, traffic in bytes, rates in bytes a second.</summary>
public sealed record Rental
{
    public const string Waiting = "waiting", Active = "active", Suspended = "suspended", Grace = "grace", Ended = "ended";

    public string Id { get; init; } = "";
    public string AccountId { get; init; } = "";
    public string PlanId { get; init; } = "";
    public string PlanName { get; init; } = "";
    public string Name { get; init; } = "";

    /// <summary>Null: it waits for its first device, until <see cref="StartBy"/> at the latest.</summary>
    public long? StartAt { get; init; }
    public long? StartBy { get; init; }

    /// <summary>Null: not begun, or for ever.</summary>
    public long? EndAt { get; init; }

    /// <summary>How long it lasts from its start on; null: for ever. Of one that has begun, <see cref="EndAt"/> says it.</summary>
    public long? DurationMs { get; init; }
    public long GraceMs { get; init; }
    public long Servers { get; init; }
    public long DeviceLimit { get; init; }
    public long? TrafficQuota { get; init; }
    public string TrafficReset { get; init; } = "none";
    public string AtQuota { get; init; } = "stop";
    public long SlowRate { get; init; }
    public long? RateLimit { get; init; }
    public string Regions { get; init; } = "[]";
    public bool Renewable { get; init; }
    public long TrafficUsed { get; init; }
    public long RegionBase { get; init; } = Slots.SlotStore.FirstRegion;
    public long? SuspendedAt { get; init; }
    public long? CutAt { get; init; }
    public long? ReleasedAt { get; init; }
    public long AclVersion { get; init; } = 1;
    public long Version { get; init; } = 1;
    public string Notes { get; init; } = "";
    public long CreatedAt { get; init; }

    /// <summary>When its time began or will; null while it waits for a device.</summary>
    public long? StartsAt(long now) => StartAt ?? (StartBy <= now ? StartBy : null);

    /// <summary>When its time is over; null when never, or while it waits.</summary>
    public long? EndsAt(long now) => StartAt is not null ? EndAt : StartsAt(now) + DurationMs;

    /// <summary>What it is now, by its times alone.</summary>
    public string Status(long now) =>
        ReleasedAt is not null ? Ended
        : EndsAt(now) is { } end && end <= now ? end + GraceMs <= now ? Ended : Grace
        : SuspendedAt is not null ? Suspended
        : StartsAt(now) is null ? Waiting : Active;

    /// <summary>Are devices let in?</summary>
    public bool Admits(long now) => Status(now) is Active or Waiting;

    public long? TrafficLeft => TrafficQuota is { } quota ? Math.Max(0, quota - TrafficUsed) : null;

    /// <summary>With the time of one more plan of the same: time adds up, and one that has run out goes on from now.</summary>
    public Rental Extended(long? seconds, long now) =>
        seconds is not { } more ? this with { EndAt = null, DurationMs = null }
        : StartsAt(now) is null ? this with { DurationMs = DurationMs + more * 1000 }
        : this with { StartAt = StartsAt(now), EndAt = Math.Max(EndsAt(now) ?? now, now) + more * 1000 };

    /// <summary>A new one of a plan.</summary>
    public static Rental Of(Plan plan, string id, string account, string name, long now)
    {
        var length = plan.DurationSeconds * 1000;
        var begins = plan.Start == "now";
        return new()
        {
            Id = id, AccountId = account, PlanId = plan.Id, PlanName = plan.Name, Name = name, CreatedAt = now,
            StartAt = begins ? now : null, StartBy = begins ? null : now + plan.StartWithinSeconds * 1000, EndAt = begins ? now + length : null, DurationMs = length,
            GraceMs = plan.GraceSeconds * 1000, Servers = plan.ServersPerRental, DeviceLimit = plan.DeviceLimit, TrafficQuota = plan.TrafficQuota, TrafficReset = plan.TrafficReset,
            AtQuota = plan.AtQuota, SlowRate = plan.SlowRate, RateLimit = plan.RateLimit, Regions = plan.Regions, Renewable = plan.Renewable,
        };
    }

    internal const string Columns =
        """
        r.id, r.account_id, r.plan_id, r.plan_name, r.name, r.start_at, r.start_by, r.end_at, r.duration_ms, r.grace_ms, r.servers, r.device_limit, r.traffic_quota, r.traffic_reset, r.at_quota,
        r.slow_rate, r.rate_limit, r.regions, r.renewable, r.traffic_used, r.region_base, r.suspended_at, r.cut_at, r.released_at, r.acl_version, r.version, r.notes, r.created_at
        """;

    internal static Rental FromRow(Row r) => new()
    {
        Id = r.GetString(0), AccountId = r.GetString(1), PlanId = r.GetString(2), PlanName = r.GetString(3), Name = r.GetString(4), StartAt = r.LongOrNull(5), StartBy = r.LongOrNull(6), EndAt = r.LongOrNull(7),
        DurationMs = r.LongOrNull(8), GraceMs = r.GetInt64(9), Servers = r.GetInt64(10), DeviceLimit = r.GetInt64(11), TrafficQuota = r.LongOrNull(12), TrafficReset = r.GetString(13), AtQuota = r.GetString(14),
        SlowRate = r.GetInt64(15), RateLimit = r.LongOrNull(16), Regions = r.GetString(17), Renewable = r.GetInt64(18) == 1, TrafficUsed = r.GetInt64(19), RegionBase = r.GetInt64(20), SuspendedAt = r.LongOrNull(21),
        CutAt = r.LongOrNull(22), ReleasedAt = r.LongOrNull(23), AclVersion = r.GetInt64(24), Version = r.GetInt64(25), Notes = r.GetString(26), CreatedAt = r.GetInt64(27),
    };
}

/// <summary>Something that happened to a rental.</summary>
/// <param name="EndAt">Its end from then on.</param>
public sealed record RentalEvent(string Id, string RentalId, long At, string Kind, string Actor, string? LicenseId, string? OrderId, string? PlanId, long? AddedMs, long? EndAt, string Detail);
