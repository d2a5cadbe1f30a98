using System.Text.Json.Serialization;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Merging;

/// <param name="With">The account that goes: its id, e-mail address, phone number or user name.</param>
/// <param name="DryRun">Say only what would come of it.</param>
public sealed record MergeBody(string? With = null, bool DryRun = false);

/// <param name="User">The account that stays.</param>
/// <param name="Removed">The id of the one that goes.</param>
/// <param name="Moved">How much of what moves.</param>
public sealed record MergeResponse(bool Success, Customer User, string Removed, IReadOnlyDictionary<string, long> Moved, bool DryRun);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(MergeBody))]
[JsonSerializable(typeof(MergeResponse))]
internal sealed partial class MergeJson : JsonSerializerContext;

/// <summary><c>POST /api/users/{id}/merge</c>.</summary>
public static class MergeEndpoints
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPost("/api/users/{id}/merge", Run).Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Api).WithTags("Customers")
            .WithSummary("Make one account of two that are one person's").WithDescription("What hangs on the other moves here, and what this one lacks is taken from it. The other's password, sessions and history go with it.")
            .Refuses(CustomerErrors.NotFound, MergeService.Itself).Idempotent().Accepts<MergeBody>("application/json").Produces<MergeResponse>();

    private static async Task Run(HttpContext ctx, string id, Database db, MergeService merges)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var body = RequestBody.Parse(ctx, bytes, MergeJson.Default.MergeBody);
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
        {
            var merge = await merges.Preview(s, ctx.Caller().TenantId, id, body.With);
            var user = body.DryRun ? merge.Result : await merges.Run(s, ctx.Caller(), merge.Into.Id, merge.From.Id);
            return new MergeResponse(true, user, merge.From.Id, merge.Parts.ToDictionary(p => p.Part.Name, p => p.Count), body.DryRun);
        }), MergeJson.Default.MergeResponse);
    }
}
