using System.Text.Json.Serialization;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Servers;

namespace Gatehouse.Relays.Health;

/// <param name="Health">unknown, healthy, degraded or down.</param>
/// <param name="Ms">Of the last hour's answers, on average; null where there were none.</param>
/// <param name="Probes">In this hour and the one before.</param>
/// <param name="Failures">Of them.</param>
public sealed record ServerHealthItem(string Id, string Name, string Health, DateTime? Since, DateTime? ProbedAt, long? Ms, long Probes, long Failures);

public sealed record ServerHealthList(bool Success, int Seconds, IReadOnlyList<ServerHealthItem> Servers);

/// <param name="Ms">Of those that did not fail, on average; null where all did.</param>
public sealed record ProbeItem(DateTime At, long Probes, long Failures, long? Ms, long MsMost);

/// <param name="Error">What was wrong, in words.</param>
public sealed record ServerEventItem(DateTime At, string Health, string? Error);

public sealed record ServerHistory(bool Success, string Span, IReadOnlyList<ProbeItem> Items, IReadOnlyList<ServerEventItem> Events);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ServerHealthList))]
[JsonSerializable(typeof(ServerHistory))]
internal sealed partial class ServerHealthJson : JsonSerializerContext;

/// <summary>/api/server/health_check and /api/server/history.</summary>
public static class HealthEndpoints
{
    private const int Most = 10_000, Events = 200;
    private static readonly Dictionary<string, (long Span, long Usual)> Spans = new() { ["probe"] = (HealthStore.Each, 2 * 3600), ["minutes"] = (HealthStore.FiveMinutes, 86_400), ["hour"] = (HealthStore.Hour, 30 * 86_400) };

    public static void Map(IEndpointRouteBuilder app)
    {
        var read = app.MapGroup("/api/server").RequireRateLimiting(RateLimits.Api).WithTags("Relay servers").Requires(RelayPermissions.ServersRead);
        read.MapGet("/health_check", Check).WithSummary("How all servers do").WithDescription("As they answered the last time: each with relays on it is asked again every `seconds`.").Produces<ServerHealthList>();
        read.MapGet("/history/{id}", History).WithSummary("How a server answered, the oldest first, and what became of it, the newest first").WithDescription("Probes are kept for 48 hours, five minutes for 30 days, hours for a year.")
            .Query("span", "`probe`, `minutes` (five; default) or `hour`.").Query("from", "ISO 8601; two hours, a day or 30 days ago when left out.").Query("to", "ISO 8601, exclusive; now when left out.").Refuses(ServerErrors.NotFound).Produces<ServerHistory>();
    }

    private static async Task Check(HttpContext ctx, Database db, IConfiguration config, TimeProvider clock)
    {
        var (tenant, since) = (ctx.Caller().TenantId, clock.GetUtcNow().ToUnixTimeMilliseconds() / 3_600_000 * 3_600_000 - 3_600_000);
        var found = await db.Read(s => s.All(
            """
            SELECT v.id, v.name, v.health, v.health_since, v.probed_at, CAST(COALESCE(SUM(p.probes), 0) AS BIGINT), CAST(COALESCE(SUM(p.failures), 0) AS BIGINT), CAST(COALESCE(SUM(p.ms_sum), 0) AS BIGINT)
            FROM relay_servers v LEFT JOIN relay_probes p ON p.server_id = v.id AND p.span = 3600 AND p.at >= @since WHERE v.tenant_id = @tenant GROUP BY v.id, v.name, v.health, v.health_since, v.probed_at ORDER BY v.name LIMIT 10000
            """,
            r => (Step: new ProbeStep(0, r.GetInt64(5), r.GetInt64(6), r.GetInt64(7), 0), Id: r.GetString(0), Name: r.GetString(1), Health: r.GetString(2), Since: r.LongOrNull(3), Probed: r.LongOrNull(4)), ("since", since), ("tenant", tenant)), ctx.RequestAborted);
        var seconds = Gatehouse.Platform.Hosting.ConfigOptions.Number(config, "Relays:ProbeSeconds");
        await SignedJson.Send(ctx, new ServerHealthList(true, seconds, found.ConvertAll(f => new ServerHealthItem(f.Id, f.Name, f.Health, Time(f.Since), Time(f.Probed), f.Step.Ms, f.Step.Probes, f.Step.Failures))), ServerHealthJson.Default.ServerHealthList);
    }

    private static async Task History(HttpContext ctx, string id, Database db, ServerService servers, TimeProvider clock)
    {
        var (query, checks, text) = (ctx.Request.Query, new FieldChecks(), ctx.Text());
        var name = query["span"].ToString() is { Length: > 0 } typed ? typed : "minutes";
        if (!Spans.TryGetValue(name, out var span))
            checks.Wrong("span", "field.one_of", string.Join(", ", Spans.Keys));
        var (from, to) = TimeRange.Of(query, checks);
        checks.ThrowIfAny();
        var until = to ?? clock.GetUtcNow().ToUnixTimeMilliseconds() + 1;
        var (items, events) = await db.Read(async s =>
        {
            var server = await servers.Get(s, ctx.Caller().TenantId, id);
            return (await HealthStore.History(s, server.Id, span.Span, from ?? until - span.Usual * 1000, until, Most), await HealthStore.Events(s, server.Id, Events));
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, new ServerHistory(true, name, items.ConvertAll(p => new ProbeItem(Time(p.At)!.Value, p.Probes, p.Failures, p.Ms, p.MsMost)),
            events.ConvertAll(e => new ServerEventItem(Time(e.At)!.Value, e.Health, Message.TryParse(e.Error ?? "", out var message) ? text[message] : null))), ServerHealthJson.Default.ServerHistory);
    }

    private static DateTime? Time(long? at) => at is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime : null;
}
