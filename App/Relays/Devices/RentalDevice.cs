using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Devices;

/// <summary>A device that a rental's relays let in.</summary>
/// <param name="SeenAt">When it was last connected.</param>
public sealed record RentalDevice(string Id, string RentalId, string NodeKey, string Name, long? SeenAt, long CreatedAt);

/// <summary>The devices of rentals: as many as the rental lets in, decided under its lock. Each use case runs inside the transaction it is given.</summary>
public sealed class DeviceService(RelaySignal signal, TimeProvider clock)
{
    private const int MaxName = 60;
    private const string Select = "SELECT d.id, d.rental_id, d.node_key, d.name, d.seen_at, d.created_at FROM rental_devices d";

    /// <summary>Of a rental, or of all of a person's; in the order in which they came.</summary>
    public static ValueTask<List<RentalDevice>> List(ReadTx s, string tenant, string account, string? rental)
    {
        var filter = new SqlFilter("d.tenant_id = @tenant AND d.account_id = @account", ("tenant", tenant), ("account", account));
        if (rental is not null)
            filter = filter.And("d.rental_id = @rental", ("rental", rental));
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY d.id LIMIT 20000", Map, filter.Args());
    }

    /// <summary>Lets a device in; one that is let in already gets the name.</summary>
    /// <param name="rental">May be left out by who has one only.</param>
    /// <exception cref="Refusal">404 NO_SUCH_RENTAL; 409 WHICH_RENTAL, RENTAL_ENDED or DEVICE_LIMIT; 422 on <c>node_key</c> or <c>name</c>.</exception>
    public async ValueTask<RentalDevice> Add(WriteTx s, string tenant, string account, string? nodeKey, string? name, string? rental)
    {
        var check = new FieldChecks();
        var (key, called) = (Key(check, nodeKey), check.Text("name", name, 0, MaxName));
        check.ThrowIfAny();
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var owner = await RentalStore.FindLocked(s, tenant, rental ?? await Only(s, tenant, account, now)) is { } found && found.AccountId == account ? found : throw new Refusal(RentalErrors.NotFound);
        if (owner.ReleasedAt is not null)
            throw new Refusal(RentalErrors.Ended);
        (string, object?)[] args = [("rental", owner.Id), ("key", key)];
        if (await s.One($"{Select} WHERE d.rental_id = @rental AND d.node_key = @key", Map, args) is { } known)
        {
            await s.Execute("UPDATE rental_devices SET name = @name WHERE id = @id", ("name", called), ("id", known.Id));
            return known with { Name = called };
        }
        if (await s.Number("SELECT COUNT(*) FROM rental_devices WHERE rental_id = @rental", ("rental", owner.Id)) >= owner.Terms.DeviceLimit)
            throw new Refusal(DeviceErrors.Limit);
        var made = new RentalDevice(Ids.New(), owner.Id, key, called, null, now);
        await s.Execute("INSERT INTO rental_devices (id, tenant_id, rental_id, account_id, node_key, name, created_at) VALUES (@id, @tenant, @rental, @account, @key, @name, @now)",
            ("id", made.Id), ("tenant", tenant), ("account", account), ("name", called), ("now", now), args[0], args[1]);
        await RefusedStore.Forget(s, owner.Id, key);
        await Changed(s, tenant, owner.Id);
        return made;
    }

    /// <summary>Lets a device in no more, and cuts it off; from all rentals of the person where none is named. Returns how many let it in.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_DEVICE.</exception>
    public async ValueTask<int> Remove(WriteTx s, string tenant, string account, string nodeKey, string? rental)
    {
        var filter = new SqlFilter("d.tenant_id = @tenant AND d.account_id = @account AND d.node_key = @key", ("tenant", tenant), ("account", account), ("key", nodeKey.Trim().ToLowerInvariant()));
        if (rental is not null)
            filter = filter.And("d.rental_id = @rental", ("rental", rental));
        var found = await s.All($"SELECT d.id, d.rental_id, d.node_key, d.name FROM rental_devices d WHERE {filter.Sql} ORDER BY d.rental_id", r => (Id: r.GetString(0), Rental: r.GetString(1), Key: r.GetString(2), Name: r.GetString(3)), filter.Args());
        var (gone, now) = (0, clock.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var (id, of, key, name) in found)
        {
            await RentalStore.FindLocked(s, tenant, of);
            gone += await s.Execute("DELETE FROM rental_devices WHERE id = @id", ("id", id));
            // It will try again, which is no news; it can be let in again from there.
            await RefusedStore.Add(s, tenant, account, new(of, key, name, "", now, 0, now), now);
            await RefusedStore.Hide(s, of, key, now);
            await Changed(s, tenant, of);
        }
        return gone > 0 ? gone : throw new Refusal(DeviceErrors.NotFound);
    }

    /// <summary>Its owner wants to see no more of a machine that was refused; of all rentals of the person where none is named.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_DEVICE.</exception>
    public async ValueTask Dismiss(WriteTx s, string tenant, string account, string nodeKey, string? rental)
    {
        var (key, hidden) = (nodeKey.Trim().ToLowerInvariant(), false);
        foreach (var machine in (await RefusedStore.Waiting(s, tenant, account, rental)).Where(m => m.NodeKey == key).OrderBy(m => m.RentalId, StringComparer.Ordinal))
        {
            await RentalStore.FindLocked(s, tenant, machine.RentalId);
            hidden |= await RefusedStore.Hide(s, machine.RentalId, key, clock.GetUtcNow().ToUnixTimeMilliseconds());
        }
        if (!hidden)
            throw new Refusal(DeviceErrors.NotFound);
    }

    /// <summary>A node key as it is kept: what a client's status prints.</summary>
    private static string Key(FieldChecks check, string? typed)
    {
        var key = typed?.Trim().ToLowerInvariant() ?? "";
        if (key.Length == 0)
            check.Wrong("node_key", "field.required");
        else if (!Derp.Protocol.NodeKey.TryParse(key, out _))
            check.Wrong("node_key", "rentals.wrong.node_key");
        return key;
    }

    private static async ValueTask<string> Only(ReadTx s, string tenant, string account, long now) =>
        (await RentalStore.OfAccount(s, tenant, account)).Where(r => r.Status(now) != Rental.Ended).ToList() switch
        {
            [var one] => one.Id,
            [] => throw new Refusal(RentalErrors.NotFound),
            _ => throw new Refusal(DeviceErrors.Which),
        };

    private async ValueTask Changed(WriteTx s, string tenant, string rental)
    {
        await RentalStore.Touch(s, tenant, rental);
        s.AfterCommit(signal.Wake);
    }

    private static RentalDevice Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.LongOrNull(4), r.GetInt64(5));
}

/// <summary>Why a device is not let in, or not removed.</summary>
public static class DeviceErrors
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_DEVICE");
    public static readonly ErrorCode Limit = new(409, "DEVICE_LIMIT");
    public static readonly ErrorCode Which = new(409, "WHICH_RENTAL");

    public static readonly IReadOnlyList<ErrorCode> All = [NotFound, Limit, Which];
}
