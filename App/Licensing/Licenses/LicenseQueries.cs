using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Licenses;

/// <summary>How many keys there are, by plan and state.</summary>
public sealed record LicenseCounts(IReadOnlyList<(string PlanId, string State, long Count)> Rows, long Batches, long At)
{
    public long Total => Rows.Sum(r => r.Count);
    public long Of(string state) => Rows.Where(r => r.State == state).Sum(r => r.Count);
    public long Of(string planId, string state) => Rows.Where(r => r.PlanId == planId && r.State == state).Sum(r => r.Count);
}

/// <summary>A key and what belongs to it, the newest event first.</summary>
public sealed record LicenseDetail(License Key, IReadOnlyList<Binding> Machines, IReadOnlyList<LicenseEvent> History)
{
    /// <summary>How many machines it may have.</summary>
    public long MachineLimit { get; init; }
}

/// <summary>What the lists, the dashboard and the exports read.</summary>
public sealed class LicenseQueries(Database db, TimeProvider clock, ILogger<LicenseQueries> log)
{
    private const int HistoryShown = 200;

    private readonly TimedCache<string, LicenseCounts> _counts = new(clock, least: TimeSpan.FromSeconds(2), dear: TimeSpan.FromMilliseconds(30),
        e => log.LogWarning(e, "Keys could not be counted"));

    public Task<Slice<License>> List(string tenant, LicenseFilter filter, string? after, int limit, CancellationToken ct) => db.Read(async s =>
    {
        var where = await LicenseWhere.Build(s, tenant, filter.Checked(), Now());
        return Slice<License>.Of(await LicenseStore.List(s, where, Cursor.Decode(after), limit + 1), limit, l => l.Id);
    }, ct);

    /// <summary>The same for the list that staff see: no more of each key than its row shows.</summary>
    public Task<Slice<LicenseLine>> Lines(string tenant, LicenseFilter filter, string? after, int limit, CancellationToken ct) => db.Read(async s =>
    {
        var where = await LicenseWhere.Build(s, tenant, filter.Checked(), Now());
        return Slice<LicenseLine>.Of(await LicenseStore.Lines(s, where, Cursor.Decode(after), limit + 1), limit, l => l.Id);
    }, ct);

    /// <exception cref="Refusal">404 KEY_NOT_FOUND.</exception>
    public async Task<License> Get(string tenant, string key, CancellationToken ct) =>
        (LicenseKey.Parse(key) is { } known ? await db.ReadOne(s => LicenseStore.Find(s, tenant, known), ct) : null) ?? throw new Refusal(LicenseErrors.NotFound);

    /// <summary>A key with its machines and its history, as they were at one moment.</summary>
    /// <exception cref="Refusal">404 KEY_NOT_FOUND.</exception>
    public Task<LicenseDetail> Whole(string tenant, string key, CancellationToken ct) => db.Read(s => Whole(s, tenant, key), ct);

    internal static async ValueTask<LicenseDetail> Whole(ReadTx s, string tenant, string key)
    {
        var found = (LicenseKey.Parse(key) is { } known ? await LicenseStore.Find(s, tenant, known) : null) ?? throw new Refusal(LicenseErrors.NotFound);
        return new LicenseDetail(found, await LicenseStore.Bindings(s, tenant, found.Id), await LicenseStore.Events(s, tenant, found.Id, HistoryShown));
    }

    public Task<(List<Binding> Machines, List<LicenseEvent> History)> Detail(string tenant, string id, CancellationToken ct) =>
        db.Read(async s => (await LicenseStore.Bindings(s, tenant, id), await LicenseStore.Events(s, tenant, id, HistoryShown)), ct);

    /// <summary>All that match, oldest first, in steps: no step holds the database for long.</summary>
    public async IAsyncEnumerable<List<License>> Stream(string tenant, LicenseFilter filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        (filter, var now) = (filter.Checked(), Now());
        for (var after = ""; ;)
        {
            var step = await db.Read(async s => await LicenseStore.Walk(s, await LicenseWhere.Build(s, tenant, filter, now, walk: true), after, 2000), ct);
            if (step.Count == 0)
                yield break;
            yield return step;
            after = step[^1].Id;
        }
    }

    /// <summary>Keys that end between now and then, the soonest first.</summary>
    public ValueTask<List<License>> ExpiringSoon(ReadTx s, string tenant, TimeSpan within, int limit) =>
        LicenseStore.Ending(s, tenant, Now(), Now() + (long)within.TotalMilliseconds, limit);

    /// <summary>Activations in each step of the time up to now, oldest first.</summary>
    public async ValueTask<long[]> Activations(ReadTx s, string tenant, TimeSpan step, int steps)
    {
        var width = (long)step.TotalMilliseconds;
        var last = Now() / width;
        var rows = await s.All(
            "SELECT used_at / @width, COUNT(*) FROM licenses WHERE tenant_id = @tenant AND used_at >= @from GROUP BY 1",
            r => (Step: r.GetInt64(0), Count: r.GetInt64(1)), ("width", width), ("tenant", tenant), ("from", (last - steps + 1) * width));
        var counts = new long[steps];
        foreach (var (at, count) in rows)
            if (last - at is >= 0 and var ago && ago < steps)
                counts[steps - 1 - ago] += count;
        return counts;
    }

    /// <summary>
    /// How many keys there are. Counting walks all keys, so a count is kept: for two seconds while it is cheap, else for twenty
    /// times as long as it took, and then the last one is given while a new one is made, unless that is long ago.
    /// </summary>
    public ValueTask<LicenseCounts> Counts(string tenant, CancellationToken ct) => _counts.Get(tenant, () => Count(tenant), ct);

    /// <summary>The transaction changes keys by hand: when it has ended, a cheap count is made anew at once.</summary>
    public void CountAgainAfter(WriteTx tx, string tenant) => tx.AfterCommit(() => _counts.Expire(tenant));

    private async Task<LicenseCounts> Count(string tenant)
    {
        var now = Now();
        var (rows, batches) = await db.Read(async s => (await s.All(
            """
            SELECT plan_id, state, COUNT(*), SUM(CASE WHEN (state = 'active' AND expire_at <= @now) OR (state = 'expired' AND expire_at > @now) THEN 1 ELSE 0 END)
            FROM licenses WHERE tenant_id = @tenant GROUP BY plan_id, state
            """,
            r => (Plan: r.GetString(0), State: r.GetString(1), Count: r.GetInt64(2), Other: Convert.ToInt64(r.GetValue(3))), ("now", now), ("tenant", tenant)),
            await s.Number("SELECT COUNT(*) FROM batches WHERE tenant_id = @tenant", ("tenant", tenant))));
        var counts = rows
            .SelectMany(r => new[] { (r.Plan, r.State, r.Count - r.Other), (r.Plan, r.State == LicenseState.Active ? LicenseState.Expired : LicenseState.Active, r.Other) })
            .Where(r => r.Item3 > 0).ToList();
        return new LicenseCounts(counts, batches, now);
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
