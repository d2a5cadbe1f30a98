using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Audit.Log;
using Gatehouse.Audit.Security;
using Gatehouse.Console.Health;
using Gatehouse.Console.Jobs;
using Gatehouse.Console.Settings;

namespace Gatehouse.Console;

/// <summary>The <c>cron</c> of a job, as the audit log and the API tell it. Null: the program's default.</summary>
public sealed record CronChange([property: JsonRequired] string? Cron);

/// <summary>JSON of this feature's shapes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(CronChange))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobResponse))]
[JsonSerializable(typeof(AuditList))]
[JsonSerializable(typeof(AuditItem))]
[JsonSerializable(typeof(SettingsResponse))]
[JsonSerializable(typeof(SettingsChange))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(SecurityEventList))]
internal sealed partial class ConsoleJson : JsonSerializerContext;
