using System.Text.Json;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Devices;

/// <summary>What people have of relays: counted, moved to another account of theirs, and taken along.</summary>
internal static class RentalPeople
{
    public static ValueTask<long> Count(ReadTx s, string tenant, string account) =>
        s.Number("SELECT COUNT(*) FROM rentals WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    /// <summary>Makes an account's rentals another's. A region id that the other has already becomes another one: maps with it change.</summary>
    public static async ValueTask Move(WriteTx s, string tenant, string from, string into)
    {
        (string, object?)[] both = [("into", into), ("tenant", tenant), ("from", from)];
        var used = await SlotStore.RegionIds(s, into);
        foreach (var slot in await SlotStore.OfAccount(s, tenant, from))
        {
            var region = slot.RegionId;
            if (used.Contains(region))
            {
                used.UnionWith(await SlotStore.RegionIds(s, from));
                region = Enumerable.Range(SlotStore.FirstRegion, SlotStore.LastRegion - SlotStore.FirstRegion + 1).FirstOrDefault(r => !used.Contains(r), region);
                await s.Execute("UPDATE relay_slots SET region_id = @region, node_name = @node, region_code = @code WHERE id = @id", ("region", (long)region), ("node", $"{region}a"), ("code", $"r{region}-{slot.RegionCode[(slot.RegionCode.IndexOf('-') + 1)..]}"), ("id", slot.Id));
                await s.Execute("UPDATE rentals SET acl_version = acl_version + 1 WHERE id = @id", ("id", slot.RentalId));
            }
            used.Add(region);
        }
        foreach (var table in new[] { "rentals", "rental_events", "relay_slots", "rental_devices", "tailnets", "rental_refused", "relay_anomalies", "acl_choices", "acl_versions", "acl_links", "acl_log" })
            await s.Execute($"UPDATE {table} SET account_id = @into WHERE tenant_id = @tenant AND account_id = @from", both);
    }

    /// <summary>An account's rentals, with their devices and what happened to them, for who takes their data along.</summary>
    public static async ValueTask WriteOwn(ReadTx s, string tenant, string account, Utf8JsonWriter json)
    {
        var (devices, events) = (await DeviceService.List(s, tenant, account, null), await RentalStore.Events(s, tenant, account, null, null, 100_000));
        json.WriteStartArray();
        foreach (var rental in await RentalStore.OfAccount(s, tenant, account))
        {
            json.WriteStartObject();
            json.WriteString("name", rental.Name);
            json.WriteString("plan", rental.Terms.PlanName);
            json.WriteString("start_at", Format.Iso(rental.StartAt));
            json.WriteString("end_at", Format.Iso(rental.EndAt));
            json.WriteNumber("traffic_used", rental.TrafficUsed);
            json.WriteStartArray("devices");
            foreach (var device in devices.Where(d => d.RentalId == rental.Id).Select(d => (d.NodeKey, d.Name)).Concat(await HeldDevices.Of(s, rental.Id)))
            {
                json.WriteStartObject();
                json.WriteString("node_key", device.NodeKey);
                json.WriteString("name", device.Name);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("refused");
            foreach (var machine in await RefusedStore.All(s, rental.Id))
            {
                json.WriteStartObject();
                json.WriteString("node_key", machine.NodeKey);
                json.WriteString("address", machine.Address);
                json.WriteString("at", Format.Iso(machine.At));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("history");
            foreach (var happened in events.Where(e => e.RentalId == rental.Id))
            {
                json.WriteStartObject();
                json.WriteString("at", Format.Iso(happened.At));
                json.WriteString("what", happened.Kind);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
