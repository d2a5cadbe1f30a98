using Gatehouse.Accounts.Customers;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Points;

/// <summary>The SQL of points.</summary>
internal static class PointStore
{
    private const string Mine = "p.tenant_id = @tenant AND p.account_id = @account";
    private static readonly string Select = $"SELECT {PointEntry.Fields.Columns} FROM point_entries p";
    private static readonly string InsertSql = PointEntry.Fields.Insert;

    /// <summary>Newest first.</summary>
    /// <exception cref="Refusal">422 on <c>after</c>.</exception>
    public static async ValueTask<Slice<PointEntry>> List(ReadTx s, string tenant, string account, string? after, int limit)
    {
        var where = new SqlFilter(Mine, ("tenant", tenant), ("account", account));
        if (Cursor.Decode(after) is { } text)
            where.And("p.number < @before", ("before", long.TryParse(text, out var number) ? number : throw Refusal.Field("after", "field.cursor")));
        var rows = await s.All($"{Select} WHERE {where.Sql} ORDER BY p.number DESC LIMIT @limit", PointEntry.Fields.FromRow, where.Args(("limit", limit + 1L)));
        return Slice<PointEntry>.Of(rows, limit, p => p.Number.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>The last entry; null where there is none.</summary>
    public static ValueTask<PointEntry?> Last(ReadTx s, string tenant, string account) =>
        s.One($"{Select} WHERE {Mine} ORDER BY p.number DESC LIMIT 1", PointEntry.Fields.FromRow, ("tenant", tenant), ("account", account));

    public static ValueTask<int> Insert(WriteTx s, string tenant, PointEntry entry) => s.Execute(InsertSql, PointEntry.Fields.Arguments(FieldUse.Inserted, tenant, entry));
}

/// <summary>Points go with the customer whose they were.</summary>
internal sealed class PointsForgetter : ICustomerObserver
{
    public async ValueTask Removing(WriteTx tx, string tenant, string accountId) =>
        await tx.Execute("DELETE FROM point_entries WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", accountId));
}
