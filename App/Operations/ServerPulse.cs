using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Web;

namespace Gatehouse.Operations;

/// <summary>What the foot of a staff page says. It tells what was last found and looks again behind it, so no page waits.</summary>
public sealed class ServerPulse(HealthMonitor health, Database db, TimeProvider clock) : IPulse
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private Pulse? _last;
    private long? _lookedAt;

    public Pulse? Now
    {
        get
        {
            lock (_gate)
            {
                if (_lookedAt is { } at && clock.GetElapsedTime(at) < Fresh)
                    return _last;
                _lookedAt = clock.GetTimestamp();
            }
            _ = Task.Run(Look);
            return _last;
        }
    }

    private async Task Look()
    {
        var report = await health.Current();
        _last = new Pulse(report.Status, db.Engine, await Size());
    }

    private async Task<long> Size()
    {
        try
        {
            return await db.SizeBytes();
        }
        catch (Exception e) when (e is StorageException or IOException)
        {
            // The state says already that storage is away.
            return _last?.Size ?? 0;
        }
    }
}
