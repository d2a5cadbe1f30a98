using System.Collections.Concurrent;
using System.Text;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Places;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Relays.AclDesk;

/// <summary>
/// <c>/sub/{token}/derpmap.json</c>, fetched by headscale every few hours: it looks at no status, takes any JSON object for a map, and does
/// not start where it gets none. So a link that is dead, or never was, gives a map without regions.
/// </summary>
public static class SubscriptionEndpoints
{
    // By whoever likes, and asked for again each time.
    private const string Kept = "private, no-cache";

    public static void Map(IEndpointRouteBuilder app)
    {
        // Who has the link has the map; whose it is is in it.
        var group = app.MapGroup("/sub/{token}").OpenToAll(asks: false).EvenClosed().RequireRateLimiting(RateLimits.Api).ExcludeFromDescription().HidesPath();
        group.MapGet("/derpmap.json", (HttpContext ctx, string token, Database db, AclLinks links, AclFetches fetches) => Send(ctx, token, AclVersion.Derp, db, links, fetches));
        group.MapGet("/derpmap.yaml", (HttpContext ctx, string token, Database db, AclLinks links, AclFetches fetches) => Send(ctx, token, AclVersion.Yaml, db, links, fetches));
    }

    private static async Task Send(HttpContext ctx, string token, string format, Database db, AclLinks links, AclFetches fetches)
    {
        var link = await db.Read(s => links.Find(s, token, format), ctx.RequestAborted);
        if (link?.Map is { } given)
            await fetches.Note(ctx.Caller(), link, given.Version, format, ctx.RequestAborted);
        var yaml = format == AclVersion.Yaml;
        var (response, tag) = (ctx.Response, $"\"{link?.Map?.Tag ?? "none"}{(yaml ? "-y" : "")}\"");
        response.Headers.ETag = tag;
        response.Headers.CacheControl = Kept;
        if (ctx.Request.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Any(t => t == "*" || t == tag || t == "W/" + tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        // A file in another program's form, like those that are downloaded: nobody who fetches it looks for a signature.
        var bytes = Encoding.UTF8.GetBytes(link?.Map?.Text ?? (yaml ? AclDocuments.DeadYaml : AclDocuments.Dead));
        response.ContentType = yaml ? "application/yaml; charset=utf-8" : SignedJson.Json;
        response.ContentLength = bytes.Length;
        await response.BodyWriter.WriteAsync(bytes, ctx.RequestAborted);
    }
}

/// <summary>
/// Notes who fetched a map by its link: a program that asks for the same again within ten minutes is noted once, so that whoever asks
/// without pause fills nothing.
/// </summary>
public sealed class AclFetches(Database db, PlaceLookup places, TimeProvider clock)
{
    private const int Most = 20_000;
    private static readonly long Apart = (long)TimeSpan.FromMinutes(10).TotalMilliseconds;
    private readonly ConcurrentDictionary<(string Link, string Ip, string Agent, string Format, long Version), long> _noted = new();

    internal async Task Note(Caller who, LinkedMap link, long version, string format, CancellationToken ct)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var key = (link.Id, who.Ip ?? "", who.UserAgent is { Length: > 100 } agent ? agent[..100] : who.UserAgent ?? "", format, version);
        if (_noted.TryGetValue(key, out var at) && Math.Abs(now - at) < Apart)
            return;
        if (_noted.Count >= Most)
            _noted.Clear();
        await db.Write(async s =>
        {
            await AclLinks.Fetched(s, link.Id, version, now);
            await AclLog.Write(s, places, link.Tenant, link.Rental.Id, link.Rental.Account, who, AclLog.Fetched, version, format, now, AclLog.Link);
        }, ct);
        _noted[key] = now;
    }
}
