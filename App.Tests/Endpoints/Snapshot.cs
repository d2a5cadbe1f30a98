using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Endpoints;

/// <summary>What a tenant has at a moment, as text: every row that a request may change, and the audit log in its order.</summary>
public sealed record Snapshot(IReadOnlyList<string> Rows, IReadOnlyList<string> Audit)
{
    /// <summary>Of messages that tests leave in the outbox: nothing handles them.</summary>
    public const string Topic = "test.unhandled";

    // Times stand still in tests, so they compare like anything else. What is noted by the way (last use, sign-ins) is left out.
    private static readonly (string Table, string[] Columns)[] Tables =
    [
        ("settings", ["name", "value"]),
        ("accounts", ["id", "username", "display_name", "password_hash", "role", "role_scope", "password_one_time", "disabled_at"]),
        ("sessions", ["id_hash", "account_id"]),
        ("api_tokens", ["id", "name", "role", "scopes", "created_by", "expires_at", "revoked_at"]),
        ("setup_links", ["used_at"]),
        ("products", ["id", "name", "kind"]),
        ("plans", ["id", "product_id", "name", "duration_seconds", "price", "currency", "machine_limit", "prefix", "offline_grace_seconds", "entitlements", "notes", "enabled", "updated_at", "retired_at"]),
        ("plan_notes", ["id", "plan_id", "text", "author"]),
        ("batches", ["id", "plan_id", "name", "prefix", "key_count"]),
        ("licenses", ["id", "key", "prefix", "plan_id", "batch_id", "state", "used_at", "expire_at", "note"]),
        ("bindings", ["license_id", "machine_code"]),
        ("license_events", ["license_id", "kind", "actor", "detail"]),
    ];

    private static readonly string[] AuditColumns = ["actor_kind", "action", "target_kind", "target_name", "before_json", "after_json", "reason"];

    public static Task<Snapshot> Take(TestServer server, string tenant) => server.Db.Read(async s =>
    {
        var rows = new List<string>();
        foreach (var (table, columns) in Tables)
            rows.AddRange(await s.All($"SELECT {string.Join(", ", columns)} FROM {table} WHERE tenant_id = @tenant", r => $"{table}: {Line(r, columns)}", ("tenant", tenant)));
        // Other topics are delivered by themselves.
        rows.AddRange(await s.All("SELECT id, dead_at, done_at, next_try_at, tries, payload FROM outbox WHERE tenant_id = @tenant AND topic = @topic",
            r => $"outbox: {Line(r, ["id", "dead_at", "done_at", "next_try_at", "tries", "payload"])}", ("tenant", tenant), ("topic", Topic)));
        // Jobs belong to no tenant, and run by themselves: only what staff set is compared.
        rows.AddRange(await s.All("SELECT name, cron FROM job_states WHERE cron IS NOT NULL", r => $"job_states: {Line(r, ["name", "cron"])}"));
        return new Snapshot(rows, await s.All($"SELECT {string.Join(", ", AuditColumns)} FROM audit_entries WHERE tenant_id = @tenant ORDER BY seq", r => "audit: " + Line(r, AuditColumns), ("tenant", tenant)));
    });

    /// <summary>What came, what went, and what was audited since the earlier one; things by their names.</summary>
    public string Since(Snapshot earlier, Things things)
    {
        var gone = earlier.Rows.ToList();
        var come = Rows.Where(row => !gone.Remove(row)).Select(row => "+ " + things.Plain(row));
        return string.Join('\n', come.Concat(gone.Select(row => "- " + things.Plain(row))).Order(StringComparer.Ordinal).Concat(Audit.Skip(earlier.Audit.Count).Select(things.Plain)));
    }

    private static string Line(Row row, string[] columns) =>
        string.Join("  ", columns.Select((name, i) => row.IsDBNull(i) ? null : $"{name} {row.GetValue(i)}").OfType<string>());
}
