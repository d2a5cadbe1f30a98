using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Scheduling;

/// <summary>
/// Holds a row that the nodes share for as long as a run lasts, by renewing its lease. When no renewal comes through in time, the run is
/// told to stop before another may begin; while it then comes to its end, the lease is still asked for.
/// </summary>
internal sealed class LeaseHold : IAsyncDisposable
{
    // The trust ends before the lease does, so that a run which is told to stop has the time to.
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock;
    private readonly TimeSpan _trusted;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _holding;

    /// <param name="asked">This node's timestamp before the row was claimed: the lease lasts from then, at least.</param>
    /// <param name="every">How often <paramref name="renew"/> is called.</param>
    /// <param name="renew">Renews the lease; false when the row is held no more, null when it saw no need to.</param>
    /// <param name="trouble">Hears that storage did not take a renewal.</param>
    public LeaseHold(TimeProvider clock, TimeSpan lease, long asked, TimeSpan every, Func<CancellationToken, Task<bool?>> renew, Action<StorageException> trouble)
    {
        (_clock, _trusted) = (clock, lease - TimeToStop);
        _lost = new CancellationTokenSource(Left(asked), clock);
        _holding = Hold(every, renew, trouble);
    }

    /// <summary>Fires when the row is held no more, or may soon not be.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Renews no more; the lease then runs out or is let go of.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _holding;
        _ended.Dispose();
        _lost.Dispose();
    }

    private async Task Hold(TimeSpan every, Func<CancellationToken, Task<bool?>> renew, Action<StorageException> trouble)
    {
        using var timer = new PeriodicTimer(every, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                var asked = _clock.GetTimestamp();
                try
                {
                    switch (await renew(_ended.Token))
                    {
                        case true:
                            _lost.CancelAfter(Left(asked));
                            break;
                        case false:
                            await _lost.CancelAsync();
                            return;
                    }
                }
                catch (StorageException e)
                {
                    trouble(e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    private TimeSpan Left(long asked)
    {
        var left = _trusted - _clock.GetElapsedTime(asked);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
