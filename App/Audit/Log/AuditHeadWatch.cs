using Gatehouse.Audit.Chain;
using Gatehouse.Platform.Health;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Log;

/// <summary>
/// Lets <see cref="HeadFile"/> of a running server follow what other nodes write, and sees within seconds that a log is no longer the
/// one that it remembers. Each node looks for itself: the nightly check runs on one of them.
/// </summary>
public sealed partial class AuditHeadWatch(AuditHeads heads, TimeProvider clock, ILogger<AuditHeadWatch> log) : RowWatch(Every, clock)
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    /// <summary>Is the log the one that this node remembers? If not, that is no reason to serve nobody.</summary>
    public static readonly HealthCheck Check = new("audit", "health.audit", (_, _) => Of(false))
    {
        Probe = services => Task.FromResult(Of(services.GetRequiredService<AuditHeads>().Apart)),
    };

    protected override Task Look(CancellationToken ct) => heads.CatchUp();

    protected override void Trouble(string reason) => Failed(log, HeadFile.FileName, reason);

    private static HealthResult Of(bool apart) => new(HealthStatus.Warned(apart ? 1 : 0), new Message(apart ? "health.audit.apart" : "health.audit.agrees"));

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} was not compared with the audit log: {Reason}")]
    private static partial void Failed(ILogger log, string file, string reason);
}
