using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console.Dashboard;

/// <summary>/admin.</summary>
public static class DashboardPages
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/admin", Show).RequiresSignIn().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();

    private static async Task Show(HttpContext ctx, PageRenderer pages, IEnumerable<DashboardSection> sections)
    {
        var cards = new List<DashboardCards>();
        foreach (var section in sections.Where(s => ctx.Caller().May(s.Needs)).OrderBy(s => s.Order))
            cards.Add(await section.Load(ctx));
        await pages.Render<DashboardPage, DashboardModel>(ctx, new(cards));
    }
}

/// <param name="Sections">Of the sections that the visitor may see, in their order.</param>
public sealed record DashboardModel(IReadOnlyList<DashboardCards> Sections);
