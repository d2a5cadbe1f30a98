using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Permissions;

namespace Gatehouse.Relays.Anomalies;

/// <param name="Kind">habit, limit, quota or denied.</param>
/// <param name="Seen">Bytes; of <c>denied</c> machines.</param>
/// <param name="Usual">What is usual, or the limit.</param>
/// <param name="What">In words.</param>
/// <param name="Act"><c>slow</c> or <c>stop</c> while its rental is slowed or stopped for it; null: nothing is done.</param>
public sealed record AnomalyView(string Id, string Account, string Rental, string Kind, DateTime At, long Seen, long Usual, string What, string? Act, DateTime? Until);

public sealed record AnomalyList(bool Success, IReadOnlyList<AnomalyView> Items, string? Next);

public sealed record AnomalyLifted(bool Success, AnomalyView Anomaly);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AnomalyList))]
[JsonSerializable(typeof(AnomalyLifted))]
internal sealed partial class AnomalyJson : JsonSerializerContext;

/// <summary>/api/traffic/anomalies.</summary>
public static class AnomalyEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/traffic/anomalies").RequireRateLimiting(RateLimits.Api).WithTags("Traffic");
        group.MapGroup("").Requires(RelayPermissions.RentalsRead).MapGet("", List).WithSummary("Traffic that looked wrong, the newest first")
            .WithDescription("Far more in an hour than the account is used to (`habit`), over the limit of a day (`limit`), a quota used up within hours (`quota`), many machines that are not let in (`denied`): by the settings, once a day for a rental and a kind.")
            .Query("kind", "`habit`, `limit`, `quota` or `denied`.").Paged().Produces<AnomalyList>();
        group.MapGroup("").Requires(RelayPermissions.RentalsWrite).MapPost("/{id}/lift", Lift).WithSummary("Slow or stop its rental no longer").WithDescription("Where nothing is done about it, nothing happens.").Refuses(AnomalyErrors.NotFound).Produces<AnomalyLifted>();
    }

    private static async Task List(HttpContext ctx, Database db, TimeProvider clock)
    {
        var (query, limit, text, now) = (ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]), ctx.Text(), clock.GetUtcNow().ToUnixTimeMilliseconds());
        var kind = query["kind"].ToString();
        if (kind.Length > 0 && !Anomaly.Kinds.Contains(kind))
            throw Refusal.Field("kind", "field.one_of", string.Join(", ", Anomaly.Kinds));
        var page = await db.Read(s => AnomalyService.List(s, ctx.Caller().TenantId, kind, query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new AnomalyList(true, [.. page.Items.Select(a => View(a, text, now))], page.Next), AnomalyJson.Default.AnomalyList);
    }

    private static async Task Lift(HttpContext ctx, string id, Database db, AnomalyService anomalies, TimeProvider clock)
    {
        var lifted = await db.Command(ctx.Caller(), s => anomalies.Lift(s, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new AnomalyLifted(true, View(lifted, ctx.Text(), clock.GetUtcNow().ToUnixTimeMilliseconds())), AnomalyJson.Default.AnomalyLifted);
    }

    private static AnomalyView View(Anomaly a, Localizer text, long now) =>
        new(a.Id, a.AccountId, a.RentalId, a.Kind, Time(a.At), a.Seen, a.Usual, text[a.What], a.Holds(now) ? a.Act : null, a.Holds(now) && a.Until is { } until ? Time(until) : null);

    private static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}
