using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Support.Announcements;

/// <summary>What a list of announcements is narrowed by; null asks for nothing.</summary>
/// <param name="State">One of <see cref="Announcement.States"/>.</param>
public sealed record AnnouncementFilter(string? Search = null, string? State = null, string? Audience = null);

/// <summary>Announcements in the database.</summary>
internal static class AnnouncementStore
{
    private const string NotPast = "(a.ends_at IS NULL OR a.ends_at > @now)";
    private const string Begun = "(a.starts_at IS NULL OR a.starts_at <= @now)";

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

    private static ValueTask<List<Announcement>> Rows(ReadTx s, SqlFilter filter, int limit, long now) =>
        s.All($"{Select} WHERE {filter.Sql} ORDER BY a.id DESC LIMIT @limit", Announcement.Fields.FromRow, filter.Args(("limit", (long)limit), ("now", now)));
}
