using System.Text.Json.Serialization;
using Gatehouse.Platform.Http;

namespace Gatehouse.Console.Health;

/// <summary>How the appliance is, for load balancers, monitors and containers. Not throttled: whatever asks, the checks run once in two seconds.</summary>
public static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/health", Get).OpenToAll(asks: false).WithTags("Health").Produces<HealthReport>().Produces<HealthReport>(503)
            .WithSummary("How the server is").WithName("health")
            .WithDescription("`pass` or `warn` come with 200, `fail` with 503. Checks: `storage` (a row read, and written every few seconds), `disk` (free space for the data folder), `clock` (jumps, and never before the newest audit entry), `jobs` (last runs failed or overdue), `outbox` (messages that were given up, or that nobody delivers), `operations` (that no node takes up), `data` (what cannot be while the clock is right, such as keys marked as expired that have time left). Also at `/health`.");
        app.MapGet("/health", Get).OpenToAll(asks: false).ExcludeFromDescription();
    }

    private static async Task Get(HttpContext ctx, HealthMonitor health)
    {
        var report = await health.Current();
        await SignedJson.Send(ctx, report, HealthJson.Default.HealthReport, report.Success ? 200 : 503);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class HealthJson : JsonSerializerContext;
