using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Templates;

/// <summary>Removes the words of letters that no mail waits for any more.</summary>
public static class MailJobs
{
    public const string Tidy = "mail.tidy";
    private const int Bite = 500;

    public static async Task<Message> RunTidy(IServiceProvider services, CancellationToken ct)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var (db, removed) = (services.GetRequiredService<Database>(), 0);
        for (var some = Bite; some == Bite; removed += some)
            some = await db.Write(s => MailTextStore.Tidy(s, now, Bite), ct);
        return new Message("job.mail.tidy.done", removed);
    }
}
