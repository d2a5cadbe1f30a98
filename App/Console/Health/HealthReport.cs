using Gatehouse.Platform.Health;

namespace Gatehouse.Console.Health;

/// <summary>What anybody may know of it: <c>pass</c>, <c>warn</c> or <c>fail</c>, over all and for each check, and nothing by which to tell how near a limit is.</summary>
/// <param name="Checks">Name of the check -> how it is.</param>
public sealed record HealthSummary(bool Success, string Status, DateTime Time, IReadOnlyDictionary<string, CheckSummary> Checks)
{
    public static HealthSummary Of(HealthReport report) => new(report.Success, report.Status, report.Time,
        report.Checks.ToDictionary(c => c.Key, c => new CheckSummary(c.Value.Status)));
}

public sealed record CheckSummary(string Status);

/// <summary>How the appliance is, with all figures, for staff: <c>pass</c>, <c>warn</c> or <c>fail</c>, over all and for each check that a feature declares. It names no path, host or secret.</summary>
public sealed record HealthReport(bool Success, string Status, string Version, DateTime Time, IReadOnlyDictionary<string, HealthResult> Checks)
{
    public static HealthReport Of(string version, DateTime time, IReadOnlyDictionary<string, HealthResult> checks)
    {
        var worst = HealthStatus.Worst(checks.Values.Select(c => c.Status));
        return new HealthReport(worst != HealthStatus.Fail, worst, version, time, checks);
    }
}
