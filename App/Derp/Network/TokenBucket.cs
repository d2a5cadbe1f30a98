using System.Diagnostics;

namespace Gatehouse.Derp.Network;

/// <summary>
/// A rate limit in bytes a second. What was read is taken after the fact, so the level may be below zero; reading goes on when
/// it is above. Saves up at most a tenth of a second, and starts with nothing, so that no span holds more than its share and that.
/// </summary>
internal sealed class TokenBucket
{
    private readonly Lock _lock = new();
    private double _level;
    private long _at = Stopwatch.GetTimestamp();

    /// <summary>Bytes a second; null: no limit.</summary>
    public long? Rate { get; private set; }

    public void Set(long? rate)
    {
        lock (_lock)
        {
            Rate = rate;
            _level = 0;
            _at = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Takes the bytes and returns how many milliseconds to wait before the next are read, 0 for none.</summary>
    public int Take(long bytes)
    {
        if (Rate is null)
            return 0;
        lock (_lock)
        {
            if (Rate is not { } rate)
                return 0;
            var now = Stopwatch.GetTimestamp();
            _level = Math.Min(_level + Stopwatch.GetElapsedTime(_at, now).TotalSeconds * rate, rate / 10.0) - bytes;
            _at = now;
            return _level >= 0 ? 0 : (int)Math.Min(Math.Ceiling(-_level * 1000 / rate), int.MaxValue);
        }
    }
}
