using System.Globalization;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.Permissions;

namespace Gatehouse.Relays.AclPages;

/// <summary><c>/admin/acl</c>: who made maps and who got them; and maps made anew, one or many.</summary>
public sealed class AclAdminPages(Database db, PageRenderer pages, AclService maps, AuditWriter audit, TimeProvider clock)
{
    public const string Path = "/admin/acl", AgainPath = Path + "/again";
    private const int Step = 500, AtOnce = 100, Shown = 50;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = group.MapGroup("").Requires(RelayPermissions.AclRead);
        read.MapGet("", (HttpContext ctx, AclAdminPages desk) => desk.List(ctx));
        read.MapGet("/log.csv", (HttpContext ctx, AclAdminPages desk) => desk.Csv(ctx));
        var write = group.MapGroup("").Requires(RelayPermissions.AclWrite);
        write.MapGet("/again", (HttpContext ctx, AclAdminPages desk) => desk.Preview(ctx));
        write.MapPost("/again", (HttpContext ctx, AclAdminPages desk) => desk.Again(ctx));
        write.MapPost("/again/{id}", (HttpContext ctx, string id, AclAdminPages desk) => desk.One(ctx, id));
    }

    private async Task List(HttpContext ctx)
    {
        var (who, filter, after) = (ctx.Caller(), Filter(ctx), ctx.Request.Query["after"]);
        var page = await db.Read(async s => Slice<AclLogEntry>.Of(await AclLog.List(s, who.TenantId, filter, Cursor.Decode(after), Cursor.DefaultLimit + 1), Cursor.DefaultLimit, e => e.Id), ctx.RequestAborted);
        await pages.Render<AclLogPage, AclLogModel>(ctx, new(page, filter, !ctx.Request.Query.ContainsKey("after")));
    }

    // Step by step, in little memory.
    private async Task Csv(HttpContext ctx)
    {
        var (who, filter) = (ctx.Caller(), Filter(ctx));
        var step = await db.Read(s => AclLog.List(s, who.TenantId, filter, null, Step), ctx.RequestAborted);
        ctx.Response.ContentType = "text/csv; charset=utf-8";
        ctx.Response.Headers.ContentDisposition = "attachment; filename=\"relay-maps.csv\"";
        ctx.Response.Headers.CacheControl = "no-store";
        for (var csv = new CsvWriter(ctx.Response.BodyWriter, "time", "action", "format", "version", "rental", "rental_name", "account", "person", "by", "by_name", "ip", "country", "city", "user_agent"); ;)
        {
            foreach (var e in step)
                csv.Row(Format.Iso(e.At), e.Action, e.Format, e.Version.ToString(CultureInfo.InvariantCulture), e.RentalId, e.Rental, e.Account, e.Person, e.ByKind, e.ByName, e.Ip, e.Place.Country, e.Place.City, e.UserAgent);
            await ctx.Response.BodyWriter.FlushAsync(ctx.RequestAborted);
            if (step.Count < Step)
                return;
            var last = step[^1].Id;
            step = await db.Read(s => AclLog.List(s, who.TenantId, filter, last, Step), ctx.RequestAborted);
        }
    }

    private async Task Preview(HttpContext ctx)
    {
        var (who, server) = (ctx.Caller(), ctx.Request.Query["server"].ToString());
        var model = await db.Read(async s =>
        {
            var servers = await s.All("SELECT id, name FROM relay_servers WHERE tenant_id = @tenant ORDER BY name LIMIT 1000", r => (r.GetString(0), r.GetString(1)), ("tenant", who.TenantId));
            var (lines, count, changed) = (new List<AclAgainLine>(), 0L, 0L);
            await foreach (var (rental, stale) in Meant(s, who, server))
            {
                count++;
                changed += stale ? 1 : 0;
                if (lines.Count < Shown)
                    lines.Add(new(rental, stale));
            }
            return new AclAgainModel(servers, servers.Exists(v => v.Item1 == server) ? server : "", lines, count, changed);
        }, ctx.RequestAborted);
        await pages.Render<AclAgainPage, AclAgainModel>(ctx, model);
    }

    private async Task Again(HttpContext ctx)
    {
        var (who, server) = (ctx.Caller(), (await RequestBody.Form(ctx))["server"].ToString());
        var made = 0L;
        for (var after = ""; ;)
        {
            var (done, last) = await db.Command(who, s => Batch(s, who, server, after), ctx.RequestAborted);
            made += done;
            if (last is null)
                break;
            after = last;
        }
        PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "acl.again.many_done", made));
    }

    private async ValueTask<(long Made, string? Last)> Batch(WriteTx s, Caller who, string server, string after)
    {
        var (now, made) = (clock.GetUtcNow().ToUnixTimeMilliseconds(), 0L);
        var page = await AclRentals.Running(s, who.TenantId, server.Length > 0 ? server : null, after, AtOnce, now);
        foreach (var (_, rental) in page.Where(p => p.Rental.Runs(now)))
        {
            await maps.Current(s, who, rental.Id, again: true, AclVersion.Asked);
            made++;
        }
        if (made > 0)
            await audit.Write(s, who, "acl.made_again", AuditTarget.Many("rental", new Message("acl.again.many_done", made)));
        return (made, page.Count < AtOnce ? null : page[^1].Rental.Id);
    }

    private async Task One(HttpContext ctx, string id)
    {
        var who = ctx.Caller();
        try
        {
            await db.Command(who, async s =>
            {
                await maps.Current(s, who, (await maps.Find(s, who, id)).Id, again: true, AclVersion.Asked);
                await audit.Write(s, who, "acl.made_again", new AuditTarget("rental", id, id));
            }, ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("ok", "acl.again.done"));
        }
        catch (Refusal refusal) when (refusal.Status is 409 or 422)
        {
            PageRenderer.RedirectWithToast(ctx, Path, new Toast("warn", refusal.Fields.Values.Append(refusal.Detail).First()));
        }
    }

    private async IAsyncEnumerable<(AclRental Rental, bool Stale)> Meant(ReadTx s, Caller who, string server)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        for (var after = ""; ;)
        {
            var page = await AclRentals.Running(s, who.TenantId, server.Length > 0 ? server : null, after, Step, now);
            if (page.Count == 0)
                yield break;
            var stale = await AclKeeper.Stale(s, page, now);
            foreach (var (_, rental) in page.Where(p => p.Rental.Runs(now)))
                yield return (rental, stale.Contains(rental.Id));
            if (page.Count < Step)
                yield break;
            after = page[^1].Rental.Id;
        }
    }

    private static AclLogFilter Filter(HttpContext ctx)
    {
        var query = ctx.Request.Query;
        return new(Action: AclLog.Actions.Contains(query["action"].ToString()) ? query["action"].ToString() : null, Search: SearchTerm.Of(query["q"]));
    }
}

/// <param name="First">Is this the newest page?</param>
public sealed record AclLogModel(Slice<AclLogEntry> Log, AclLogFilter Filter, bool First);

/// <param name="Changes">Its relays are others than its newest map says.</param>
public sealed record AclAgainLine(AclRental Rental, bool Changes);

/// <param name="Server">Whose relays are meant; empty: all.</param>
/// <param name="Lines">The first of them.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Changed">Of how many something changes.</param>
public sealed record AclAgainModel(IReadOnlyList<(string Id, string Name)> Servers, string Server, IReadOnlyList<AclAgainLine> Lines, long Count, long Changed);
