using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Servers;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Relays.Health;

/// <summary>What a server's own page shows of how it answered.</summary>
public static class HealthPanels
{
    public static readonly IReadOnlyList<string> Ranges = ["24h", "7d", "30d", "1y"];
    private const long Day = 86_400_000;
    // A chart is as wide as a page: more points than that nobody tells apart.
    private const int Points = 180;

    public static async Task<RenderFragment?> Load(HttpContext ctx, RelayServer server)
    {
        var range = Ranges.FirstOrDefault(r => r == ctx.Request.Query["range"], Ranges[0]);
        var (span, days) = Span(range);
        var until = ctx.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds() + 1;
        var (steps, events) = await ctx.RequestServices.GetRequiredService<Database>().Read(
            async s => (await HealthStore.History(s, server.Id, span, until - days * Day, until, 20_000), await HealthStore.Events(s, server.Id, 8)), ctx.RequestAborted);
        return ComponentFragment.Of<HealthPanel>((nameof(HealthPanel.Server), server.Id), (nameof(HealthPanel.Range), range), (nameof(HealthPanel.Steps), Fewer(steps)), (nameof(HealthPanel.Events), events));
    }

    /// <summary>What a range is made of: seconds of a step, and how many days it goes back.</summary>
    internal static (long Span, int Days) Span(string range) => range switch { "24h" => (HealthStore.FiveMinutes, 1), "7d" => (HealthStore.FiveMinutes, 7), "30d" => (HealthStore.Hour, 30), _ => (HealthStore.Hour, 365) };

    // Neighbours together, none of them left out.
    internal static IReadOnlyList<ProbeStep> Fewer(IReadOnlyList<ProbeStep> steps, int points = Points) =>
        [.. steps.Chunk((steps.Count + points - 1) / points is var size and > 0 ? size : 1).Select(some => new ProbeStep(some[0].At, some.Sum(p => p.Probes), some.Sum(p => p.Failures), some.Sum(p => p.MsSum), some.Max(p => p.MsMost)))];
}
