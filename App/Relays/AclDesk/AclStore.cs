using System.Text.Json;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Relays.AclDesk;

/// <summary>Versions of maps, and what was chosen for them, in the database.</summary>
internal static class AclStore
{
    private const string Select = "SELECT v.id, v.rental_id, v.account_id, v.version, v.cause, v.slots, v.omit_default, v.derp_map, v.headscale, v.tag, v.created_at, v.until FROM acl_versions v";

    /// <summary>The newest of a rental; null before the first.</summary>
    public static ValueTask<AclVersion?> Newest(ReadTx s, string rental) => s.One(Select + " WHERE v.rental_id = @rental ORDER BY v.version DESC LIMIT 1", Map, ("rental", rental));

    /// <summary>The newest of each rental from one id to another.</summary>
    public static async ValueTask<Dictionary<string, AclVersion>> Newest(ReadTx s, string from, string to) =>
        (await s.All(Select + " WHERE v.rental_id >= @from AND v.rental_id <= @to AND v.version = (SELECT MAX(x.version) FROM acl_versions x WHERE x.rental_id = v.rental_id)", Map, ("from", from), ("to", to))).ToDictionary(v => v.RentalId);

    /// <summary>The relays that a rental's last versions had, also those that it has no more.</summary>
    public static async ValueTask<List<AclSlot>> Former(ReadTx s, string rental) =>
        [.. (await s.All("SELECT slots FROM acl_versions WHERE rental_id = @rental ORDER BY version DESC LIMIT 50", r => Slots(r.GetString(0)), ("rental", rental))).SelectMany(v => v).Distinct()];

    public static ValueTask<int> Insert(WriteTx s, string tenant, AclVersion v) => s.Execute(
        """
        INSERT INTO acl_versions (id, tenant_id, rental_id, account_id, version, cause, slots, omit_default, derp_map, headscale, tag, created_at, until)
        VALUES (@id, @tenant, @rental, @account, @version, @cause, @slots, @omit, @map, @yaml, @tag, @now, @until)
        """,
        ("id", v.Id), ("tenant", tenant), ("rental", v.RentalId), ("account", v.AccountId), ("version", v.Version), ("cause", v.Cause), ("slots", JsonSerializer.Serialize([.. v.Slots], AclStored.Default.ListAclSlot)),
        ("omit", v.OmitDefaultRegions ? 1L : 0L), ("map", v.DerpMap), ("yaml", v.Headscale), ("tag", v.Tag), ("now", v.CreatedAt), ("until", v.Until));

    /// <summary>The rental's number is that of its newest version.</summary>
    public static ValueTask<int> Number(WriteTx s, string rental, long version) => s.Execute("UPDATE rentals SET acl_version = @version WHERE id = @id", ("version", version), ("id", rental));

    public static async ValueTask<AclChoices> Choices(ReadTx s, string rental) => (await Choices(s, rental, rental)).GetValueOrDefault(rental, AclChoices.None);

    /// <summary>Of all rentals from one id to another for which something was chosen.</summary>
    public static async ValueTask<Dictionary<string, AclChoices>> Choices(ReadTx s, string from, string to) =>
        (await s.All("SELECT rental_id, omit_default, left_out, names, machines FROM acl_choices WHERE rental_id >= @from AND rental_id <= @to", r => (Rental: r.GetString(0), Chosen: new AclChoices(r.GetInt64(1) == 1,
            JsonSerializer.Deserialize(r.GetString(2), AclStored.Default.ListString)!, JsonSerializer.Deserialize(r.GetString(3), AclStored.Default.DictionaryStringString)!, r.LongOrNull(4))), ("from", from), ("to", to)))
        .ToDictionary(v => v.Rental, v => v.Chosen);

    public static ValueTask<int> Choose(WriteTx s, string tenant, AclRental rental, AclChoices chosen, long now) => s.Execute(
        """
        INSERT INTO acl_choices (rental_id, tenant_id, account_id, omit_default, left_out, names, machines, updated_at) VALUES (@rental, @tenant, @account, @omit, @left_out, @names, @machines, @now)
        ON CONFLICT (rental_id) DO UPDATE SET omit_default = excluded.omit_default, left_out = excluded.left_out, names = excluded.names, machines = excluded.machines, updated_at = excluded.updated_at
        """,
        ("rental", rental.Id), ("tenant", tenant), ("account", rental.Account), ("omit", chosen.OmitDefaultRegions ? 1L : 0L), ("left_out", JsonSerializer.Serialize([.. chosen.LeftOut], AclStored.Default.ListString)),
        ("names", JsonSerializer.Serialize(new Dictionary<string, string>(chosen.Names), AclStored.Default.DictionaryStringString)), ("machines", chosen.Machines), ("now", now));

    /// <summary>A map that is made now.</summary>
    public static AclVersion Made(AclRental rental, long version, string cause, IReadOnlyList<AclSlot> slots, bool omit, long now)
    {
        var documents = AclDocuments.Of(slots, new AclOptions(omit));
        return new(Ids.New(), rental.Id, rental.Account, version, cause, slots, omit, documents.DerpMap, documents.Headscale, OpaqueToken.Hash(documents.DerpMap)[..32], now, now + (long)AclVersion.Holds.TotalMilliseconds);
    }

    private static List<AclSlot> Slots(string json) => JsonSerializer.Deserialize(json, AclStored.Default.ListAclSlot)!;

    private static AclVersion Map(Row r) => new(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt64(3), r.GetString(4), Slots(r.GetString(5)), r.GetInt64(6) == 1, r.GetString(7), r.GetString(8), r.GetString(9), r.GetInt64(10), r.GetInt64(11));
}
