using Gatehouse.Accounts.Customers;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Servers;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Rentals;

/// <summary>Rentals as they begin and go on; each use case runs inside the transaction it is given.</summary>
public sealed class RentalService(SlotAllocator slots, PlanService plans, LicenseQueries queries, RelaySignal signal, TimeProvider clock)
{
    /// <summary>Redeems a serial: one serial, one person, once, whoever else comes with it. It makes a rental, or adds its time to one.</summary>
    /// <param name="seen">The serial as it was found.</param>
    /// <exception cref="Refusal">401; 404 KEY_NOT_FOUND, NO_SUCH_RENTAL; 409 NOT_A_SERIAL, SERIAL_SPENT, SERIAL_BLOCKED, and as <see cref="Give"/>.</exception>
    public async ValueTask<Rental> Redeem(WriteTx s, Caller who, License seen, Wish wish)
    {
        var (tenant, now) = (who.TenantId, Now());
        var customer = await Person(s, tenant, who.Id ?? "", now) ?? throw new Refusal(HttpErrors.Unauthorized);
        if (LicenseKey.Parse(seen.Key) is not { } typed || await LicenseStore.Lock(s, tenant, typed) is null || await LicenseStore.Find(s, tenant, typed) is not { } key)
            throw new Refusal(LicenseErrors.NotFound);
        if (!key.Relay)
            throw new Refusal(RentalErrors.NotASerial);
        if (key.Stored != LicenseState.Unused)
            throw new Refusal(key.Stored is LicenseState.Suspended or LicenseState.Revoked ? RentalErrors.Blocked : RentalErrors.Spent);
        var given = await Give(s, tenant, customer, await plans.Get(s, tenant, key.PlanId), wish, Caller.PublicName, license: key.Id);
        await LicenseStore.Spend(s, tenant, key.Id, now);
        await s.Execute(LicenseStore.InsertEvent, LicenseStore.Event(who, key.Id, Ids.New(), now, "redeemed"));
        queries.CountAgainAfter(s, tenant);
        return given;
    }

    /// <summary>Gives a person what a plan is: a rental, or more time to one. The account's row is locked.</summary>
    /// <exception cref="Refusal">
    /// 404 NO_SUCH_RENTAL; 409 RENTAL_ENDED, RENTAL_NOT_RENEWABLE, RENTAL_SUSPENDED, and as <see cref="Rental.With"/>; NO_RELAY_ROOM, REGIONS_FULL, PLAN_FULL, TRIAL_ONCE. 422 on <c>name</c> or <c>when</c>.
    /// </exception>
    public async ValueTask<Rental> Give(WriteTx s, string tenant, string account, Plan plan, Wish wish, string actor, string? license = null, string? order = null)
    {
        var now = Now();
        if (plan.Kind != Plan.Relay)
            throw new Refusal(RentalErrors.NotASerial);
        if (plan.Trial && await RentalStore.Had(s, account, plan.Id))
            throw new Refusal(RentalErrors.TrialOnce);
        var given = wish.Rental is null ? await Begin(s, tenant, account, plan, wish.Name, now) : await Extend(s, tenant, account, plan, wish, now);
        var (added, end) = (plan.DurationSeconds * 1000, given.Next is not null && plan.Id == given.Terms.PlanId ? given.NextAt : given.EndAt);
        if (end - added is { } behind)
            await RentalPieces.Move(s, given.Id, behind, added!.Value);
        await RentalStore.Tell(s, tenant, given, wish.Rental is not null ? "extended" : order is not null ? "bought" : license is not null ? "redeemed" : "granted", actor, now, license, order, plan.Id, added, piece: end, bytes: RentalTerms.Of(plan).Once ? plan.TrafficQuota : null);
        s.AfterCommit(signal.Wake);
        return given;
    }

    /// <summary>The person's row, locked; null when there is none that may have anything.</summary>
    internal static async ValueTask<string?> Person(WriteTx s, string tenant, string account, long now) =>
        await CustomerStore.FindLocked(s, tenant, account, now) is { DisabledAt: null } customer ? customer.Id : null;

    /// <summary>A rental of the account's as it would be with one more of a plan, for who decides; nothing changes.</summary>
    /// <exception cref="Refusal">As <see cref="Rental.With"/>, and 404 NO_SUCH_RENTAL.</exception>
    public async ValueTask<(Rental Before, Rental After)> Preview(ReadTx s, string tenant, string account, string planId, string rental, string? when)
    {
        if (await RentalStore.Find(s, tenant, rental) is not { } before || before.AccountId != account)
            throw new Refusal(RentalErrors.NotFound);
        return (before, before.With(RentalTerms.Of(await plans.Get(s, tenant, planId)), when, Now()));
    }

    /// <summary>Sees that there is room for so many new rentals of a plan; nothing changes.</summary>
    /// <exception cref="Refusal">409 NO_RELAY_ROOM, REGIONS_FULL or PLAN_FULL.</exception>
    internal async ValueTask RequireRoom(WriteTx s, string tenant, string account, Plan plan, long count)
    {
        await CheckRoom(s, tenant, plan, count);
        await slots.Require(s, tenant, new("", account, (int)(plan.ServersPerRental * count), plan.RegionCodes, SlotStore.FirstRegion), Now());
    }

    private async ValueTask<Rental> Begin(WriteTx s, string tenant, string account, Plan plan, string? name, long now)
    {
        await CheckRoom(s, tenant, plan);
        var made = Rental.Of(plan, Ids.New(), account, Named(name) is { Length: > 0 } given ? given : plan.Name, now);
        await slots.Require(s, tenant, made.Place, now);
        await RentalStore.Insert(s, tenant, made);
        await slots.Fit(s, tenant, made.Place, false, now);
        return made;
    }

    private async ValueTask<Rental> Extend(WriteTx s, string tenant, string account, Plan plan, Wish wish, long now)
    {
        if (wish.When is { } said && !Rental.Turns.Contains(said))
            throw Refusal.Field("when", "field.one_of", string.Join(", ", Rental.Turns));
        if (await RentalStore.FindLocked(s, tenant, wish.Rental!) is not { } before || before.AccountId != account)
            throw new Refusal(RentalErrors.NotFound);
        if (before.ReleasedAt is not null)
            throw new Refusal(RentalErrors.Ended);
        if (before.SuspendedAt is not null)
            throw new Refusal(RentalErrors.Suspended);
        var same = before.Terms.PlanId == plan.Id;
        if (plan.Trial || same && !before.Terms.Renewable)
            throw new Refusal(RentalErrors.NotRenewable);
        if (!same)
            await CheckRoom(s, tenant, plan);
        var after = before.With(RentalTerms.Of(plan), wish.When, now) with { CutAt = null };
        if (after.Terms.PlanId != before.Terms.PlanId)
        {
            after = after.WithExtras();
            await slots.Require(s, tenant, after.Place, now);
            after = after with { AclVersion = after.AclVersion + 1 };
            await Turn(s, tenant, after, false, now);
            // What was left of the old plan is in the new one.
            if (after.Terms.PlanId == plan.Id && before.Next?.PlanId != plan.Id)
                await RentalPieces.EndAll(s, after.Id, now);
        }
        else
        {
            await RentalStore.Traffic(s, tenant, after);
        }
        await RentalStore.Update(s, tenant, after, now);
        if (before.CutAt is not null)
            await SlotStore.Want(s, after.Id, after.Runs);
        return after;
    }

    /// <summary>Puts another plan in force: its terms, as many relays as it has, and traffic from the beginning. The rental is locked and stored otherwise.</summary>
    /// <param name="some">Where there is not room for all: those that there is room for.</param>
    /// <returns>How many relays are missing.</returns>
    /// <exception cref="Refusal">409 NO_RELAY_ROOM or REGIONS_FULL.</exception>
    internal async ValueTask<int> Turn(WriteTx s, string tenant, Rental rental, bool some, long now)
    {
        await RentalStore.Turn(s, tenant, rental, now);
        await RentalPieces.Forget(s, rental.Id, rental.Terms.PlanId);
        return (await slots.Fit(s, tenant, rental.Place, some, now)).Missing;
    }

    // What is left of a plan is given to one after another.
    internal static async ValueTask CheckRoom(WriteTx s, string tenant, Plan plan, long count = 1)
    {
        if (plan.Capacity is not { } most)
            return;
        await s.Locked("SELECT id FROM plans WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", plan.Id));
        if (await RentalStore.Running(s, tenant, plan.Id) + count > most)
            throw new Refusal(RentalErrors.PlanFull);
    }

    private static string Named(string? typed)
    {
        var check = new FieldChecks();
        var name = check.Text("name", typed, 0, 60);
        check.ThrowIfAny();
        return name;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What somebody wants to have of a plan.</summary>
/// <param name="Rental">The one that it is added to; null: a new one.</param>
/// <param name="Name">Of a new one.</param>
/// <param name="When">Of one that is on another plan: see <see cref="Rentals.Rental.With"/>.</param>
public sealed record Wish(string? Rental = null, string? Name = null, string? When = null);

/// <summary>Why there is no rental, or no more of it.</summary>
public static class RentalErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_RENTAL");
    public static readonly ErrorCode NotASerial = new(409, "NOT_A_SERIAL");
    public static readonly ErrorCode Spent = new(409, "SERIAL_SPENT");
    public static readonly ErrorCode Blocked = new(409, "SERIAL_BLOCKED");
    public static readonly ErrorCode Ended = new(409, "RENTAL_ENDED");
    public static readonly ErrorCode Suspended = new(409, "RENTAL_SUSPENDED");
    public static readonly ErrorCode OtherPlan = new(409, "RENTAL_OTHER_PLAN");
    public static readonly ErrorCode Next = new(409, "RENTAL_NEXT");
    public static readonly ErrorCode NotComparable = new(409, "RENTAL_NOT_COMPARABLE");
    public static readonly ErrorCode NotRenewable = new(409, "RENTAL_NOT_RENEWABLE");
    public static readonly ErrorCode Forever = new(409, "RENTAL_FOREVER");
    public static readonly ErrorCode PlanFull = new(409, "PLAN_FULL");
    public static readonly ErrorCode TrialOnce = new(409, "TRIAL_ONCE");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, NotASerial, Spent, Blocked, Ended, Suspended, OtherPlan, Next, NotComparable, NotRenewable, Forever, PlanFull, TrialOnce];
}
