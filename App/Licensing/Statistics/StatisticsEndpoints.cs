using System.Text.Json.Serialization;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Platform.Http;

namespace Gatehouse.Licensing.Statistics;

/// <summary>/api/statistics/keys.</summary>
public static class StatisticsEndpoints
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/statistics/keys", Get).RequireRateLimiting(RateLimits.Api).WithTags("Keys").Requires(LicensingPermissions.StatisticsRead).WithSummary("Counts by state and plan, activations over time").Produces<LicenseStatisticsResponse>();

    private static async Task Get(HttpContext ctx, LicenseStatistics statistics) =>
        await SignedJson.Send(ctx, await statistics.Of(ctx.Caller().TenantId, ctx.RequestAborted), StatisticsJson.Default.LicenseStatisticsResponse);
}

public sealed record LicenseStatisticsResponse(
    bool Success, long Total, Dictionary<string, long> ByStatus, IReadOnlyList<PlanStatistics> ByPlan, long Activations24h, long Activations30d,
    IReadOnlyList<long> ActivationsByHour, IReadOnlyList<long> ActivationsByDay, long ExpiringSoon, string CountedAt);

public sealed record PlanStatistics(string PlanId, string Plan, Dictionary<string, long> ByStatus);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(LicenseStatisticsResponse))]
internal sealed partial class StatisticsJson : JsonSerializerContext;
