using Gatehouse.Platform.Crypto;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Batches;

/// <summary>What to generate. <paramref name="Plan"/> is an id or a name; a null prefix is the plan's own.</summary>
public sealed record NewKeys(string? Plan, string? Prefix, long Count, long Length = KeyFormat.DefaultCode, string? Note = null);

/// <summary>A batch as it was made.</summary>
public sealed record GeneratedKeys(Batch Batch, IReadOnlyList<string> Keys);

/// <summary>Makes keys. Each method runs inside the transaction it is given: a batch exists whole or not at all.</summary>
public sealed class BatchService(PlanService plans, LicenseQueries queries, TenantSettings preferences, AuditWriter audit, TimeProvider clock)
{
    /// <summary>Keys a batch, in the browser and the API.</summary>
    public const int MaxCount = 10_000;

    /// <summary>Keys a batch at the shell.</summary>
    public const int MaxCliCount = 1_000_000;

    private const int Step = 1000;

    // Draws in a row that gave no new code: then nearly all codes of that length are taken.
    private const int MaxFruitless = 1000;

    private const string Insert =
        """
        INSERT INTO licenses (id, tenant_id, key, prefix, code, plan_id, batch_id, state, created_at, note)
        VALUES (@id, @tenant, @key, @prefix, @code, @plan, @batch, 'unused', @now, @note) ON CONFLICT DO NOTHING
        """;

    /// <summary>Generates a batch. <paramref name="progress"/> hears how many are made so far.</summary>
    /// <exception cref="Refusal">422 by field.</exception>
    public async ValueTask<GeneratedKeys> Generate(WriteTx s, Caller who, NewKeys wanted, IProgress<int>? progress = null)
    {
        var batch = await Open(s, who, wanted, MaxCount);
        var keys = await Fill(s, who, batch, (int)wanted.Count, (int)wanted.Length, progress);
        // Last: from here on every other change of the tenant waits.
        await Tell(s, who, batch, wanted.Count);
        return new GeneratedKeys(batch with { Count = wanted.Count }, keys);
    }

    /// <summary>Opens a batch that <see cref="Fill"/> then fills, in one transaction or, when it is huge, in several.</summary>
    /// <exception cref="Refusal">422 by field.</exception>
    public async ValueTask<Batch> Begin(WriteTx s, Caller who, NewKeys wanted, int maxCount)
    {
        var batch = await Open(s, who, wanted, maxCount);
        await Tell(s, who, batch, wanted.Count);
        return batch;
    }

    private async ValueTask<Batch> Open(WriteTx s, Caller who, NewKeys wanted, int maxCount)
    {
        var (plan, prefix, name) = await Check(s, who.TenantId, wanted, maxCount);
        return await Open(s, who, plan, name, "generated", prefix, 0);
    }

    private ValueTask Tell(WriteTx s, Caller who, Batch batch, long count) =>
        audit.Write(s, who, "keys.generated", Target(batch), after: Summary(batch with { Count = count }));

    /// <summary>Could this be generated? Changes nothing.</summary>
    /// <exception cref="Refusal">422 by field.</exception>
    public async ValueTask<(Plan Plan, string Prefix, string Name)> Check(ReadTx s, string tenant, NewKeys wanted, int maxCount = MaxCount)
    {
        var check = new FieldChecks();
        check.Range("count", wanted.Count, 1, maxCount);
        check.Range("length", wanted.Length, KeyFormat.MinCode, KeyFormat.MaxCode);
        var name = check.Text("note", wanted.Note, 0, 200);
        var prefix = wanted.Prefix is null ? null : KeyFormat.Prefix(check, wanted.Prefix);
        // At least a thousand codes to choose from for each key, so that guessing finds little and drawing ends soon.
        if (!check.Any && Math.Pow(Alphabet(tenant).Length, wanted.Length) < wanted.Count * 1000.0)
            check.Wrong("length", "field.length_too_short_for_count");
        check.ThrowIfAny();
        var plan = await Usable(s, tenant, wanted.Plan);
        return (plan, prefix ?? plan.Prefix, name);
    }

    /// <summary>A key as it would look.</summary>
    public string Example(string tenant, string prefix, int length) => KeyFormat.Join(prefix, KeyFormat.NewCode(Alphabet(tenant), length));

    /// <summary>Adds new keys to a batch and returns them. A clash is redrawn.</summary>
    /// <exception cref="Refusal">422 on <c>length</c> when nearly all codes of that length are taken.</exception>
    public async ValueTask<List<string>> Fill(WriteTx s, Caller who, Batch batch, int count, int length, IProgress<int>? progress = null)
    {
        var alphabet = Alphabet(who.TenantId);
        var keys = new List<string>(count);
        var fruitless = 0;
        while (keys.Count < count)
        {
            var codes = new HashSet<string>();
            while (codes.Count < Math.Min(Step, count - keys.Count))
                codes.Add(KeyFormat.NewCode(alphabet, length));
            var added = await Add(s, who.TenantId, batch, [.. codes.Select(c => (KeyFormat.Join(batch.Prefix, c), batch.Prefix, c, ""))]);
            fruitless = added.Count > 0 ? 0 : fruitless + 1;
            if (fruitless == MaxFruitless)
                throw Refusal.Field("length", "field.length_too_short_for_count");
            keys.AddRange(added);
            progress?.Report(keys.Count);
        }
        await s.Execute("UPDATE batches SET key_count = key_count + @count WHERE id = @id AND tenant_id = @tenant",
            ("count", (long)count), ("id", batch.Id), ("tenant", who.TenantId));
        queries.CountAgainAfter(s, who.TenantId);
        return keys;
    }

    /// <summary>Stores keys that were made elsewhere, all of them or none.</summary>
    /// <exception cref="Refusal">422 on <c>content</c> when a line is wrong: ask <see cref="KeyImport.Check"/> which.</exception>
    public async ValueTask<Batch> Import(WriteTx s, Caller who, string? planName, string? note, IReadOnlyList<ImportLine> lines)
    {
        var check = new FieldChecks();
        var name = check.Text("note", note, 0, 200);
        check.ThrowIfAny();
        var plan = await Usable(s, who.TenantId, planName);
        var batch = await Open(s, who, plan, name, "imported", "", lines.Count);
        for (var start = 0; start < lines.Count; start += Step)
        {
            var rows = lines.Skip(start).Take(Step).Select(l =>
            {
                var (prefix, code) = KeyFormat.Split(l.Key);
                return (l.Key, prefix, code, l.Note);
            }).ToList();
            if ((await Add(s, who.TenantId, batch, rows)).Count < rows.Count)
                throw Refusal.Field("content", "field.import_taken");
        }
        queries.CountAgainAfter(s, who.TenantId);
        await audit.Write(s, who, "keys.imported", Target(batch), after: Summary(batch));
        return batch;
    }

    private string Alphabet(string tenant) => preferences.Get(tenant, TenantSettings.KeyAlphabet);

    internal static AuditTarget Target(Batch batch) => new("batch", batch.Id, batch.Name);

    private async ValueTask<Plan> Usable(ReadTx s, string tenant, string? idOrName)
    {
        var plan = await plans.Named(s, tenant, idOrName);
        return plan is { Enabled: true, RetiredAt: null } ? plan : throw Refusal.Field("plan", "field.plan_off");
    }

    private async ValueTask<Batch> Open(WriteTx s, Caller who, Plan plan, string name, string source, string prefix, long count)
    {
        var now = clock.GetUtcNow();
        var batch = new Batch(Ids.New(), plan.Id, plan.Name, name.Length > 0 ? name : $"{plan.Name} {now:yyyy-MM-dd HH:mm}", source, prefix, count, who.Name, now.ToUnixTimeMilliseconds());
        await s.Execute(
            "INSERT INTO batches (id, tenant_id, plan_id, name, source, prefix, key_count, created_by, created_at) VALUES (@id, @tenant, @plan, @name, @source, @prefix, @count, @by, @now)",
            ("id", batch.Id), ("tenant", who.TenantId), ("plan", plan.Id), ("name", batch.Name), ("source", source), ("prefix", prefix),
            ("count", count), ("by", who.Name), ("now", batch.CreatedAt));
        return batch;
    }

    // Returns the keys that were new; the caller draws others for those that clashed.
    private static async ValueTask<List<string>> Add(WriteTx s, string tenant, Batch batch, List<(string Key, string Prefix, string Code, string Note)> rows)
    {
        var sets = rows.ConvertAll(k => new (string, object?)[]
        {
            ("id", Ids.New()), ("tenant", tenant), ("key", k.Key), ("prefix", k.Prefix), ("code", k.Code), ("plan", batch.PlanId),
            ("batch", batch.Id), ("now", batch.CreatedAt), ("note", k.Note),
        });
        var added = await s.ExecuteMany(Insert, sets);
        return [.. rows.Where((_, i) => added[i] == 1).Select(k => k.Key)];
    }

    private static string Summary(Batch batch) =>
        System.Text.Json.JsonSerializer.Serialize(BatchView.Of(batch), LicensingJson.Default.BatchView);
}
