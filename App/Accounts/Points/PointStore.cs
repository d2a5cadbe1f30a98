using Gatehouse.Accounts.Customers;
using Gatehouse.Platform.Features;
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

    /// <summary>All of them, oldest first.</summary>
    public static ValueTask<List<PointEntry>> All(ReadTx s, string tenant, string account) =>
        s.All($"{Select} WHERE {Mine} ORDER BY p.number", PointEntry.Fields.FromRow, ("tenant", tenant), ("account", account));

    /// <summary>The last entry; null where there is none.</summary>
    public static ValueTask<PointEntry?> Last(ReadTx s, string tenant, string account) =>
        s.One($"{Select} WHERE {Mine} ORDER BY p.number DESC LIMIT 1", PointEntry.Fields.FromRow, ("tenant", tenant), ("account", account));

    /// <summary>Keeps an entry, and what it says beside the account, whose row the caller holds: lists are sorted by that.</summary>
    public static async ValueTask Insert(WriteTx s, string tenant, PointEntry entry)
    {
        await s.Execute(InsertSql, PointEntry.Fields.Arguments(FieldUse.Inserted, tenant, entry));
        await SetBalance(s, tenant, entry.AccountId, entry.Balance);
    }

    internal static ValueTask<int> SetBalance(WriteTx s, string tenant, string account, long balance) =>
        s.Execute("UPDATE accounts SET points = @balance WHERE tenant_id = @tenant AND id = @account", ("balance", balance), ("tenant", tenant), ("account", account));
}

/// <summary>Points of an account that becomes part of another: the entries are put behind its own, each with the balance that there is then.</summary>
internal static class PointsPart
{
    public static readonly AccountPart Part = new("points", "points.title", async (s, tenant, account) => (await PointStore.Last(s, tenant, account))?.Balance ?? 0, async (s, tenant, from, into) =>
    {
        // Both balances stay right at each entry: what was added up over there is added to what there is here.
        var last = await PointStore.Last(s, tenant, into);
        await s.Execute("UPDATE point_entries SET account_id = @into, number = number + @number, balance = balance + @balance WHERE tenant_id = @tenant AND account_id = @from",
            ("tenant", tenant), ("from", from), ("into", into), ("number", last?.Number ?? 0), ("balance", last?.Balance ?? 0));
        await PointStore.SetBalance(s, tenant, into, (await PointStore.Last(s, tenant, into))?.Balance ?? 0);
    });
}

/// <summary>Points go with the customer whose they were.</summary>
internal sealed class PointsForgetter : ICustomerObserver
{
    public async ValueTask Removing(WriteTx tx, string tenant, string accountId) =>
        await tx.Execute("DELETE FROM point_entries WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", accountId));
}
