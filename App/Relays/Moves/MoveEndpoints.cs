using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Slots;

namespace Gatehouse.Relays.Moves;

/// <param name="Rental">Whose relay it is, by id.</param>
/// <param name="RegionId">Which of its relays.</param>
/// <param name="Server">Where it goes, by id; the best place where it is left out.</param>
public sealed record MoveBody(string? Rental = null, int? RegionId = null, string? Server = null);

/// <param name="Cause"><c>asked</c>, <c>drained</c>, <c>removed</c>, <c>down</c>, <c>allowance</c> or <c>balanced</c>.</param>
/// <param name="State"><c>starting</c> (the new relay is not reached yet), <c>overlap</c> (maps name it, the old one still runs), <c>done</c> or <c>dropped</c>.</param>
/// <param name="AclVersion">The first map that names the new place; null: none does.</param>
/// <param name="Error">Why the new relay is not reached, in words.</param>
public sealed record MoveView(string Id, string Rental, long RegionId, string FromServer, string? From, string ToServer, string? To, string Cause, string State, long? AclVersion, string? Error, DateTime BegunAt, DateTime? SwitchedAt, DateTime? EndedAt)
{
    internal static MoveView Of(RelayMove m, Localizer text) => new(m.Id, m.RentalId, m.RegionId, m.FromServer, m.From, m.ToServer, m.To, m.Cause, m.State, m.AclVersion, Message.TryParse(m.Error ?? "", out var error) ? text[error] : null,
        Time(m.BegunAt)!.Value, Time(m.SwitchedAt), Time(m.EndedAt));

    private static DateTime? Time(long? at) => at is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime : null;
}

public sealed record MoveResponse(bool Success, MoveView Move);

public sealed record MoveList(bool Success, IReadOnlyList<MoveView> Items, string? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(MoveBody))]
[JsonSerializable(typeof(MoveResponse))]
[JsonSerializable(typeof(MoveList))]
internal sealed partial class RelayMoveJson : JsonSerializerContext;

/// <summary>/api/moves.</summary>
public static class MoveEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/moves").RequireRateLimiting(RateLimits.Api).WithTags("Relay servers");
        group.MapGroup("").Requires(RelayPermissions.ServersRead).MapGet("", List).WithSummary("Relays that go or went to other servers, the newest first").Query("server", "The id of a server: to it or from it.").Query("rental", "The id of a rental.").Query("open", "`true`: only those that are going on.").Paged().Produces<MoveList>();
        group.MapGroup("").Requires(RelayPermissions.ServersWrite).MapPost("", Begin).WithSummary("Move a relay to another server")
            .WithDescription("It keeps its region id, its key and its pin, and its port where that is free there. The new one runs and is reached first; then the map names it, and the old one runs on until the new map was fetched by its link, or 26 hours.")
            .Refuses(MoveErrors.NotFound, MoveErrors.Going, SlotErrors.NoRoom).Idempotent().Accepts<MoveBody>("application/json").Produces<MoveResponse>(201);
    }

    private static async Task List(HttpContext ctx, Database db)
    {
        var (query, limit, text) = (ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]), ctx.Text());
        var found = await db.Read(s => MoveStore.List(s, ctx.Caller().TenantId, Given(query["server"]), Given(query["rental"]), query["open"] == "true", Cursor.Decode(query["after"]), limit + 1), ctx.RequestAborted);
        var page = Slice<RelayMove>.Of(found, limit, m => m.Id);
        await SignedJson.Send(ctx, new MoveList(true, [.. page.Items.Select(m => MoveView.Of(m, text))], page.Next), RelayMoveJson.Default.MoveList);
    }

    private static async Task Begin(HttpContext ctx, Database db, MoveService moves)
    {
        var (bytes, who, text) = (await RequestBody.Bytes(ctx), ctx.Caller(), ctx.Text());
        var body = RequestBody.Parse(ctx, bytes, RelayMoveJson.Default.MoveBody);
        var checks = new FieldChecks();
        if (Given(body.Rental) is null)
            checks.Wrong("rental", "field.required");
        if (body.RegionId is null)
            checks.Wrong("region_id", "field.required");
        checks.ThrowIfAny();
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(who, async s =>
        {
            var slot = (await SlotStore.OfRental(s, who.TenantId, body.Rental!)).FirstOrDefault(v => v.RegionId == body.RegionId) ?? throw new Refusal(MoveErrors.NotFound);
            return new MoveResponse(true, MoveView.Of(await moves.Ask(s, who, slot.Id, Given(body.Server)), text));
        }), RelayMoveJson.Default.MoveResponse, 201);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
