namespace Gatehouse.Platform.Health;

/// <summary>Watches the wall clock against the monotonic one. A jump is told for an hour, then taken as the new truth.</summary>
public sealed class ClockWatch(TimeProvider clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);
    private readonly Lock _gate = new();
    private DateTimeOffset _wall = clock.GetUtcNow();
    private long _ticks = clock.GetTimestamp();
    private long? _jumpSeenAt;

    /// <summary>How far the wall clock has moved more (or less) than time has passed.</summary>
    public TimeSpan Drift()
    {
        lock (_gate)
        {
            var drift = clock.GetUtcNow() - _wall - clock.GetElapsedTime(_ticks);
            if (drift.Duration() < TimeSpan.FromSeconds(1))
            {
                _jumpSeenAt = null;
                return drift;
            }
            _jumpSeenAt ??= clock.GetTimestamp();
            if (clock.GetElapsedTime(_jumpSeenAt.Value) < Memory)
                return drift;
            _wall = clock.GetUtcNow();
            _ticks = clock.GetTimestamp();
            _jumpSeenAt = null;
            return TimeSpan.Zero;
        }
    }
}
