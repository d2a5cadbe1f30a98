using System.Text.Json.Serialization;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Devices;

/// <param name="Quota">Bytes; null: none.</param>
/// <param name="Left">Null where there is no quota.</param>
public sealed record TrafficView(long? Quota, long Used, long? Left);

/// <param name="Host">The map's HostName.</param>
/// <param name="Ipv4">Absent where devices look the host up.</param>
/// <param name="State">waiting, starting, running, stopped or failed.</param>
public sealed record SlotView(
    int RegionId, string Host, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Ipv4, int DerpPort, int StunPort,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CertName, string Server, string State)
{
    internal static SlotView Of(Slot slot) => new(slot.RegionId, slot.Ipv4 is null && slot.Ip6 is null ? slot.Address : slot.Host, slot.Ipv4, slot.Port, slot.Port, slot.CertName, slot.Server, slot.State);
}

/// <param name="Plan">Its name, as it was rented.</param>
/// <param name="Status">waiting (for its first device), active, suspended, grace (over, and still to be renewed) or ended.</param>
/// <param name="EndAt">Null: for ever, or not begun. With another plan behind it, the end of that.</param>
/// <param name="Next">Absent where none follows.</param>
public sealed record RentalView(string Id, string Name, string Plan, string Status, DateTime? StartAt, DateTime? EndAt, TrafficView Traffic, IReadOnlyList<SlotView> Slots, long AclVersion, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] NextPlanView? Next = null)
{
    internal static RentalView Of(Rental r, IEnumerable<Slot> slots, long now) => new(
        r.Id, r.Name, r.Terms.PlanName, r.Status(now), Time(r.StartsAt(now)), Time(r.EndsAt(now)), new(r.Terms.TrafficQuota, r.TrafficUsed, r.TrafficLeft), [.. slots.Where(s => s.RentalId == r.Id).Select(SlotView.Of)], r.AclVersion, r is { Next: { } next, NextAt: { } at } ? new(next.PlanName, Time(at)!.Value) : null);

    /// <summary>One, with its slots.</summary>
    internal static async ValueTask<RentalView> Of(ReadTx s, string tenant, Rental rental, long now) => Of(rental, await SlotStore.OfRental(s, tenant, rental.Id), now);

    internal static DateTime? Time(long? at) => at is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime : null;
}

/// <summary>The plan that follows on the one that a rental is on.</summary>
public sealed record NextPlanView(string Plan, DateTime At);

public sealed record RentalInfo(bool Success, IReadOnlyList<RentalView> Rentals);

public sealed record RentalResponse(bool Success, RentalView Rental);

/// <param name="Serial">As it was bought or given.</param>
/// <param name="Rental">The id of the one that it extends; a new one where it is left out.</param>
/// <param name="Name">Of a new one.</param>
/// <param name="When">Where the serial is of another plan than the rental: <c>end</c> (it follows), or <c>now</c> (it takes its place; what is not used is credited by the day).</param>
/// <param name="Challenge">The work done for it, where <c>CHALLENGE_REQUIRED</c> was answered.</param>
public sealed record ActivateBody(string? Serial = null, string? Rental = null, string? Name = null, string? When = null, SolvedChallenge? Challenge = null);

/// <param name="Kind">redeemed, extended, bought, granted, started, turned, cut, released, suspended, resumed or changed.</param>
/// <param name="AddedSeconds">Time that came to it.</param>
/// <param name="EndAt">Its end from then on.</param>
public sealed record RentalEventView(string Rental, DateTime At, string Kind, long? AddedSeconds, DateTime? EndAt)
{
    internal static RentalEventView Of(RentalEvent e) => new(e.RentalId, RentalView.Time(e.At)!.Value, e.Kind, e.AddedMs / 1000, RentalView.Time(e.EndAt));
}

public sealed record RentalHistory(bool Success, IReadOnlyList<RentalEventView> Items, string? Next);

/// <param name="NodeKey">As <c>tailscale status --json</c> prints it: <c>nodekey:</c> and 64 hex digits.</param>
/// <param name="Rental">May be left out by who has one rental.</param>
public sealed record DeviceBody(string? NodeKey = null, string? Name = null, string? Rental = null);

public sealed record DeviceView(string NodeKey, string Name, string Rental, DateTime? SeenAt, DateTime CreatedAt)
{
    internal static DeviceView Of(RentalDevice d) => new(d.NodeKey, d.Name, d.RentalId, RentalView.Time(d.SeenAt), RentalView.Time(d.CreatedAt)!.Value);
}

public sealed record DeviceList(bool Success, IReadOnlyList<DeviceView> Devices);

public sealed record DeviceResponse(bool Success, DeviceView Device);

/// <param name="Address">Where it tried from last.</param>
/// <param name="Name">Of one that was let in once; else empty.</param>
public sealed record RefusedView(string NodeKey, string Name, string Rental, string Address, DateTime FirstAt, DateTime At)
{
    internal static RefusedView Of(RefusedMachine m) => new(m.NodeKey, m.Name, m.RentalId, m.Address, RentalView.Time(m.FirstAt)!.Value, RentalView.Time(m.At)!.Value);
}

public sealed record RefusedList(bool Success, IReadOnlyList<RefusedView> Refused);

public sealed record RefusedHidden(bool Success, string NodeKey);

/// <param name="Rentals">How many let it in until now.</param>
public sealed record DeviceRemoved(bool Success, string NodeKey, int Rentals);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RentalInfo))]
[JsonSerializable(typeof(RentalResponse))]
[JsonSerializable(typeof(ActivateBody))]
[JsonSerializable(typeof(RentalHistory))]
[JsonSerializable(typeof(DeviceBody))]
[JsonSerializable(typeof(DeviceList))]
[JsonSerializable(typeof(DeviceResponse))]
[JsonSerializable(typeof(DeviceRemoved))]
[JsonSerializable(typeof(RefusedList))]
[JsonSerializable(typeof(RefusedHidden))]
internal sealed partial class RentalJson : JsonSerializerContext;
