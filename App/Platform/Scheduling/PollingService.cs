namespace Gatehouse.Platform.Scheduling;

/// <summary>Tells a <see cref="PollingService"/> to look now. When it is busy just then, it looks once more.</summary>
public sealed class WakeSignal
{
    private readonly SemaphoreSlim _set = new(0, 1);

    public void Wake()
    {
        lock (_set)
            if (_set.CurrentCount == 0)
                _set.Release();
    }

    /// <summary>Waits until somebody wakes, and no longer than that.</summary>
    public Task Wait(TimeSpan atMost, CancellationToken ct) => _set.WaitAsync(atMost, ct);
}

/// <summary>
/// Looks again and again whether rows that the nodes share are due. What this node makes due wakes it; what another does is seen
/// after <see cref="LongestWait"/>.
/// </summary>
public abstract class PollingService : BackgroundService
{
    protected static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(5);

    protected abstract WakeSignal Signal { get; }

    /// <summary>Begins what is due and returns how long nothing will be.</summary>
    internal abstract Task<TimeSpan> Tick(CancellationToken ct);

    /// <summary>Tells that a look failed; the next one follows in five seconds.</summary>
    protected abstract void Trouble(Exception e);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                wait = await Tick(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Trouble(e);
                wait = AfterTrouble;
            }
            await Signal.Wait(wait, stoppingToken);
        }
    }
}
