using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.Announcements;

/// <summary>What a list of announcements is narrowed by; null asks for nothing.</summary>
/// <param name="State">One of <see cref="Announcement.States"/>.</param>
public sealed record AnnouncementFilter(string? Search = null, string? State = null, string? Audience = null);

/// <summary>Something to be told of now.</summary>
/// <param name="Told">By channels it was.</param>
/// <param name="MailedTo">The id of the last customer who has got it by mail; empty: nobody has.</param>
internal sealed record UntoldNews(Announcement Said, bool Told, string MailedTo);

/// <summary>Announcements in the database.</summary>
internal static class AnnouncementStore
{
    private const string NotPast = "(a.ends_at IS NULL OR a.ends_at > @now)";
    private const string Begun = "(a.starts_at IS NULL OR a.starts_at <= @now)";

    // For customers of a site that answers, and they have not all been told of it.
    private const string Open =
        "a.audience <> 'staff' AND (a.told_at IS NULL OR (a.by_mail = 1 AND a.mailed_at IS NULL)) AND EXISTS (SELECT 1 FROM tenants t WHERE t.id = a.tenant_id AND t.state = 'open')";

    private static readonly string Select = $"SELECT {Announcement.Fields.Columns} FROM announcements a";
    private static readonly string InsertSql = Announcement.Fields.Insert;
    private static readonly string UpdateSql = Announcement.Fields.Update;

    public static ValueTask<Announcement?> Find(ReadTx s, string tenant, string id, long now) =>
        s.One(Select + " WHERE a.tenant_id = @tenant AND a.id = @id", Announcement.Fields.FromRow, ("tenant", tenant), ("id", id), ("now", now));

    /// <summary>Newest first.</summary>
    public static ValueTask<List<Announcement>> List(ReadTx s, string tenant, AnnouncementFilter wanted, string? after, int limit, long now)
    {
        var filter = new SqlFilter("a.tenant_id = @tenant", ("tenant", tenant)).Contains("q", wanted.Search, "a.folded").Is("a.audience", "audience", wanted.Audience).After("a.id", after);
        if (wanted.State is { } state)
            filter.And(state switch { "past" => "a.ends_at <= @now", "upcoming" => $"a.starts_at > @now AND {NotPast}", _ => $"{Begun} AND {NotPast}" });
        return Rows(s, filter, limit, now);
    }

    /// <summary>Those that are current on the pages of customers, or of staff as well. Newest first.</summary>
    public static ValueTask<List<Announcement>> Current(ReadTx s, string tenant, bool staff, string? after, int limit, long now)
    {
        var filter = new SqlFilter($"a.tenant_id = @tenant AND {Begun} AND {NotPast}", ("tenant", tenant)).After("a.id", after);
        return Rows(s, staff ? filter : filter.And("a.audience <> 'staff'"), limit, now);
    }

    /// <summary>Those that are not past: current now or later. Newest first.</summary>
    public static ValueTask<List<Announcement>> Ahead(ReadTx s, string tenant, int limit, long now) =>
        Rows(s, new SqlFilter($"a.tenant_id = @tenant AND {NotPast}", ("tenant", tenant)), limit, now);

    public static ValueTask<int> Insert(WriteTx s, string tenant, Announcement a) => s.Execute(InsertSql, Announcement.Fields.Arguments(FieldUse.Inserted, tenant, a));

    public static ValueTask<int> Update(WriteTx s, string tenant, Announcement a) => s.Execute(UpdateSql, Announcement.Fields.Arguments(FieldUse.Updated, tenant, a));

    public static ValueTask<int> Delete(WriteTx s, string tenant, string id) =>
        s.Execute("DELETE FROM announcements WHERE tenant_id = @tenant AND id = @id", ("tenant", tenant), ("id", id));

    /// <summary>One that has begun and is still to be told, of any tenant; nulls when there is none.</summary>
    public static ValueTask<(string? Tenant, string? Id)> Untold(ReadTx s, long now) => s.One(
        $"SELECT a.tenant_id, a.id FROM announcements a WHERE {Open} AND {Begun} AND {NotPast} ORDER BY a.id LIMIT 1", r => ((string?)r.GetString(0), (string?)r.GetString(1)), ("now", now));

    /// <summary>The same by its id, locked; null when it is none any more.</summary>
    public static ValueTask<UntoldNews?> LockUntold(WriteTx s, string tenant, string id, long now) => s.Locked(
        $"SELECT {Announcement.Fields.Columns}, a.told_at, a.mailed_to FROM announcements a WHERE a.tenant_id = @tenant AND a.id = @id AND {Open} AND {Begun} AND {NotPast}",
        r => new UntoldNews(Announcement.Fields.FromRow(r), !r.IsDBNull(Announcement.Fields.All.Count), r.GetString(Announcement.Fields.All.Count + 1)), ("tenant", tenant), ("id", id), ("now", now));

    /// <summary>When the next begins that is to be told; null when none will.</summary>
    public static ValueTask<long?> NextBegin(ReadTx s, long now) => s.One($"SELECT MIN(a.starts_at) FROM announcements a WHERE {Open} AND a.starts_at > @now", r => r.LongOrNull(0), ("now", now));

    /// <summary>It was told by channels.</summary>
    public static ValueTask<int> NoteTold(WriteTx s, string tenant, string id, long now) =>
        s.Execute("UPDATE announcements SET told_at = @now WHERE tenant_id = @tenant AND id = @id AND told_at IS NULL", ("now", now), ("tenant", tenant), ("id", id));

    /// <summary>Some more have it by mail.</summary>
    /// <param name="at">Null: there are others yet.</param>
    public static ValueTask<int> NoteMailed(WriteTx s, string tenant, string id, string last, int count, long? at) =>
        s.Execute("UPDATE announcements SET mailed_to = @last, mails = mails + @count, mailed_at = @at WHERE tenant_id = @tenant AND id = @id", ("last", last), ("count", (long)count), ("at", at), ("tenant", tenant), ("id", id));

    private static ValueTask<List<Announcement>> Rows(ReadTx s, SqlFilter filter, int limit, long now) =>
        s.All($"{Select} WHERE {filter.Sql} ORDER BY a.id DESC LIMIT @limit", Announcement.Fields.FromRow, filter.Args(("limit", (long)limit), ("now", now)));
}
