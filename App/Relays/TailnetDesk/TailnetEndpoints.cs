using Gatehouse.Accounts.Customers;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;
using Gatehouse.Relays.AclDesk;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Tailnets;

namespace Gatehouse.Relays.TailnetDesk;

/// <summary>/api/user/tailnets: the tailnets of rentals, for customers of their own and for staff of all of their tenant.</summary>
public static class TailnetEndpoints
{
    private const string Path = "/api/user/tailnets";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(Path).RequireRateLimiting(RateLimits.Api).WithTags("Tailnets");
        var read = group.MapGroup("").RequiresOrCustomer(RelayPermissions.AclRead);
        read.MapGet("", List).WithSummary("The tailnets that rentals are connected with, the newest rental first").WithDescription("Customers see their own, staff all.")
            .Query("username", "For staff: a user name or an e-mail address.").Paged().Refuses(CustomerErrors.NotFound).Produces<TailnetList>();
        read.MapGet("/{rental}", One).WithSummary("How a rental stands with its tailnet").WithDescription("No secret is given back.").Refuses(RentalErrors.NotFound, TailnetErrors.NotConnected).Produces<TailnetResponse>();
        // Each asks somebody else's server.
        var write = group.MapGroup("").RequiresOrCustomer(RelayPermissions.AclWrite);
        write.MapPost("/{rental}", Connect).WithSummary("Connect a rental with a tailnet, or change how")
            .WithDescription("By an OAuth client (`secret`), or with a headscale (`url`, and `key` where there is one). It is tried at once, and the machines are let in: as many as the rental allows, with `tag` those alone, first the `oldest` or those seen most `recent`. Sent again it does no harm; `secret` or `key` may be left out then.")
            .Refuses(RentalErrors.NotFound, RentalErrors.Ended).Accepts<TailnetBody>("application/json").Produces<TailnetResponse>();
        write.MapGet("/{rental}/preview", Preview).WithSummary("What would be written into the policy of a tailnet").WithDescription("Only `derpMap` is replaced; every other byte stays.")
            .Refuses(RentalErrors.NotFound, AclErrors.Stopped).Produces<TailnetPreviewView>();
        write.MapPost("/{rental}/deliver", Deliver).WithSummary("Write the map into the policy of a tailnet").WithDescription("What the preview with that `seen` shows, and nothing else; `delivered` is what their API has answered. From then on it is written anew when the map changes. Sent again it changes nothing.")
            .Refuses(RentalErrors.NotFound, AclErrors.Stopped).Accepts<TailnetDeliverBody>("application/json").Produces<TailnetResponse>();
        write.MapPost("/{rental}/undo", Undo).WithSummary("Take the map out of the policy of a tailnet again").WithDescription("What was there before comes back; a policy whose `derpMap` somebody else has changed meanwhile stays as it is.").Refuses(RentalErrors.NotFound, AclErrors.Stopped).Produces<TailnetResponse>();
        write.MapPost("/{rental}/sync", Sync).WithSummary("Read the machines of a tailnet now").WithDescription("It is done every five minutes by itself.").Refuses(RentalErrors.NotFound).Produces<TailnetResponse>();
        write.MapDelete("/{rental}", Disconnect).WithSummary("Forget the tailnet of a rental").WithDescription("Its client is forgotten. Machines that are let in stay so, and the policy stays as it is: undo first what was delivered.").Refuses(RentalErrors.NotFound, TailnetErrors.NotConnected).Produces<TailnetForgotten>();
    }

    private static async Task List(HttpContext ctx, Database db, CustomerService customers)
    {
        var (query, who, limit) = (ctx.Request.Query, ctx.Caller(), Cursor.Limit(ctx.Request.Query["limit"]));
        var page = await db.Read(async s =>
        {
            var account = who.IsCustomer ? who.Id : query["username"].ToString() is { Length: > 0 } name ? await customers.IdOf(s, who.TenantId, name) : null;
            return Slice<NamedTailnet>.Of(await TailnetStore.List(s, who.TenantId, account, null, Cursor.Decode(query["after"]), limit + 1), limit, t => t.Tailnet.RentalId);
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, new TailnetList(true, [.. page.Items.Select(t => TailnetView.Of(t, SiteAddress.Of(ctx), ctx.Text()))], page.Next), TailnetJson.Default.TailnetList);
    }

    private static async Task One(HttpContext ctx, string rental, Database db)
    {
        var named = await db.Read(async s =>
        {
            await TailnetService.Find(s, ctx.Caller(), rental);
            return (await TailnetStore.List(s, ctx.Caller().TenantId, null, rental, null, 1)).FirstOrDefault() ?? throw new Refusal(TailnetErrors.NotConnected);
        }, ctx.RequestAborted);
        await Send(ctx, named);
    }

    private static async Task Send(HttpContext ctx, NamedTailnet named) => await SignedJson.Send(ctx, new TailnetResponse(true, TailnetView.Of(named, SiteAddress.Of(ctx), ctx.Text())), TailnetJson.Default.TailnetResponse);

    private static async Task Connect(HttpContext ctx, string rental, TailnetService tailnets)
    {
        var body = await RequestBody.Read(ctx, TailnetJson.Default.TailnetBody);
        var secret = body.Secret?.Trim() ?? "";
        // One that is another client's was pasted beside the wrong secret.
        if (body.ClientId?.Trim() is { Length: > 0 } client && secret.Length > 0 && !secret.StartsWith($"tskey-client-{client}-", StringComparison.Ordinal))
            throw Refusal.Field("client_id", "tailnet.wrong.client_id");
        var made = await tailnets.Connect(ctx.Caller(), rental, new(body.Url is null ? secret : body.Key ?? "", body.Hook ?? "", body.ReadOnly, body.Tag, body.Choose) { Url = body.Url }, ctx.RequestAborted);
        await Send(ctx, made);
    }

    private static async Task Preview(HttpContext ctx, string rental, TailnetService tailnets) =>
        await SignedJson.Send(ctx, TailnetPreviewView.Of(rental, await tailnets.Preview(ctx.Caller(), rental, ctx.RequestAborted), ctx.Text()), TailnetJson.Default.TailnetPreviewView);

    private static async Task Deliver(HttpContext ctx, string rental, Database db, TailnetService tailnets)
    {
        var body = await RequestBody.Read(ctx, TailnetJson.Default.TailnetDeliverBody);
        if (string.IsNullOrWhiteSpace(body.Seen))
            throw Refusal.Field("seen", "field.required");
        await tailnets.Deliver(ctx.Caller(), rental, body.Seen, body.Sure, ctx.RequestAborted);
        await One(ctx, rental, db);
    }

    private static async Task Undo(HttpContext ctx, string rental, Database db, TailnetService tailnets)
    {
        await tailnets.Undo(ctx.Caller(), rental, ctx.RequestAborted);
        await One(ctx, rental, db);
    }

    private static async Task Sync(HttpContext ctx, string rental, Database db, TailnetService tailnets)
    {
        await tailnets.Sync(ctx.Caller(), rental, ctx.RequestAborted);
        await One(ctx, rental, db);
    }

    private static async Task Disconnect(HttpContext ctx, string rental, TailnetService tailnets)
    {
        if (!await tailnets.Disconnect(ctx.Caller(), rental, ctx.RequestAborted))
            throw new Refusal(TailnetErrors.NotConnected);
        await SignedJson.Send(ctx, new TailnetForgotten(true, rental), TailnetJson.Default.TailnetForgotten);
    }
}
