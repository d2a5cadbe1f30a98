namespace Gatehouse.Relays.Faults;

/// <summary>
/// What is done, at an engine or in the database, while relays are brought to what should be: each is passed when it is done and before anything
/// after it. Wherever the process is killed, it is between two of these; whoever comes after goes on from there.
/// </summary>
public enum FaultPoint
{
    EnginesHeld, SeatNoted, StrayRemoved, StrayVolumeRemoved, LostVolumeRemoved, ImageSent, OldImagesRemoved,
    BeginningNoted, ContainerMade, FilesPut, ContainerStarted, ContainerDiscarded, EngineIdNoted,
    ContainerRemoved, ContainerRestarted, ContainerStopped, StopNoted, FailureNoted, AnswerNoted,
    MoveBegun, MoveFailureNoted, MoveSwitched, MoveFinished, MoveDropped, ServerRemoved, RentalSeenTo,
    TrialNoted, TrialRemoved, TrialVolumeRemoved, TrialEnded,
}

/// <summary>Tells whoever watches what has been done.</summary>
public static class FaultPoints
{
    private static readonly AsyncLocal<Func<FaultPoint, Task>?> Watching = new();

    /// <summary>Of all that is begun from here on, in this flow. It goes on when the watcher's task has ended.</summary>
    internal static void Watch(Func<FaultPoint, Task> watcher) => Watching.Value = watcher;

    /// <summary>That is done. The task ends at once, unless somebody watches.</summary>
    public static Task Passed(FaultPoint point) => Watching.Value?.Invoke(point) ?? Task.CompletedTask;
}
