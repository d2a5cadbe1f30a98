using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.TrafficDesk;

/// <summary>What people, rentals, devices, servers and regions are called.</summary>
internal static class TrafficNames
{
    /// <summary>By their ids; what is gone has none.</summary>
    public static async ValueTask<Dictionary<string, string>> Of(ReadTx s, string tenant, string by, IEnumerable<string> ids)
    {
        var wanted = ids.Where(i => i.Length > 0).Distinct().ToList();
        if (by == TrafficReports.ByAccount)
            return await RentalStore.People(s, tenant, wanted);
        var sql = by switch
        {
            TrafficReports.ByRental => "SELECT name FROM rentals WHERE tenant_id = @tenant AND id = @id",
            TrafficReports.ByDevice => "SELECT name FROM rental_devices WHERE tenant_id = @tenant AND node_key = @id AND name <> '' ORDER BY id DESC LIMIT 1",
            TrafficReports.ByServer => "SELECT name FROM relay_servers WHERE tenant_id = @tenant AND id = @id",
            _ => "SELECT region_name FROM relay_servers WHERE tenant_id = @tenant AND region_code = @id ORDER BY id LIMIT 1",
        };
        var names = new Dictionary<string, string>();
        foreach (var id in wanted)
            if (await s.One(sql, r => r.GetString(0), ("tenant", tenant), ("id", id)) is { } name)
                names[id] = name;
        return names;
    }

    /// <summary>Of all that a question is narrowed to.</summary>
    public static async ValueTask<List<(string By, string Id, string Name)>> Of(ReadTx s, string tenant, TrafficWhich which)
    {
        var only = new List<(string, string, string)>();
        foreach (var (by, id) in new[] { (TrafficReports.ByAccount, which.Account), (TrafficReports.ByRental, which.Rental), (TrafficReports.ByDevice, which.Device), (TrafficReports.ByServer, which.Server), (TrafficReports.ByRegion, which.Region) })
            if (id is not null)
                only.Add((by, id, (await Of(s, tenant, by, [id])).GetValueOrDefault(id, id)));
        return only;
    }
}
