namespace Gatehouse.Platform.Storage;

/// <summary>Looks at rows again and again while the server runs, so that what this process holds of them follows what other nodes write.</summary>
public abstract class RowWatch(TimeSpan every, TimeProvider clock) : BackgroundService
{
    /// <summary>One look. What it throws is told, and it looks again all the same.</summary>
    protected abstract Task Look(CancellationToken ct);

    /// <summary>Tells why a look failed: once, not at every look that fails so.</summary>
    protected abstract void Trouble(string reason);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, clock);
        string? trouble = null;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Look(stoppingToken);
                trouble = null;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (trouble != e.Message)
                    Trouble(e.Message);
                trouble = e.Message;
            }
        }
    }
}
