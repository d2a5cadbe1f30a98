using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Licensing.Activation;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Devices;

/// <summary>What customers do with their rentals over REST: /api/user/activate, rental_info, history, devices.</summary>
public static class RentalEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/api/user").RequiresCustomer().RequireRateLimiting(RateLimits.Api).WithTags("My relays");
        own.MapPost("/activate", Activate).WithSummary("Redeem a serial of relays")
            .WithDescription("Once, whoever comes first. Without `rental` it makes a new one, called `name`; with the id of one of mine its time is added there, also while that is in its grace. A serial of another plan follows on it (`when`: `end`), or takes its place (`now`): what is not used of the old plan is credited by the day. An address that many wrong serials came from is answered `CHALLENGE_REQUIRED` until it sends a solved `challenge` (see `/api/challenge`).")
            .Refuses([LicenseErrors.NotFound, ActivationErrors.TooManyWrongKeys, ChallengeErrors.Required, .. RentalErrors.All, .. SlotErrors.All]).Idempotent().Accepts<ActivateBody>("application/json").Produces<RentalResponse>();
        own.MapGet("/rental_info", Info).WithSummary("My rentals, with their relays").Produces<RentalInfo>();
        own.MapGet("/devices", Devices).WithSummary("The devices that my relays let in").Query("rental", "The id of one rental.").Produces<DeviceList>();
        own.MapPost("/devices", AddDevice).WithSummary("Let a device in").WithDescription("In force within two seconds. As many as the rental allows; one that is let in already gets the name.")
            .Refuses(RentalErrors.NotFound, RentalErrors.Ended, DeviceErrors.Limit, DeviceErrors.Which).Idempotent().Accepts<DeviceBody>("application/json").Produces<DeviceResponse>();
        own.MapDelete("/devices/{node_key}", RemoveDevice).WithSummary("Let a device in no more, and cut it off").Query("rental", "The id of one rental; all of mine where it is left out.").Refuses(DeviceErrors.NotFound).Produces<DeviceRemoved>();
        own.MapGet("/devices/refused", Refused).WithSummary("The machines that my relays did not let in").WithDescription("The last that tried first: let one in by `POST /api/user/devices`, or hide it. At most 20 of a rental; what has not tried for a week is forgotten. Whoever knows a relay's address may try: let in only what is yours.")
            .Query("rental", "The id of one rental.").Produces<RefusedList>();
        own.MapDelete("/devices/refused/{node_key}", Dismiss).WithSummary("Hide a machine that was not let in").WithDescription("It is still not let in; nobody is told of it any more.").Query("rental", "The id of one rental; all of mine where it is left out.").Refuses(DeviceErrors.NotFound).Produces<RefusedHidden>();
        app.MapGet("/api/user/history/{user_id}", History).RequiresOrCustomer(RelayPermissions.RentalsRead).RequireRateLimiting(RateLimits.Api).WithTags("My relays")
            .WithSummary("What came to a person's rentals, and what happened to them, the newest first").WithDescription("By id, user name or e-mail address. Customers see their own; `me` is who asks.").Paged().Refuses(CustomerErrors.NotFound).Produces<RentalHistory>();
    }

    private static async Task Activate(HttpContext ctx, Database db, ActivationService activation, RentalService rentals, TimeProvider clock)
    {
        var (bytes, who) = (await RequestBody.Bytes(ctx), ctx.Caller());
        var body = RequestBody.Parse(ctx, bytes, RentalJson.Default.ActivateBody);
        if (string.IsNullOrWhiteSpace(body.Serial))
            throw Refusal.Field("serial", "field.required");
        var key = await activation.Look(who, new TypedKey(body.Serial, body.Challenge), ctx.RequestAborted) ?? throw new Refusal(LicenseErrors.NotFound);
        await Idempotency.Run(ctx, db, bytes, async s =>
        {
            var rental = await rentals.Redeem(s, who, key, new(Given(body.Rental), body.Name, Given(body.When)));
            return new RentalResponse(true, await RentalView.Of(s, who.TenantId, rental, Now(clock)));
        }, RentalJson.Default.RentalResponse);
    }

    private static async Task Info(HttpContext ctx, Database db, TimeProvider clock)
    {
        var (who, now) = (ctx.Caller(), Now(clock));
        var rentals = await db.Read(async s =>
        {
            var slots = await SlotStore.OfAccount(s, who.TenantId, who.Id!);
            return (await RentalStore.OfAccount(s, who.TenantId, who.Id!)).ConvertAll(r => RentalView.Of(r, slots, now));
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, new RentalInfo(true, rentals), RentalJson.Default.RentalInfo);
    }

    private static async Task Devices(HttpContext ctx, Database db)
    {
        var who = ctx.Caller();
        var devices = await db.Read(s => DeviceService.List(s, who.TenantId, who.Id!, ctx.Request.Query["rental"].ToString() is { Length: > 0 } rental ? rental : null), ctx.RequestAborted);
        await SignedJson.Send(ctx, new DeviceList(true, devices.ConvertAll(DeviceView.Of)), RentalJson.Default.DeviceList);
    }

    private static async Task AddDevice(HttpContext ctx, Database db, DeviceService devices)
    {
        var (bytes, who) = (await RequestBody.Bytes(ctx), ctx.Caller());
        var body = RequestBody.Parse(ctx, bytes, RentalJson.Default.DeviceBody);
        await Idempotency.Run(ctx, db, bytes, async s => new DeviceResponse(true, DeviceView.Of(await devices.Add(s, who.TenantId, who.Id!, body.NodeKey, body.Name, Given(body.Rental)))), RentalJson.Default.DeviceResponse);
    }

    private static async Task RemoveDevice(HttpContext ctx, string node_key, Database db, DeviceService devices)
    {
        var (who, rental) = (ctx.Caller(), ctx.Request.Query["rental"].ToString());
        var from = await db.Write(s => devices.Remove(s, who.TenantId, who.Id!, node_key, rental.Length > 0 ? rental : null), ctx.RequestAborted);
        await SignedJson.Send(ctx, new DeviceRemoved(true, node_key, from), RentalJson.Default.DeviceRemoved);
    }

    private static async Task Refused(HttpContext ctx, Database db)
    {
        var who = ctx.Caller();
        var refused = await db.Read(s => RefusedStore.Waiting(s, who.TenantId, who.Id!, Given(ctx.Request.Query["rental"])), ctx.RequestAborted);
        await SignedJson.Send(ctx, new RefusedList(true, refused.ConvertAll(RefusedView.Of)), RentalJson.Default.RefusedList);
    }

    private static async Task Dismiss(HttpContext ctx, string node_key, Database db, DeviceService devices)
    {
        var who = ctx.Caller();
        await db.Write(s => devices.Dismiss(s, who.TenantId, who.Id!, node_key, Given(ctx.Request.Query["rental"])), ctx.RequestAborted);
        await SignedJson.Send(ctx, new RefusedHidden(true, node_key), RentalJson.Default.RefusedHidden);
    }

    private static async Task History(HttpContext ctx, string user_id, Database db, CustomerService customers)
    {
        var (query, limit, who) = (ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]), ctx.Caller());
        var events = await db.Read(async s =>
        {
            var account = user_id == "me" && who.IsCustomer ? who.Id! : await customers.IdOf(s, who.TenantId, user_id);
            if (who.IsCustomer && account != who.Id)
                throw new Refusal(CustomerErrors.NotFound);
            return await RentalStore.Events(s, who.TenantId, account, null, Cursor.Decode(query["after"]), limit + 1);
        }, ctx.RequestAborted);
        var page = Slice<RentalEvent>.Of(events, limit, e => e.Id);
        await SignedJson.Send(ctx, new RentalHistory(true, [.. page.Items.Select(RentalEventView.Of)], page.Next), RentalJson.Default.RentalHistory);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static long Now(TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
