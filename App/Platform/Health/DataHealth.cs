using System.Text.Json.Nodes;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Health;

/// <summary>Is there what cannot be while the clock is right, as features declare it?</summary>
public static class DataHealth
{
    public static readonly HealthCheck Check = new("data", "health.data", (_, _) => Of(HealthStatus.Warn, []))
    {
        Rows = async (services, tx) =>
        {
            var found = new List<string>();
            foreach (var contradiction in services.GetServices<Contradiction>())
                if (await contradiction.There(tx))
                    found.Add(contradiction.Name);
            return Of(HealthStatus.Warned(found.Count), found);
        },
    };

    private static HealthResult Of(string status, IReadOnlyList<string> found) => new(status,
        status == HealthStatus.Pass ? new Message("health.data.sound") : found.Count > 0 ? new Message("health.data.trouble", string.Join(", ", found)) : new Message("health.unknown"))
    {
        Facts = new JsonObject { ["contradictions"] = HealthResult.Names(found) },
    };
}
