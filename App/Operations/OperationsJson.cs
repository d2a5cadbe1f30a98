using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Operations;

/// <summary>The <c>cron</c> of a job, as the audit log and the API tell it. Null: the program's default.</summary>
public sealed record CronChange([property: JsonRequired] string? Cron);

/// <summary>JSON of this feature's shapes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(CronChange))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(AuditList))]
[JsonSerializable(typeof(AuditItem))]
[JsonSerializable(typeof(SettingsAnswer))]
[JsonSerializable(typeof(SettingsChange))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(SecurityEventList))]
internal sealed partial class OperationsJson : JsonSerializerContext;
