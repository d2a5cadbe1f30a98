using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console.Health;

/// <summary>
/// Answers how the appliance is. The checks run in the background, at most once in two seconds however many ask, and nobody
/// waits longer than <see cref="Patience"/> for storage that hangs.
/// </summary>
public sealed partial class HealthMonitor(Database db, HealthChecker checker, TimeProvider clock, ILogger<HealthMonitor> log) : IServerStatus
{
    private static readonly TimeSpan PulseFresh = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);
    private readonly Lock _gate = new();
    private (HealthReport Report, long Size, long At)? _last;
    private Probe? _running;

    /// <summary>What was last found. Looks again in the background when that is old.</summary>
    public ServerStatus? Now
    {
        get
        {
            (HealthReport Report, long Size, long At)? last;
            lock (_gate)
                last = _last;
            if (last is null || clock.GetElapsedTime(last.Value.At) > PulseFresh)
                _ = Current();
            return last is { } known ? new ServerStatus(known.Report.Status, db.Engine, known.Size) : null;
        }
    }

    public async Task<HealthReport> Current()
    {
        Probe probe;
        lock (_gate)
        {
            if (_last is { } last && clock.GetElapsedTime(last.At) < Fresh)
                return last.Report;
            if (_running is null)
            {
                _running = new Probe();
                _running.Done = Task.Run(() => Run(_running));
            }
            probe = _running;
        }
        // A probe that has hung for that long already keeps nobody else waiting.
        var left = Patience - TimeProvider.System.GetElapsedTime(probe.StartedAt);
        if (left <= TimeSpan.Zero || await Task.WhenAny(probe.Done, Task.Delay(left)) != probe.Done)
            return Report(probe);
        return await probe.Done;
    }

    private async Task<HealthReport> Run(Probe probe)
    {
        try
        {
            probe.Clock = checker.Clock(newestAudit: 0);
            probe.Disk = checker.Disk();
            (probe.Storage, probe.Size) = await checker.Storage();
            if (probe.Storage.Status != HealthReport.Fail || probe.Storage.Reason == HealthChecker.Damaged)
                (probe.Clock, probe.Jobs, probe.Outbox, probe.Operations, probe.Data) = await checker.FromStorage();
        }
        catch (Exception e)
        {
            // Health always answers; storage that went away between two checks shows as such until it is back.
            Failed(log, e);
            probe.Storage = new StorageCheck(HealthReport.Fail, db.Engine, Elapsed(probe), HealthChecker.Unavailable);
        }
        var report = Report(probe);
        lock (_gate)
        {
            _last = (report, probe.Size, clock.GetTimestamp());
            _running = null;
        }
        return report;
    }

    // What has no answer yet counts as hanging.
    private HealthReport Report(Probe probe) => HealthReport.Of(ProgramVersion.Current, clock.GetUtcNow().UtcDateTime, new HealthChecks(
        probe.Storage ?? new StorageCheck(HealthReport.Fail, db.Engine, Elapsed(probe), "TIMEOUT"),
        probe.Disk ?? new DiskCheck(HealthReport.Fail, 0, 0),
        probe.Clock ?? new ClockCheck(HealthReport.Pass, 0, 0),
        probe.Jobs ?? new JobsCheck(HealthReport.Warn, [], []),
        probe.Outbox ?? new OutboxCheck(HealthReport.Warn, new Dictionary<string, long>(), []),
        probe.Operations ?? new OperationsCheck(HealthReport.Warn, []),
        probe.Data ?? new DataCheck(HealthReport.Warn, [])));

    private static long Elapsed(Probe probe) => (long)TimeProvider.System.GetElapsedTime(probe.StartedAt).TotalMilliseconds;

    [LoggerMessage(Level = LogLevel.Error, Message = "A health check failed")]
    private static partial void Failed(ILogger log, Exception e);

    private sealed class Probe
    {
        public readonly long StartedAt = TimeProvider.System.GetTimestamp();
        public long Size;
        public volatile StorageCheck? Storage;
        public volatile DiskCheck? Disk;
        public volatile ClockCheck? Clock;
        public volatile JobsCheck? Jobs;
        public volatile OutboxCheck? Outbox;
        public volatile OperationsCheck? Operations;
        public volatile DataCheck? Data;
        public Task<HealthReport> Done = null!;
    }
}
