using Gatehouse.Platform.Scheduling;

namespace Gatehouse.Relays.Servers;

/// <summary>Says to whatever runs relays that what should be has changed.</summary>
public sealed class RelaySignal
{
    private readonly Lock _gate = new();
    private WakeSignal[] _all = [];

    /// <summary>One that is woken from now on.</summary>
    public WakeSignal Listen()
    {
        var one = new WakeSignal();
        lock (_gate)
            _all = [.. _all, one];
        return one;
    }

    public void Wake()
    {
        foreach (var one in Volatile.Read(ref _all))
            one.Wake();
    }
}
