using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Relays.Health;

/// <summary>A server that is to be asked, by a relay of it.</summary>
/// <param name="Here">Its relays run in this process or beside it: they are asked without a way through the network.</param>
internal sealed record Asked(string Tenant, string ServerId, string Name, string Health, string Address, int Port, string CertName, bool Here);

/// <summary>Probes of one server in a span of time.</summary>
/// <param name="MsSum">Of those that did not fail.</param>
public sealed record ProbeStep(long At, long Probes, long Failures, long MsSum, long MsMost)
{
    /// <summary>Milliseconds on average; null where none answered.</summary>
    public long? Ms => Probes > Failures ? (MsSum + (Probes - Failures) / 2) / (Probes - Failures) : null;
}

/// <summary>A server became something else.</summary>
/// <param name="Error">What was wrong, as a stored message.</param>
public sealed record HealthEvent(string Id, long At, string Health, string? Error);

/// <summary>How servers answered.</summary>
internal static class HealthStore
{
    public const long Each = 0, FiveMinutes = 300, Hour = 3600;

    /// <summary>Servers that nobody has asked for so long, each by one relay that should run there: one that has run, where there is one. Whoever only comes says nothing about the server.</summary>
    public static ValueTask<List<Asked>> Due(ReadTx s, long before, int limit) => s.All(
        """
        SELECT v.tenant_id, v.id, v.name, v.health, v.address, COALESCE(MIN(CASE WHEN c.state = 'running' THEN c.port END), MIN(c.port)), v.kind FROM relay_servers v JOIN relay_containers c ON c.server_id = v.id AND c.wanted = 'run' JOIN relay_slots s ON s.id = c.slot_id AND s.released_at IS NULL
        WHERE v.probed_at IS NULL OR v.probed_at <= @before GROUP BY v.tenant_id, v.id, v.name, v.health, v.address, v.kind ORDER BY v.id LIMIT @limit
        """,
        r => new Asked(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), (int)r.GetInt64(5), "", r.GetString(6) == Servers.RelayServer.Embedded), ("before", before), ("limit", (long)limit));

    public static async ValueTask<string> CertName(ReadTx s, Asked asked) =>
        await s.One("SELECT s.cert_name FROM relay_containers c JOIN relay_slots s ON s.id = c.slot_id WHERE c.server_id = @server AND c.port = @port", r => r.GetString(0), ("server", asked.ServerId), ("port", (long)asked.Port)) ?? "";

    /// <summary>Of all nodes one asks.</summary>
    public static async ValueTask<bool> Take(WriteTx s, string server, long before, long now) =>
        await s.Execute("UPDATE relay_servers SET probed_at = @now WHERE id = @id AND (probed_at IS NULL OR probed_at <= @before)", ("now", now), ("id", server), ("before", before)) > 0;

    /// <summary>What it is called, under its row's lock; null: it is gone.</summary>
    public static ValueTask<string?> Locked(WriteTx s, string server) => s.Locked("SELECT health FROM relay_servers WHERE id = @id", r => r.GetString(0), ("id", server));

    public static async ValueTask Add(WriteTx s, string tenant, string server, long now, long? ms)
    {
        (string, object?)[] said = [("tenant", tenant), ("server", server), ("failed", ms is null ? 1L : 0L), ("ms", ms ?? 0)];
        foreach (var (span, at) in new[] { (Each, now), (FiveMinutes, now / 300_000 * 300_000), (Hour, now / 3_600_000 * 3_600_000) })
            await s.Execute(
                """
                INSERT INTO relay_probes (tenant_id, server_id, span, at, probes, failures, ms_sum, ms_most) VALUES (@tenant, @server, @span, @at, 1, @failed, @ms, @ms)
                ON CONFLICT (server_id, span, at) DO UPDATE SET probes = relay_probes.probes + 1, failures = relay_probes.failures + @failed, ms_sum = relay_probes.ms_sum + @ms,
                  ms_most = CASE WHEN @ms > relay_probes.ms_most THEN @ms ELSE relay_probes.ms_most END
                """, [("span", span), ("at", at), .. said]);
        if (ms is not null)
            await s.Execute("UPDATE relay_servers SET seen_at = @now WHERE id = @server", ("now", now), ("server", server));
    }

    /// <summary>Did it answer, the newest first?</summary>
    public static ValueTask<List<bool>> Last(ReadTx s, string server) => s.All(
        "SELECT failures FROM relay_probes WHERE server_id = @server AND span = 0 ORDER BY at DESC LIMIT @limit", r => r.GetInt64(0) == 0, ("server", server), ("limit", (long)ServerHealth.Looked));

    public static async ValueTask Became(WriteTx s, Asked server, string health, Message? error, long now)
    {
        await s.Execute("UPDATE relay_servers SET health = @health, health_since = @now WHERE id = @id", ("health", health), ("now", now), ("id", server.ServerId));
        await s.Execute("INSERT INTO relay_server_events (id, tenant_id, server_id, at, health, error) VALUES (@id, @tenant, @server, @now, @health, @error)",
            ("id", Ids.New()), ("tenant", server.Tenant), ("server", server.ServerId), ("now", now), ("health", health), ("error", error?.ToStored()));
    }

    /// <summary>Oldest first.</summary>
    public static ValueTask<List<ProbeStep>> History(ReadTx s, string server, long span, long from, long to, int limit) => s.All(
        "SELECT at, probes, failures, ms_sum, ms_most FROM relay_probes WHERE server_id = @server AND span = @span AND at >= @from AND at < @to ORDER BY at LIMIT @limit",
        r => new ProbeStep(r.GetInt64(0), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4)), ("server", server), ("span", span), ("from", from), ("to", to), ("limit", (long)limit));

    /// <summary>Of all servers, by the hour, the oldest first.</summary>
    public static ValueTask<List<(string Server, ProbeStep Step)>> Hours(ReadTx s, string tenant, long from) => s.All(
        "SELECT server_id, at, probes, failures, ms_sum, ms_most FROM relay_probes WHERE tenant_id = @tenant AND span = 3600 AND at >= @from ORDER BY at",
        r => (r.GetString(0), new ProbeStep(r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5))), ("tenant", tenant), ("from", from));

    /// <summary>Newest first.</summary>
    public static ValueTask<List<HealthEvent>> Events(ReadTx s, string server, int limit) => s.All(
        "SELECT id, at, health, error FROM relay_server_events WHERE server_id = @server ORDER BY id DESC LIMIT @limit", r => new HealthEvent(r.GetString(0), r.GetInt64(1), r.GetString(2), r.TextOrNull(3)), ("server", server), ("limit", (long)limit));

    /// <summary>What is older than it is kept for goes: 48 hours of probes, 30 days of five minutes, a year of hours and events.</summary>
    public static async ValueTask<int> Tidy(WriteTx s, long now, int limit)
    {
        var gone = 0;
        foreach (var (span, kept) in new[] { (Each, 2L), (FiveMinutes, 30L), (Hour, 366L) })
            gone += await s.Execute("DELETE FROM relay_probes WHERE (server_id, span, at) IN (SELECT server_id, span, at FROM relay_probes WHERE span = @span AND at < @before ORDER BY at LIMIT @limit)",
                ("span", span), ("before", now - kept * 86_400_000), ("limit", (long)limit));
        return gone + await s.Execute("DELETE FROM relay_server_events WHERE id IN (SELECT id FROM relay_server_events WHERE at < @before LIMIT @limit)", ("before", now - 366L * 86_400_000), ("limit", (long)limit));
    }
}
