using Gatehouse.Accounts.Permissions;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Invitations;

/// <summary><c>/api/invitations</c>, for staff.</summary>
public static class InvitationEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/invitations").Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Api).WithTags("Customers");
        group.MapGet("", List).WithSummary("List invitations, newest first").Paged().Produces<InvitationList>();
        group.MapPost("", Create).WithSummary("Make a link by which people sign up").WithDescription("For `max_uses` people, until `expires_at`; where none is given, for a week.")
            .Idempotent().Accepts<InvitationInput>("application/json").Produces<InvitationResponse>(201);
        group.MapDelete("/{id}", Revoke).WithSummary("Let nobody sign up by it any more").Refuses(InvitationErrors.NotFound).Produces<InvitationRevoked>();
    }

    private static async Task List(HttpContext ctx, Database db, InvitationService invitations)
    {
        var query = ctx.Request.Query;
        var limit = Cursor.Limit(query["limit"]);
        var page = await db.Read(s => invitations.List(s, ctx.Caller().TenantId, query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new InvitationList(true, page.Items, page.Next), InvitationJson.Default.InvitationList);
    }

    private static async Task Create(HttpContext ctx, Database db, InvitationService invitations)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var wanted = Invitation.Fields.Change(ctx, bytes)(new Invitation());
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
        {
            var (invitation, link) = await invitations.Create(s, ctx.Caller(), wanted);
            return new InvitationResponse(true, invitation, link);
        }), InvitationJson.Default.InvitationResponse, 201, kept: answer => answer with { Link = "" });
    }

    private static async Task Revoke(HttpContext ctx, string id, Database db, InvitationService invitations) => await SignedJson.Send(
        ctx, new InvitationRevoked(true, await db.Command(ctx.Caller(), s => invitations.Revoke(s, ctx.Caller(), id), ctx.RequestAborted)), InvitationJson.Default.InvitationRevoked);
}
