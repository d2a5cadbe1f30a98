using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Rentals;

/// <summary>An account's relay service, with the terms that it was rented on. Times in unix milliseconds, traffic in bytes, rates in bytes a second.</summary>
public sealed record Rental
{
    public const string Waiting = "waiting", Active = "active", Suspended = "suspended", Grace = "grace", Ended = "ended";

    /// <summary>When another plan comes in force: behind what there is, or at once, with what is not used of the old one credited by the day.</summary>
    public const string AtEnd = "end", AtOnce = "now";

    public static readonly IReadOnlyList<string> Turns = [AtEnd, AtOnce];

    private const long Day = 86_400_000;

    public string Id { get; init; } = "";
    public string AccountId { get; init; } = "";
    public string Name { get; init; } = "";
    public required RentalTerms Terms { get; init; }

    /// <summary>So many of the devices and relays of <see cref="Terms"/> came beside its plan: they stay when it is on another.</summary>
    public long ExtraDevices { get; init; }
    public long ExtraServers { get; init; }

    /// <summary>Null: it waits for its first device, until <see cref="StartBy"/> at the latest.</summary>
    public long? StartAt { get; init; }
    public long? StartBy { get; init; }

    /// <summary>Null: not begun, or for ever. With another plan behind it, the end of that.</summary>
    public long? EndAt { get; init; }

    /// <summary>How long it lasts from its start on; null: for ever. Of one that has begun, <see cref="EndAt"/> says it.</summary>
    public long? DurationMs { get; init; }

    /// <summary>The plan that follows, and when.</summary>
    public RentalTerms? Next { get; init; }
    public long? NextAt { get; init; }
    /// <summary>Of the quota, in the period that began at <see cref="PeriodAt"/>.</summary>
    public long TrafficUsed { get; init; }

    /// <summary>In the period, beyond all that there was.</summary>
    public long TrafficOver { get; init; }
    public long? PeriodAt { get; init; }
    public long? PeriodUntil { get; init; }

    /// <summary>Nothing of its traffic is left since then.</summary>
    public long? SpentAt { get; init; }

    /// <summary>What is done about its traffic, which looked wrong: <c>slow</c> or <c>stop</c>; empty: nothing. Until then, and no longer.</summary>
    public string Held { get; init; } = "";
    public long? HeldUntil { get; init; }
    public long RegionBase { get; init; } = Slots.SlotStore.FirstRegion;
    public long? SuspendedAt { get; init; }
    public long? CutAt { get; init; }
    public long? ReleasedAt { get; init; }

    /// <summary>It has fewer relays than it should, for want of room; last tried then.</summary>
    public long? ShortAt { get; init; }
    public long AclVersion { get; init; } = 1;
    public long Version { get; init; } = 1;
    public string Notes { get; init; } = "";
    public long CreatedAt { get; init; }

    /// <summary>What its relays are placed by.</summary>
    internal Slots.Placed Place => new(Id, AccountId, (int)Terms.Servers, Terms.RegionCodes, RegionBase) { Run = Runs };

    /// <summary>Should its relays run? Of one that is over or suspended they stand still, as they are.</summary>
    internal bool Runs => CutAt is null && SuspendedAt is null;

    /// <summary>When its time began or will; null while it waits for a device.</summary>
    public long? StartsAt(long now) => StartAt ?? (StartBy <= now ? StartBy : null);

    /// <summary>When its time is over; null when never, or while it waits.</summary>
    public long? EndsAt(long now) => StartAt is not null ? EndAt : StartsAt(now) + DurationMs;

    /// <summary>It has no end, and nothing can be added.</summary>
    public bool Forever => StartAt is not null ? EndAt is null : DurationMs is null;

    /// <summary>What it is now, by its times alone.</summary>
    public string Status(long now) =>
        ReleasedAt is not null ? Ended
        : EndsAt(now) is { } end && end <= now ? end + Terms.GraceMs <= now ? Ended : Grace
        : SuspendedAt is not null ? Suspended
        : StartsAt(now) is null ? Waiting : Active;

    /// <summary>Are devices let in?</summary>
    public bool Admits(long now) => Status(now) is Active or Waiting;

    public long? TrafficLeft => Terms.TrafficQuota is { } quota ? Math.Max(0, quota - TrafficUsed) : null;

    /// <summary>
    /// With one more of a plan. Of its own plan, and of the one that follows, time adds up; one that is over goes on from now. Another plan
    /// comes behind it, or in its place.
    /// </summary>
    /// <param name="when">For another plan: <see cref="AtEnd"/> or <see cref="AtOnce"/>; null: not said. One that is over, or for its first device, begins at once.</param>
    /// <exception cref="Refusal">409 RENTAL_FOREVER, RENTAL_OTHER_PLAN: it has to be said when; RENTAL_NEXT: another plan follows already; RENTAL_NOT_COMPARABLE: at once nothing can be credited.</exception>
    public Rental With(RentalTerms terms, string? when, long now)
    {
        if (Forever)
            throw new Refusal(RentalErrors.Forever);
        var begun = StartsAt(now) is { } start ? this with { StartAt = start, EndAt = EndsAt(now) } : this;
        if (begun.NextAt <= now)
            begun = begun.Turned();
        var length = terms.Seconds * 1000;
        var after = begun.Rule(terms, when, now) switch
        {
            Stacking.Longer or Stacking.Again => begun.Filled(terms.TrafficQuota, now).Longer(length, now),
            Stacking.LongerNext => begun with { EndAt = begun.EndAt + length, Next = begun.Next!.Filled(terms.TrafficQuota) },
            Stacking.OtherAgain => begun with { Terms = terms, EndAt = now + length },
            Stacking.OtherAtEnd => begun with { Next = terms, NextAt = begun.EndAt, EndAt = begun.EndAt + length },
            Stacking.OtherFirst => begun with { Terms = terms, DurationMs = length + begun.Worth(terms, now) },
            _ => begun with { Terms = terms, EndAt = now + length + begun.Worth(terms, now) },
        };
        return after.EndAt > License.Latest ? throw new Refusal(RentalErrors.Forever) : after;
    }

    // Which line of the table it is.
    private string Rule(RentalTerms terms, string? when, long now)
    {
        if (terms.PlanId == Terms.PlanId)
            return EndAt <= now ? Stacking.Again : Stacking.Longer;
        if (Next is { } next)
            return terms.PlanId == next.PlanId ? Stacking.LongerNext : throw new Refusal(RentalErrors.Next);
        if (StartAt is null)
            return when == AtEnd ? throw new Refusal(RentalErrors.OtherPlan) : Stacking.OtherFirst;
        return EndAt <= now ? Stacking.OtherAgain
            : when switch { AtEnd => Stacking.OtherAtEnd, AtOnce => Stacking.OtherAtOnce, _ => throw new Refusal(RentalErrors.OtherPlan) };
    }

    private Rental Longer(long? more, long now) =>
        StartAt is null ? this with { DurationMs = DurationMs + more }
        : Next is null ? this with { EndAt = Math.Max(EndAt!.Value, now) + more }
        : more is null ? throw new Refusal(RentalErrors.Next)
        : this with { NextAt = NextAt + more, EndAt = EndAt + more };

    // Where the quota is given once it begins anew, with what was left of it.
    private Rental Filled(long? bytes, long now) => Terms is not { Once: true, TrafficQuota: not null } ? this
        : this with { Terms = (Terms with { TrafficQuota = TrafficLeft }).Filled(bytes), TrafficUsed = 0, TrafficOver = 0, SpentAt = null, PeriodAt = StartAt is null ? null : now };

    private long Worth(RentalTerms terms, long now) => Credit(terms, now) ?? throw new Refusal(RentalErrors.NotComparable);

    /// <summary>How much time of another plan the whole days are worth that are left of this one, in milliseconds; null where the two cannot be compared.</summary>
    public long? Credit(RentalTerms terms, long now)
    {
        if (Terms.Price == 0)
            return 0;
        if (Terms.Currency != terms.Currency || terms.Price == 0 || Terms.Seconds is not { } length || terms.Seconds is not { } other)
            return null;
        var days = Math.Max(0, (StartAt is null ? DurationMs ?? 0 : EndAt!.Value - now) / Day);
        var worth = (Int128)Terms.Price * days * (Day / 1000) / length;
        return (long)Int128.Min(worth * other * 1000 / terms.Price, License.Latest);
    }

    /// <summary>Without what is not used of a piece of its time, and how much that is.</summary>
    internal (Rental After, long Back) Without(RentalPiece piece, long now)
    {
        if (piece.Bytes is > 0 and var bytes)
            return (piece.PlanId == Next?.PlanId ? this with { Next = Next.Filled(-bytes) } : piece.PlanId == Terms.PlanId ? this with { Terms = Terms.Filled(-Math.Min(bytes, TrafficLeft ?? 0)) } : this).Without(piece with { Bytes = null }, now);
        if (StartsAt(now) is not { } start)
            // All of it is left. With nothing, its time is over before it began.
            return piece.Added is { } whole && DurationMs - whole is > 0 and var rest ? (this with { DurationMs = rest }, whole) : (this with { StartAt = now, EndAt = now }, 0);
        var begun = this with { StartAt = start, EndAt = EndsAt(now) };
        if (piece.Added is not { } added)
            return (begun with { EndAt = now, Next = null, NextAt = null }, 0);
        var back = Math.Clamp((piece.End ?? now) - now, 0, added);
        if (back == 0 || begun.EndAt is null)
            return (begun, 0);
        var after = begun with { EndAt = begun.EndAt - back, NextAt = piece.PlanId == Next?.PlanId ? NextAt : NextAt - back };
        return (after.NextAt >= after.EndAt ? after with { Next = null, NextAt = null } : after, back);
    }

    /// <summary>On the plan that followed.</summary>
    public Rental Turned() => this with { Terms = Next!, Next = null, NextAt = null, TrafficUsed = 0, TrafficOver = 0, SpentAt = null };

    /// <summary>One that is on another plan now, with what it has beside its plans.</summary>
    internal Rental WithExtras() => this with { Terms = Terms with { DeviceLimit = Terms.DeviceLimit + ExtraDevices, Servers = Terms.Servers + ExtraServers } };

    /// <summary>A new one of a plan.</summary>
    public static Rental Of(Plan plan, string id, string account, string name, long now)
    {
        var (begins, terms) = (plan.Start == "now", RentalTerms.Of(plan));
        var length = terms.Seconds * 1000;
        return new()
        {
            Id = id, AccountId = account, Name = name, Terms = terms, CreatedAt = now,
            StartAt = begins ? now : null, StartBy = begins ? null : now + plan.StartWithinSeconds * 1000, EndAt = begins ? now + length : null, DurationMs = length,
        };
    }

    internal const string Columns =
        """
        r.id, r.account_id, r.name, r.start_at, r.start_by, r.end_at, r.duration_ms, r.next_at, r.next_terms, r.traffic_used, r.region_base, r.suspended_at, r.cut_at, r.released_at, r.short_at, r.acl_version, r.version, r.notes,
        r.created_at, r.plan_id, r.plan_name, r.servers, r.device_limit, r.traffic_quota, r.traffic_reset, r.at_quota, r.slow_rate, r.rate_limit, r.regions, r.renewable, r.grace_ms, r.price, r.currency, r.plan_seconds,
        r.traffic_over, r.period_at, r.period_until, r.spent_at, r.held, r.held_until, r.extra_devices, r.extra_servers
        """;

    /// <summary>How many <see cref="Columns"/> there are.</summary>
    internal const int Width = 42;

    internal static Rental FromRow(Row r) => new()
    {
        Id = r.GetString(0), AccountId = r.GetString(1), Name = r.GetString(2), StartAt = r.LongOrNull(3), StartBy = r.LongOrNull(4), EndAt = r.LongOrNull(5), DurationMs = r.LongOrNull(6), NextAt = r.LongOrNull(7),
        Next = RentalTerms.FromStored(r.GetString(8)), TrafficUsed = r.GetInt64(9), RegionBase = r.GetInt64(10), SuspendedAt = r.LongOrNull(11), CutAt = r.LongOrNull(12), ReleasedAt = r.LongOrNull(13), ShortAt = r.LongOrNull(14),
        AclVersion = r.GetInt64(15), Version = r.GetInt64(16), Notes = r.GetString(17), CreatedAt = r.GetInt64(18),
        Terms = new(r.GetString(19), r.GetString(20), r.GetInt64(21), r.GetInt64(22), r.LongOrNull(23), r.GetString(24), r.GetString(25), r.GetInt64(26), r.LongOrNull(27), r.GetString(28), r.GetInt64(29) == 1, r.GetInt64(30),
            r.GetInt64(31), r.GetString(32), r.LongOrNull(33)),
        TrafficOver = r.GetInt64(34), PeriodAt = r.LongOrNull(35), PeriodUntil = r.LongOrNull(36), SpentAt = r.LongOrNull(37), Held = r.GetString(38), HeldUntil = r.LongOrNull(39), ExtraDevices = r.GetInt64(40), ExtraServers = r.GetInt64(41),
    };
}

/// <summary>Something that happened to a rental.</summary>
/// <param name="EndAt">Its end from then on.</param>
public sealed record RentalEvent(string Id, string RentalId, long At, string Kind, string Actor, string? LicenseId, string? OrderId, string? PlanId, long? AddedMs, long? EndAt, string Detail);
