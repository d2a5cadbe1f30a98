using System.Globalization;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Audit.Log;

/// <summary>What to look for in the audit log. Null or empty: everything. Times in unix milliseconds, <paramref name="To"/> exclusive.</summary>
/// <param name="Actor">Part of the actor's name.</param>
/// <param name="Action">The whole action (<c>plan.created</c>) or its first part (<c>plan</c>).</param>
/// <param name="Target">Part of the target's name, or its whole id.</param>
/// <param name="Text">Part of anything that a row says.</param>
public sealed record AuditQuery(string? Actor = null, string? Action = null, string? Target = null, string? Text = null, long? From = null, long? To = null)
{
    public bool Any => this != new AuditQuery();
}

/// <summary>Reads the audit log.</summary>
public static class AuditStore
{
    private const string Columns =
        "seq, tenant_id, at, actor_kind, actor_id, actor_name, ip, action, target_kind, target_id, target_name, before_json, after_json, reason, hash";

    /// <summary>A page of what the query finds, newest first.</summary>
    public static async ValueTask<Slice<AuditEntry>> Find(ReadTx s, string tenant, AuditQuery query, string? after, int limit)
    {
        var rows = await Before(s, tenant, query, Position(after), limit + 1);
        return Slice<AuditEntry>.Of(rows, limit, e => e.Seq.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Up to <paramref name="limit"/> entries older than the one of that number; from the newest when it is null.</summary>
    public static ValueTask<List<AuditEntry>> Before(ReadTx s, string tenant, AuditQuery query, long? seq, int limit)
    {
        var filter = new SqlFilter("tenant_id = @tenant", ("tenant", tenant));
        if (seq is { } before)
            filter.And("seq < @before", ("before", before));
        if (query.From is { } from)
            filter.And("at >= @from", ("from", from));
        if (query.To is { } to)
            filter.And("at < @to", ("to", to));
        filter.Contains("actor", query.Actor, "actor_folded");
        if (query.Action is { Length: > 0 } action)
            filter.And($"(action = @action OR action LIKE @actions {Like.Escaped})", ("action", action), ("actions", Like.Escape(action) + ".%"));
        if (query.Target is { Length: > 0 } target)
        {
            var name = Like.Contains("targets", target, "target_folded");
            filter.And($"(target_id = @target OR {name.Sql})", [("target", target), .. name.Args]);
        }
        filter.Contains("text", query.Text, "folded");
        return s.All($"SELECT {Columns} FROM audit_entries WHERE {filter.Sql} ORDER BY seq DESC LIMIT @limit", Map, filter.Args(("limit", (long)limit)));
    }

    /// <summary>Every action that the tenant's log holds, by name. Steps from one to the next over the index.</summary>
    public static async ValueTask<List<string>> Actions(ReadTx s, string tenant)
    {
        var found = new List<string>();
        for (var last = ""; ;)
        {
            var next = await s.One("SELECT MIN(action) FROM audit_entries WHERE tenant_id = @tenant AND action > @last", r => r.TextOrNull(0), ("tenant", tenant), ("last", last));
            if (next is null)
                return found;
            found.Add(last = next);
        }
    }

    private static long? Position(string? cursor) => Cursor.Decode(cursor) switch
    {
        null => null,
        { } text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) => seq,
        _ => throw Refusal.Field("after", "field.cursor"),
    };

    private static AuditEntry Map(Row r) => new(
        r.GetInt64(0), r.GetString(1), r.GetInt64(2), r.GetString(3), r.TextOrNull(4), r.GetString(5), r.TextOrNull(6), r.GetString(7),
        new AuditTarget(r.GetString(8), r.GetString(9), r.GetString(10)), r.TextOrNull(11), r.TextOrNull(12), r.TextOrNull(13), r.GetString(14));
}
