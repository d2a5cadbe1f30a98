using Gatehouse.Accounts.Staff;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Licenses;

/// <summary>Which keys a list, an export or a bulk action is about. Null or empty: no matter.</summary>
public sealed record LicenseFilter(string? State = null, string? Prefix = null, string? Plan = null, string? Batch = null, string? Query = null)
{
    public bool IsEmpty => Parts().All(string.IsNullOrEmpty);

    /// <summary>Reads it from a query string: <c>status, prefix, plan, batch, q</c>.</summary>
    /// <exception cref="Refusal">422 on <c>status</c> when there is no such state.</exception>
    public static LicenseFilter From(IQueryCollection query) =>
        new LicenseFilter(Value(query, "status"), Value(query, "prefix")?.ToUpperInvariant(), Value(query, "plan"), Value(query, "batch"), Value(query, "q")).Checked();

    public LicenseFilter Checked()
    {
        if (!string.IsNullOrEmpty(State) && !LicenseState.All.Contains(State))
            throw Refusal.Field("status", "field.status", string.Join(", ", LicenseState.All));
        if (Parts().Any(p => p?.Any(char.IsControl) == true))
            throw Refusal.Field("q", "field.control_characters");
        return Parts().Any(p => p?.Length > 200) ? throw Refusal.Field("q", "field.too_long", 200) : this;
    }

    private string?[] Parts() => [State, Prefix, Plan, Batch, Query];

    private static string? Value(IQueryCollection query, string name) => query[name].ToString().Trim() is { Length: > 0 } value ? value : null;
}

/// <summary>The WHERE of a filter, for a licence table called <c>l</c>.</summary>
internal sealed class LicenseWhere
{
    private const int SearchCap = 2000;
    private readonly List<(string, object?)> _args;
    private readonly string _rest;
    private readonly string? _state;

    private LicenseWhere(string rest, string? state, List<(string, object?)> args) => (_rest, _state, _args) = (rest, state, args);

    public (string Name, object? Value)[] Args(params (string, object?)[] more) => [.. _args, .. more];

    /// <summary>
    /// The conditions in one piece. Expired keys stand under two stored states until the hourly job has tidied up;
    /// <see cref="Branches"/> keeps each an index range.
    /// </summary>
    public string All => _rest + _state switch
    {
        null or "" => "",
        LicenseState.Active => " AND l.state = 'active' AND (l.expire_at IS NULL OR l.expire_at > @now)",
        LicenseState.Expired => " AND (l.state = 'expired' OR (l.state = 'active' AND l.expire_at <= @now))",
        _ => " AND l.state = @state",
    };

    /// <summary>The same as one or two conditions, each of which an index serves in the order of ids.</summary>
    public IEnumerable<(string Where, bool Sort)> Branches => _state == LicenseState.Expired
        ? [(_rest + " AND l.state = 'expired'", false), (_rest + " AND l.state = 'active' AND l.expire_at <= @now", true)]
        : [(All, false)];

    /// <summary>Builds it; a search looks first how common its term is, to choose between looking up few and walking past many.</summary>
    public static async ValueTask<LicenseWhere> Build(ReadTx s, string tenant, LicenseFilter filter, long now, bool walk = false)
    {
        List<(string, object?)> args = [("tenant", tenant)];
        var where = "l.tenant_id = @tenant";
        void And(string condition, string name, object value)
        {
            where += " AND " + condition;
            args.Add((name, value));
        }

        if (filter.State is LicenseState.Active or LicenseState.Expired)
            args.Add(("now", now));
        else if (!string.IsNullOrEmpty(filter.State))
            args.Add(("state", filter.State));
        if (!string.IsNullOrEmpty(filter.Prefix))
            And("l.prefix = @prefix", "prefix", filter.Prefix);
        if (!string.IsNullOrEmpty(filter.Plan))
            And("l.plan_id = @plan", "plan", filter.Plan);
        if (!string.IsNullOrEmpty(filter.Batch))
            And("l.batch_id = @batch", "batch", filter.Batch);
        if (!string.IsNullOrEmpty(filter.Query))
            where += " AND " + await Search(s, tenant, filter.Query, args, walk);
        return new LicenseWhere(where, filter.State, args);
    }

    /// <summary>The pattern that finds a term anywhere in a text in lower case, with ESCAPE '\'.</summary>
    public static string Like(string term) => "%" + term.Trim().ToLowerInvariant().Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_") + "%";

    // The beginning of a key, of its code or of a machine code, or any part of a note or of a batch's name.
    private static async ValueTask<string> Search(ReadTx s, string tenant, string query, List<(string, object?)> args, bool walk)
    {
        var term = query.Trim();
        var key = new string(term.Where(c => !char.IsWhiteSpace(c)).ToArray()).ToUpperInvariant();
        (string, object?)[] terms =
        [
            ("q1", key), ("q2", key + "\uffff"), ("m1", term), ("m2", term + "\uffff"),
            ("like", Like(term)),
        ];
        args.AddRange(terms);
        string[] sources =
        [
            "SELECT id FROM licenses WHERE tenant_id = @tenant AND key >= @q1 AND key < @q2",
            "SELECT id FROM licenses WHERE tenant_id = @tenant AND code >= @q1 AND code < @q2",
            "SELECT license_id FROM bindings WHERE tenant_id = @tenant AND machine_code >= @m1 AND machine_code < @m2",
            "SELECT id FROM licenses WHERE tenant_id = @tenant AND note <> '' AND LOWER(note) LIKE @like ESCAPE '\\'",
        ];
        const string batches = "SELECT id FROM batches WHERE tenant_id = @tenant AND LOWER(name) LIKE @like ESCAPE '\\'";
        var few = !walk && await s.Number($"SELECT COUNT(*) FROM (SELECT 1 FROM licenses WHERE tenant_id = @tenant AND batch_id IN ({batches}) LIMIT {SearchCap + 1}) x",
            [("tenant", tenant), terms[4]]) <= SearchCap;
        for (var i = 0; few && i < sources.Length; i++)
            few = await s.Number($"SELECT COUNT(*) FROM ({sources[i]} LIMIT {SearchCap + 1}) x",
                [("tenant", tenant), .. i < 2 ? terms[..2] : i == 2 ? terms[2..4] : terms[4..]]) <= SearchCap;
        return few
            ? $"l.id IN ({string.Join(" UNION ", sources)} UNION SELECT id FROM licenses WHERE tenant_id = @tenant AND batch_id IN ({batches}))"
            : $"((l.key >= @q1 AND l.key < @q2) OR (l.code >= @q1 AND l.code < @q2) OR l.id IN ({sources[2]}) OR LOWER(l.note) LIKE @like ESCAPE '\\' OR l.batch_id IN ({batches}))";
    }
}
