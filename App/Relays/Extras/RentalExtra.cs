using Gatehouse.Billing.Previews;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Localization;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.Extras;

/// <summary>What a rental gets beside its plan: traffic that is used after the quota, its quota whole again, or more devices or relays. Times in unix milliseconds.</summary>
/// <param name="OrderId">Null: staff gave it.</param>
/// <param name="Kind">One of <see cref="AddOns.RelayKinds"/>, or <see cref="Renewal"/>: an order of one more of a plan.</param>
/// <param name="Amount">Of one: gigabytes, devices or relays.</param>
/// <param name="Days">After which traffic is gone; null: it lasts as long as the rental.</param>
public sealed record RentalExtra(string Id, string RentalId, string? OrderId, string Kind, long Amount, long? Days, long Quantity)
{
    public const string Renewal = "renew";
    private const long Day = 86_400_000, MostDevices = 100_000, MostServers = 20;

    public long? DoneAt { get; init; }
    public long? UndoneAt { get; init; }

    /// <summary>Since when it is taken back because its payment is disputed, and how many bytes, devices or relays that took; null: it is not.</summary>
    public long? HeldAt { get; init; }
    public long Held { get; init; }

    /// <summary>A reset made so many of the used bytes free again, and this period began with it.</summary>
    public long Bytes { get; init; }
    public long? PeriodAt { get; init; }

    public long Count => Amount * Quantity;

    /// <summary>Of a traffic pack, in all.</summary>
    public long Traffic => Count << 30;

    /// <summary>When a pack that comes now is gone.</summary>
    public long? Until(long now) => now + Days * Day;

    /// <summary>Why a rental cannot have it now; null when it can.</summary>
    public Message? Obstacle(Rental rental, long now) => rental.Status(now) switch
    {
        Rental.Ended => new("error." + RentalErrors.Ended.Code),
        Rental.Grace => new("rentals.extra.over"),
        Rental.Suspended => new("error." + RentalErrors.Suspended.Code),
        _ when Kind is AddOns.Traffic or AddOns.Reset && rental.Terms.TrafficQuota is null => new("rentals.extra.no_quota"),
        _ when Kind == AddOns.Reset && rental.TrafficUsed == 0 => new("rentals.extra.nothing_used"),
        _ when Kind == AddOns.Devices && rental.Terms.DeviceLimit + Count > MostDevices => new("rentals.extra.most", MostDevices),
        _ when Kind == AddOns.Servers && rental.Terms.Servers + Count > MostServers => new("rentals.extra.most", MostServers),
        _ => null,
    };

    /// <summary>The rental with it. Packs are beside the rental: with one, it is not used up any more.</summary>
    public Rental Add(Rental rental, long now) => Kind switch
    {
        AddOns.Traffic => rental with { SpentAt = null },
        AddOns.Reset => rental with { TrafficUsed = 0, TrafficOver = 0, SpentAt = null, PeriodAt = rental.StartAt is null ? null : now },
        AddOns.Devices => rental with { Terms = rental.Terms with { DeviceLimit = rental.Terms.DeviceLimit + Count }, ExtraDevices = rental.ExtraDevices + Count },
        AddOns.Servers => rental with { Terms = rental.Terms with { Servers = rental.Terms.Servers + Count }, ExtraServers = rental.ExtraServers + Count, AclVersion = rental.AclVersion + 1 },
        _ => rental,
    };

    /// <summary>The rental without it, as far as it is not used: bytes that a reset made free are used again, unless another period has begun since.</summary>
    public Rental TakeFrom(Rental rental) => Kind switch
    {
        AddOns.Reset when rental.PeriodAt == PeriodAt && rental.Terms.TrafficQuota is { } quota => rental with { TrafficUsed = rental.TrafficUsed + Math.Min(Bytes, Math.Max(0, quota - rental.TrafficUsed)) },
        AddOns.Devices => rental with { Terms = rental.Terms with { DeviceLimit = Math.Max(1, rental.Terms.DeviceLimit - Count) }, ExtraDevices = rental.ExtraDevices - Count },
        AddOns.Servers => rental with { Terms = rental.Terms with { Servers = Math.Max(1, rental.Terms.Servers - Count) }, ExtraServers = rental.ExtraServers - Count, AclVersion = rental.AclVersion + 1 },
        _ => rental,
    };

    /// <summary>The rental with it once more, after <see cref="TakeFrom"/> took it for a dispute: of a reset the same bytes are free again, unless another period has begun since.</summary>
    public Rental GiveBackTo(Rental rental) => Kind switch
    {
        AddOns.Reset => rental.PeriodAt == PeriodAt ? rental with { TrafficUsed = Math.Max(0, rental.TrafficUsed - Held) } : rental,
        AddOns.Devices or AddOns.Servers => Add(rental, 0),
        _ => rental,
    };

    /// <summary>What it would make different, in numbers.</summary>
    /// <param name="packs">Bytes that are left in packs.</param>
    public IReadOnlyList<PreviewRow> Rows(Rental rental, long packs, long now)
    {
        var after = Add(rental, now);
        PreviewRow Traffic(long more) => new(new("rentals.traffic_left"), Text(Left(rental, packs)), Text(Left(after, packs + more)));
        return Kind switch
        {
            AddOns.Traffic => [Traffic(this.Traffic), new(new("rentals.extra.row.until"), new("preview.text", "—"), Until(now) is { } until ? new("preview.text", DateTimeOffset.FromUnixTimeMilliseconds(until)) : new("rentals.extra.with_rental"))],
            AddOns.Reset => [Traffic(0)],
            AddOns.Devices => [new(new("rentals.devices"), new("preview.text", rental.Terms.DeviceLimit), new("preview.text", after.Terms.DeviceLimit))],
            AddOns.Servers => [new(new("rentals.relays"), new("preview.text", rental.Terms.Servers), new("preview.text", after.Terms.Servers))],
            _ => [],
        };
    }

    /// <summary>All that it may still send and receive.</summary>
    public static string Left(Rental rental, long packs) => rental.TrafficLeft is { } left ? Format.Bytes(left + packs) : "∞";

    private static Message Text(string text) => new("preview.text", text);
}
