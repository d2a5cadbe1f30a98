using System.Text;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Relays.Permissions;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Relays.AclDesk;

/// <summary>/api/acl: maps, for customers of their own rentals and for staff of all of their tenant.</summary>
public static class AclEndpoints
{
    /// <summary>Of a request that holds a policy: escaped, it is larger than it is.</summary>
    internal const int MaxPolicyBody = 4 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/acl").RequireRateLimiting(RateLimits.Api).WithTags("Relay maps");
        var write = group.MapGroup("").RequiresOrCustomer(RelayPermissions.AclWrite);
        write.MapPost("/generate", Generate).WithSummary("Make a new version of a rental's map")
            .WithDescription("With what is named changed first. The regions stay as they are where nothing about them changes: devices keep their connections. `warnings` says what to know before it is used.")
            .Refuses(AclErrors.NotFound, AclErrors.Stopped).Idempotent().Accepts<AclBody>("application/json").Produces<AclResponse>();
        write.MapPost("/update", Update).WithSummary("Change what a rental's map is made of").WithDescription("A new version is made only where that makes a difference.")
            .Refuses(AclErrors.NotFound, AclErrors.Stopped).Idempotent().Accepts<AclBody>("application/json").Produces<AclResponse>();
        write.MapPost("/link", Link).WithSummary("Make a new link to subscribe to a rental's map by").WithDescription("The one before works for seven days more.")
            .Refuses(AclErrors.NotFound, AclErrors.Stopped).Idempotent().Accepts<AclLinkBody>("application/json").Produces<AclLinked>();
        write.MapDelete("/link", Unlink).WithSummary("End all links to a rental's map at once").WithDescription("They give an empty map from now on.").Query("rental", "The id of a rental; may be left out by who has one.").Query("username", "For staff: a user name or an e-mail address.").Refuses(AclErrors.NotFound).Produces<AclLinked>();
        var read = group.MapGroup("").RequiresOrCustomer(RelayPermissions.AclRead);
        read.MapPost("/merge", Merge).WithSummary("Put a rental's map into a policy file")
            .WithDescription("HuJSON, with comments: only `derpMap` is replaced, every other byte stays. Relays of somebody else in it stay as well; where one has a number or a name of ours, `policy` is null and `free_base` offers other numbers.")
            .Refuses(AclErrors.NotFound, AclErrors.Stopped).WithMetadata(new RequestSizeLimitAttribute(MaxPolicyBody)).Accepts<AclMergeBody>("application/json").Produces<AclMerged>();
        read.MapGet("/logs/{user_id}", Logs).WithSummary("Who made a person's maps and who got them, the newest first").WithDescription("Customers see their own; `me` is who asks.")
            .Paged().Refuses(AclErrors.NotFound).Produces<AclLogList>();
        read.MapGet("/download/{username}", Download).WithSummary("A rental's map as a file").WithDescription("By the user name or e-mail address of its person; `me` is who asks. It is of the relays as they are now.")
            .Query("format", "`policy` (for Tailscale, what is left out means this), `derpmap` (the map alone, as JSON) or `headscale` (as YAML).").Query("rental", "The id of a rental; may be left out where the person has one.")
            .Refuses(AclErrors.NotFound, AclErrors.Stopped).Sends("application/yaml", "The map: JSON for `policy` and `derpmap`, YAML for `headscale`.");
    }

    private static Task Generate(HttpContext ctx, Database db, AclService maps, AclLinks links) => Change(ctx, db, maps, links, again: true);

    private static Task Update(HttpContext ctx, Database db, AclService maps, AclLinks links) => Change(ctx, db, maps, links, again: false);

    private static async Task Change(HttpContext ctx, Database db, AclService maps, AclLinks links, bool again)
    {
        var (bytes, who, text) = (await RequestBody.Bytes(ctx), ctx.Caller(), ctx.Text());
        var body = RequestBody.Parse(ctx, bytes, AclJson.Default.AclBody);
        await Idempotency.Run(ctx, db, bytes, InTurn(who, async s =>
        {
            var state = await maps.Change(s, who, (await maps.Find(s, who, body.Username, body.Rental)).Id, body.Wish, again);
            return new AclResponse(true, AclView.Of(state, await Address(ctx, s, links, state.Rental.Id), text));
        }), AclJson.Default.AclResponse);
    }

    private static async Task Link(HttpContext ctx, Database db, AclService maps, AclLinks links)
    {
        var (bytes, who) = (await RequestBody.Bytes(ctx), ctx.Caller());
        var body = RequestBody.Parse(ctx, bytes, AclJson.Default.AclLinkBody);
        await Idempotency.Run(ctx, db, bytes, InTurn(who, async s =>
        {
            var rental = (await maps.Current(s, who, (await maps.Find(s, who, body.Username, body.Rental)).Id)).Rental;
            await links.Rotate(s, who, rental);
            return new AclLinked(true, rental.Id, await Address(ctx, s, links, rental.Id));
        }), AclJson.Default.AclLinked, kept: answer => answer with { Link = null });
    }

    private static async Task Unlink(HttpContext ctx, Database db, AclService maps, AclLinks links)
    {
        var (query, who) = (ctx.Request.Query, ctx.Caller());
        var rental = await db.Write(InTurn(who, async s =>
        {
            var of = await maps.Find(s, who, query["username"], query["rental"]);
            await links.Revoke(s, who, of);
            return of.Id;
        }), ctx.RequestAborted);
        await SignedJson.Send(ctx, new AclLinked(true, rental, null), AclJson.Default.AclLinked);
    }

    private static async Task Merge(HttpContext ctx, Database db, AclService maps)
    {
        var (who, text) = (ctx.Caller(), ctx.Text());
        var body = RequestBody.Parse(ctx, await RequestBody.Bytes(ctx), AclJson.Default.AclMergeBody);
        var (merge, state) = await db.Write(InTurn(who, async s => await maps.Merge(s, who, (await maps.Find(s, who, body.Username, body.Rental)).Id, body.Policy ?? "", body.Base)), ctx.RequestAborted);
        await SignedJson.Send(ctx, new AclMerged(true, merge.Text, [.. merge.Notes.Select(n => text[n])], [.. merge.Clashes.Select(c => text[c])], merge.FreeBase, state.Version.Version), AclJson.Default.AclMerged);
    }

    private static async Task Logs(HttpContext ctx, string user_id, Database db)
    {
        var (query, who, limit) = (ctx.Request.Query, ctx.Caller(), Cursor.Limit(ctx.Request.Query["limit"]));
        var page = await db.Read(async s =>
        {
            var account = await AclService.Account(s, who, user_id);
            return Slice<AclLogEntry>.Of(await AclLog.List(s, who.TenantId, new AclLogFilter(account), Cursor.Decode(query["after"]), limit + 1), limit, e => e.Id);
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, new AclLogList(true, [.. page.Items.Select(e => AclLogItem.Of(e, !who.IsCustomer))], page.Next), AclJson.Default.AclLogList);
    }

    private static async Task Download(HttpContext ctx, string username, Database db, AclService maps)
    {
        var (query, who) = (ctx.Request.Query, ctx.Caller());
        var format = query["format"].ToString() is { Length: > 0 } asked ? asked : AclVersion.Policy;
        if (!AclVersion.Formats.Contains(format))
            throw Refusal.Field("format", "field.one_of", string.Join(", ", AclVersion.Formats));
        var (_, text) = await db.Write(async s => await maps.Take(s, who, (await maps.Find(s, who, username, query["rental"])).Id, format), ctx.RequestAborted);
        await Send(ctx, format, text);
    }

    /// <summary>A map as a file.</summary>
    internal static async Task Send(HttpContext ctx, string format, string text)
    {
        ctx.Response.Headers.ContentDisposition = $"attachment; filename=\"{(format == AclVersion.Policy ? "tailscale-policy.json" : format == AclVersion.Derp ? "derpmap.json" : "derpmap.yaml")}\"";
        if (format != AclVersion.Yaml)
        {
            await SignedJson.Send(ctx, 200, Encoding.UTF8.GetBytes(text), SignedJson.Json);
            return;
        }
        ctx.Response.ContentType = "application/yaml; charset=utf-8";
        ctx.Response.Headers.CacheControl = "no-store";
        await ctx.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(text), ctx.RequestAborted);
    }

    /// <summary>A rental's newest link that can be shown; null where there is none.</summary>
    internal static async ValueTask<string?> Address(HttpContext ctx, ReadTx s, AclLinks links, string rental) =>
        (await links.Of(s, rental)).FirstOrDefault() is { EndsAt: null, Token: { } token } ? Address(ctx, token) : null;

    internal static string Address(HttpContext ctx, string token) => $"{SiteAddress.Of(ctx)}/sub/{token}/derpmap.json";

    /// <summary>What customers do is theirs; what staff do comes one after the other, by the audit log.</summary>
    internal static Func<WriteTx, ValueTask<T>> InTurn<T>(Caller who, Func<WriteTx, ValueTask<T>> work) => who.IsCustomer ? work : Commands.InTurn(who, work);
}
