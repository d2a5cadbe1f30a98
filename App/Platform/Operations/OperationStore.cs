using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Operations;

/// <summary>The table operations. Who runs one, and until when, is decided by the database's clock.</summary>
public static class OperationStore
{
    /// <summary>How long a run holds its operation from when it took or last renewed it, in milliseconds.</summary>
    internal const long Lease = 60_000;

    private const long Stuck = 5 * 60_000L;
    private const long Kept = 30 * 86_400_000L;

    private const string Columns =
        "id, tenant_id, actor_kind, actor_id, actor_name, ip, kind, request, created_at, started_at, finished_at, done, total, state, result, failure, tries";

    private const string Insert =
        """
        INSERT INTO operations (id, tenant_id, kind, actor_kind, actor_id, actor_name, ip, request, dedupe_key, created_at, started_at, finished_at, done, total, state, result, lease_until)
        VALUES (@id, @tenant, @kind, @actor_kind, @actor_id, @actor_name, @ip, @request, @key, @now, @started, @finished, @done, @total, @state, @result, @lease) ON CONFLICT DO NOTHING
        """;

    /// <summary>Records what its caller waited for, in the transaction that did it: it is seen beside what runs in the background.</summary>
    /// <param name="total">What it was done to.</param>
    /// <param name="result">A JSON object.</param>
    public static async ValueTask Record(WriteTx tx, Caller who, string kind, long total, string result)
    {
        var (id, now) = (Ids.New(), await tx.Now());
        await tx.Execute(Insert, [.. Asked(id, who, kind, "", id, now, total), ("started", now), ("finished", now), ("done", total), ("state", OperationState.Succeeded), ("result", result), ("lease", null)]);
    }

    /// <summary>Leaves an operation to be run, due after so many milliseconds; false when there is one of that kind and key.</summary>
    internal static async ValueTask<bool> Add(WriteTx tx, Caller who, string kind, string request, string key, long total, long delay)
    {
        var now = await tx.Now();
        return await tx.Execute(Insert, [.. Asked(Ids.New(), who, kind, request, key, now, total), ("started", null), ("finished", null), ("done", 0L), ("state", OperationState.Waiting), ("result", null), ("lease", now + delay)]) == 1;
    }

    /// <summary>How many of the tenant wait or run.</summary>
    internal static ValueTask<long> Open(ReadTx tx, string tenant) =>
        tx.Number("SELECT COUNT(*) FROM operations WHERE lease_until IS NOT NULL AND tenant_id = @tenant", ("tenant", tenant));

    internal static ValueTask<Operation?> Find(ReadTx tx, string tenant, string id) =>
        tx.One($"SELECT {Columns} FROM operations WHERE tenant_id = @tenant AND id = @id", Map, ("tenant", tenant), ("id", id));

    internal static ValueTask<Operation?> Keyed(ReadTx tx, string tenant, string kind, string key) =>
        tx.One($"SELECT {Columns} FROM operations WHERE tenant_id = @tenant AND kind = @kind AND dedupe_key = @key", Map, ("tenant", tenant), ("kind", kind), ("key", key));

    internal static ValueTask<Operation?> UnderWay(ReadTx tx, string tenant, string kind, string request) => tx.One(
        $"SELECT {Columns} FROM operations WHERE lease_until IS NOT NULL AND tenant_id = @tenant AND kind = @kind AND request = @request ORDER BY id LIMIT 1", Map,
        ("tenant", tenant), ("kind", kind), ("request", request));

    /// <summary>Those of these kinds, newest first.</summary>
    internal static ValueTask<List<Operation>> Before(ReadTx tx, string tenant, IEnumerable<string> kinds, string? id, int limit)
    {
        var (names, args) = SqlNames.Of(kinds);
        var filter = new SqlFilter("tenant_id = @tenant", ("tenant", tenant)).And($"kind IN ({names})", args).After("id", id);
        return tx.All($"SELECT {Columns} FROM operations WHERE {filter.Sql} ORDER BY id DESC LIMIT @limit", Map, filter.Args(("limit", (long)limit)));
    }

    /// <summary>Is there one of these kinds that nobody holds?</summary>
    internal static async ValueTask<bool> AnyDue(ReadTx tx, IEnumerable<string> kinds)
    {
        var (names, args) = SqlNames.Of(kinds);
        return await tx.One($"SELECT id FROM operations WHERE lease_until <= @now AND kind IN ({names}) LIMIT 1", r => r.GetString(0), [.. args, ("now", await tx.Now())]) is not null;
    }

    /// <summary>Is one held, or due, further ahead than can be: by a clock that was wrong?</summary>
    internal static async ValueTask<bool> AnyAhead(ReadTx tx) =>
        await tx.One("SELECT id FROM operations WHERE lease_until > @limit LIMIT 1", r => r.GetString(0), ("limit", await tx.Now() + Lease)) is not null;

    /// <summary>Takes back what lies ahead, so that none sleeps until a false time: it is held for as long as a run that lives needs to renew its hold. Returns how many.</summary>
    internal static async ValueTask<int> DropAhead(WriteTx tx) =>
        await tx.Execute("UPDATE operations SET lease_until = @limit WHERE lease_until > @limit", ("limit", await tx.Now() + Lease));

    /// <summary>Takes one that nobody holds, be it that it waits or that its run held it no longer; null when there is none.</summary>
    internal static async ValueTask<Operation?> Claim(WriteTx tx, IEnumerable<string> kinds)
    {
        var now = await tx.Now();
        var (names, args) = SqlNames.Of(kinds);
        var due = await tx.LockedFree($"SELECT {Columns} FROM operations WHERE lease_until <= @now AND kind IN ({names}) ORDER BY lease_until, id LIMIT 1", Map, [.. args, ("now", now)]);
        if (due.Count == 0)
            return null;
        var taken = due[0] with { State = OperationState.Running, StartedAt = due[0].StartedAt ?? now, Done = 0, Tries = due[0].Tries + 1 };
        await tx.Execute("UPDATE operations SET state = @state, started_at = @started, done = 0, tries = @tries, lease_until = @until WHERE id = @id",
            ("state", taken.State), ("started", taken.StartedAt), ("tries", taken.Tries), ("until", now + Lease), ("id", taken.Id));
        return taken;
    }

    /// <summary>Tells how much is done, and holds the operation for another minute; false when the run holds it no more.</summary>
    internal static async ValueTask<bool> Renew(WriteTx tx, Operation run, long done) =>
        await Change(tx, run, "done = @done, lease_until = @until", ("done", done), ("until", await tx.Now() + Lease));

    /// <summary>Marks it as done; false when the run holds it no more: then nothing of it may be kept.</summary>
    internal static async ValueTask<bool> Succeed(WriteTx tx, Operation run, string result) =>
        await Change(tx, run, "state = 'succeeded', done = total, result = @result, request = '', finished_at = @now, lease_until = NULL", ("result", result), ("now", await tx.Now()));

    internal static async ValueTask<bool> Fail(WriteTx tx, Operation run, Refusal failure) =>
        await Change(tx, run, "state = 'failed', failure = @failure, request = '', finished_at = @now, lease_until = NULL", ("failure", RefusalJson.Write(failure)), ("now", await tx.Now()));

    /// <summary>Gives back what the server's stop cut short: it is due at once, and the try is not counted.</summary>
    internal static async ValueTask<bool> Release(WriteTx tx, Operation run) =>
        await Change(tx, run, "state = 'waiting', done = 0, tries = tries - 1, lease_until = @now", ("now", await tx.Now()));

    /// <summary>Kinds of operations that no node has taken up for five minutes, though they are due.</summary>
    public static async ValueTask<IReadOnlyList<string>> StuckKinds(ReadTx tx) => await tx.All(
        "SELECT DISTINCT kind FROM operations WHERE lease_until < @late ORDER BY kind LIMIT 50", r => r.GetString(0), ("late", await tx.Now() - Stuck));

    /// <summary>Removes some of those that ended a month ago; returns how many.</summary>
    public static async ValueTask<int> Tidy(WriteTx tx, int limit) => await tx.Execute(
        "DELETE FROM operations WHERE id IN (SELECT id FROM operations WHERE finished_at < @old LIMIT @limit)", ("old", await tx.Now() - Kept), ("limit", (long)limit));

    private static async ValueTask<bool> Change(WriteTx tx, Operation run, string set, params (string, object?)[] args) =>
        await tx.Execute($"UPDATE operations SET {set} WHERE id = @id AND tries = @tries AND state = 'running'", [.. args, ("id", run.Id), ("tries", run.Tries)]) == 1;

    private static (string, object?)[] Asked(string id, Caller who, string kind, string request, string key, long now, long total) =>
    [
        ("id", id), ("tenant", who.TenantId), ("kind", kind), ("actor_kind", who.Kind), ("actor_id", who.Id), ("actor_name", who.Name), ("ip", who.Ip),
        ("request", request), ("key", key), ("now", now), ("total", total),
    ];

    private static Operation Map(Row r) => new(
        r.GetString(0), Operation.Asker(r.GetString(1), r.GetString(2), r.TextOrNull(3), r.GetString(4), r.TextOrNull(5)), r.GetString(6), r.GetString(7), r.GetInt64(8),
        r.LongOrNull(9), r.LongOrNull(10), r.GetInt64(11), r.GetInt64(12), r.GetString(13), r.TextOrNull(14), r.TextOrNull(15) is { } failure ? RefusalJson.Read(failure) : null, r.GetInt64(16));
}
