using Gatehouse.Platform.Health;

namespace Gatehouse.Console.Health;

/// <summary>How the appliance is: <c>pass</c>, <c>warn</c> or <c>fail</c>, over all and for each check that a feature declares. Open to all, so it names no path, host or secret.</summary>
public sealed record HealthReport(bool Success, string Status, string Version, DateTime Time, IReadOnlyDictionary<string, HealthResult> Checks)
{
    public static HealthReport Of(string version, DateTime time, IReadOnlyDictionary<string, HealthResult> checks)
    {
        var worst = HealthStatus.Worst(checks.Values.Select(c => c.Status));
        return new HealthReport(worst != HealthStatus.Fail, worst, version, time, checks);
    }
}
