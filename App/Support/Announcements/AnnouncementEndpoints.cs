using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Support.Permissions;

namespace Gatehouse.Support.Announcements;

/// <summary>/api/announcements.</summary>
public static class AnnouncementEndpoints
{
    private const string About = "Customers are told of it once, when it begins: by their own channels and, with `by_mail`, by a mail to each whose address is confirmed and who has not unsubscribed. What they are told is what holds then; mails that still wait follow a later change, and none is sent of what was deleted.";

    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/announcements").RequireRateLimiting(RateLimits.Api).WithTags("Announcements");
        var read = group.MapGroup("").Requires(SupportPermissions.SupportRead);
        read.MapGet("", List).WithSummary("List announcements, newest first").Query("q", "Part of a title or a text.").Query("state", "`upcoming`, `current` or `past`.")
            .Query("audience", "`everyone`, `customers` or `staff`.").Paged().Produces<AnnouncementList>();
        read.MapGet("/{id}", Get).WithSummary("One announcement").Refuses(AnnouncementErrors.NotFound).Produces<AnnouncementResponse>();
        var write = group.MapGroup("").Requires(SupportPermissions.SupportWrite);
        write.MapPost("", Create).WithSummary("Make an announcement").WithDescription(About).Idempotent().Refuses(MailErrors.NotSetUp).Accepts<AnnouncementInput>("application/json").Produces<AnnouncementResponse>(201);
        write.MapPatch("/{id}", Change).WithSummary("Change what is named").WithDescription(About).Refuses(AnnouncementErrors.NotFound, MailErrors.NotSetUp).Accepts<AnnouncementInput>("application/json").Produces<AnnouncementResponse>();
        write.MapDelete("/{id}", Remove).WithSummary("Delete an announcement").Refuses(AnnouncementErrors.NotFound).Produces<AnnouncementRemoved>();
    }

    /// <summary>What a query asks for.</summary>
    /// <exception cref="Refusal">422 by the name of the parameter.</exception>
    internal static AnnouncementFilter Filter(IQueryCollection query) =>
        new(SearchTerm.Of(query["q"]), OneOf(query, "state", Announcement.States), OneOf(query, "audience", Announcement.Audiences));

    private static async Task List(HttpContext ctx, Database db, AnnouncementService announcements)
    {
        var query = ctx.Request.Query;
        var (limit, filter) = (Cursor.Limit(query["limit"]), Filter(query));
        var page = await db.Read(s => announcements.List(s, ctx.Caller().TenantId, filter, query["after"], limit), ctx.RequestAborted);
        await SignedJson.Send(ctx, new AnnouncementList(true, page.Items, page.Next), AnnouncementJson.Default.AnnouncementList);
    }

    private static async Task Get(HttpContext ctx, string id, Database db, AnnouncementService announcements) =>
        await Send(ctx, await db.Read(s => announcements.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted));

    private static async Task Create(HttpContext ctx, Database db, AnnouncementService announcements, MailStatus mail)
    {
        var canMail = await mail.IsSetUp(ctx.Caller().TenantId);
        var bytes = await RequestBody.Bytes(ctx);
        var wanted = Announcement.Fields.Change(ctx, bytes)(new Announcement());
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s => new AnnouncementResponse(true, await announcements.Create(s, ctx.Caller(), wanted, canMail))),
            AnnouncementJson.Default.AnnouncementResponse, 201);
    }

    private static async Task Change(HttpContext ctx, string id, Database db, AnnouncementService announcements, MailStatus mail)
    {
        var canMail = await mail.IsSetUp(ctx.Caller().TenantId);
        var change = Announcement.Fields.Change(ctx, await RequestBody.Bytes(ctx));
        await Send(ctx, await db.Command(ctx.Caller(), s => announcements.Update(s, ctx.Caller(), id, change, canMail), ctx.RequestAborted));
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, AnnouncementService announcements)
    {
        await db.Command(ctx.Caller(), s => announcements.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        await SignedJson.Send(ctx, new AnnouncementRemoved(true, id), AnnouncementJson.Default.AnnouncementRemoved);
    }

    private static Task Send(HttpContext ctx, Announcement announcement) => SignedJson.Send(ctx, new AnnouncementResponse(true, announcement), AnnouncementJson.Default.AnnouncementResponse);

    private static string? OneOf(IQueryCollection query, string name, IReadOnlyList<string> known)
    {
        var asked = query[name].ToString();
        return asked.Length == 0 ? null : known.Contains(asked) ? asked : throw Refusal.Field(name, "field.one_of", string.Join(", ", known));
    }
}
