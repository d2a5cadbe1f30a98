using System.Text.Json.Serialization;
using Gatehouse.Platform.Health;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console.Health;

/// <summary>How the appliance is, for load balancers, monitors and containers. Not throttled: whatever asks, the checks run once in two seconds.</summary>
public static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var checks = app.ServiceProvider.GetRequiredService<HealthMonitor>().Checks;
        app.MapGet("/api/health", Get).OpenToAll(asks: false).WithTags("Health").Produces<HealthReport>().Produces<HealthReport>(503)
            .WithSummary("How the server is").WithName("health")
            .WithDescription($"`pass` or `warn` come with 200, `fail` with 503. Each check has a `status` and figures of its own: {string.Join(", ", checks.Select(c => $"`{c.Name}`"))}. Also at `/health`.");
        app.MapGet("/health", Get).OpenToAll(asks: false).ExcludeFromDescription();
        app.MapGet("/admin/health", Show).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().RequiresSignIn();
    }

    private static async Task Get(HttpContext ctx, HealthMonitor health)
    {
        var report = await health.Current();
        await SignedJson.Send(ctx, report, HealthJson.Default.HealthReport, report.Success ? 200 : 503);
    }

    private static async Task Show(HttpContext ctx, HealthMonitor health, PageRenderer pages)
    {
        var report = await health.Current();
        await pages.Render<HealthPage, HealthModel>(ctx, new(report, [.. health.Checks.Select(c => new CheckFound(c, report.Checks[c.Name]))]));
    }
}

public sealed record CheckFound(HealthCheck Check, HealthResult Result);

public sealed record HealthModel(HealthReport Report, IReadOnlyList<CheckFound> Found);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class HealthJson : JsonSerializerContext;
