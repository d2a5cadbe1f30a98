using System.Globalization;
using Gatehouse.Platform.Health;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Messaging.Notices;

/// <summary>Looks at what nobody does and still goes wrong.</summary>
public static class NoticeWatch
{
    public const string Job = "notices.watch";

    public static readonly NoticeKind StorageLow = new("storage.low", NoticeKind.Bad, 40);

    internal static async Task<Message> Run(IServiceProvider services, CancellationToken ct) => await Look(services, await DiskHealth.Check.Probe!(services), ct);

    /// <summary>Once a day while it lasts.</summary>
    internal static async Task<Message> Look(IServiceProvider services, HealthResult disk, CancellationToken ct)
    {
        if (disk.Status != HealthStatus.Pass)
        {
            var (notices, day) = (services.GetRequiredService<INotices>(), services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            await services.GetRequiredService<Database>().Write(async tx =>
            {
                await notices.Tell(tx, Caller.DefaultTenant, StorageLow, disk.Told, day);
                return true;
            }, ct);
        }
        return disk.Told;
    }
}
