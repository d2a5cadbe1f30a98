using System.Text.Json.Serialization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Devices;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.RentalDesk;

/// <param name="Account">The person, by id, user name or e-mail address.</param>
/// <param name="Plan">An id or a name.</param>
/// <param name="Rental">One of theirs that it extends; a new one where it is left out.</param>
/// <param name="When">Where that is on another plan: <c>end</c> (this one follows), or <c>now</c> (it takes its place; what is not used is credited by the day).</param>
public sealed record GrantBody(string? Account = null, string? Plan = null, string? Rental = null, string? Name = null, string? When = null);

public sealed record RentalChangeBody(string? Name = null, string? Notes = null, long? DeviceLimit = null, DateTimeOffset? EndAt = null, bool? Suspended = null);

public sealed record StaffRentalView(string Account, RentalView Rental, long DeviceLimit, string Notes, DateTime CreatedAt);

public sealed record StaffRentalResponse(bool Success, string Account, RentalView Rental, long DeviceLimit, string Notes);

public sealed record StaffRentalList(bool Success, IReadOnlyList<StaffRentalView> Items, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(GrantBody))]
[JsonSerializable(typeof(RentalChangeBody))]
[JsonSerializable(typeof(StaffRentalResponse))]
[JsonSerializable(typeof(StaffRentalList))]
internal sealed partial class RentalDeskJson : JsonSerializerContext;

/// <summary>/api/rentals, for staff.</summary>
public static class RentalDeskEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/rentals").RequireRateLimiting(RateLimits.Api).WithTags("Rentals");
        var read = group.MapGroup("").Requires(RelayPermissions.RentalsRead);
        read.MapGet("", List).WithSummary("List rentals, the newest first").Query("account", "The id of a person.").Query("plan", "The id of a plan.").Query("status", "`active`, `grace`, `suspended` or `ended`; all when left out.").Query("q", "Part of the owner's names and addresses, or of the rental's or its plan's name.").Paged().Produces<StaffRentalList>();
        read.MapGet("/{id}", Get).WithSummary("One rental, with its relays").Refuses(RentalErrors.NotFound).Produces<StaffRentalResponse>();
        var write = group.MapGroup("").Requires(RelayPermissions.RentalsWrite);
        write.MapPost("", Grant).WithSummary("Give a person a rental, or more time to one").Refuses([CustomerErrors.NotFound, .. RentalErrors.All, .. SlotErrors.All]).Idempotent().Accepts<GrantBody>("application/json").Produces<StaffRentalResponse>(201);
        write.MapPatch("/{id}", Change).WithSummary("Change what is named").WithDescription("`suspended` cuts its devices off at once; `false` lets them in again. `end_at` in the past ends it.").Refuses(RentalErrors.NotFound, RentalErrors.Ended).Accepts<RentalChangeBody>("application/json").Produces<StaffRentalResponse>();
    }

    private static async Task List(HttpContext ctx, Database db, TimeProvider clock)
    {
        var (query, limit, tenant, now) = (ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]), ctx.Caller().TenantId, Now(clock));
        var page = await db.Read(async s =>
        {
            var found = await RentalDeskService.List(s, tenant, new(Given(query["account"]), Given(query["plan"]), RentalStore.Listed.FirstOrDefault(l => l == query["status"]), SearchTerm.Of(query["q"])), now, query["after"], limit);
            var shown = new List<StaffRentalView>();
            foreach (var rental in found.Items)
                shown.Add(new(rental.AccountId, await RentalView.Of(s, tenant, rental, now), rental.Terms.DeviceLimit, rental.Notes, RentalView.Time(rental.CreatedAt)!.Value));
            return new StaffRentalList(true, shown, found.Next);
        }, ctx.RequestAborted);
        await SignedJson.Send(ctx, page, RentalDeskJson.Default.StaffRentalList);
    }

    private static async Task Get(HttpContext ctx, string id, Database db, TimeProvider clock) =>
        await SignedJson.Send(ctx, await db.Read(async s => await Of(s, ctx.Caller().TenantId, await RentalDeskService.Get(s, ctx.Caller().TenantId, id), Now(clock)), ctx.RequestAborted), RentalDeskJson.Default.StaffRentalResponse);

    private static async Task Grant(HttpContext ctx, Database db, RentalDeskService desk, TimeProvider clock)
    {
        var (bytes, who) = (await RequestBody.Bytes(ctx), ctx.Caller());
        var body = RequestBody.Parse(ctx, bytes, RentalDeskJson.Default.GrantBody);
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(who, async s => await Of(s, who.TenantId, await desk.Grant(s, who, body.Account, body.Plan, new(Given(body.Rental), body.Name, Given(body.When))), Now(clock))), RentalDeskJson.Default.StaffRentalResponse, 201);
    }

    private static async Task Change(HttpContext ctx, string id, Database db, RentalDeskService desk, TimeProvider clock)
    {
        var who = ctx.Caller();
        var body = RequestBody.Parse(ctx, await RequestBody.Bytes(ctx), RentalDeskJson.Default.RentalChangeBody);
        var change = new RentalChange(body.Name, body.Notes, body.DeviceLimit, body.EndAt?.ToUnixTimeMilliseconds(), body.Suspended);
        await SignedJson.Send(ctx, await db.Command(who, async s => await Of(s, who.TenantId, await desk.Change(s, who, id, change), Now(clock)), ctx.RequestAborted), RentalDeskJson.Default.StaffRentalResponse);
    }

    private static async ValueTask<StaffRentalResponse> Of(ReadTx s, string tenant, Rental rental, long now) => new(true, rental.AccountId, await RentalView.Of(s, tenant, rental, now), rental.Terms.DeviceLimit, rental.Notes);

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static long Now(TimeProvider clock) => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
