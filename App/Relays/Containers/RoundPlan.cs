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

    /// <summary>Somebody changed what can be put right while it runs.</summary>
    Mend,
    Restart,
    Stop,

    /// <summary>It stands still as it should: that is taken down.</summary>
    Note,
}

/// <param name="There">What the engine has of it; null: nothing.</param>
/// <param name="Changes">What somebody changed of it by hand.</param>
internal sealed record PlannedDeed(Deed Deed, WantedRelay Wanted, EngineContainer? There, IReadOnlyList<Difference>? Changes = null)
{
    /// <summary>The names of what was changed; empty: nothing was.</summary>
    public string Changed => string.Join(' ', (Changes ?? []).Select(c => c.Field));
}

/// <summary>What has to be done on one engine.</summary>
/// <param name="Strays">That carry our label and are not wanted there. Whether somebody owns them is asked before they go.</param>
internal sealed record RoundPlan(IReadOnlyList<PlannedDeed> Deeds, IReadOnlyList<EngineContainer> Strays)
{
    private static readonly string[] Still = ["created", "exited"], Leaves = ["removing"], Ill = ["dead"];

    /// <param name="specs">By container: what each is to be made by.</param>
    /// <param name="changes">By container: what somebody changed of it by hand.</param>
    public static RoundPlan Of(string owner, IReadOnlyList<WantedRelay> wanted, IReadOnlyDictionary<string, RelayContainer> specs, IReadOnlyList<EngineContainer> there, long now,
        IReadOnlyDictionary<string, IReadOnlyList<Difference>>? changes = null)
    {
        var known = there.GroupBy(c => c.Name).ToDictionary(g => g.Key, g => g.First());
        var names = wanted.Select(w => ContainerForms.NameOf(owner, w.ContainerId)).ToHashSet();
        return new([.. wanted.Select(w => About(w, specs.GetValueOrDefault(w.ContainerId), known.GetValueOrDefault(ContainerForms.NameOf(owner, w.ContainerId)), changes?.GetValueOrDefault(w.ContainerId) ?? [], now)).OfType<PlannedDeed>()], [.. there.Where(c => !names.Contains(c.Name))]);
    }

    private static PlannedDeed? About(WantedRelay w, RelayContainer? spec, EngineContainer? there, IReadOnlyList<Difference> changes, long now)
    {
        if (there is not null && Leaves.Contains(there.State))
            return null;
        if (!w.Run)
            return there is not null && !Still.Contains(there.State) && !Ill.Contains(there.State) ? new(Deed.Stop, w, there) : w.State != "stopped" ? new(Deed.Note, w, there) : null;
        if (spec is null || w.Pauses(now))
            return null;
        if (there is not null && there.Spec == spec.Spec && changes.Count > 0)
            return new(there.State == "running" && changes.All(c => c.Live) ? Deed.Mend : Deed.Renew, w, there, changes);
        if (there is null || there.Spec == spec.Spec && Still.Contains(there.State))
            return new(Deed.Run, w, there);
        return there.Spec != spec.Spec || Ill.Contains(there.State) ? new(Deed.Renew, w, there) : there.State == "paused" ? new(Deed.Restart, w, there) : null;
    }
}
