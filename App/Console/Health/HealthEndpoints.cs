using System.Text.Json.Serialization;
using Gatehouse.Console.Permissions;
using Gatehouse.Platform.Health;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console.Health;

/// <summary>
/// How the appliance is: for load balancers, monitors and containers whether it serves, for staff with all figures. However many ask, the
/// checks run once in two seconds.
/// </summary>
public static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var checks = string.Join(", ", app.ServiceProvider.GetRequiredService<HealthMonitor>().Checks.Select(c => $"`{c.Name}`"));
        var health = app.MapGroup("").RequireRateLimiting(RateLimits.Health).WithTags("Health");
        health.MapGet("/api/health", Get).OpenToAll(asks: false).EvenClosed().Produces<HealthSummary>().Produces<HealthSummary>(503)
            .WithSummary("How the server is").WithName("health")
            .WithDescription($"`pass` or `warn` come with 200, `fail` with 503. Each check has a `status`: {checks}. What it found is in `/api/health/details`. Also at `/health`.");
        health.MapGet("/health", Get).OpenToAll(asks: false).EvenClosed().ExcludeFromDescription();
        health.MapGet("/api/health/details", Details).Requires(ConsolePermissions.HealthRead).Produces<HealthReport>().Produces<HealthReport>(503)
            .WithSummary("How the server is, with all figures").WithName("healthDetails")
            .WithDescription($"`pass` or `warn` come with 200, `fail` with 503. Each check has a `status` and figures of its own: {checks}.");
        app.MapGet("/admin/health", Show).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(ConsolePermissions.HealthRead);
    }

    private static async Task Get(HttpContext ctx, HealthMonitor health, InstanceName instance)
    {
        ctx.Response.Headers[InstanceName.Header] = instance.Value;
        var summary = HealthSummary.Of(await health.Current());
        await SignedJson.Send(ctx, summary, HealthJson.Default.HealthSummary, Status(summary.Success));
    }

    private static async Task Details(HttpContext ctx, HealthMonitor health)
    {
        var report = await health.Current();
        await SignedJson.Send(ctx, report, HealthJson.Default.HealthReport, Status(report.Success));
    }

    private static int Status(bool success) => success ? 200 : 503;

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
[JsonSerializable(typeof(HealthSummary))]
internal sealed partial class HealthJson : JsonSerializerContext;
