using System.Text.Json.Nodes;
using Gatehouse.Platform.Health;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Health;

/// <summary>Does the clock run evenly, and never before the newest audit entry of any tenant?</summary>
public static class ClockHealth
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    public static readonly HealthCheck Check = new("clock", "health.clock", (_, _) => Of(TimeSpan.Zero, 0))
    {
        Probe = services => Task.FromResult(Of(services.GetRequiredService<ClockWatch>().Drift(), 0)),
        Rows = async (services, tx) => Of(services.GetRequiredService<ClockWatch>().Drift(),
            Math.Max(0, await Newest(tx) - services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds())),
    };

    private static ValueTask<long> Newest(ReadTx tx) =>
        tx.Number("SELECT MAX(x.at) FROM (SELECT (SELECT e.at FROM audit_entries e WHERE e.tenant_id = t.id ORDER BY e.seq DESC LIMIT 1) AS at FROM tenants t) x");

    /// <param name="drift">How far the wall clock has jumped against the monotonic one, lately.</param>
    /// <param name="behind">Milliseconds that it is behind the newest audit entry; 0 when it is not.</param>
    private static HealthResult Of(TimeSpan drift, long behind)
    {
        var (jumped, late) = (drift.Duration() > Tolerance, behind > Tolerance.TotalMilliseconds);
        var told = late ? new Message("health.clock.behind", behind / 1000) : jumped ? new Message("health.clock.jumped", (long)drift.TotalSeconds) : new Message("health.clock.even");
        return new HealthResult(HealthStatus.Warned(jumped || late ? 1 : 0), told) { Facts = new JsonObject { ["drift_ms"] = (long)drift.TotalMilliseconds, ["behind_ms"] = behind } };
    }
}
