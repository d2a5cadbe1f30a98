using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Rentals;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.Health;

/// <summary>How a region of a rental answered. Of its server nothing else is said: not who else is on it, nor what they carry.</summary>
/// <param name="Health">One of <see cref="ServerHealth"/>'s.</param>
/// <param name="Steps">Oldest first.</param>
public sealed record RegionHealth(string Name, string Health, IReadOnlyList<ProbeStep> Steps)
{
    /// <summary>How much of the probes it answered, in percent, not rounded up: 100 is when it answered all of them; null: none was made.</summary>
    public double? Share => Steps.Sum(p => p.Probes) is > 0 and var all ? Math.Floor(10_000.0 * Steps.Sum(p => p.Probes - p.Failures) / all) / 100 : null;
}

/// <summary>What a rental's own page shows of its regions: how the servers that its relays are on now answered.</summary>
public static class RentalHealthPanels
{
    public static readonly IReadOnlyList<string> Ranges = ["24h", "7d", "30d"];

    /// <summary>By which the page is asked for one of <see cref="Ranges"/>.</summary>
    public const string Query = "health";
    private const long Day = 86_400_000;
    // Several charts are on the page, most of them on phones.
    private const int Points = 96;

    public static async Task<RenderFragment?> Load(HttpContext ctx, Rental rental)
    {
        if (rental.ReleasedAt is not null)
            return null;
        var range = Ranges.FirstOrDefault(r => r == ctx.Request.Query[Query], Ranges[0]);
        var (span, days) = HealthPanels.Span(range);
        var until = ctx.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds() + 1;
        var regions = await ctx.RequestServices.GetRequiredService<Database>().Read(async s =>
        {
            var servers = await s.All(
                "SELECT v.id, v.health, t.region_name FROM relay_slots t JOIN relay_servers v ON v.id = t.server_id WHERE t.tenant_id = @tenant AND t.rental_id = @rental AND t.released_at IS NULL ORDER BY t.position",
                r => (Id: r.GetString(0), Health: r.GetString(1), Name: r.GetString(2)), ("tenant", ctx.Caller().TenantId), ("rental", rental.Id));
            var found = new List<RegionHealth>();
            foreach (var server in servers.DistinctBy(v => v.Id))
                found.Add(new(server.Name, server.Health, HealthPanels.Fewer(await HealthStore.History(s, server.Id, span, until - days * Day, until, 20_000), Points)));
            return found;
        }, ctx.RequestAborted);
        return regions.Count == 0 ? null : ComponentFragment.Of<RentalHealthPanel>((nameof(RentalHealthPanel.Rental), rental.Id), (nameof(RentalHealthPanel.Range), range), (nameof(RentalHealthPanel.Regions), regions));
    }
}
