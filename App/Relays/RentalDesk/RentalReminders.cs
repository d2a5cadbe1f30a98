using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.News;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;
using Gatehouse.Relays.MyRentals;
using Gatehouse.Relays.Rentals;

namespace Gatehouse.Relays.RentalDesk;

/// <summary>Reminds people that their relays end: seven days before, three, and one; of each end once each, by mail and by the channels of their own.</summary>
public sealed class RentalReminders(Database db, CustomerNews news, TimeProvider clock)
{
    public const string JobName = "rentals.remind";

    public static readonly NoticeKind Kind = new("rentals.ending", NoticeKind.Warn, 148) { ForCustomers = true };

    public static readonly MailTemplate Mail = new("rental_ending", "mail.rental_ending.subject", MailPart.Text("mail.rental_ending.what", 0), MailPart.Text("mail.rental_ending.how"), MailPart.Link("mail.rental_ending.open", 1))
    { Title = "mail.rental_ending.title", Names = ["what", "link"] };

    private static readonly long[] Days = [1, 3, 7];
    private const long Day = 86_400_000;
    private const int AtOnce = 500;

    public async Task<Message> Run(CancellationToken ct)
    {
        var told = 0;
        for (var more = true; more && !ct.IsCancellationRequested;)
        {
            var due = await db.Read(s => Due(s, Now()), ct);
            foreach (var (tenant, id) in due)
                told += await db.Write(s => Remind(s, tenant, id), ct) ? 1 : 0;
            more = due.Count == AtOnce;
        }
        return new("job.rentals.remind.done", told);
    }

    // Whoever rented for no longer than that knows it.
    private static ValueTask<List<(string, string)>> Due(ReadTx s, long now) => s.All(
        $"""
        SELECT tenant_id, id FROM rentals WHERE released_at IS NULL AND suspended_at IS NULL AND end_at > @now AND end_at <= @now + {7 * Day}
          AND (reminded_end IS NULL OR reminded_end <> end_at OR reminded_days > CASE WHEN end_at <= @now + {Day} THEN 1 WHEN end_at <= @now + {3 * Day} THEN 3 ELSE 7 END)
        ORDER BY id LIMIT {AtOnce}
        """, r => (r.GetString(0), r.GetString(1)), ("now", now));

    private async ValueTask<bool> Remind(WriteTx s, string tenant, string id)
    {
        var now = Now();
        if (await RentalStore.FindLocked(s, tenant, id) is not { ReleasedAt: null, SuspendedAt: null, StartAt: { } start, EndAt: { } end } rental || end <= now || Days.FirstOrDefault(d => end <= now + d * Day) is not (> 0 and var days)
            || await s.One("SELECT reminded_days FROM rentals WHERE id = @id AND reminded_end = @end", r => r.GetInt64(0), ("id", id), ("end", end)) is > 0 and var told && told <= days)
            return false;
        await s.Execute("UPDATE rentals SET reminded_end = @end, reminded_days = @days WHERE id = @id", ("end", end), ("days", days), ("id", id));
        if (end - start <= days * Day || await CustomerStore.Find(s, tenant, rental.AccountId, now) is not { DisabledAt: null } owner)
            return false;
        await news.Tell(s, tenant, Addressee.Of(owner), Kind, Mail, $"{MyRentalPages.Path}/{id}", $"rental:{id}:{end}:{days}", new Message("rentals.ends_in", rental.Name, days));
        return true;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
