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
    /// <param name="rental">The one that it extends; null: a new one.</param>
    /// <exception cref="Refusal">401; 404 KEY_NOT_FOUND, NO_SUCH_RENTAL; 409 NOT_A_SERIAL, SERIAL_SPENT, SERIAL_BLOCKED, and as <see cref="Give"/>.</exception>
    public async ValueTask<Rental> Redeem(WriteTx s, Caller who, License seen, string? rental, string? name)
    {
        var (tenant, now) = (who.TenantId, Now());
        var customer = await Person(s, tenant, who.Id ?? "", now) ?? throw new Refusal(HttpErrors.Unauthorized);
        if (LicenseKey.Parse(seen.Key) is not { } typed || await LicenseStore.Lock(s, tenant, typed) is null || await LicenseStore.Find(s, tenant, typed) is not { } key)
            throw new Refusal(LicenseErrors.NotFound);
        if (!key.Relay)
            throw new Refusal(RentalErrors.NotASerial);
        if (key.Stored != LicenseState.Unused)
            throw new Refusal(key.Stored is LicenseState.Suspended or LicenseState.Revoked ? RentalErrors.Blocked : RentalErrors.Spent);
        var given = await Give(s, tenant, customer, await plans.Get(s, tenant, key.PlanId), rental, name, Caller.PublicName, license: key.Id);
        await LicenseStore.Spend(s, tenant, key.Id, now);
        await s.Execute(LicenseStore.InsertEvent, LicenseStore.Event(who, key.Id, Ids.New(), now, "redeemed"));
        queries.CountAgainAfter(s, tenant);
        return given;
    }

    /// <summary>Gives a person what a plan is: a rental, or more time to one. The account's row is locked.</summary>
    /// <exception cref="Refusal">
    /// 404 NO_SUCH_RENTAL; 409 RENTAL_ENDED, RENTAL_FOREVER, RENTAL_OTHER_PLAN, RENTAL_NOT_RENEWABLE, RENTAL_SUSPENDED; of a new one NO_RELAY_ROOM, REGIONS_FULL, PLAN_FULL, TRIAL_ONCE. 422 on <c>name</c>.
    /// </exception>
    public async ValueTask<Rental> Give(WriteTx s, string tenant, string account, Plan plan, string? rental, string? name, string actor, string? license = null, string? order = null)
    {
        var now = Now();
        if (plan.Kind != Plan.Relay)
            throw new Refusal(RentalErrors.NotASerial);
        if (plan.Trial && await RentalStore.Had(s, account, plan.Id))
            throw new Refusal(RentalErrors.TrialOnce);
        var given = rental is null ? await Begin(s, tenant, account, plan, name, now) : await Extend(s, tenant, account, plan, rental, now);
        await RentalStore.Tell(s, tenant, given, rental is not null ? "extended" : order is not null ? "bought" : license is not null ? "redeemed" : "granted", actor, now, license, order, plan.Id, plan.DurationSeconds * 1000);
        s.AfterCommit(signal.Wake);
        return given;
    }

    /// <summary>The person's row, locked; null when there is none that may have anything.</summary>
    internal static async ValueTask<string?> Person(WriteTx s, string tenant, string account, long now) =>
        await CustomerStore.FindLocked(s, tenant, account, now) is { DisabledAt: null } customer ? customer.Id : null;

    private async ValueTask<Rental> Begin(WriteTx s, string tenant, string account, Plan plan, string? name, long now)
    {
        if (plan.Capacity is { } most)
        {
            await s.Locked("SELECT id FROM plans WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", plan.Id));
            if (await RentalStore.Running(s, tenant, plan.Id) >= most)
                throw new Refusal(RentalErrors.PlanFull);
        }
        var made = Rental.Of(plan, Ids.New(), account, Named(name) is { Length: > 0 } given ? given : plan.Name, now);
        await RentalStore.Insert(s, tenant, made);
        await slots.Allocate(s, tenant, account, made.Id, (int)made.Servers, plan.RegionCodes, made.RegionBase, now);
        return made;
    }

    private static async ValueTask<Rental> Extend(WriteTx s, string tenant, string account, Plan plan, string id, long now)
    {
        if (await RentalStore.FindLocked(s, tenant, id) is not { } before || before.AccountId != account)
            throw new Refusal(RentalErrors.NotFound);
        if (before.ReleasedAt is not null)
            throw new Refusal(RentalErrors.Ended);
        if (before.SuspendedAt is not null)
            throw new Refusal(RentalErrors.Suspended);
        if (before.PlanId != plan.Id)
            throw new Refusal(RentalErrors.OtherPlan);
        if (!before.Renewable || plan.Trial)
            throw new Refusal(RentalErrors.NotRenewable);
        if (before is { EndAt: null, DurationMs: null })
            throw new Refusal(RentalErrors.Forever);
        var after = before.Extended(plan.DurationSeconds, now) with { CutAt = null };
        if (after.EndAt > License.Latest)
            throw new Refusal(RentalErrors.Forever);
        await RentalStore.Update(s, tenant, after, now);
        if (before.CutAt is not null)
            await SlotStore.Want(s, id, run: true);
        return after;
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
    public static readonly ErrorCode NotRenewable = new(409, "RENTAL_NOT_RENEWABLE");
    public static readonly ErrorCode Forever = new(409, "RENTAL_FOREVER");
    public static readonly ErrorCode PlanFull = new(409, "PLAN_FULL");
    public static readonly ErrorCode TrialOnce = new(409, "TRIAL_ONCE");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, NotASerial, Spent, Blocked, Ended, Suspended, OtherPlan, NotRenewable, Forever, PlanFull, TrialOnce];
}
