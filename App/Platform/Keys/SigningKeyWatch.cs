using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Keys;

/// <summary>
/// Lets a running server see within seconds that a signing key was rotated at the shell or on another node. While it cannot see,
/// answers are signed with the key that is known.
/// </summary>
public sealed partial class SigningKeyWatch(SigningKeys keys, TimeProvider clock, ILogger<SigningKeyWatch> log) : RowWatch(Every, clock)
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(3);

    protected override Task Look(CancellationToken ct) => keys.Refresh(ct);

    protected override void Trouble(string reason) => Failed(log, reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Signing keys are not up to date: {Reason}")]
    private static partial void Failed(ILogger log, string reason);
}
