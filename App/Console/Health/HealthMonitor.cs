using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Gatehouse.Platform.Health;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Console.Health;

/// <summary>
/// Answers how the appliance is. What features have declared is looked at in the background, at most once in two seconds however many
/// ask, and nobody waits longer than <see cref="Patience"/> for storage that hangs.
/// </summary>
public sealed partial class HealthMonitor(Database db, IEnumerable<HealthCheck> declared, StorageHealth storage, IServiceProvider services, TimeProvider clock, ILogger<HealthMonitor> log) : IServerStatus
{
    private static readonly TimeSpan PulseFresh = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(2.5);
    private readonly Lock _gate = new();
    private (HealthReport Report, long Size, long At)? _last;
    private Look? _running;

    /// <summary>What is looked at, in the order of features.</summary>
    public IReadOnlyList<HealthCheck> Checks { get; } = [.. declared];

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
        Look look;
        lock (_gate)
        {
            if (_last is { } last && clock.GetElapsedTime(last.At) < Fresh)
                return last.Report;
            if (_running is null)
            {
                _running = new Look();
                _running.Done = Task.Run(() => Run(_running));
            }
            look = _running;
        }
        // A look that has hung for that long already keeps nobody else waiting.
        var left = Patience - TimeProvider.System.GetElapsedTime(look.StartedAt);
        if (left <= TimeSpan.Zero || await Task.WhenAny(look.Done, Task.Delay(left)) != look.Done)
            return Report(look);
        return await look.Done;
    }

    private async Task<HealthReport> Run(Look look)
    {
        await Task.WhenAll(Checks.Where(c => c.Probe is not null).Select(c => Task.Run(() => Ask(look, c))));
        if (!look.Found.Values.Any(r => r.NoRows))
            await AskRows(look);
        var report = Report(look);
        lock (_gate)
        {
            _last = (report, storage.Size, clock.GetTimestamp());
            _running = null;
        }
        return report;
    }

    private async Task Ask(Look look, HealthCheck check)
    {
        try
        {
            look.Found[check.Name] = await check.Probe!(services);
        }
        catch (Exception e)
        {
            Broken(look, check, e);
        }
    }

    private async Task AskRows(Look look)
    {
        var asking = Checks.Where(c => c.Rows is not null).ToList();
        try
        {
            var found = await db.Read(async tx =>
            {
                var results = new List<(string, HealthResult)>();
                foreach (var check in asking)
                    results.Add((check.Name, await check.Rows!(services, tx)));
                return results;
            });
            foreach (var (name, result) in found)
                look.Found[name] = result;
        }
        catch (Exception e)
        {
            foreach (var check in asking)
                Broken(look, check, e);
        }
    }

    // Health always answers; storage that went away between two checks shows as such until it is back.
    private void Broken(Look look, HealthCheck check, Exception e)
    {
        Failed(log, check.Name, e);
        look.Found[check.Name] = new HealthResult(HealthStatus.Fail, new Message("health.unknown"))
        {
            Facts = new JsonObject { ["reason"] = e is StorageException ? "STORAGE_UNAVAILABLE" : "CHECK_FAILED" },
        };
    }

    // What has no answer yet counts as hanging.
    private HealthReport Report(Look look) => HealthReport.Of(ProgramVersion.Current, clock.GetUtcNow().UtcDateTime, Checks.ToDictionary(
        c => c.Name, c => look.Found.TryGetValue(c.Name, out var found) ? found : c.Unanswered(services, TimeProvider.System.GetElapsedTime(look.StartedAt))));

    [LoggerMessage(Level = LogLevel.Error, Message = "The health check {Name} failed")]
    private static partial void Failed(ILogger log, string name, Exception e);

    private sealed class Look
    {
        public readonly long StartedAt = TimeProvider.System.GetTimestamp();
        public readonly ConcurrentDictionary<string, HealthResult> Found = [];
        public Task<HealthReport> Done = null!;
    }
}
