using Gatehouse.Platform.Scheduling;

namespace Gatehouse.Relays.Servers;

/// <summary>Says to whatever runs relays that what should be has changed.</summary>
public sealed class RelaySignal
{
    private readonly WakeSignal _wake = new();

    /// <summary>What it wakes.</summary>
    public WakeSignal Signal => _wake;

    public void Wake() => _wake.Wake();
}
