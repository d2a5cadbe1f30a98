using Gatehouse.Accounts.Logins;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Places;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Relays.AclDesk;

/// <summary>What is asked of a rental's map; null leaves a thing as it is. Regions go by their ids.</summary>
/// <param name="OmitDefaultRegions">Devices use these relays alone.</param>
/// <param name="Servers">The region ids that are in the map.</param>
/// <param name="Names">Other names for regions; an empty one takes it back.</param>
/// <param name="Machines">How many the tailnet has.</param>
/// <param name="Base">Region ids are to be others, from here on.</param>
public sealed record AclWish(bool? OmitDefaultRegions = null, IReadOnlyList<int>? Servers = null, IReadOnlyDictionary<string, string>? Names = null, long? Machines = null, int? Base = null);

/// <summary>A rental's map with all that its page shows.</summary>
public sealed record AclState(AclRental Rental, AclVersion Version, AclChoices Choices, IReadOnlyList<RentedSlot> Slots);

/// <summary>
/// The use cases of maps; each runs inside the transaction it is given. A version is made when there is none for a rental's relays as they
/// are: whoever asks for a map gets one that fits, and <see cref="AclKeeper"/> sees to those that nobody asks for.
/// </summary>
public sealed class AclService(AuditWriter audit, PlaceLookup places, TimeProvider clock)
{
    internal const int MaxName = 100;
    private const long MostMachines = 1_000_000;

    /// <summary>A rental that the caller may see: customers their own, staff all of their tenant.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_ACL.</exception>
    public async ValueTask<AclRental> Find(ReadTx s, Caller who, string id) =>
        id.Length is > 0 and <= 64 && await AclRentals.Find(s, who.TenantId, id, Now()) is { } rental && (!who.IsCustomer || rental.Account == who.Id) ? rental : throw new Refusal(AclErrors.NotFound);

    /// <summary>The same by the name of its person, where no id says which.</summary>
    /// <param name="person">A user name, an e-mail address, a phone number, an id, or <c>me</c>; null: the caller.</param>
    /// <exception cref="Refusal">404 NO_SUCH_ACL; 422 on <c>rental</c> where the person has several.</exception>
    public async ValueTask<AclRental> Find(ReadTx s, Caller who, string? person, string? rental)
    {
        var account = await Account(s, who, person);
        if (!string.IsNullOrEmpty(rental))
            return await Find(s, who, rental) is var found && (account is null || found.Account == account) ? found : throw new Refusal(AclErrors.NotFound);
        if (account is null)
            throw Refusal.Field("rental", "field.required");
        var all = await AclRentals.OfAccount(s, who.TenantId, account, Now());
        var running = all.Where(r => !r.Released).ToList();
        return running.Count > 1 ? throw Refusal.Field("rental", "acl.wrong.which", string.Join(", ", running.Select(r => $"{r.Id} ({r.Name})"))) : running.FirstOrDefault() ?? all.FirstOrDefault() ?? throw new Refusal(AclErrors.NotFound);
    }

    /// <summary>Whose account the caller means and may see; null where staff name nobody.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_ACL.</exception>
    public static async ValueTask<string?> Account(ReadTx s, Caller who, string? person)
    {
        if (string.IsNullOrWhiteSpace(person) || person == "me")
            return who.IsCustomer ? who.Id : person == "me" ? throw new Refusal(AclErrors.NotFound) : null;
        var account = await AccountLogins.Find(s, who.TenantId, person)
            ?? await s.One("SELECT id FROM accounts WHERE tenant_id = @tenant AND id = @id AND kind = 'customer'", r => r.GetString(0), ("tenant", who.TenantId), ("id", person.Any(char.IsControl) ? "" : person));
        return account is null || (who.IsCustomer && account != who.Id) ? throw new Refusal(AclErrors.NotFound) : account;
    }

    /// <summary>The map that fits a rental's relays as they are now: its newest version, or one that is made for it.</summary>
    /// <param name="who">Who asks; for the log.</param>
    /// <param name="again">Make a new one even where the newest fits.</param>
    /// <exception cref="Refusal">404 NO_SUCH_ACL, 409 ACL_STOPPED, or 422 on <c>acl</c>: what would be given away breaks a rule.</exception>
    public async ValueTask<AclState> Current(WriteTx s, Caller who, string rental, bool again = false, string cause = AclVersion.Relays)
    {
        var now = Now();
        var of = await AclRentals.FindLocked(s, who.TenantId, rental, now) ?? throw new Refusal(AclErrors.NotFound);
        if (!of.Runs(now))
            throw new Refusal(AclErrors.Stopped);
        var (slots, choices, newest) = (await AclRentals.Slots(s, who.TenantId, rental), await AclStore.Choices(s, rental), await AclStore.Newest(s, rental));
        var said = choices.Apply(slots);
        if (!again && newest is not null && newest.Until > now && Fits(newest, said, choices))
            return new(of, newest, choices, slots);
        var version = newest is null ? of.Version : Math.Max(newest.Version + 1, of.Version);
        var made = AclStore.Made(of, version, newest is null ? AclVersion.First : again ? cause : Fits(newest, said, choices) ? AclVersion.Renewed : cause, said, choices.OmitDefaultRegions, now);
        await AclStore.Insert(s, who.TenantId, made);
        await AclStore.Number(s, rental, version);
        await AclLog.Write(s, places, who.TenantId, rental, of.Account, who, AclLog.Made, version, made.Cause, now);
        return new(of with { Version = version }, made, choices, slots);
    }

    /// <summary>Changes what a map is made of, and makes one where that makes a difference.</summary>
    /// <param name="again">In any case.</param>
    /// <exception cref="Refusal">404, 409, or 422 with all that is wrong, by field.</exception>
    public async ValueTask<AclState> Change(WriteTx s, Caller who, string rental, AclWish wish, bool again = false)
    {
        var now = Now();
        var of = await AclRentals.FindLocked(s, who.TenantId, rental, now) ?? throw new Refusal(AclErrors.NotFound);
        if (!of.Runs(now))
            throw new Refusal(AclErrors.Stopped);
        // Regions are named by the ids that they have had until now: whoever asks for others does not know those yet.
        await AclStore.Choose(s, who.TenantId, of, Chosen(await AclStore.Choices(s, rental), wish, await AclRentals.Slots(s, who.TenantId, rental)), now);
        if (wish.Base is { } first && !await AclRentals.Renumber(s, of, first))
            throw Refusal.Field("base", "acl.wrong.base", $"{RegionIds.First}", $"{RegionIds.Last - 1}");
        var state = await Current(s, who, rental, again, again ? AclVersion.Asked : AclVersion.Chosen);
        if (!who.IsCustomer)
            await audit.Write(s, who, "acl.changed", new AuditTarget("rental", rental, rental));
        return state;
    }

    /// <summary>A policy with the map in it and everything else as it was.</summary>
    /// <exception cref="Refusal">404, 409, or 422 on <c>policy</c>.</exception>
    public async ValueTask<(PolicyMerge Merge, AclState State)> Merge(WriteTx s, Caller who, string rental, string policy, int? first)
    {
        var state = first is null ? await Current(s, who, rental) : await Change(s, who, rental, new AclWish(Base: first));
        var version = state.Version;
        var merge = PolicyMerge.Of(policy, version.Slots, new AclOptions(version.OmitDefaultRegions), await AclStore.Former(s, rental));
        if (merge.Text is not null)
            await AclLog.Write(s, places, who.TenantId, rental, state.Rental.Account, who, AclLog.Merged, version.Version, AclVersion.Policy, Now());
        return (merge, state);
    }

    /// <summary>The map in a format, for whoever takes it along.</summary>
    /// <exception cref="Refusal">404, 409.</exception>
    public async ValueTask<(AclState State, string Text)> Take(WriteTx s, Caller who, string rental, string format)
    {
        var state = await Current(s, who, rental);
        await AclLog.Write(s, places, who.TenantId, rental, state.Rental.Account, who, AclLog.Downloaded, state.Version.Version, format, Now());
        return (state, state.Version.In(format));
    }

    /// <summary>Does a version say what a map would say now?</summary>
    internal static bool Fits(AclVersion version, IReadOnlyList<AclSlot> said, AclChoices choices) => version.OmitDefaultRegions == choices.OmitDefaultRegions && version.Slots.SequenceEqual(said);

    /// <summary>What people should know before they use a map: a machine that is not let in may still take a relay as its home, and nothing tells it.</summary>
    public static Message? Warning(AclRental rental, AclChoices choices) =>
        choices.Machines is not { } machines ? new("acl.machines.unknown", rental.DeviceLimit) : machines > rental.DeviceLimit ? new("acl.machines.too_many", machines, rental.DeviceLimit, machines - rental.DeviceLimit) : null;

    private static AclChoices Chosen(AclChoices before, AclWish wish, IReadOnlyList<RentedSlot> slots)
    {
        var checks = new FieldChecks();
        var byRegion = slots.ToDictionary(v => v.Said.RegionId);
        if (wish.Machines is { } machines)
            checks.Range("machines", machines, 1, MostMachines);
        if (wish.Servers is { } servers && (servers.Count == 0 || !servers.All(byRegion.ContainsKey)))
            checks.Wrong("servers", servers.Count == 0 ? "acl.wrong.no_server" : "acl.wrong.server", string.Join(", ", byRegion.Keys));
        var names = new Dictionary<string, string>(before.Names.Where(n => slots.Any(v => v.Id == n.Key)));
        foreach (var (region, typed) in wish.Names ?? new Dictionary<string, string>())
        {
            if (!int.TryParse(region, out var id) || !byRegion.TryGetValue(id, out var slot))
            {
                checks.Wrong("names", "acl.wrong.server", string.Join(", ", byRegion.Keys));
                continue;
            }
            var name = checks.Text("names", typed, 0, MaxName);
            if (name.Length == 0 || name == slot.Said.RegionName)
                names.Remove(slot.Id);
            else
                names[slot.Id] = name;
        }
        checks.ThrowIfAny();
        return new(wish.OmitDefaultRegions ?? before.OmitDefaultRegions, wish.Servers is { } chosen ? [.. slots.Where(v => !chosen.Contains(v.Said.RegionId)).Select(v => v.Id)] : before.LeftOut, names, wish.Machines ?? before.Machines);
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
