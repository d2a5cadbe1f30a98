namespace Gatehouse.Accounts.ProofOfWork;

/// <summary>How often something happens: as many as in this minute or in the one before, whichever were more. By what elapses, not by the time of day.</summary>
public sealed class MinuteCount(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private long _minute, _now, _before;

    /// <summary>Counts one more, and says how many there are.</summary>
    public long Add() => Count(1);

    /// <summary>How many there are.</summary>
    public long Read() => Count(0);

    private long Count(int more)
    {
        lock (_gate)
        {
            var minute = (long)clock.GetElapsedTime(0).TotalMinutes;
            if (minute != _minute)
                (_minute, _before, _now) = (minute, minute == _minute + 1 ? _now : 0, 0);
            _now += more;
            return Math.Max(_now, _before);
        }
    }
}
