using System.Text.Json;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Batches;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Licensing.Plans;
using Gatehouse.Licensing.Settings;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Actions;

/// <summary>What a bulk action did.</summary>
/// <param name="Skipped">Keys it did not fit, with the reason; the first hundred.</param>
public sealed record BulkResult(long Matched, long Changed, IReadOnlyList<(string Key, ErrorCode Obstacle)> Skipped);

/// <summary>What staff do to keys, one or many: the same rule, the same history, one transaction.</summary>
public sealed class LicenseActions(PlanService plans, LicenseQueries queries, AuditWriter audit, TenantQuotas quotas, IEnumerable<ILicenseObserver> observers, TimeProvider clock)
{
    /// <summary>Keys that one bulk action may touch.</summary>
    public const int MaxBulk = 100_000;

    /// <summary>The kind of operation that it is recorded as.</summary>
    public static readonly OperationKind Bulk = new("keys.bulk", LicensingPermissions.KeysRead) { Outcome = BulkAudit.Outcome };

    private const int Step = 1000, MaxSkipped = 100;

    /// <summary>Does it to one key and returns the key afterwards; null when it was deleted.</summary>
    /// <exception cref="Refusal">404 KEY_NOT_FOUND, 409 with the obstacle's code, 422 by field, or 403 QUOTA_EXCEEDED.</exception>
    public ValueTask<License?> Apply(WriteTx s, Caller who, string key, LicenseAction action) => Within(s, who, action.Checked(), a => One(s, who, key, a));

    private async ValueTask<License?> One(WriteTx s, Caller who, string key, LicenseAction action)
    {
        var found = await Locked(s, who.TenantId, key);
        var now = Now();
        if (await Obstacle(s, who.TenantId, found, action, now) is { } obstacle)
            throw new Refusal(obstacle);
        var plan = action.Name == ActionName.Plan ? await plans.ForKeys(s, who.TenantId, action.Plan) : null;
        var work = new Work(who.TenantId, now, []);
        await Plan(s, who, found, action, plan, work);
        await work.Run(s);
        queries.CountAgainAfter(s, who.TenantId);
        await audit.Write(s, who, "key." + action.Name, new AuditTarget("key", found.Id, found.Key), Snapshot(found, now), null, action.Reason);
        return action.Name == ActionName.Delete ? null : await LicenseStore.Get(s, who.TenantId, found.Id);
    }

    /// <summary>Does it to the keys that are named, or to all that the filter finds; those it does not fit are passed over and told.</summary>
    /// <exception cref="Refusal">422 by field; nothing is changed when a named key does not exist or more than <see cref="MaxBulk"/> match. 403 QUOTA_EXCEEDED.</exception>
    public ValueTask<BulkResult> ApplyMany(WriteTx s, Caller who, IReadOnlyList<string>? keys, LicenseFilter? filter, LicenseAction action) => Within(s, who, action.Checked(), a => Many(s, who, keys, filter, a));

    // What can make a key active.
    private ValueTask<T> Within<T>(WriteTx s, Caller who, LicenseAction action, Func<LicenseAction, ValueTask<T>> work) =>
        action.Name is ActionName.Reinstate or ActionName.Extend ? quotas.Within(s, who, LicenseQuotas.ActiveKeys, () => work(action)) : work(action);

    private async ValueTask<BulkResult> Many(WriteTx s, Caller who, IReadOnlyList<string>? keys, LicenseFilter? filter, LicenseAction action)
    {
        var now = Now();
        var plan = action.Name == ActionName.Plan ? await plans.ForKeys(s, who.TenantId, action.Plan) : null;
        long matched = 0, changed = 0;
        var skipped = new List<(string, ErrorCode)>();
        var names = new HashSet<string>();
        await foreach (var step in keys is not null ? Named(s, who.TenantId, keys) : Matching(s, who.TenantId, filter!, now))
        {
            matched += step.Count;
            if (matched > MaxBulk)
                throw Refusal.Field("filter", "field.bulk_too_many", MaxBulk);
            var work = new Work(who.TenantId, now, names);
            foreach (var key in step)
            {
                if (await Obstacle(s, who.TenantId, key, action, now) is not { } obstacle)
                {
                    await Plan(s, who, key, action, plan, work);
                    changed++;
                }
                else if (skipped.Count < MaxSkipped)
                    skipped.Add((key.Key, obstacle));
            }
            await work.Run(s);
        }
        queries.CountAgainAfter(s, who.TenantId);
        var told = JsonSerializer.Serialize(new BulkAudit(action.Name, filter, keys?.Take(50).ToList(), matched, changed), ActionJson.Default.BulkAudit);
        await OperationStore.Record(s, who, Bulk.Name, matched, told);
        await audit.Write(s, who, "keys." + action.Name, AuditTarget.Many("keys", new Message("keys.count", matched)), null, told, action.Reason);
        return new BulkResult(matched, changed, skipped);
    }

    private static async ValueTask<License> Locked(WriteTx s, string tenant, string key)
    {
        if (LicenseKey.Parse(key) is not { } known || await LicenseStore.Lock(s, tenant, known) is null)
            throw new Refusal(LicenseErrors.NotFound);
        return (await LicenseStore.Find(s, tenant, known))!;
    }

    private static async IAsyncEnumerable<List<License>> Named(WriteTx s, string tenant, IReadOnlyList<string> keys)
    {
        var seen = keys.Count <= BatchService.MaxCount ? new HashSet<string>() : throw Refusal.Field("keys", "field.bulk_too_many", BatchService.MaxCount);
        // In one order for everybody, so that two bulk actions cannot wait for each other's rows. One key may be named twice, in two forms.
        foreach (var step in keys.Select(k => LicenseKey.Parse(k) ?? throw NoSuchKey(k)).OrderBy(k => k.Compact, StringComparer.Ordinal).Chunk(Step))
        {
            var found = new List<License>(step.Length);
            foreach (var key in step)
                if (seen.Add(await LicenseStore.Lock(s, tenant, key) ?? throw NoSuchKey(key.Text)))
                    found.Add((await LicenseStore.Find(s, tenant, key))!);
            yield return found;
        }

        static Refusal NoSuchKey(string key) => Refusal.Field("keys", "field.no_such_key", key.Length > 80 ? key[..80] : key);
    }

    private static async IAsyncEnumerable<List<License>> Matching(WriteTx s, string tenant, LicenseFilter filter, long now)
    {
        var where = await LicenseWhere.Build(s, tenant, filter.Checked(), now, walk: true);
        for (var after = ""; ;)
        {
            var step = await LicenseStore.WalkLocked(s, where, after, Step);
            if (step.Count == 0)
                yield break;
            after = step[^1].Id;
            yield return step;
        }
    }

    // Adds the statements that the action means for one key.
    private async ValueTask Plan(WriteTx s, Caller who, License key, LicenseAction action, Plan? plan, Work work)
    {
        await observers.Tell(s, who, key, action);
        void Event(string kind, params string[] detail) => work.Event(who, key.Id, kind, detail);
        switch (action.Name)
        {
            case ActionName.Suspend:
                work.State(key.Id, LicenseState.Suspended, key.UsedAt, key.ExpireAt);
                Event("suspended", action.Reason ?? "");
                break;
            case ActionName.Reinstate:
                work.State(key.Id, key.UsedAt is null ? LicenseState.Unused : LicenseState.Active, key.UsedAt, key.ExpireAt);
                Event("reinstated", action.Reason ?? "");
                break;
            case ActionName.Revoke:
                work.State(key.Id, LicenseState.Revoked, key.UsedAt, key.ExpireAt);
                Event("revoked", action.Reason ?? "");
                break;
            case ActionName.Extend:
                var end = LicenseAction.Extended(key.ExpireAt!.Value, action.Seconds!.Value, work.Now);
                if (end > License.Latest)
                    throw Refusal.Field("seconds", "field.end_too_late", key.Key, Format.Iso(License.Latest)[..10]);
                work.State(key.Id, key.Stored == LicenseState.Expired ? LicenseState.Active : key.Stored, key.UsedAt, end);
                Event("extended", Format.Iso(key.ExpireAt.Value), Format.Iso(end));
                break;
            case ActionName.Unbind:
                foreach (var machine in await LicenseStore.MachineCodes(s, work.Tenant, key.Id, action.Machine))
                {
                    work.Unbind(key.Id, machine);
                    Event("unbound", machine, action.Reason ?? "");
                }
                break;
            case ActionName.Reset:
                work.UnbindAll(key.Id);
                work.State(key.Id, LicenseState.Unused, null, null);
                Event("reset", action.Reason!);
                break;
            case ActionName.Delete:
                work.Delete(key.Id);
                break;
            case ActionName.Plan:
                work.Set("plan_id", key.Id, plan!.Id);
                Event("plan", key.PlanName, plan.Name);
                break;
            case ActionName.Note:
                work.Set("note", key.Id, action.Note!);
                work.Set("note_folded", key.Id, SearchText.Of(action.Note));
                Event("note", key.Note, action.Note!);
                break;
            case ActionName.Prefix:
                var code = key.Key[(key.Prefix.Length == 0 ? 0 : key.Prefix.Length + 1)..];
                var renamed = LicenseKey.Join(action.Prefix!, code) ?? throw Refusal.Field("prefix", "field.prefix_makes_no_key", key.Key, LicenseKey.MinLength, LicenseKey.MaxLength);
                if (renamed.Text == key.Key)
                    break;
                if (!work.Take(renamed.Compact))
                    throw new Refusal(ActionErrors.KeysCollide, renamed.Text);
                if (await LicenseStore.Find(s, work.Tenant, renamed) is { } taken && taken.Id != key.Id)
                    throw Refusal.Field("prefix", "field.key_taken", renamed.Text);
                work.Rename(key.Id, renamed);
                Event("prefix", key.Key, renamed.Text);
                break;
        }
    }

    // As the action says, and a machine that is named must be bound.
    private static async ValueTask<ErrorCode?> Obstacle(ReadTx s, string tenant, License key, LicenseAction action, long now) => action.Obstacle(key, now)
        ?? (action is { Name: ActionName.Unbind, Machine: { } machine } && (await LicenseStore.MachineCodes(s, tenant, key.Id, machine)).Count == 0 ? ActionErrors.NotBound : null);

    private static string Snapshot(License key, long now) => JsonSerializer.Serialize(LicenseView.Of(key, now), LicenseJson.Default.LicenseView);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The statements of one step, run in as few round trips as the engine allows.</summary>
    /// <param name="names">What the keys of all steps are to be called.</param>
    private sealed class Work(string tenant, long now, HashSet<string> names)
    {
        private readonly Dictionary<string, List<(string, object?)[]>> _statements = [];

        public string Tenant => tenant;
        public long Now => now;

        /// <summary>False when another key is to be called so.</summary>
        public bool Take(string name) => names.Add(name);

        public void State(string id, string state, long? usedAt, long? expireAt) => Add(
            "UPDATE licenses SET state = @state, used_at = @used, expire_at = @expire WHERE id = @id AND tenant_id = @tenant",
            ("state", state), ("used", usedAt), ("expire", expireAt), ("id", id), ("tenant", tenant));

        public void Set(string column, string id, string value) => Add(
            $"UPDATE licenses SET {column} = @value WHERE id = @id AND tenant_id = @tenant", ("value", value), ("id", id), ("tenant", tenant));

        public void Rename(string id, LicenseKey key) => Add(
            "UPDATE licenses SET key = @key, canonical = @canonical, prefix = @prefix, code = @code WHERE id = @id AND tenant_id = @tenant",
            ("key", key.Text), ("canonical", key.Compact), ("prefix", key.Prefix), ("code", key.Code), ("id", id), ("tenant", tenant));

        public void Unbind(string id, string machine) => Add(
            "DELETE FROM bindings WHERE license_id = @id AND machine_code = @machine AND tenant_id = @tenant", ("id", id), ("machine", machine), ("tenant", tenant));

        public void UnbindAll(string id) => Add("DELETE FROM bindings WHERE license_id = @id AND tenant_id = @tenant", ("id", id), ("tenant", tenant));

        public void Delete(string id)
        {
            Add("DELETE FROM license_events WHERE license_id = @id AND tenant_id = @tenant", ("id", id), ("tenant", tenant));
            Add("DELETE FROM licenses WHERE id = @id AND tenant_id = @tenant", ("id", id), ("tenant", tenant));
        }

        public void Event(Caller who, string id, string kind, string[] detail) =>
            Add(LicenseStore.InsertEvent, LicenseStore.Event(who, id, Ids.New(), now, kind, detail));

        public async ValueTask Run(WriteTx s)
        {
            foreach (var (sql, sets) in _statements)
                await s.ExecuteMany(sql, sets);
        }

        private void Add(string sql, params (string, object?)[] args)
        {
            if (!_statements.TryGetValue(sql, out var sets))
                _statements[sql] = sets = [];
            sets.Add(args);
        }
    }
}
