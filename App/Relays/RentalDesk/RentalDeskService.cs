using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.RentalDesk;

/// <param name="EndAt">Another end; null: as it is.</param>
/// <param name="Suspended">Null: as it is.</param>
public sealed record RentalChange(string? Name, string? Notes, long? DeviceLimit, long? EndAt, bool? Suspended);

/// <summary>What staff do with people's rentals; each use case runs inside the transaction it is given.</summary>
public sealed class RentalDeskService(RentalService rentals, CustomerService customers, PlanService plans, AuditWriter audit, RelaySignal signal, TimeProvider clock)
{
    /// <exception cref="Refusal">404 NO_SUCH_RENTAL.</exception>
    public static async ValueTask<Rental> Get(ReadTx s, string tenant, string id) => await RentalStore.Find(s, tenant, id) ?? throw new Refusal(RentalErrors.NotFound);

    /// <summary>Newest first.</summary>
    public static async ValueTask<Slice<Rental>> List(ReadTx s, string tenant, RentalFilter filter, long now, string? after, int limit) =>
        Slice<Rental>.Of(await RentalStore.List(s, tenant, filter, now, Cursor.Decode(after), limit + 1), limit, r => r.Id);

    /// <summary>Gives a person what a plan is, or more time to a rental of theirs.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_USER, and as <see cref="RentalService.Give"/>; 422 on <c>plan</c> or <c>account</c>.</exception>
    public async ValueTask<Rental> Grant(WriteTx s, Caller who, string? account, string? plan, Wish wish)
    {
        if (string.IsNullOrWhiteSpace(account))
            throw Refusal.Field("account", "field.required");
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var wanted = await plans.Named(s, who.TenantId, plan);
        if (wanted.Kind != Plan.Relay)
            throw Refusal.Field("plan", "rentals.wrong.plan");
        var person = await RentalService.Person(s, who.TenantId, await customers.IdOf(s, who.TenantId, account), now) ?? throw Refusal.Field("account", "rentals.wrong.account");
        var given = await rentals.Give(s, who.TenantId, person, wanted, wish, who.Name);
        await audit.Write(s, who, wish.Rental is null ? "rental.granted" : "rental.extended", Target(given), after: $$"""{"plan":"{{wanted.Id}}","end_at":{{given.EndAt?.ToString() ?? "null"}}}""");
        return given;
    }

    /// <exception cref="Refusal">404 NO_SUCH_RENTAL; 409 RENTAL_ENDED; 422 with all that is wrong, by field.</exception>
    public async ValueTask<Rental> Change(WriteTx s, Caller who, string id, RentalChange change)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var before = await RentalStore.FindLocked(s, who.TenantId, id) ?? throw new Refusal(RentalErrors.NotFound);
        if (before.ReleasedAt is not null)
            throw new Refusal(RentalErrors.Ended);
        var check = new FieldChecks();
        var after = before with
        {
            Name = change.Name is null ? before.Name : check.Text("name", change.Name, 1, 60), Notes = change.Notes is null ? before.Notes : check.Text("notes", change.Notes, 0, 2000, lines: true),
            Terms = change.DeviceLimit is { } most ? before.Terms with { DeviceLimit = check.Range("device_limit", most, 1 + before.ExtraDevices, 10_000 + before.ExtraDevices) } : before.Terms,
            SuspendedAt = change.Suspended switch { true => before.SuspendedAt ?? now, false => null, _ => before.SuspendedAt },
        };
        if (change.EndAt is { } end)
        {
            if (after.StartsAt(now) is not { } start || end <= start || end > License.Latest)
                check.Wrong("end_at", "rentals.wrong.end");
            after = after with { StartAt = after.StartsAt(now), EndAt = end, CutAt = end > now ? null : before.CutAt };
        }
        check.ThrowIfAny();
        await RentalStore.Update(s, who.TenantId, after, now);
        if (before.Runs != after.Runs)
            await Slots.SlotStore.Want(s, id, after.Runs);
        if (before.SuspendedAt is null != after.SuspendedAt is null)
            await RentalStore.Tell(s, who.TenantId, after, after.SuspendedAt is null ? "resumed" : "suspended", who.Name, now);
        if (before.EndAt != after.EndAt)
            await RentalStore.Tell(s, who.TenantId, after, "changed", who.Name, now);
        await audit.Write(s, who, "rental.changed", Target(after), Told(before), Told(after));
        s.AfterCommit(signal.Wake);
        return after;
    }

    private static AuditTarget Target(Rental rental) => new("rental", rental.Id, rental.Terms.PlanName);

    // Its name and notes are the person's.
    private static string Told(Rental r) => $$"""{"device_limit":{{r.Terms.DeviceLimit}},"end_at":{{(r.EndAt is { } end ? $"\"{Format.Iso(end)}\"" : "null")}},"suspended":{{(r.SuspendedAt is null ? "false" : "true")}}}""";
}
