using System.Collections.Concurrent;
using Gatehouse.Relays.Faults;

namespace Gatehouse.Tests.Relays.Containers;

/// <summary>Where a process is killed: when it has passed a point so often. Nothing of it goes on from there.</summary>
internal sealed class Kill(FaultPoint? at = null, int times = 1)
{
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously), _never = new();
    private readonly ConcurrentQueue<FaultPoint> _passed = new();
    private readonly Lock _gate = new();
    private int _seen;

    /// <summary>All points that were passed before.</summary>
    public IReadOnlyCollection<FaultPoint> Passed => _passed;

    public bool IsDone => _killed.Task.IsCompleted;

    public Task Done => _killed.Task;

    public Task Pass(FaultPoint point)
    {
        lock (_gate)
        {
            _passed.Enqueue(point);
            if (point == at && ++_seen == times)
                _killed.TrySetResult();
            return IsDone ? _never.Task : Task.CompletedTask;
        }
    }
}
