using System.Text.Json;
using Gatehouse.Devices.Fingerprints;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Licenses;

/// <summary>Keys, their machines and their history in the database.</summary>
internal static class LicenseStore
{
    // Only a key that was activated is bound: the others, most of a long list, are spared the look.
    private const string Machines =
        """
        CASE WHEN l.used_at IS NULL THEN 0 ELSE (SELECT COUNT(*) FROM bindings m WHERE m.license_id = l.id) END,
        CASE WHEN l.used_at IS NOT NULL THEN (SELECT m.machine_code FROM bindings m WHERE m.license_id = l.id ORDER BY m.created_at, m.machine_code LIMIT 1) END
        """;

    private const string Columns =
        $"""
        SELECT l.id, l.key, l.prefix, l.plan_id, p.name, l.batch_id, b.name, l.state, l.created_at, l.used_at, l.expire_at, l.note, {Machines}, p.recharge, p.currency, d.kind
        FROM licenses l JOIN plans p ON p.id = l.plan_id JOIN products d ON d.id = p.product_id JOIN batches b ON b.id = l.batch_id
        """;

    private const string Lean = $"SELECT l.id, l.key, l.plan_id, l.state, l.used_at, l.expire_at, l.note, {Machines} FROM licenses l";

    // The key l of that name. Two from before could differ in their dashes alone: then one is looked up with them, and goes first.
    private const string ByName = "l.tenant_id = @tenant AND l.canonical IN (@compact, @key) ORDER BY CASE WHEN l.canonical = @key THEN 0 ELSE 1 END LIMIT 1";

    private static (string, object?)[] Name(string tenant, LicenseKey key) => [("tenant", tenant), ("key", key.Text), ("compact", key.Compact)];

    public static ValueTask<License?> Find(ReadTx s, string tenant, LicenseKey key) =>
        s.One(Columns + " WHERE " + ByName, Map, Name(tenant, key));

    /// <summary>The one of these names, each as <see cref="LicenseKey.Compact"/> has it, that there is; null when there is none, or more.</summary>
    public static async ValueTask<string?> Only(ReadTx s, string tenant, IReadOnlyList<string> names) =>
        await s.All($"SELECT key FROM licenses WHERE tenant_id = @tenant AND canonical IN ({string.Join(", ", names.Select((_, i) => $"@n{i}"))}) LIMIT 2",
            r => r.GetString(0), [("tenant", tenant), .. names.Select((name, i) => ($"n{i}", (object?)name))]) is [var only] ? only : null;

    public static ValueTask<License?> Get(ReadTx s, string tenant, string id) =>
        s.One(Columns + " WHERE l.tenant_id = @tenant AND l.id = @id", Map, ("tenant", tenant), ("id", id));

    /// <summary>The keys on a customer's account, those that were put there last first.</summary>
    public static ValueTask<List<License>> OfAccount(ReadTx s, string tenant, string account, int limit) => s.All(
        Columns + " JOIN account_keys o ON o.license_id = l.id WHERE o.tenant_id = @tenant AND o.account_id = @account ORDER BY o.added_at DESC, l.id DESC LIMIT @limit",
        Map, ("tenant", tenant), ("account", account), ("limit", (long)limit));

    /// <summary>Takes the row's lock for the rest of the transaction and returns its id; null when there is no such key.</summary>
    public static ValueTask<string?> Lock(WriteTx s, string tenant, LicenseKey key) =>
        s.Locked("SELECT l.id FROM licenses l WHERE " + ByName, r => r.GetString(0), Name(tenant, key));

    /// <summary>Newest first, those before the id <paramref name="after"/>.</summary>
    public static ValueTask<List<License>> List(ReadTx s, LicenseWhere where, string? after, int limit) =>
        Newest(s, Columns, Map, l => l.Id, where, after, limit);

    /// <summary>The same, no more of each than a row of the list shows.</summary>
    public static ValueTask<List<LicenseLine>> Lines(ReadTx s, LicenseWhere where, string? after, int limit) =>
        Newest(s, Lean, MapLine, l => l.Id, where, after, limit);

    private static async ValueTask<List<T>> Newest<T>(ReadTx s, string select, Func<Row, T> map, Func<T, string> id, LicenseWhere where, string? after, int limit)
    {
        var found = new List<T>();
        foreach (var (condition, sort) in where.Branches)
        {
            // A concatenation is no index column: it tells the engine to look up by the condition and sort the few rows it finds.
            var sql = select + " WHERE " + condition + (after is null ? "" : " AND l.id < @after")
                + (sort ? " ORDER BY l.id || '' DESC LIMIT @limit" : " ORDER BY l.id DESC LIMIT @limit");
            found.AddRange(await s.All(sql, map, after is null ? where.Args(("limit", (long)limit)) : where.Args(("after", after), ("limit", (long)limit))));
        }
        found.Sort((a, b) => string.CompareOrdinal(id(b), id(a)));
        return found.Count > limit ? found[..limit] : found;
    }

    /// <summary>Like <see cref="List"/> but oldest first, after the id: for export in steps.</summary>
    public static ValueTask<List<License>> Walk(ReadTx s, LicenseWhere where, string after, int limit) =>
        s.All(OldestFirst(where), Map, where.Args(("after", after), ("limit", (long)limit)));

    /// <summary>As <see cref="Walk"/>, with the rows locked: for bulk work in steps.</summary>
    public static ValueTask<List<License>> WalkLocked(WriteTx s, LicenseWhere where, string after, int limit) =>
        s.LockedAll(OldestFirst(where), "l", Map, where.Args(("after", after), ("limit", (long)limit)));

    private static string OldestFirst(LicenseWhere where) => Columns + " WHERE " + where.All + " AND l.id > @after ORDER BY l.id LIMIT @limit";

    /// <summary>Active keys whose end lies in the span, the soonest first.</summary>
    public static ValueTask<List<License>> Ending(ReadTx s, string tenant, long from, long to, int limit) => s.All(
        Columns + " WHERE l.tenant_id = @tenant AND l.state IN ('active', 'expired') AND l.expire_at > @from AND l.expire_at <= @to ORDER BY l.expire_at LIMIT @limit",
        Map, ("tenant", tenant), ("from", from), ("to", to), ("limit", (long)limit));

    // The machines that a key l of the plan p may have.
    private const string Limit =
        "p.machine_limit + CAST(COALESCE((SELECT SUM(x.machines) FROM license_extras x WHERE x.license_id = l.id AND (x.until_at IS NULL OR x.until_at > @now)), 0) AS BIGINT)";

    /// <summary>The machines that a key may have: those of its plan, and those that were sold beside.</summary>
    public static ValueTask<long> MachineLimit(ReadTx s, string tenant, string id, long now) =>
        s.Number($"SELECT {Limit} FROM licenses l JOIN plans p ON p.id = l.plan_id WHERE l.tenant_id = @tenant AND l.id = @id", ("tenant", tenant), ("id", id), ("now", now));

    // The bindings m that are of the machine whose code was given, by what the rule of the plan p takes for the same.
    private const string OfMachine =
        "m.machine_folded = @folded AND (m.machine_code IN (@machine, @sent) OR p.machine_code_rule = 'all' OR (p.machine_code_rule = 'uuid' AND @uuid = 1))";

    /// <summary>The key for a machine, which is bound to it by whatever form of its code the plan's rule takes for the same; null: for none.</summary>
    public static ValueTask<Candidate?> Candidate(ReadTx s, string tenant, LicenseKey key, MachineCode? machine, long now) => s.One(
        $"""
        SELECT l.id, l.key, l.state, l.used_at, l.expire_at, p.id, p.name, p.duration_seconds, {Limit}, p.offline_grace_seconds, p.entitlements,
               m.license_id,
               CASE WHEN m.license_id IS NULL THEN (SELECT COUNT(*) FROM bindings o WHERE o.license_id = l.id) ELSE 1 END, p.trial, p.recharge, p.currency, d.kind, d.id, d.name
        FROM licenses l JOIN plans p ON p.id = l.plan_id JOIN products d ON d.id = p.product_id LEFT JOIN bindings m ON m.tenant_id = l.tenant_id AND m.license_id = l.id AND {OfMachine}
        WHERE {ByName}
        """,
        static r => new Candidate(r.GetString(0), r.GetString(1), r.GetString(2), r.LongOrNull(3), r.LongOrNull(4), r.GetString(5), r.GetString(6),
            r.LongOrNull(7), r.GetInt64(8), r.GetInt64(9), r.GetString(10), !r.IsDBNull(11), r.GetInt64(12))
        {
            Trial = r.GetInt64(13) == 1, Recharge = r.GetInt64(14), Currency = r.GetString(15), Relay = r.GetString(16) == License.RelayKind, ProductId = r.GetString(17), Product = r.GetString(18),
        },
        [.. Name(tenant, key), ("now", now), .. Machine(machine)]);

    /// <summary>Has the machine another key of that plan? Until the end of the transaction nobody else binds one that is a trial's.</summary>
    public static async ValueTask<bool> HasTrial(WriteTx s, string tenant, Candidate key, MachineCode machine)
    {
        await s.Locked("SELECT id FROM plans WHERE tenant_id = @tenant AND id = @plan", r => r.GetString(0), ("tenant", tenant), ("plan", key.PlanId));
        return await s.One($"SELECT m.license_id FROM bindings m JOIN licenses l ON l.id = m.license_id JOIN plans p ON p.id = l.plan_id WHERE m.tenant_id = @tenant AND l.plan_id = @plan AND l.id <> @id AND {OfMachine} LIMIT 1",
            r => r.GetString(0), [("tenant", tenant), ("plan", key.PlanId), ("id", key.Id), .. Machine(machine)]) is not null;
    }

    private static (string, object?)[] Machine(MachineCode? machine) =>
        [("machine", machine?.Exact ?? ""), ("sent", machine?.Sent ?? ""), ("folded", machine?.Folded), ("uuid", machine is { IsUuid: true } ? 1L : 0L)];

    /// <summary>
    /// Starts an unused key's clock, unless it is no longer unused, or under another plan or product than was seen: of any number of
    /// simultaneous callers one gets it. The duration is the plan's at this moment.
    /// </summary>
    public static ValueTask<(long? ExpireAt, bool Started)> Start(WriteTx s, string tenant, Candidate seen, long now) => s.One(
        """
        UPDATE licenses SET state = 'active', used_at = @now,
          expire_at = (SELECT @now + p.duration_seconds * 1000 FROM plans p WHERE p.id = licenses.plan_id)
        WHERE id = @id AND tenant_id = @tenant AND state = 'unused' AND plan_id = @plan AND EXISTS (SELECT 1 FROM plans p WHERE p.id = licenses.plan_id AND p.product_id = @product) RETURNING expire_at
        """,
        static r => (r.LongOrNull(0), true), ("now", now), ("id", seen.Id), ("tenant", tenant), ("plan", seen.PlanId), ("product", seen.ProductId));

    /// <summary>A recharge key is used up: it ends as it begins.</summary>
    public static ValueTask<int> Spend(WriteTx s, string tenant, string id, long now) => s.Execute(
        "UPDATE licenses SET state = 'expired', used_at = @now, expire_at = @now WHERE id = @id AND tenant_id = @tenant AND state = 'unused'", ("now", now), ("id", id), ("tenant", tenant));

    public static ValueTask<int> Bind(WriteTx s, string tenant, string id, MachineCode machine, string? ip, long now) => s.Execute(
        "INSERT INTO bindings (license_id, machine_code, machine_folded, tenant_id, created_at, ip) VALUES (@id, @machine, @folded, @tenant, @now, @ip)",
        ("id", id), ("machine", machine.Exact), ("folded", machine.Folded), ("tenant", tenant), ("now", now), ("ip", ip));

    public static ValueTask<int> Unbind(WriteTx s, string tenant, string id, string machine) => s.Execute(
        "DELETE FROM bindings WHERE license_id = @id AND machine_code = @machine AND tenant_id = @tenant", ("id", id), ("machine", machine), ("tenant", tenant));

    /// <summary>What the key's plan lets whoever has it free: machines within 30 days, and seconds between two.</summary>
    public static ValueTask<(long Most, long Wait)> ReleaseRule(ReadTx s, string tenant, string id) => s.One(
        "SELECT p.releases_per_month, p.release_wait_seconds FROM licenses l JOIN plans p ON p.id = l.plan_id WHERE l.tenant_id = @tenant AND l.id = @id",
        r => (r.GetInt64(0), r.GetInt64(1)), ("tenant", tenant), ("id", id));

    /// <summary>When things of a kind happened to a key after a time, the last first.</summary>
    public static ValueTask<List<long>> EventTimes(ReadTx s, string tenant, string id, string kind, long after, int limit) => s.All(
        "SELECT DISTINCT at FROM license_events WHERE license_id = @id AND tenant_id = @tenant AND kind = @kind AND at > @after ORDER BY at DESC LIMIT @limit",
        r => r.GetInt64(0), ("id", id), ("tenant", tenant), ("kind", kind), ("after", after), ("limit", (long)limit));

    /// <summary>The first of its machines, as many as are shown.</summary>
    public static ValueTask<List<Binding>> Bindings(ReadTx s, string tenant, string id) => s.All(
        "SELECT machine_code, created_at, ip FROM bindings WHERE license_id = @id AND tenant_id = @tenant ORDER BY created_at, machine_code LIMIT 1000",
        r => new Binding(r.GetString(0), r.GetInt64(1), r.TextOrNull(2)), ("id", id), ("tenant", tenant));

    /// <summary>The stored codes of all its machines; where one is named, of that very code, or else of those that the plan's rule takes for the same.</summary>
    /// <exception cref="Refusal">422 on <c>machine_code</c>.</exception>
    public static async ValueTask<List<string>> MachineCodes(ReadTx s, string tenant, string id, string? named)
    {
        const string select = "SELECT m.machine_code FROM bindings m WHERE m.license_id = @id AND m.tenant_id = @tenant";
        (string, object?)[] key = [("id", id), ("tenant", tenant)];
        if (named is null)
            return await s.All(select + " ORDER BY m.created_at, m.machine_code", r => r.GetString(0), key);
        if (await s.One(select + " AND m.machine_code = @named", r => r.GetString(0), [.. key, ("named", named)]) is { } stored)
            return [stored];
        var machine = MachineCode.Parse("machine_code", named);
        var same = await s.All(
            $"SELECT m.machine_code FROM bindings m JOIN licenses l ON l.id = m.license_id JOIN plans p ON p.id = l.plan_id WHERE m.license_id = @id AND m.tenant_id = @tenant AND {OfMachine} ORDER BY m.created_at, m.machine_code",
            r => r.GetString(0), [.. key, .. Machine(machine)]);
        return same.Contains(machine.Exact) ? [machine.Exact] : same;
    }

    public const string InsertEvent =
        "INSERT INTO license_events (license_id, id, tenant_id, at, kind, actor, ip, account_id, detail) VALUES (@license, @event, @tenant, @now, @kind, @actor, @ip, @account, @detail)";

    /// <summary>The arguments of <see cref="InsertEvent"/>. A customer's name is not among them: it would stay in the key's history when the account is forgotten.</summary>
    public static (string, object?)[] Event(Caller who, string license, string eventId, long now, string kind, params string[] detail) =>
    [
        ("license", license), ("event", eventId), ("tenant", who.TenantId), ("now", now), ("kind", kind), ("actor", who.IsCustomer ? Caller.PublicName : who.Name), ("ip", who.Ip),
        ("account", who.IsCustomer ? who.Id : null), ("detail", LicenseEvent.Words(kind, detail).ToStored()),
    ];

    /// <summary>Newest first.</summary>
    public static ValueTask<List<LicenseEvent>> Events(ReadTx s, string tenant, string id, int limit) => s.All(
        "SELECT id, at, kind, actor, ip, detail FROM license_events WHERE license_id = @id AND tenant_id = @tenant ORDER BY id DESC LIMIT @limit",
        r => new LicenseEvent(r.GetString(0), r.GetInt64(1), r.GetString(2), r.GetString(3), r.TextOrNull(4), What(r.GetString(2), r.GetString(5))),
        ("id", id), ("tenant", tenant), ("limit", (long)limit));

    // Before messages were stored, the column held a JSON array of what went into the gaps.
    private static Message What(string kind, string stored) => Message.TryParse(stored, out var what) ? what
        : LicenseEvent.Words(kind, JsonSerializer.Deserialize(stored, LicenseJson.Default.StringArray)!);

    private static License Map(Row r) => new(
        r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), r.GetString(7), r.GetInt64(8),
        r.LongOrNull(9), r.LongOrNull(10), r.GetString(11), r.GetInt64(12), r.TextOrNull(13)) { Recharge = r.GetInt64(14), Currency = r.GetString(15), Relay = r.GetString(16) == License.RelayKind };

    private static LicenseLine MapLine(Row r) => new(
        r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.LongOrNull(4), r.LongOrNull(5), r.GetString(6), r.GetInt64(7), r.TextOrNull(8));
}
