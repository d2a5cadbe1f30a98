namespace Gatehouse.Platform.Connections;

/// <summary>Looks twice a second whether places run short, and tells once a minute that connections were refused or closed.</summary>
internal sealed partial class ConnectionKeeper(ConnectionGate gate, ILogger<ConnectionKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not the application's clock: sockets live in real time.
        using var timer = new PeriodicTimer(Every);
        var (closed, toldRefused) = (0L, 0L);
        long? toldAt = null;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                closed += gate.MakeRoom();
                if (toldAt is { } at && TimeProvider.System.GetElapsedTime(at) < TellEvery)
                    continue;
                var refused = gate.Refused;
                if (refused == toldRefused && closed == 0)
                    continue;
                Told(log, refused - toldRefused, closed, gate.Count, gate.Limits.Total);
                (toldRefused, closed, toldAt) = (refused, 0, TimeProvider.System.GetTimestamp());
            }
            catch (Exception e)
            {
                Failed(log, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Refused} connections were refused and {Closed} that asked for nothing closed; {Count} of at most {Total} are open (Connections:Total, Connections:PerAddress)")]
    private static partial void Told(ILogger log, long refused, long closed, int count, int total);

    [LoggerMessage(Level = LogLevel.Error, Message = "Connections that ask for nothing could not be closed")]
    private static partial void Failed(ILogger log, Exception e);
}
