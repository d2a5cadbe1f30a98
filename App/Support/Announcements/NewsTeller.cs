using Gatehouse.Accounts.CustomerActions;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Notices;
using Gatehouse.Messaging.Templates;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Support.Announcements;

/// <summary>Tells this node's teller that something may have begun.</summary>
public sealed class NewsWake
{
    public WakeSignal Signal { get; } = new();
}

/// <summary>
/// Tells customers of news when they begin, in the words that hold then: by channels of their own and, where staff want it, by mail. Once,
/// by whichever node comes first: the announcement's row says how far it has come.
/// </summary>
public sealed partial class NewsTeller(NewsWake wake, INotices notices, MailQueue mails, MailTextService texts, TenantSettings settings, ITenants tenants, IConfiguration config, Database db, TimeProvider clock, ILogger<NewsTeller> log)
    : PollingService
{
    /// <summary>There is something new to read.</summary>
    public static readonly NoticeKind News = new("news.posted", NoticeKind.Info, 130) { ForCustomers = true };

    /// <summary>Mails that one transaction leaves to be sent.</summary>
    internal const int Step = 500;

    protected override WakeSignal Signal => wake.Signal;

    protected override void Trouble(Exception e) => Waits(log, e.Message);

    internal override async Task<TimeSpan> Tick(CancellationToken ct)
    {
        while (await db.Read(s => AnnouncementStore.Untold(s, Now()), ct) is ({ } tenant, { } id))
        {
            await settings.Refresh(tenant);
            await db.Write(s => Tell(s, tenant, id), ct);
        }
        return await db.Read(s => AnnouncementStore.NextBegin(s, Now()), ct) is { } next ? TimeSpan.FromMilliseconds(Math.Clamp(next - Now(), 0, LongestWait.TotalMilliseconds)) : LongestWait;
    }

    private async ValueTask<bool> Tell(WriteTx s, string tenant, string id)
    {
        var now = Now();
        // Null: another node was faster, or it was changed or deleted in this moment.
        if (await AnnouncementStore.LockUntold(s, tenant, id, now) is not { } untold)
            return false;
        var (news, told, mailedTo) = (untold.Said, untold.Told, untold.MailedTo);
        if (!told)
            await notices.TellCustomers(s, tenant, News, new Message("news.told", string.Join(" / ", new[] { news.TitleEn, news.TitleZh }.Where(t => t.Length > 0))), news.Id);
        await AnnouncementStore.NoteTold(s, tenant, id, now);
        if (news is { ByMail: true, MailedAt: null })
            await Mail(s, tenant, news, mailedTo, now);
        return true;
    }

    private async ValueTask Mail(WriteTx s, string tenant, Announcement news, string mailedTo, long now)
    {
        // Where mail is set up no more there is nobody to tell.
        var readers = settings.Get(tenant, MailSettings.Host).Length == 0 ? [] : await MailReaders.After(s, tenant, mailedTo, Step);
        if (readers.Count > 0)
        {
            var words = await texts.KeepLetter(s, tenant, NewsMail.Letter(news.Id), NewsMail.Words(news, SiteAddress.Base(config, tenants, tenant)));
            var (usual, lasts) = (settings.Get(tenant, NoticeSettings.Language), news.EndsAt is { } end ? TimeSpan.FromMilliseconds(end - now) : (TimeSpan?)null);
            foreach (var reader in readers)
                await mails.Add(s, tenant, Mails.Of(NewsMail.Template, reader.Email, reader.Language.Length > 0 ? reader.Language : usual) with { Written = words, Optional = reader.Id, Account = reader.Id, Lasts = lasts },
                    $"news:{news.Id}:{reader.Id}");
        }
        await AnnouncementStore.NoteMailed(s, tenant, news.Id, readers.Count > 0 ? readers[^1].Id : mailedTo, readers.Count, readers.Count < Step ? now : null);
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    [LoggerMessage(Level = LogLevel.Error, Message = "Announcements that have begun wait to be told: {Reason}")]
    private static partial void Waits(ILogger log, string reason);
}
