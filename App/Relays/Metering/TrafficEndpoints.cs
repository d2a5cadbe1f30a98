using System.Text.Json.Serialization;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Permissions;

namespace Gatehouse.Relays.Metering;

/// <param name="RateIn">Bytes a second from the device.</param>
public sealed record DeviceRate(string NodeKey, long RateIn, long RateOut);

/// <param name="RateIn">Bytes a second from devices, as of the last reading.</param>
public sealed record RelayRate(string Rental, string Server, int RegionId, long RateIn, long RateOut, DateTime ReadAt, IReadOnlyList<DeviceRate> Devices);

/// <param name="Seconds">How far readings are apart.</param>
public sealed record TrafficNow(bool Success, int Seconds, long RateIn, long RateOut, IReadOnlyList<RelayRate> Items);

/// <param name="Of">What <c>by</c> told apart: an id, a node key or a region code; null for all, and for what is no device's.</param>
/// <param name="BytesIn">From devices.</param>
public sealed record TrafficItem(DateTime At, string? Of, long BytesIn, long BytesOut, long PacketsIn, long PacketsOut);

public sealed record TrafficHistory(bool Success, string Span, DateTime From, DateTime To, IReadOnlyList<TrafficItem> Items);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TrafficNow))]
[JsonSerializable(typeof(TrafficHistory))]
internal sealed partial class TrafficJson : JsonSerializerContext;

/// <summary>/api/traffic: what relays carry and carried, to their owners and to staff.</summary>
public static class TrafficEndpoints
{
    private const int MostRows = 200_000;
    private static readonly string[] Spans = ["minute", "hour", "day"], Parts = [TrafficReports.ByRental, TrafficReports.ByDevice, TrafficReports.ByServer, TrafficReports.ByRegion, TrafficReports.ByAccount, "none"];

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/traffic").RequiresOrCustomer(RelayPermissions.RentalsRead).RequireRateLimiting(RateLimits.Api).WithTags("Traffic")
            .Query("rental", "The id of one rental.").Query("device", "One node key.").Query("server", "The id of one server.").Query("region", "One region code.").Query("account", "The id of a person; customers see their own.");
        group.MapGet("/realtime", Now).WithSummary("What relays carry now").WithDescription("Bytes a second between the last two readings. A relay that has not been read for three periods is left out.").Produces<TrafficNow>();
        var past = group.MapGroup("").Query("span", "`minute`, `hour` (default) or `day`.").Query("by", "What is told apart: `rental` (default), `device`, `server`, `region`, `account` or `none`.")
            .Query("from", "ISO 8601; two hours, a week or 90 days ago when left out.").Query("to", "ISO 8601, exclusive; now when left out.");
        past.MapGet("/history", History).WithSummary("What relays carried").WithDescription("The oldest first. Minutes are kept for 48 hours, hours for 90 days, days for good; days begin in the time zone of the settings.").Produces<TrafficHistory>();
        past.MapGet("/export", Export).WithSummary("What relays carried, as CSV").Sends("text/csv", "As `/api/traffic/history`.");
    }

    private static async Task Now(HttpContext ctx, Database db, IConfiguration config, TimeProvider clock)
    {
        var (seconds, which, tenant) = (ConfigOptions.Number(config, "Relays:SampleSeconds"), Which(ctx), ctx.Caller().TenantId);
        var since = clock.GetUtcNow().ToUnixTimeMilliseconds() - 3000L * seconds;
        var rates = await db.Read(s => TrafficReports.Now(s, tenant, which, since), ctx.RequestAborted);
        var items = new List<RelayRate>();
        foreach (var relay in rates.GroupBy(r => (r.RentalId, r.ServerId, r.RegionId)))
        {
            // Of two starts the one that was read last is the one that runs.
            var own = relay.Where(r => r.Device == (which.Device ?? "")).MaxBy(r => r.ReadAt) ?? relay.First();
            items.Add(new(own.RentalId, own.ServerId, own.RegionId, own.In, own.Out, Time(own.ReadAt), [.. relay.Where(r => r.Device.Length > 0 && r.In + r.Out > 0).Select(r => new DeviceRate(r.Device, r.In, r.Out))]));
        }
        await SignedJson.Send(ctx, new TrafficNow(true, seconds, items.Sum(i => i.RateIn), items.Sum(i => i.RateOut), items), TrafficJson.Default.TrafficNow);
    }

    private static async Task History(HttpContext ctx, Database db, TimeProvider clock)
    {
        var (span, which, steps) = await Asked(ctx, db, clock);
        await SignedJson.Send(ctx, new TrafficHistory(true, span, Time(which.From), Time(which.To),
            steps.ConvertAll(t => new TrafficItem(Time(t.At), t.Of, t.Volume.BytesIn, t.Volume.BytesOut, t.Volume.PacketsIn, t.Volume.PacketsOut))), TrafficJson.Default.TrafficHistory);
    }

    private static async Task<(string Span, TrafficWhich Which, List<TrafficStep> Steps)> Asked(HttpContext ctx, Database db, TimeProvider clock, int most = TrafficReports.Most)
    {
        var (query, checks, tenant) = (ctx.Request.Query, new FieldChecks(), ctx.Caller().TenantId);
        var span = Choice(query, "span", Spans, checks) ?? "hour";
        var by = Choice(query, "by", Parts, checks) ?? TrafficReports.ByRental;
        var (from, to) = TimeRange.Of(query, checks);
        checks.ThrowIfAny();
        var until = to ?? clock.GetUtcNow().ToUnixTimeMilliseconds() + 1;
        var (seconds, usual) = span switch { "minute" => (TrafficStore.Minute, 2 * TrafficStore.Hour), "hour" => (TrafficStore.Hour, 7 * TrafficStore.Day), _ => (TrafficStore.Day, 90 * TrafficStore.Day) };
        var which = Which(ctx) with { From = from ?? Math.Max(0, until - usual * 1000), To = until };
        return (span, which, await db.Read(s => TrafficReports.History(s, tenant, which, seconds, by, most), ctx.RequestAborted));
    }

    /// <summary>The same as CSV, as much of it as a spreadsheet takes.</summary>
    internal static async Task Export(HttpContext ctx, Database db, TimeProvider clock)
    {
        var (span, _, steps) = await Asked(ctx, db, clock, MostRows);
        var response = ctx.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"traffic-{span}.csv\"";
        response.Headers.CacheControl = "no-store";
        var csv = new CsvWriter(response.BodyWriter, "at", "of", "bytes_in", "bytes_out", "packets_in", "packets_out");
        foreach (var (at, of, v) in steps)
            csv.Row(Format.Iso(at), of, v.BytesIn.ToString(), v.BytesOut.ToString(), v.PacketsIn.ToString(), v.PacketsOut.ToString());
        await response.BodyWriter.FlushAsync(ctx.RequestAborted);
    }

    /// <summary>What the query names. Customers have their own, whatever they ask for.</summary>
    internal static TrafficWhich Which(HttpContext ctx)
    {
        var (query, who) = (ctx.Request.Query, ctx.Caller());
        return new(who.IsCustomer ? who.Id : Given(query["account"]), Given(query["rental"]), Given(query["device"]), Given(query["server"]), Given(query["region"]));
    }

    private static string? Choice(IQueryCollection query, string name, string[] choices, FieldChecks checks)
    {
        if (Given(query[name]) is not { } typed)
            return null;
        if (!choices.Contains(typed))
            checks.Wrong(name, "field.one_of", string.Join(", ", choices));
        return typed;
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}
