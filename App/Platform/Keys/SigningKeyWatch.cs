namespace Gatehouse.Platform.Keys;

/// <summary>Lets a running server see within seconds that a signing key was rotated at the shell or on another node.</summary>
public sealed partial class SigningKeyWatch(SigningKeys keys, TimeProvider clock, ILogger<SigningKeyWatch> log) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(3);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        string? trouble = null;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await keys.Refresh(stoppingToken);
                trouble = null;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Once, not at every look: answers are signed with the key that is known meanwhile.
                if (trouble != e.Message)
                    Failed(log, e.Message);
                trouble = e.Message;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Signing keys are not up to date: {Reason}")]
    private static partial void Failed(ILogger log, string reason);
}
