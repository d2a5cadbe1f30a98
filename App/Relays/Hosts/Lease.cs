using Gatehouse.Relays.Links;

namespace Gatehouse.Relays.Hosts;

/// <summary>What a lease is reckoned by, as it is kept. Times in unix milliseconds by the host's clock.</summary>
/// <param name="HeardAt">The appliance's last word; null: none yet.</param>
/// <param name="Ahead">How far the appliance's clock was ahead then.</param>
/// <param name="SeenAt">The latest time that was seen here.</param>
public sealed record LeaseState(long? HeardAt, long Ahead, long SeenAt);

/// <summary>
/// How long a host goes on by itself: 24 hours after the appliance's last word, and each rental to its end. Its time never goes back and never
/// stands still, whatever is done to the machine's clock: it is what has passed since the start, and the clock only where that is later.
/// </summary>
public sealed class Lease
{
    public static readonly TimeSpan Length = TimeSpan.FromHours(24);
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private long _base, _since;
    private long? _heardAt;
    private long _ahead;

    public Lease(TimeProvider clock, LeaseState? kept)
    {
        _clock = clock;
        (_base, _since) = (Math.Max(Wall(), kept?.SeenAt ?? 0), clock.GetTimestamp());
        (_heardAt, _ahead) = (kept?.HeardAt, kept?.Ahead ?? 0);
    }

    /// <summary>The host's own time.</summary>
    public long Now()
    {
        lock (_gate)
        {
            var (now, wall) = (_base + (long)_clock.GetElapsedTime(_since).TotalMilliseconds, Wall());
            if (wall <= now)
                return now;
            (_base, _since) = (wall, _clock.GetTimestamp());
            return wall;
        }
    }

    /// <summary>The appliance has said something, and what time it is there.</summary>
    public void Heard(long itsNow)
    {
        var now = Now();
        lock (_gate)
            (_heardAt, _ahead) = (now, itsNow - now);
    }

    /// <summary>Has the appliance been heard in time?</summary>
    public bool Holds()
    {
        var now = Now();
        lock (_gate)
            return _heardAt is { } heard && now < heard + (long)Length.TotalMilliseconds;
    }

    /// <summary>Are a relay's devices let in?</summary>
    public bool Lets(LinkRelay relay)
    {
        var now = Now();
        return relay.Lets && Holds() && (relay.Until is not { } until || now + _ahead < until);
    }

    public LeaseState State()
    {
        var now = Now();
        lock (_gate)
            return new(_heardAt, _ahead, now);
    }

    private long Wall() => _clock.GetUtcNow().ToUnixTimeMilliseconds();
}
