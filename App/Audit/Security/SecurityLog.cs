using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Platform.Outbox;

namespace Gatehouse.Audit.Security;

/// <summary>
/// Writes security events to the security log, once their transaction stands: what was undone has not happened, and what happened is
/// in the log also when the server was killed in between. With several nodes a line is in the log of one of them.
/// </summary>
public sealed partial class SecurityLog(ILogger<SecurityLog> log) : IOutboxHandler
{
    internal const string TopicName = "security-log";

    public string Topic => TopicName;

    public Task Deliver(OutboxMessage message, CancellationToken ct)
    {
        var e = JsonSerializer.Deserialize(message.Payload, SecurityLogJson.Default.SecurityLogLine)!;
        Recorded(log, e.Kind, e.Severity, e.Ip, e.Subject, e.Detail);
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Security: {Kind} ({Severity}) from {Ip}: {Subject} {Detail}")]
    private static partial void Recorded(ILogger log, string kind, string severity, string? ip, string subject, string detail);
}

/// <summary>A line of the security log, on its way there.</summary>
internal sealed record SecurityLogLine(string Kind, string Severity, string? Ip, string Subject, string Detail);

[JsonSerializable(typeof(SecurityLogLine))]
internal sealed partial class SecurityLogJson : JsonSerializerContext;
