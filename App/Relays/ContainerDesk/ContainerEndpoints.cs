using System.Globalization;
using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.Permissions;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.ContainerDesk;

/// <param name="Rental">Whose relays.</param>
/// <param name="RegionId">One of them alone; all where it is left out.</param>
/// <param name="Again">Those that have a container get another in its place.</param>
public sealed record AllocateBody(string? Rental = null, long? RegionId = null, bool Again = false);

/// <param name="Wanted">run or stop.</param>
/// <param name="State">waiting, starting, running, stopped or failed.</param>
/// <param name="Error">The last one, in words.</param>
/// <param name="RetryAt">When it is tried again.</param>
/// <param name="Version">Of the program in it; null where it has no link of its own.</param>
public sealed record ContainerView(
    string Id, string Rental, string Account, string Server, string ServerName, string Kind, long RegionId, long Port, string Wanted, string State, DateTime StateAt, string? Error, long Failures, DateTime? RetryAt, string? Version,
    DateTime? ConnectedAt, DateTime CreatedAt)
{
    internal static ContainerView Of(RelayContainerRow c, Localizer text) => new(c.Id, c.RentalId, c.AccountId, c.ServerId, c.Server, c.Kind, c.RegionId, c.Port, c.Wanted, c.State, At(c.StateAt), c.Error is { } error ? text[Message.Parse(error)] : null,
        c.Failures, c.RetryAt is { } retry ? At(retry) : null, c.Version.Length > 0 ? c.Version : null, c.ConnectedAt is { } since ? At(since) : null, At(c.CreatedAt));

    private static DateTime At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime;
}

/// <summary>What its engine says now.</summary>
/// <param name="Error">Why it says nothing, in words.</param>
public sealed record ActualView(string? State, long? ExitCode, bool? OutOfMemory, long? Restarts, string? StartedAt, string? Error)
{
    internal static ActualView Of(ContainerLook look, Localizer text) => new(look.State?.State, look.State?.ExitCode, look.State?.OutOfMemory, look.State?.Restarts, look.State?.StartedAt is { Length: > 0 } at ? at : null, look.Error is { } error ? text[error] : null);
}

public sealed record ContainersResponse(bool Success, IReadOnlyList<ContainerView> Containers);

public sealed record ContainerList(bool Success, IReadOnlyList<ContainerView> Items, string? Next);

/// <param name="Actual">Null where no Docker runs it.</param>
/// <param name="Logs">Its last lines, where they were asked for.</param>
public sealed record ContainerStatus(bool Success, ContainerView Container, ActualView? Actual, IReadOnlyList<string> Logs);

public sealed record ContainerReleased(bool Success, string Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AllocateBody))]
[JsonSerializable(typeof(ContainersResponse))]
[JsonSerializable(typeof(ContainerList))]
[JsonSerializable(typeof(ContainerStatus))]
[JsonSerializable(typeof(ContainerReleased))]
internal sealed partial class ContainerDeskJson : JsonSerializerContext;

/// <summary>/api/container.</summary>
public static class ContainerEndpoints
{
    private const int MostLines = 500;

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/container").RequireRateLimiting(RateLimits.Api).WithTags("Relay containers");
        var read = group.MapGroup("").Requires(RelayPermissions.ServersRead);
        read.MapGet("/list", List).WithSummary("List containers, the newest first").WithDescription("Of servers that use no Docker they are relays in a program there.").Query("server", "The id of a server.").Query("rental", "The id of a rental.")
            .Query("state", "`running`, `starting`, `waiting`, `failed` or `stopped`; all when left out.").Query("q", "Part of the owner's names and addresses, or of the rental's or the server's name.").Paged().Produces<ContainerList>();
        read.MapGet("/status/{id}", Status).WithSummary("A container as it should be, and as its engine says that it is").Query("logs", "How many of its last lines to tell, 500 at most; none when left out.").Refuses(ContainerErrors.NotFound).Produces<ContainerStatus>();
        var write = group.MapGroup("").Requires(RelayPermissions.ServersWrite);
        write.MapPost("/allocate", Allocate).WithSummary("Give a rental's relays their containers").WithDescription("A relay without a container gets one on its server; with `again`, each gets another in place of the one that it has, of the program as it is now. Its port, key and pin stay. The answer tells what should be; it is made so right after.")
            .Refuses(RentalErrors.NotFound, RentalErrors.Ended).Idempotent().Accepts<AllocateBody>("application/json").Produces<ContainersResponse>(201);
        write.MapDelete("/release/{id}", Release).WithSummary("Take a container away").WithDescription("Its relay keeps its port, key and pin, and stands still until it is allocated again.").Refuses(ContainerErrors.NotFound).Produces<ContainerReleased>();
    }

    internal static ContainerFilter Filter(IQueryCollection query) => new(Given(query["server"]), Given(query["rental"]), RelayContainerStore.States.FirstOrDefault(t => t == query["state"]), SearchTerm.Of(query["q"]));

    private static async Task List(HttpContext ctx, Database db)
    {
        var (query, limit, text) = (ctx.Request.Query, Cursor.Limit(ctx.Request.Query["limit"]), ctx.Text());
        var page = await db.Read(s => ContainerService.List(s, ctx.Caller().TenantId, Filter(query), query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new ContainerList(true, [.. page.Items.Select(c => ContainerView.Of(c, text))], page.Next), ContainerDeskJson.Default.ContainerList);
    }

    private static async Task Status(HttpContext ctx, string id, Database db, ContainerLooks looks)
    {
        var (tenant, text) = (ctx.Caller().TenantId, ctx.Text());
        var lines = int.TryParse(ctx.Request.Query["logs"], NumberStyles.None, CultureInfo.InvariantCulture, out var asked) ? Math.Min(asked, MostLines) : 0;
        var container = await db.Read(s => ContainerService.Get(s, tenant, id), ctx.RequestAborted);
        var look = await looks.Look(tenant, container, lines, ctx.RequestAborted);
        await SignedJson.Send(ctx, new ContainerStatus(true, ContainerView.Of(container, text), look == ContainerLook.None ? null : ActualView.Of(look, text), look.Logs), ContainerDeskJson.Default.ContainerStatus);
    }

    private static async Task Allocate(HttpContext ctx, Database db, ContainerService containers)
    {
        var (bytes, who, text) = (await RequestBody.Bytes(ctx), ctx.Caller(), ctx.Text());
        var body = RequestBody.Parse(ctx, bytes, ContainerDeskJson.Default.AllocateBody);
        var rental = Given(body.Rental) ?? throw Refusal.Field("rental", "field.required");
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(who, async s => new ContainersResponse(true, [.. (await containers.Allocate(s, who, rental, body.RegionId, body.Again)).Select(c => ContainerView.Of(c, text))])), ContainerDeskJson.Default.ContainersResponse, 201);
    }

    private static async Task Release(HttpContext ctx, string id, Database db, ContainerService containers)
    {
        await db.Command(ctx.Caller(), s => containers.Release(s, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new ContainerReleased(true, id), ContainerDeskJson.Default.ContainerReleased);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
