using System.Text.Json.Nodes;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Scheduling;

namespace Gatehouse.Platform.Health;

/// <summary>Does the work get done that nobody waits for: jobs, the outbox, operations? Their trouble warns; it does not stop the server.</summary>
public static class WorkHealth
{
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(5);

    public static readonly HealthCheck Jobs = new("jobs", "health.jobs", (_, _) => OfJobs(HealthStatus.Warn, [], []))
    {
        Rows = async (services, tx) => OfJobs(services.GetRequiredService<JobCatalog>(), await JobStore.All(tx), await tx.Now()),
    };

    public static readonly HealthCheck Outbox = new("outbox", "health.outbox", (_, _) => OfOutbox(HealthStatus.Warn, [], []))
    {
        Rows = async (_, tx) =>
        {
            var (dead, overdue) = await OutboxStore.Trouble(tx);
            return OfOutbox(HealthStatus.Warned(dead.Count + overdue.Count), dead, overdue);
        },
    };

    public static readonly HealthCheck Operations = new("operations", "health.operations", (_, _) => OfOperations(HealthStatus.Warn, []))
    {
        Rows = async (_, tx) =>
        {
            var stuck = await OperationStore.StuckKinds(tx);
            return OfOperations(HealthStatus.Warned(stuck.Count), stuck);
        },
    };

    private static HealthResult OfJobs(JobCatalog catalog, List<JobState> states, long now)
    {
        var known = states.Where(s => catalog.Find(s.Name) is not null).ToList();
        var failed = known.Where(s => s.Succeeded == false && !s.Running(now) || s.Interrupted(now)).Select(s => s.Name).ToList();
        var overdue = known.Where(s => !s.Running(now)
            && Scheduler.Schedule(catalog.Find(s.Name)!, s).Next(DateTimeOffset.FromUnixTimeMilliseconds(s.ClaimedFor)) < DateTimeOffset.FromUnixTimeMilliseconds(now) - Overdue).Select(s => s.Name).ToList();
        return OfJobs(HealthStatus.Warned(failed.Count + overdue.Count), failed, overdue);
    }

    private static HealthResult OfJobs(string status, IReadOnlyList<string> failed, IReadOnlyList<string> overdue) =>
        new(status, Told(status, "health.jobs.sound", "health.jobs.trouble", failed.Concat(overdue)))
        {
            Facts = new JsonObject { ["failed"] = HealthResult.Names(failed), ["overdue"] = HealthResult.Names(overdue) },
        };

    private static HealthResult OfOutbox(string status, IReadOnlyList<(string Topic, long Count)> dead, IReadOnlyList<string> overdue) =>
        new(status, Told(status, "health.outbox.sound", "health.outbox.trouble", dead.Select(d => $"{d.Topic} ({d.Count})").Concat(overdue)))
        {
            Facts = new JsonObject { ["dead"] = new JsonObject(dead.Select(d => KeyValuePair.Create(d.Topic, (JsonNode?)d.Count))), ["overdue"] = HealthResult.Names(overdue) },
        };

    private static HealthResult OfOperations(string status, IReadOnlyList<string> stuck) =>
        new(status, Told(status, "health.operations.sound", "health.operations.trouble", stuck)) { Facts = new JsonObject { ["stuck"] = HealthResult.Names(stuck) } };

    // Without names it is not known: storage has not answered.
    private static Message Told(string status, string sound, string trouble, IEnumerable<string> names) =>
        status == HealthStatus.Pass ? new Message(sound) : string.Join(", ", names.Distinct()) is { Length: > 0 } which ? new Message(trouble, which) : new Message("health.unknown");
}
