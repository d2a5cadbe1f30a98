using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Traffic;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.Metering;

/// <summary>What one server carried, by the name of its region.</summary>
public sealed record ServerTraffic(string Name, Volume Volume);

/// <summary>What a rental's own page shows of its traffic: the last 30 days, and by server.</summary>
public static class TrafficPanels
{
    private const int Days = 30;

    public static async Task<RenderFragment?> Load(HttpContext ctx, Rental rental)
    {
        var (services, tenant) = (ctx.RequestServices, ctx.Caller().TenantId);
        var days = Calendar.Days(services.GetRequiredService<TimeProvider>().GetUtcNow(), services.GetRequiredService<TenantSettings>().Zone(tenant), Days);
        var which = new TrafficWhich(null, rental.Id, null, null, null, days[0]);
        var (carried, servers) = await services.GetRequiredService<Database>().Read(async s =>
        {
            var steps = await TrafficReports.History(s, tenant, which, TrafficStore.Day, TrafficReports.ByServer);
            var names = (await s.All("SELECT DISTINCT server_id, region_name FROM relay_slots WHERE rental_id = @rental", r => (Id: r.GetString(0), Name: r.GetString(1)), ("rental", rental.Id))).ToLookup(n => n.Id, n => n.Name);
            return (steps, steps.GroupBy(t => t.Of ?? "").Select(g => new ServerTraffic(names[g.Key].FirstOrDefault(g.Key), g.Aggregate(default(Volume), (sum, t) => sum + t.Volume))).OrderByDescending(t => t.Volume.Bytes).ToList());
        }, ctx.RequestAborted);
        if (carried.Count == 0)
            return null;
        // A business that has changed its time zone has days that began at another hour: they count where they began.
        var points = days.Select((at, i) => (at, carried.Where(t => t.At >= at && (i + 1 == days.Length || t.At < days[i + 1])).Sum(t => t.Volume.Bytes))).ToList();
        return ComponentFragment.Of<TrafficPanel>((nameof(TrafficPanel.Days), points), (nameof(TrafficPanel.Servers), servers));
    }
}
