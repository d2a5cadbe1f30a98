using Gatehouse.Relays.Engines;
using Gatehouse.Relays.Running;

namespace Gatehouse.Relays.Containers;

/// <summary>What is done about a container.</summary>
internal enum Deed
{
    /// <summary>It is made, or taken as it is where it stands still, and started.</summary>
    Run,

    /// <summary>It is not as it should be: it is taken away and made anew.</summary>
    Renew,
    Restart,
    Stop,

    /// <summary>It stands still as it should: that is taken down.</summary>
    Note,
}

/// <param name="There">What the engine has of it; null: nothing.</param>
internal sealed record PlannedDeed(Deed Deed, WantedRelay Wanted, EngineContainer? There);

/// <summary>What has to be done on one engine.</summary>
/// <param name="Strays">That carry our label and are not wanted there. Whether somebody owns them is asked before they go.</param>
internal sealed record RoundPlan(IReadOnlyList<PlannedDeed> Deeds, IReadOnlyList<EngineContainer> Strays)
{
    private static readonly string[] Still = ["created", "exited"], Leaves = ["removing"], Ill = ["dead"];

    /// <param name="specs">By container: what each is to be made by.</param>
    public static RoundPlan Of(string owner, IReadOnlyList<WantedRelay> wanted, IReadOnlyDictionary<string, RelayContainer> specs, IReadOnlyList<EngineContainer> there, long now)
    {
        var known = there.GroupBy(c => c.Name).ToDictionary(g => g.Key, g => g.First());
        var names = wanted.Select(w => ContainerForms.NameOf(owner, w.ContainerId)).ToHashSet();
        return new([.. wanted.Select(w => About(w, specs.GetValueOrDefault(w.ContainerId), known.GetValueOrDefault(ContainerForms.NameOf(owner, w.ContainerId)), now)).OfType<PlannedDeed>()], [.. there.Where(c => !names.Contains(c.Name))]);
    }

    private static PlannedDeed? About(WantedRelay w, RelayContainer? spec, EngineContainer? there, long now)
    {
        if (there is not null && Leaves.Contains(there.State))
            return null;
        if (!w.Run)
            return there is not null && !Still.Contains(there.State) && !Ill.Contains(there.State) ? new(Deed.Stop, w, there) : w.State != "stopped" ? new(Deed.Note, w, there) : null;
        if (spec is null || w.Pauses(now))
            return null;
        if (there is null || there.Spec == spec.Spec && Still.Contains(there.State))
            return new(Deed.Run, w, there);
        return there.Spec != spec.Spec || Ill.Contains(there.State) ? new(Deed.Renew, w, there) : there.State == "paused" ? new(Deed.Restart, w, there) : null;
    }
}
