using Gatehouse.Accounts.CustomerActions;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Fields;
using Gatehouse.Support.Permissions;

namespace Gatehouse.Support.Announcements;

/// <summary>/admin/announcements and /news.</summary>
public static class AnnouncementPages
{
    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/news", News).OpenToAll().RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var group = app.MapGroup("/admin/announcements").RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var read = group.MapGroup("").Requires(SupportPermissions.SupportRead);
        read.MapGet("", List);
        read.MapGet("/{id}", Edit);
        var write = group.MapGroup("").Requires(SupportPermissions.SupportWrite);
        write.MapGet("/new", New);
        write.MapPost("/new", Create);
        write.MapPost("/{id}", Change);
        write.MapPost("/{id}/remove", Remove);
    }

    private static async Task News(HttpContext ctx, PageRenderer pages, Database db, AnnouncementService announcements)
    {
        var (who, after) = (ctx.Caller(), ctx.Request.Query["after"].ToString());
        var page = await db.Read(s => announcements.Current(s, who.TenantId, who.Role is not null, after, Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<NewsPage, NewsModel>(ctx, new(page, after.Length == 0));
    }

    private static async Task List(HttpContext ctx, PageRenderer pages, Database db, AnnouncementService announcements)
    {
        var query = ctx.Request.Query;
        var filter = AnnouncementEndpoints.Filter(query);
        var page = await db.Read(s => announcements.List(s, ctx.Caller().TenantId, filter, query["after"], Cursor.DefaultLimit), ctx.RequestAborted);
        await pages.Render<AnnouncementListPage, AnnouncementListModel>(ctx, new(page, filter, !query.ContainsKey("after")));
    }

    // As a copy of another: all but its times, and the mails that it went out by.
    private static async Task New(HttpContext ctx, PageRenderer pages, Database db, AnnouncementService announcements, TenantSettings settings, MailStatus mail)
    {
        var begun = CopyLink.Of(ctx) is { } from ? await Find(ctx, from, db, announcements) with { StartsAt = null, EndsAt = null, MailedAt = null } : new Announcement();
        await Show(ctx, pages, db, mail, null, Announcement.Fields.ToForm(begun, settings.Zone(ctx.Caller().TenantId)));
    }

    private static async Task Create(HttpContext ctx, PageRenderer pages, Database db, AnnouncementService announcements, TenantSettings settings, MailStatus mail)
    {
        var (form, canMail) = (new FormValues(await RequestBody.Form(ctx), settings.Zone(ctx.Caller().TenantId)), await mail.IsSetUp(ctx.Caller().TenantId));
        try
        {
            var made = await db.Command(ctx.Caller(), s => announcements.Create(s, ctx.Caller(), Announcement.Fields.FromForm(new Announcement(), form), canMail), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, "/admin/announcements", new Toast("ok", "announcements.made." + made.State, made.For(ctx.Text()).Title));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, pages, db, mail, null, form, refusal);
        }
    }

    private static async Task Edit(HttpContext ctx, string id, PageRenderer pages, Database db, AnnouncementService announcements, TenantSettings settings, MailStatus mail)
    {
        var announcement = await Find(ctx, id, db, announcements);
        await Show(ctx, pages, db, mail, announcement, Announcement.Fields.ToForm(announcement, settings.Zone(ctx.Caller().TenantId)));
    }

    private static async Task Change(HttpContext ctx, string id, PageRenderer pages, Database db, AnnouncementService announcements, TenantSettings settings, MailStatus mail)
    {
        var (form, canMail) = (new FormValues(await RequestBody.Form(ctx), settings.Zone(ctx.Caller().TenantId)), await mail.IsSetUp(ctx.Caller().TenantId));
        try
        {
            var changed = await db.Command(ctx.Caller(), s => announcements.Update(s, ctx.Caller(), id, a => Announcement.Fields.FromForm(a, form), canMail), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, "/admin/announcements", new Toast("ok", "support.saved", changed.For(ctx.Text()).Title));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Show(ctx, pages, db, mail, await Find(ctx, id, db, announcements), form, refusal);
        }
    }

    private static async Task Remove(HttpContext ctx, string id, Database db, AnnouncementService announcements)
    {
        var gone = await db.Command(ctx.Caller(), s => announcements.Remove(s, ctx.Caller(), id), ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, "/admin/announcements", new Toast("ok", "support.deleted", gone.For(ctx.Text()).Title));
    }

    private static Task<Announcement> Find(HttpContext ctx, string id, Database db, AnnouncementService announcements) =>
        db.Read(s => announcements.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);

    private static async Task Show(HttpContext ctx, PageRenderer pages, Database db, MailStatus mail, Announcement? announcement, FormValues form, Refusal? refused = null)
    {
        var tenant = ctx.Caller().TenantId;
        var readers = await mail.IsSetUp(tenant) ? await db.Read(s => MailReaders.Count(s, tenant), ctx.RequestAborted) : (long?)null;
        await pages.Render<AnnouncementFormPage, AnnouncementFormModel>(ctx, new(form, readers, announcement, refused), refused?.Status ?? 200);
    }
}

/// <param name="First">Is this the newest page?</param>
public sealed record AnnouncementListModel(Slice<Announcement> Announcements, AnnouncementFilter Filter, bool First);

/// <param name="Readers">How many a mail would go to; null where mail is not set up.</param>
/// <param name="Announcement">Null while it is being made.</param>
public sealed record AnnouncementFormModel(FormValues Form, long? Readers, Announcement? Announcement = null, Refusal? Refusal = null) : IFormModel;

/// <param name="First">Is this the newest page?</param>
public sealed record NewsModel(Slice<Announcement> Announcements, bool First);
