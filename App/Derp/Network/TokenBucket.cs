using System.Diagnostics;

namespace Gatehouse.Derp.Network;

/// <summary>
/// A rate limit in bytes a second. It is asked before each read, which may be as long as a hundredth of a second lasts, and told
/// afterwards what came: so reading goes on in short steps, and what was too much is missing from the next. Saves up at most a
/// tenth of a second, and starts with nothing, so that no span holds more than its share, that and a step.
/// </summary>
internal sealed class TokenBucket
{
    /// <summary>Nobody is told to wait longer at once, in milliseconds: the rate may be another by then.</summary>
    public const int LongestWait = 1000;

    private const double Saved = 0.1, Step = 0.01;

    // Shorter ones than a usual packet or two would only cost; longer ones are more than there ever is to read.
    private const int ShortestStep = 2048, LongestStep = 512 * 1024;
    private readonly Lock _lock = new();
    private long _rate;
    private double _level;
    private long _at;

    /// <summary>False: everything may be read at any time.</summary>
    public bool IsLimited => Volatile.Read(ref _rate) > 0;

    /// <param name="rate">Bytes a second; null: no limit.</param>
    public void Set(long? rate)
    {
        lock (_lock)
        {
            _rate = rate ?? 0;
            _level = 0;
            _at = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>How many bytes may be read now; 0: none before <paramref name="wait"/> milliseconds have gone by.</summary>
    public int Ask(out int wait)
    {
        wait = 0;
        if (!IsLimited)
            return int.MaxValue;
        lock (_lock)
        {
            Refill();
            if (_rate == 0)
                return int.MaxValue;
            if (_level >= 0)
                return (int)Math.Clamp(_rate * Step, ShortestStep, LongestStep);
            wait = (int)Math.Clamp(Math.Ceiling(-_level * 1000 / _rate), 1, LongestWait);
            return 0;
        }
    }

    /// <summary>Takes the bytes, or gives them back when they are fewer than none.</summary>
    public void Take(long bytes)
    {
        if (!IsLimited)
            return;
        lock (_lock)
        {
            _level -= bytes;
            Refill();
        }
    }

    private void Refill()
    {
        var now = Stopwatch.GetTimestamp();
        _level = Math.Min(_level + (Stopwatch.GetElapsedTime(_at, now).TotalSeconds * _rate), _rate * Saved);
        _at = now;
    }
}
