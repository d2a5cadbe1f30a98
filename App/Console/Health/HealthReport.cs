using System.Text.Json.Serialization;

namespace Gatehouse.Console.Health;

/// <summary>How the appliance is: <c>pass</c>, <c>warn</c> or <c>fail</c>, over all and for each check. Open to all, so it names no path, host or secret.</summary>
public sealed record HealthReport(bool Success, string Status, string Version, DateTime Time, HealthChecks Checks)
{
    public const string Pass = "pass";
    public const string Warn = "warn";
    public const string Fail = "fail";

    public static HealthReport Of(string version, DateTime time, HealthChecks checks)
    {
        string[] all = [checks.Storage.Status, checks.Disk.Status, checks.Clock.Status, checks.Jobs.Status, checks.Outbox.Status, checks.Operations.Status, checks.Data.Status];
        var worst = all.Contains(Fail) ? Fail : all.Contains(Warn) ? Warn : Pass;
        return new HealthReport(worst != Fail, worst, version, time, checks);
    }
}

public sealed record HealthChecks(StorageCheck Storage, DiskCheck Disk, ClockCheck Clock, JobsCheck Jobs, OutboxCheck Outbox, OperationsCheck Operations, DataCheck Data);

/// <param name="TimeMs">What reading (and, every few seconds, writing) a row took.</param>
/// <param name="Reason"><c>TIMEOUT</c>, <c>STORAGE_FULL</c>, <c>STORAGE_UNAVAILABLE</c>, <c>FILE_GONE</c> or <c>DAMAGED</c>.</param>
public sealed record StorageCheck(string Status, string Engine, long TimeMs, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null);

/// <summary>The disk that holds the data folder.</summary>
public sealed record DiskCheck(string Status, long FreeBytes, double FreePercent);

/// <param name="DriftMs">How far the wall clock has jumped against the monotonic one, lately.</param>
/// <param name="BehindMs">How far it is behind the newest audit entry; 0 when it is not.</param>
public sealed record ClockCheck(string Status, long DriftMs, long BehindMs);

/// <param name="Failed">Jobs whose last run failed or was cut short.</param>
/// <param name="Overdue">Jobs that should have run and have not.</param>
public sealed record JobsCheck(string Status, IReadOnlyList<string> Failed, IReadOnlyList<string> Overdue);

/// <param name="Dead">Messages that were given up, by topic.</param>
/// <param name="Overdue">Topics of messages that nobody delivers.</param>
public sealed record OutboxCheck(string Status, IReadOnlyDictionary<string, long> Dead, IReadOnlyList<string> Overdue);

/// <param name="Contradictions">What cannot be while the clock is right, such as <c>KEYS_EXPIRED_AHEAD</c>: keys marked as expired that have time left.</param>
public sealed record DataCheck(string Status, IReadOnlyList<string> Contradictions);

/// <param name="Stuck">Kinds of operations that no node takes up.</param>
public sealed record OperationsCheck(string Status, IReadOnlyList<string> Stuck);
