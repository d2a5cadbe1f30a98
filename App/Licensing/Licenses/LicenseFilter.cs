using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.Licenses;

/// <summary>Which keys a list, an export or a bulk action is about. Null or empty: no matter.</summary>
public sealed record LicenseFilter(string? State = null, string? Prefix = null, string? Plan = null, string? Batch = null, string? Query = null)
{
    public bool IsEmpty => Parts().All(string.IsNullOrEmpty);

    /// <summary>Is something there that asks for nothing?</summary>
    public bool HasEmptyPart => Parts().Any(p => p?.Length == 0);

    /// <summary>Reads it from a query string: <c>status, prefix, plan, batch, q</c>.</summary>
    /// <exception cref="Refusal">422 on <c>status</c> when there is no such state.</exception>
    public static LicenseFilter From(IQueryCollection query) =>
        new LicenseFilter(Value(query, "status"), Value(query, "prefix"), Value(query, "plan"), Value(query, "batch"), Value(query, "q")).Checked();

    /// <summary>The filter with prefix and search as they are compared, whatever was pasted into them.</summary>
    /// <exception cref="Refusal">422 on <c>status</c> when there is no such state, or on <c>q</c>.</exception>
    public LicenseFilter Checked()
    {
        if (Parts().Any(p => p?.Length > LicenseKey.MaxTyped))
            throw Refusal.Field("q", "field.too_long", 200);
        return (this with { Prefix = Prefix is null ? null : Written(Prefix), Query = Query is null ? null : PastedText.Clean(Query) }).Judged();
    }

    // Of what is nothing but quotes nothing would be left, which is no matter: but no prefix is called so.
    private static string Written(string prefix) => LicenseKey.Canonical(prefix) is { Length: > 0 } canonical ? canonical : PastedText.Clean(prefix);

    private LicenseFilter Judged()
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
    private const string Running = "l.state = 'active' AND (l.expire_at IS NULL OR l.expire_at > @now)";
    private const string RunOut = "l.state = 'active' AND l.expire_at <= @now";
    private const string MarkedExpired = "l.state = 'expired' AND (l.expire_at IS NULL OR l.expire_at <= @now)";
    private const string MarkedAhead = "l.state = 'expired' AND l.expire_at > @now";
    private readonly SqlFilter _rest;
    private readonly string? _state;
    private readonly long _now;

    private LicenseWhere(SqlFilter rest, string? state, long now) => (_rest, _state, _now) = (rest, state, now);

    public (string Name, object? Value)[] Args(params ReadOnlySpan<(string, object?)> more) => _state switch
    {
        null or "" => _rest.Args(more),
        LicenseState.Active or LicenseState.Expired => _rest.Args([("now", _now), .. more]),
        _ => _rest.Args([("state", _state), .. more]),
    };

    /// <summary>
    /// The conditions in one piece. Running and expired keys each stand under two stored states: the hourly job has not been yet, or was
    /// there while the clock was ahead. <see cref="Branches"/> keeps each an index range.
    /// </summary>
    public string All => _rest.Sql + _state switch
    {
        null or "" => "",
        LicenseState.Active => $" AND (({Running}) OR ({MarkedAhead}))",
        LicenseState.Expired => $" AND (({MarkedExpired}) OR ({RunOut}))",
        _ => " AND l.state = @state",
    };

    /// <summary>The same as one or two conditions, each of which an index serves in the order of ids.</summary>
    public IEnumerable<(string Where, bool Sort)> Branches => _state switch
    {
        LicenseState.Expired => [($"{_rest.Sql} AND {MarkedExpired}", false), ($"{_rest.Sql} AND {RunOut}", true)],
        LicenseState.Active => [($"{_rest.Sql} AND {Running}", false), ($"{_rest.Sql} AND {MarkedAhead}", true)],
        _ => [(All, false)],
    };

    /// <summary>Builds it; a search looks first how common its term is, to choose between looking up few and walking past many.</summary>
    public static async ValueTask<LicenseWhere> Build(ReadTx s, string tenant, LicenseFilter filter, long now, bool walk = false)
    {
        (SqlCondition Condition, bool Few)? search = string.IsNullOrEmpty(filter.Query) ? null : await Search(s, tenant, filter.Query.Trim(), walk);
        // Few are looked up by their ids. A concatenation is no index column: it keeps the engine from walking past all the tenant's keys to meet them.
        var where = new SqlFilter(search is { Few: true } ? "l.tenant_id || '' = @tenant" : "l.tenant_id = @tenant", ("tenant", tenant))
            .Is("l.prefix", "prefix", filter.Prefix).Is("l.plan_id", "plan", filter.Plan).Is("l.batch_id", "batch", filter.Batch);
        if (search is { } found)
            where.And(found.Condition);
        return new LicenseWhere(where, filter.State, now);
    }

    // The beginning of a key, of its code or of a machine code, or any part of a note or of a batch's name.
    private static async ValueTask<(SqlCondition Condition, bool Few)> Search(ReadTx s, string tenant, string term, bool walk)
    {
        // Of a term that is nothing but quotes or brackets nothing is left: no key and no machine is called like the term itself.
        var key = LicenseKey.Canonical(term) is { Length: > 0 } canonical ? canonical : term;
        var machine = Identifier.Folded(term).TrimStart('{', '(') is { Length: > 0 } folded ? folded : term;
        // Of a term that is dashes alone nothing is left either.
        var compact = key.Replace("-", "", StringComparison.Ordinal) is { Length: > 0 } without ? without : key;
        (string, object?)[] keys = [("q1", key), ("q2", key + "\uffff"), ("c1", compact), ("c2", compact + "\uffff")];
        (string, object?)[] machines = [("m1", machine), ("m2", machine + "\uffff")];
        var (note, like) = Like.Contains("like", term, "note_folded");
        var bound = "SELECT license_id FROM bindings WHERE tenant_id = @tenant AND machine_folded >= @m1 AND machine_folded < @m2";
        // UUIDs are stored with their dashes, whatever form they came in.
        if (Identifier.PartOfUuid(machine) is var uuid && uuid != machine)
        {
            bound += " UNION ALL SELECT license_id FROM bindings WHERE tenant_id = @tenant AND machine_folded >= @u1 AND machine_folded < @u2";
            machines = [.. machines, ("u1", uuid), ("u2", uuid + "\uffff")];
        }
        var batches = $"SELECT id FROM batches WHERE tenant_id = @tenant AND {Like.Contains("like", term, "name_folded").Sql}";
        (string Sql, (string, object?)[] Args)[] sources =
        [
            ($"SELECT id FROM licenses WHERE tenant_id = @tenant AND batch_id IN ({batches})", like),
            ("SELECT id FROM licenses WHERE tenant_id = @tenant AND key >= @q1 AND key < @q2", keys),
            ("SELECT id FROM licenses WHERE tenant_id = @tenant AND canonical >= @c1 AND canonical < @c2", keys),
            ("SELECT id FROM licenses WHERE tenant_id = @tenant AND code >= @q1 AND code < @q2", keys),
            (bound, machines),
            ($"SELECT id FROM licenses WHERE tenant_id = @tenant AND note_folded <> '' AND {note}", like),
        ];
        var few = !walk;
        for (var i = 0; few && i < sources.Length; i++)
            few = await s.Number($"SELECT COUNT(*) FROM ({sources[i].Sql} LIMIT {SearchCap + 1}) x", [("tenant", tenant), .. sources[i].Args]) <= SearchCap;
        // ALL: to leave out what comes twice, the engine would walk past all keys in the order of their ids.
        return (new SqlCondition(few
            ? $"l.id IN ({string.Join(" UNION ALL ", sources.Select(source => source.Sql))})"
            : $"((l.key >= @q1 AND l.key < @q2) OR (l.canonical >= @c1 AND l.canonical < @c2) OR (l.code >= @q1 AND l.code < @q2) OR l.id IN ({bound}) OR {Like.Contains("like", term, "l.note_folded").Sql} OR l.batch_id IN ({batches}))",
            [.. keys, .. machines, .. like]), few);
    }
}
