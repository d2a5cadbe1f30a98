using Gatehouse.Accounts.Quotas;
using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Imports;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Permissions;
using Gatehouse.Licensing.Plans;
using Gatehouse.Licensing.Settings;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Batches;

/// <summary>Makes keys. Each method runs inside the transaction it is given: a batch exists whole or not at all.</summary>
public sealed class BatchService(PlanService plans, LicenseQueries queries, TenantSettings preferences, AuditWriter audit, TenantQuotas quotas, TimeProvider clock)
{
    /// <summary>Keys a batch, in the browser and the API.</summary>
    public const int MaxCount = 10_000;

    /// <summary>Keys a batch at the shell.</summary>
    public const int MaxCliCount = 1_000_000;

    /// <summary>The source of batches whose keys were made when they were bought.</summary>
    internal const string Sold = "sold";

    // So many draws in a row that gave no new code: then nearly all codes of that length are taken.
    private const int Step = 1000, MaxFruitless = 1000;

    private const string Insert =
        """
        INSERT INTO licenses (id, tenant_id, key, canonical, prefix, code, plan_id, batch_id, state, created_at, used_at, expire_at, note, note_folded)
        VALUES (@id, @tenant, @key, @canonical, @prefix, @code, @plan, @batch, @state, @created, @used, @expire, @note, @folded) ON CONFLICT DO NOTHING
        """;

    private sealed record NewLicense(string Id, Batch Batch, LicenseKey Key, ImportLine? As = null);

    /// <summary>Generates a batch. <paramref name="progress"/> hears how many are made so far.</summary>
    /// <exception cref="Refusal">422 by field.</exception>
    public async ValueTask<GeneratedKeys> Generate(WriteTx s, Caller who, NewKeys wanted, IProgress<int>? progress = null)
    {
        var batch = await Open(s, who, wanted, MaxCount) with { Count = wanted.Count };
        var keys = await Fill(s, who, batch, (int)wanted.Count, (int)wanted.Length, progress);
        // Last: from here on every other change of the tenant waits.
        await Tell(s, who, "keys.generated", batch);
        return new GeneratedKeys(batch, keys);
    }

    /// <summary>New keys of a plan for whoever has just bought them, in the batch of what was sold of it that day (UTC).</summary>
    /// <param name="name">What the batch is called if this is the day's first.</param>
    /// <returns>Ids and keys.</returns>
    public async ValueTask<List<(string Id, string Key)>> Sell(WriteTx s, Caller who, Plan plan, int count, string name)
    {
        var day = clock.GetUtcNow().ToUnixTimeMilliseconds() / 86_400_000 * 86_400_000;
        var batch = await s.One("SELECT id, prefix FROM batches WHERE tenant_id = @tenant AND plan_id = @plan AND source = @source AND created_at >= @day ORDER BY id DESC LIMIT 1",
            r => new Batch(r.GetString(0), plan.Id, plan.Name, "", Sold, r.GetString(1), 0, who.Name, day), ("tenant", who.TenantId), ("plan", plan.Id), ("source", Sold), ("day", day));
        if (batch is null || batch.Prefix != plan.Prefix)
            batch = await Open(s, who, plan, name, Sold, plan.Prefix, 0);
        return (await Draw(s, who, batch, count, LicenseKey.DefaultCode, null)).ConvertAll(l => (l.Id, l.Key.Text));
    }

    /// <summary>Opens a batch that <see cref="Fill"/> then fills, in one transaction or, when it is huge, in several.</summary>
    /// <exception cref="Refusal">422 by field.</exception>
    public async ValueTask<Batch> Begin(WriteTx s, Caller who, NewKeys wanted, int maxCount)
    {
        var batch = await Open(s, who, wanted, maxCount);
        await Tell(s, who, "keys.generated", batch with { Count = wanted.Count });
        return batch;
    }

    private async ValueTask<Batch> Open(WriteTx s, Caller who, NewKeys wanted, int maxCount)
    {
        var (plan, prefix, name) = await Check(s, who.TenantId, wanted, maxCount);
        return await Open(s, who, plan, name, "generated", prefix, 0);
    }

    private async ValueTask Tell(WriteTx s, Caller who, string action, Batch batch)
    {
        // Making many takes a while: whoever has switched the plan off or retired it meanwhile stands in the log already, so no key may follow.
        await AuditWriter.TakeTurn(s, who.TenantId);
        await Usable(s, who.TenantId, batch.PlanId);
        await audit.Write(s, who, action, Target(batch), after: Summary(batch));
    }

    /// <summary>Could this be generated? Changes nothing.</summary>
    /// <exception cref="Refusal">422 by field.</exception>
    public async ValueTask<(Plan Plan, string Prefix, string Name)> Check(ReadTx s, string tenant, NewKeys wanted, int maxCount = MaxCount)
    {
        var check = new FieldChecks();
        check.Range("count", wanted.Count, 1, maxCount);
        check.Range("length", wanted.Length, LicenseKey.MinCode, LicenseKey.MaxCode);
        var name = check.Text("note", wanted.Note, 0, 200);
        var prefix = wanted.Prefix is null ? null : LicenseKey.CheckedPrefix(check, wanted.Prefix);
        // At least a thousand codes to choose from for each key, so that guessing finds little and drawing ends soon.
        if (!check.Any && Math.Pow(Alphabet(tenant).Length, wanted.Length) < wanted.Count * 1000.0)
            check.Wrong("length", "field.length_too_short_for_count");
        check.ThrowIfAny();
        var plan = await Usable(s, tenant, wanted.Plan);
        return (plan, prefix ?? plan.Prefix, name);
    }

    /// <summary>A key as it would look.</summary>
    public string Example(string tenant, string prefix, int length)
    {
        while (true)
            if (LicenseKey.Join(prefix, LicenseKey.NewCode(Alphabet(tenant), length)) is { } key)
                return key.Text;
    }

    /// <summary>Adds new keys to a batch and returns them. A clash is redrawn.</summary>
    /// <exception cref="Refusal">422 on <c>length</c> when nearly all codes of that length are taken.</exception>
    public async ValueTask<List<string>> Fill(WriteTx s, Caller who, Batch batch, int count, int length, IProgress<int>? progress = null) =>
        (await Draw(s, who, batch, count, length, progress)).ConvertAll(l => l.Key.Text);

    private async ValueTask<List<NewLicense>> Draw(WriteTx s, Caller who, Batch batch, int count, int length, IProgress<int>? progress)
    {
        var (alphabet, keys, fruitless) = (Alphabet(who.TenantId), new List<NewLicense>(count), 0);
        while (keys.Count < count)
        {
            var codes = new HashSet<string>();
            while (codes.Count < Math.Min(Step, count - keys.Count))
                codes.Add(LicenseKey.NewCode(alphabet, length));
            var rows = codes.Select(c => LicenseKey.Join(batch.Prefix, c)).OfType<LicenseKey>().Select(key => new NewLicense(Ids.New(), batch, key)).ToList();
            var added = await Add(s, who.TenantId, rows);
            fruitless = added.Count > 0 ? 0 : fruitless + 1;
            if (fruitless == MaxFruitless)
                throw Refusal.Field("length", "field.length_too_short_for_count");
            keys.AddRange(added);
            progress?.Report(keys.Count);
        }
        await s.Execute("UPDATE batches SET key_count = key_count + @count WHERE id = @id AND tenant_id = @tenant", ("count", (long)count), ("id", batch.Id), ("tenant", who.TenantId));
        queries.CountAgainAfter(s, who.TenantId);
        return keys;
    }

    /// <summary>All that is wrong with a file that is to be imported, by line.</summary>
    /// <param name="plan">The plan of all its keys, an id or a name; null or empty when each line names its own.</param>
    /// <exception cref="Refusal">422 on <c>plan</c>.</exception>
    public async ValueTask<List<ImportFault>> Check(ReadTx s, string tenant, string? plan, ImportFile file)
    {
        var faults = file.Faults.ToList();
        if (!string.IsNullOrWhiteSpace(plan))
            await Usable(s, tenant, plan);
        else
            foreach (var group in file.Lines.GroupBy(l => l.Plan))
                if (await PlanFault(s, tenant, group.Key) is { } wrong)
                    faults.AddRange(group.Take(LicenseImport.MaxFaults).Select(l => new ImportFault(l.Line, l.Key, wrong)));
        return [.. (await LicenseImport.Check(s, tenant, file.Lines, faults)).Take(LicenseImport.MaxFaults)];
    }

    /// <summary>Stores keys that were made elsewhere, all of them or none, with the state and the times that their lines give.</summary>
    /// <param name="planName">The plan of all the keys, an id or a name; null or empty when each line names its own.</param>
    /// <param name="skip">Passes over those that are stored already, or whose plan there is not; else there are none when one cannot be stored.</param>
    /// <returns>The batches, one for each plan.</returns>
    /// <exception cref="Refusal">422 on <c>plan</c>, or on <c>content</c> when a key is taken: ask <see cref="Check(ReadTx, string, string?, ImportFile)"/> which; 403 QUOTA_EXCEEDED: too many of them are active.</exception>
    public ValueTask<IReadOnlyList<Batch>> Import(WriteTx s, Caller who, string? planName, string? note, IReadOnlyList<ImportLine> lines, bool skip = false) => lines.All(l => l.State == LicenseState.Unused)
        ? Store(s, who, planName, note, lines, skip)
        : quotas.Within(s, who, LicenseQuotas.ActiveKeys, () => Store(s, who, planName, note, lines, skip));

    private async ValueTask<IReadOnlyList<Batch>> Store(WriteTx s, Caller who, string? planName, string? note, IReadOnlyList<ImportLine> lines, bool skip)
    {
        var check = new FieldChecks();
        var (name, batches) = (check.Text("note", note, 0, 200), new Dictionary<string, Batch>());
        check.ThrowIfAny();
        foreach (var group in lines.GroupBy(l => string.IsNullOrWhiteSpace(planName) ? l.Plan : planName))
            if (skip && string.IsNullOrWhiteSpace(planName) && await PlanFault(s, who.TenantId, group.Key) is not null)
                lines = [.. lines.Where(l => l.Plan != group.Key)];
            else
                batches[group.Key] = await Open(s, who, await Usable(s, who.TenantId, group.Key), name, "imported", "", group.Count());
        var counts = batches.Values.ToDictionary(b => b.Id, _ => 0L);
        foreach (var step in lines.Chunk(Step))
        {
            var rows = step.Select(l => new NewLicense(Ids.New(), batches[string.IsNullOrWhiteSpace(planName) ? l.Plan : planName],
                LicenseKey.Parse(l.Key) ?? throw Refusal.Field("content", "import.bad_key", LicenseKey.MinLength, LicenseKey.MaxLength), l)).ToList();
            var added = await Add(s, who.TenantId, rows);
            if (added.Count < rows.Count && !skip)
                throw Refusal.Field("content", "field.import_taken");
            added.ForEach(row => counts[row.Batch.Id]++);
            // Where a key came from that has a past here is said in its history.
            await s.ExecuteMany(LicenseStore.InsertEvent, [.. added.Where(r => r.As!.State != LicenseState.Unused)
                .Select(r => LicenseStore.Event(who, r.Id, Ids.New(), r.Batch.CreatedAt, "imported"))]);
        }
        var kept = batches.Values.Select(b => b with { Count = counts[b.Id] }).Where(b => b.Count > 0).ToList();
        if (kept.Count == 0)
            throw Refusal.Field("content", "field.import_none");
        foreach (var batch in batches.Values.Where(b => counts[b.Id] < b.Count))
            await s.Execute(counts[batch.Id] == 0 ? "DELETE FROM batches WHERE id = @id AND tenant_id = @tenant" : "UPDATE batches SET key_count = @count WHERE id = @id AND tenant_id = @tenant",
                ("count", counts[batch.Id]), ("id", batch.Id), ("tenant", who.TenantId));
        queries.CountAgainAfter(s, who.TenantId);
        await OperationStore.Record(s, who, BatchOperations.Import, kept.Sum(b => b.Count), BatchOperations.Result(kept));
        foreach (var batch in kept)
            await Tell(s, who, "keys.imported", batch);
        return kept;
    }

    private string Alphabet(string tenant) => preferences.Get(tenant, LicenseSettings.KeyAlphabet);

    internal static AuditTarget Target(Batch batch) => new("batch", batch.Id, batch.Name);

    private async ValueTask<Plan> Usable(ReadTx s, string tenant, string? idOrName)
    {
        var plan = await plans.Named(s, tenant, idOrName);
        return plan is { Enabled: true, RetiredAt: null } ? plan : throw Refusal.Field("plan", "field.plan_off");
    }

    private async ValueTask<Message?> PlanFault(ReadTx s, string tenant, string idOrName)
    {
        if (idOrName.Length == 0)
            return new Message("import.no_plan");
        try
        {
            await Usable(s, tenant, idOrName);
            return null;
        }
        catch (Refusal refusal)
        {
            return refusal.Fields["plan"];
        }
    }

    private async ValueTask<Batch> Open(WriteTx s, Caller who, Plan plan, string name, string source, string prefix, long count)
    {
        if (plan.Recharge > 0 && !who.May(LicensingPermissions.Serials))
            throw Refusal.Field("plan", "field.plan_recharge_forbidden");
        var now = clock.GetUtcNow();
        var batch = new Batch(Ids.New(), plan.Id, plan.Name, name.Length > 0 ? name : $"{plan.Name} {now:yyyy-MM-dd HH:mm}", source, prefix, count, who.Name, now.ToUnixTimeMilliseconds());
        await s.Execute(
            "INSERT INTO batches (id, tenant_id, plan_id, name, name_folded, source, prefix, key_count, created_by, created_at) VALUES (@id, @tenant, @plan, @name, @folded, @source, @prefix, @count, @by, @now)",
            ("id", batch.Id), ("tenant", who.TenantId), ("plan", plan.Id), ("name", batch.Name), ("folded", SearchText.Of(batch.Name)), ("source", source), ("prefix", prefix), ("count", count), ("by", who.Name), ("now", batch.CreatedAt));
        return batch;
    }

    // Returns the keys that were new; the caller draws others for those that clashed.
    private static async ValueTask<List<NewLicense>> Add(WriteTx s, string tenant, List<NewLicense> rows)
    {
        var sets = rows.ConvertAll(l => new (string, object?)[]
        {
            ("id", l.Id), ("tenant", tenant), ("key", l.Key.Text), ("canonical", l.Key.Compact), ("prefix", l.Key.Prefix), ("code", l.Key.Code), ("plan", l.Batch.PlanId), ("batch", l.Batch.Id),
            ("state", l.As?.State ?? LicenseState.Unused), ("created", l.As?.CreatedAt ?? l.Batch.CreatedAt), ("used", l.As?.UsedAt), ("expire", l.As?.ExpireAt),
            ("note", l.As?.Note ?? ""), ("folded", SearchText.Of(l.As?.Note)),
        });
        var added = await s.ExecuteMany(Insert, sets);
        return [.. rows.Where((_, i) => added[i] == 1)];
    }

    private static string Summary(Batch batch) => System.Text.Json.JsonSerializer.Serialize(BatchView.Of(batch), BatchJson.Default.BatchView);
}
