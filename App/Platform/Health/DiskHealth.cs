using System.Text.Json.Nodes;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Health;

/// <summary>Is there room on the disk that holds the data folder?</summary>
public static class DiskHealth
{
    private const long FailBelow = 50L * 1024 * 1024;
    private const long WarnBelow = 500L * 1024 * 1024;
    private const double WarnBelowPercent = 5;

    public static readonly HealthCheck Check = new("disk", "health.disk", (_, _) => Unknown())
    {
        Probe = services => Task.FromResult(Look(services.GetRequiredService<DataFolder>().Path)),
    };

    private static HealthResult Look(string folder)
    {
        try
        {
            var drive = new DriveInfo(folder);
            return Of(drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unknown();
        }
    }

    /// <param name="free">Bytes.</param>
    /// <param name="size">Bytes.</param>
    internal static HealthResult Of(long free, long size)
    {
        var percent = Math.Round(100.0 * free / Math.Max(1, size), 1);
        var status = free < FailBelow ? HealthStatus.Fail : free < WarnBelow || percent < WarnBelowPercent ? HealthStatus.Warn : HealthStatus.Pass;
        return new HealthResult(status, new Message("health.disk.free", Format.Bytes(free), (long)percent)) { Facts = new JsonObject { ["free_bytes"] = free, ["free_percent"] = percent } };
    }

    private static HealthResult Unknown() =>
        new(HealthStatus.Fail, new Message("health.disk.unread")) { Facts = new JsonObject { ["free_bytes"] = 0, ["free_percent"] = 0 } };
}
