using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.Metering;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Traffic;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Relays.TrafficDesk;

/// <summary><c>/admin/traffic</c>: what relays carry and carried, by person, rental, device, server and region.</summary>
public sealed class TrafficPages(Database db, PageRenderer pages, TenantSettings settings, IConfiguration config, IHostApplicationLifetime life, TimeProvider clock)
{
    public const string Path = "/admin/traffic";

    /// <summary>What is told apart; the first where nothing was asked for.</summary>
    public static readonly IReadOnlyList<string> Parts = [TrafficReports.ByAccount, TrafficReports.ByRental, TrafficReports.ByDevice, TrafficReports.ByServer, TrafficReports.ByRegion];
    public static readonly IReadOnlyList<string> Ranges = ["24h", "7d", "30d", "1y"];
    private const int Rows = 50, Minutes = 60;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    // A stream ends so often: the page begins another.
    private const int Looks = 12;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription().Requires(RelayPermissions.RentalsRead);
        group.MapGet("", (HttpContext ctx, TrafficPages own) => own.Show(ctx));
        group.MapGet("/live", (HttpContext ctx, TrafficPages own) => own.Live(ctx));
        group.MapGet("/export", TrafficEndpoints.Export);
    }

    private async Task Show(HttpContext ctx)
    {
        var (query, tenant, now) = (ctx.Request.Query, ctx.Caller().TenantId, clock.GetUtcNow());
        var by = Chosen(query, "by", Parts);
        var range = Chosen(query, "range", Ranges);
        var (span, steps) = range switch
        {
            "24h" => (TrafficStore.Hour, Calendar.Hours(now, TimeZoneInfo.Utc, 24)),
            "7d" => (TrafficStore.Hour, Calendar.Hours(now, TimeZoneInfo.Utc, 7 * 24)),
            "30d" => (TrafficStore.Day, Calendar.Days(now, settings.Zone(tenant), 30)),
            _ => (TrafficStore.Day, Calendar.Days(now, settings.Zone(tenant), 365)),
        };
        var which = TrafficEndpoints.Which(ctx) with { From = steps[0], To = now.ToUnixTimeMilliseconds() + 1 };
        var since = now.ToUnixTimeMilliseconds() - 3000L * ConfigOptions.Number(config, "Relays:SampleSeconds");
        var model = await db.Read(async s =>
        {
            var rates = await TrafficReports.NowBy(s, tenant, which, since, by, Rows);
            var minutes = Enumerable.Range(0, Minutes).Select(i => (now.ToUnixTimeMilliseconds() / 60_000 - Minutes + i) * 60_000).ToArray();
            var lately = await TrafficReports.History(s, tenant, which with { From = minutes[0], To = minutes[^1] + 60_000 }, TrafficStore.Minute, null);
            var carried = await TrafficReports.History(s, tenant, which, span, null);
            var totals = await TrafficReports.Totals(s, tenant, which, span, by, Rows);
            var names = await TrafficNames.Of(s, tenant, by, [.. rates.Select(r => r.Of), .. totals.Select(t => t.Of ?? "")]);
            var only = await TrafficNames.Of(s, tenant, which);
            return new TrafficModel(by, range, which, only, rates, [.. Points(steps, carried)], totals, names) { Minutes = [.. Points(minutes, lately)] };
        }, ctx.RequestAborted);
        await pages.Render<TrafficPage, TrafficModel>(ctx, model);
    }

    // A business that has changed its time zone has days that began at another hour: they count where they began.
    private static IEnumerable<(long At, Volume Volume)> Points(long[] steps, List<TrafficStep> carried)
    {
        var next = 0;
        for (var i = 0; i < steps.Length; i++)
        {
            var sum = default(Volume);
            for (; next < carried.Count && (i + 1 == steps.Length || carried[next].At < steps[i + 1]); next++)
                sum += carried[next].Volume;
            yield return (steps[i], sum);
        }
    }

    // Server-sent events: one when relays have been read since the last. The stream ends by itself, and the page comes back with where it was.
    private async Task Live(HttpContext ctx)
    {
        var text = ctx.Request.Headers["Last-Event-ID"].ToString();
        var last = long.TryParse(text, out var id) ? id : -1;
        ctx.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        ctx.Response.ContentType = "text/event-stream";
        ctx.Response.Headers.CacheControl = "no-store";
        ctx.Response.Headers["X-Accel-Buffering"] = "no";
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(ctx.RequestAborted, life.ApplicationStopping);
        try
        {
            var read = await db.Read(s => TrafficReports.LastRead(s), ends.Token);
            for (var looks = 0; read <= last && looks < Looks; looks++)
            {
                await Task.Delay(Look, ends.Token);
                read = await db.Read(s => TrafficReports.LastRead(s), ends.Token);
            }
            await ctx.Response.WriteAsync(read > last ? $"id: {read}\nevent: {(last < 0 ? "hello" : "read")}\ndata: {read}\n\n" : ": still\n\n", ends.Token);
            await ctx.Response.Body.FlushAsync(ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The page was left, or the server goes.
        }
    }

    private static string Chosen(IQueryCollection query, string name, IReadOnlyList<string> choices) =>
        query[name].ToString() is not { Length: > 0 } typed ? choices[0] : choices.Contains(typed) ? typed : throw Refusal.Field(name, "field.one_of", string.Join(", ", choices));
}

/// <param name="By">One of <see cref="TrafficPages.Parts"/>.</param>
/// <param name="Only">What it is narrowed to, with what that is called.</param>
/// <param name="Rates">Bytes a second now, who carries the most first.</param>
/// <param name="Points">When each hour or day began, and what was carried in it.</param>
/// <param name="Totals">Of all the time, who carried the most first.</param>
/// <param name="Names">What those of both are called, by their ids.</param>
public sealed record TrafficModel(
    string By, string Range, TrafficWhich Which, IReadOnlyList<(string By, string Id, string Name)> Only, IReadOnlyList<TrafficFlow> Rates, IReadOnlyList<(long At, Volume Volume)> Points, IReadOnlyList<TrafficStep> Totals,
    IReadOnlyDictionary<string, string> Names)
{
    /// <summary>The last hour, up to the last whole minute.</summary>
    public IReadOnlyList<(long At, Volume Volume)> Minutes { get; init; } = [];
}
