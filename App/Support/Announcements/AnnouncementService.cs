using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.Announcements;

/// <summary>The use cases of announcements; each runs inside the transaction it is given.</summary>
public sealed class AnnouncementService(AnnouncementBoard board, AuditWriter audit, TimeProvider clock, INotices? notices = null)
{
    /// <summary>There is something new to read.</summary>
    public static readonly NoticeKind News = new("news.posted", NoticeKind.Info, 130) { ForCustomers = true };

    /// <exception cref="Refusal">404 NO_SUCH_ANNOUNCEMENT.</exception>
    public async ValueTask<Announcement> Get(ReadTx s, string tenant, string id) =>
        await AnnouncementStore.Find(s, tenant, id, Now()) ?? throw new Refusal(AnnouncementErrors.NotFound);

    public async ValueTask<Slice<Announcement>> List(ReadTx s, string tenant, AnnouncementFilter filter, string? after, int limit) =>
        Slice<Announcement>.Of(await AnnouncementStore.List(s, tenant, filter, Cursor.Decode(after), limit + 1, Now()), limit, a => a.Id);

    /// <summary>What people read on the page of news.</summary>
    /// <param name="staff">With what is for staff alone.</param>
    public async ValueTask<Slice<Announcement>> Current(ReadTx s, string tenant, bool staff, string? after, int limit) =>
        Slice<Announcement>.Of(await AnnouncementStore.Current(s, tenant, staff, Cursor.Decode(after), limit + 1, Now()), limit, a => a.Id);

    /// <exception cref="Refusal">422 with all that is wrong, by field.</exception>
    public async ValueTask<Announcement> Create(WriteTx s, Caller who, Announcement wanted)
    {
        var now = Now();
        var made = Announcement.Checked(wanted) with { Id = Ids.New(), CreatedAt = now, UpdatedAt = now };
        made = made with { State = made.StateAt(now) };
        await AnnouncementStore.Insert(s, who.TenantId, made);
        await audit.Write(s, who, "announcement.created", Target(made), after: Announcement.Fields.Json(made));
        await TellCustomers(s, who, made);
        board.ShowAfter(s, who.TenantId);
        return made;
    }

    /// <exception cref="Refusal">404 NO_SUCH_ANNOUNCEMENT, or 422 with all that is wrong, by field.</exception>
    public async ValueTask<Announcement> Update(WriteTx s, Caller who, string id, Func<Announcement, Announcement> change)
    {
        var (before, now) = (await Get(s, who.TenantId, id), Now());
        var changed = Announcement.Checked(change(before)) with { UpdatedAt = now };
        changed = changed with { State = changed.StateAt(now) };
        await AnnouncementStore.Update(s, who.TenantId, changed);
        await audit.Write(s, who, "announcement.changed", Target(changed), Announcement.Fields.Json(before), Announcement.Fields.Json(changed));
        if (!(before.ForCustomers && before.State == "current"))
            await TellCustomers(s, who, changed);
        board.ShowAfter(s, who.TenantId);
        return changed;
    }

    /// <summary>Returns what there was.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_ANNOUNCEMENT.</exception>
    public async ValueTask<Announcement> Remove(WriteTx s, Caller who, string id)
    {
        var gone = await Get(s, who.TenantId, id);
        await AnnouncementStore.Delete(s, who.TenantId, id);
        await audit.Write(s, who, "announcement.deleted", Target(gone), before: Announcement.Fields.Json(gone));
        board.ShowAfter(s, who.TenantId);
        return gone;
    }

    // By channels of their own; one that begins later is found under News by then.
    private async ValueTask TellCustomers(WriteTx s, Caller who, Announcement told)
    {
        if (notices is not null && told is { ForCustomers: true, State: "current" })
            await notices.TellCustomers(s, who.TenantId, News, new Message("news.told", string.Join(" / ", new[] { told.TitleEn, told.TitleZh }.Where(t => t.Length > 0))), told.Id);
    }

    private static AuditTarget Target(Announcement a) => new("announcement", a.Id, a.TitleEn.Length > 0 ? a.TitleEn : a.TitleZh);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
