using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Templates;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Support.Announcements;

/// <summary>The use cases of announcements; each runs inside the transaction it is given.</summary>
public sealed class AnnouncementService(AnnouncementBoard board, NewsWake news, MailTextService texts, ITenants tenants, IConfiguration config, AuditWriter audit, TimeProvider clock)
{
    /// <exception cref="Refusal">404 NO_SUCH_ANNOUNCEMENT.</exception>
    public async ValueTask<Announcement> Get(ReadTx s, string tenant, string id) =>
        await AnnouncementStore.Find(s, tenant, id, Now()) ?? throw new Refusal(AnnouncementErrors.NotFound);

    public async ValueTask<Slice<Announcement>> List(ReadTx s, string tenant, AnnouncementFilter filter, string? after, int limit) =>
        Slice<Announcement>.Of(await AnnouncementStore.List(s, tenant, filter, Cursor.Decode(after), limit + 1, Now()), limit, a => a.Id);

    /// <summary>What people read on the page of news.</summary>
    /// <param name="staff">With what is for staff alone.</param>
    public async ValueTask<Slice<Announcement>> Current(ReadTx s, string tenant, bool staff, string? after, int limit) =>
        Slice<Announcement>.Of(await AnnouncementStore.Current(s, tenant, staff, Cursor.Decode(after), limit + 1, Now()), limit, a => a.Id);

    /// <param name="canMail">Is mail set up?</param>
    /// <exception cref="Refusal">422 with all that is wrong, by field; 409 MAIL_NOT_SET_UP.</exception>
    public async ValueTask<Announcement> Create(WriteTx s, Caller who, Announcement wanted, bool canMail)
    {
        var now = Now();
        var made = Announcement.Checked(wanted) with { Id = Ids.New(), CreatedAt = now, UpdatedAt = now };
        made = made with { State = made.StateAt(now) };
        CheckMail(made, canMail);
        await AnnouncementStore.Insert(s, who.TenantId, made);
        await audit.Write(s, who, "announcement.created", Target(made), after: Announcement.Fields.Json(made));
        ShowAfter(s, who.TenantId);
        return made;
    }

    /// <param name="canMail">Is mail set up?</param>
    /// <exception cref="Refusal">404 NO_SUCH_ANNOUNCEMENT, or 422 with all that is wrong, by field; 409 MAIL_NOT_SET_UP.</exception>
    public async ValueTask<Announcement> Update(WriteTx s, Caller who, string id, Func<Announcement, Announcement> change, bool canMail)
    {
        var (before, now) = (await Get(s, who.TenantId, id), Now());
        var changed = Announcement.Checked(change(before)) with { UpdatedAt = now };
        changed = changed with { State = changed.StateAt(now) };
        if (!before.ByMail)
            CheckMail(changed, canMail);
        await AnnouncementStore.Update(s, who.TenantId, changed);
        await audit.Write(s, who, "announcement.changed", Target(changed), Announcement.Fields.Json(before), Announcement.Fields.Json(changed));
        // Mails that wait say what holds now, or nothing any more.
        await texts.Reword(s, who.TenantId, NewsMail.Letter(id), changed is { ByMail: true, State: "current" } ? NewsMail.Words(changed, SiteAddress.Base(config, tenants, who.TenantId)) : null);
        ShowAfter(s, who.TenantId);
        return changed;
    }

    /// <summary>Returns what there was.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_ANNOUNCEMENT.</exception>
    public async ValueTask<Announcement> Remove(WriteTx s, Caller who, string id)
    {
        var gone = await Get(s, who.TenantId, id);
        await AnnouncementStore.Delete(s, who.TenantId, id);
        await audit.Write(s, who, "announcement.deleted", Target(gone), before: Announcement.Fields.Json(gone));
        await texts.Reword(s, who.TenantId, NewsMail.Letter(id), null);
        ShowAfter(s, who.TenantId);
        return gone;
    }

    // Shows what has changed, and tells of what has begun by it.
    private void ShowAfter(WriteTx s, string tenant)
    {
        board.ShowAfter(s, tenant);
        s.AfterCommit(news.Signal.Wake);
    }

    private static void CheckMail(Announcement wanted, bool canMail)
    {
        if (wanted is { ByMail: true, MailedAt: null } && !canMail)
            throw new Refusal(MailErrors.NotSetUp);
    }

    private static AuditTarget Target(Announcement a) => new("announcement", a.Id, a.TitleEn.Length > 0 ? a.TitleEn : a.TitleZh);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
