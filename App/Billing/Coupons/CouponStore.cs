using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Coupons;

/// <summary>Coupons, their codes and their uses in the database.</summary>
internal static class CouponStore
{
    private static readonly string Select = $"SELECT {Coupon.Fields.Columns} FROM coupons c";
    private static readonly string InsertSql = Coupon.Fields.Insert;
    private static readonly string UpdateSql = Coupon.Fields.Update;

    // An order's number as people read it.
    private const string Number = "SUBSTR(o.number, 1, 4) || '-' || SUBSTR(o.number, 5)";

    public static ValueTask<Coupon?> Find(ReadTx s, string tenant, string id) =>
        s.One(Select + " WHERE c.tenant_id = @tenant AND c.id = @id", Coupon.Fields.FromRow, ("tenant", tenant), ("id", id));

    /// <summary>Newest first.</summary>
    public static ValueTask<List<Coupon>> List(ReadTx s, string tenant, string? search, string? after, int limit)
    {
        var filter = new SqlFilter("c.tenant_id = @tenant", ("tenant", tenant)).After("c.id", after);
        if (search is not null)
        {
            // A code for one use finds its coupon, by the index.
            var (sql, args) = Like.Contains("q", search, "c.folded");
            filter = filter.And($"({sql} OR c.id = (SELECT k.coupon_id FROM coupon_codes k WHERE k.tenant_id = @tenant AND k.code = @code))", [.. args, ("code", Coupon.Typed(search))]);
        }
        return s.All($"{Select} WHERE {filter.Sql} ORDER BY c.id DESC LIMIT @limit", Coupon.Fields.FromRow, filter.Args(("limit", (long)limit)));
    }

    public static ValueTask<int> Insert(WriteTx s, string tenant, Coupon c) => s.Execute(InsertSql, Coupon.Fields.Arguments(FieldUse.Inserted, tenant, c));

    public static ValueTask<int> Update(WriteTx s, string tenant, Coupon c) => s.Execute(UpdateSql, Coupon.Fields.Arguments(FieldUse.Updated, tenant, c));

    public static async ValueTask Delete(WriteTx s, string tenant, string id)
    {
        (string, object?)[] args = [("tenant", tenant), ("id", id)];
        await s.Execute("DELETE FROM coupon_codes WHERE tenant_id = @tenant AND coupon_id = @id", args);
        await s.Execute("DELETE FROM coupons WHERE tenant_id = @tenant AND id = @id", args);
    }

    /// <summary>Until the end of the transaction nobody else takes, gives back or changes it. False when there is none.</summary>
    public static async ValueTask<bool> Lock(WriteTx s, string tenant, string id) =>
        await s.Locked("SELECT id FROM coupons WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", tenant), ("id", id)) is not null;

    /// <summary>The coupon of a code, whether that is good for one order, and the order that has it.</summary>
    public static async ValueTask<(string Coupon, bool Single, string? Order)?> ByCode(ReadTx s, string tenant, string code) =>
        await s.One("SELECT coupon_id, single, order_id FROM coupon_codes WHERE tenant_id = @tenant AND code = @code", r => ((string, bool, string?)?)(r.GetString(0), r.GetInt64(1) == 1, r.TextOrNull(2)), ("tenant", tenant), ("code", code));

    /// <summary>Was it written? Not when there is one like it.</summary>
    public static async ValueTask<bool> AddCode(WriteTx s, string tenant, string coupon, string code) => (await AddCodes(s, tenant, coupon, [code], false)).Count == 1;

    /// <summary>Those that were written: the others are taken.</summary>
    public static async ValueTask<List<string>> AddCodes(WriteTx s, string tenant, string coupon, IReadOnlyList<string> codes, bool single)
    {
        var written = await s.ExecuteMany("INSERT INTO coupon_codes (tenant_id, code, coupon_id, single) VALUES (@tenant, @code, @coupon, @single) ON CONFLICT DO NOTHING",
            [.. codes.Select(code => new (string, object?)[] { ("tenant", tenant), ("code", code), ("coupon", coupon), ("single", single ? 1L : 0L) })]);
        return [.. codes.Where((_, i) => written[i] == 1)];
    }

    public static ValueTask<int> RemoveCode(WriteTx s, string tenant, string coupon, string code) =>
        s.Execute("DELETE FROM coupon_codes WHERE tenant_id = @tenant AND coupon_id = @coupon AND code = @code AND single = 0", ("tenant", tenant), ("coupon", coupon), ("code", code));

    /// <summary>How many orders of a person have the coupon that were not given up.</summary>
    public static ValueTask<long> UsesOf(ReadTx s, string tenant, string coupon, string? account, string email) => s.Number(
        $"SELECT COUNT(*) FROM ({OrdersOf(account)}) p JOIN coupon_uses u ON u.order_id = p.id AND u.coupon_id = @coupon WHERE u.returned_at IS NULL", Args(tenant, coupon, account, email));

    /// <summary>Has a person bought something, or is about to by this coupon?</summary>
    public static async ValueTask<bool> HasBought(ReadTx s, string tenant, string coupon, string? account, string email) => await s.Number(
        $"""
        SELECT COUNT(*) FROM (SELECT 1 FROM ({OrdersOf(account)}) p JOIN orders o ON o.id = p.id
          WHERE o.paid_at IS NOT NULL OR (o.state = 'pending' AND EXISTS (SELECT 1 FROM coupon_uses u WHERE u.order_id = o.id AND u.coupon_id = @coupon)) LIMIT 1) x
        """, Args(tenant, coupon, account, email)) > 0;

    public static async ValueTask Use(WriteTx s, string tenant, string order, string currency, TakenCoupon taken, long now)
    {
        await s.Execute("INSERT INTO coupon_uses (order_id, coupon_id, tenant_id, code, currency, discount, created_at) VALUES (@order, @coupon, @tenant, @code, @currency, @discount, @now)",
            ("order", order), ("coupon", taken.Coupon.Id), ("tenant", tenant), ("code", taken.Code), ("currency", currency), ("discount", taken.Discount), ("now", now));
        await Count(s, tenant, order, taken.Coupon.Id, taken.Code, 1);
    }

    /// <summary>The coupons of an order, in the order in which they are locked.</summary>
    public static ValueTask<List<(string Coupon, string Code)>> Of(ReadTx s, string tenant, string order, bool returned) => s.All(
        $"SELECT coupon_id, code FROM coupon_uses WHERE tenant_id = @tenant AND order_id = @order AND returned_at IS {(returned ? "NOT NULL" : "NULL")} ORDER BY coupon_id", r => (r.GetString(0), r.GetString(1)), ("tenant", tenant), ("order", order));

    /// <summary>A use stops counting, or counts again (null).</summary>
    public static async ValueTask Return(WriteTx s, string tenant, string order, string coupon, string code, long? at)
    {
        await s.Execute("UPDATE coupon_uses SET returned_at = @at WHERE tenant_id = @tenant AND order_id = @order AND coupon_id = @coupon", ("at", at), ("tenant", tenant), ("order", order), ("coupon", coupon));
        await Count(s, tenant, order, coupon, code, at is null ? 1 : -1);
    }

    public static async ValueTask<bool> WasUsed(ReadTx s, string id) => await s.Number("SELECT COUNT(*) FROM (SELECT 1 FROM coupon_uses WHERE coupon_id = @id LIMIT 1) x", ("id", id)) > 0;

    public static ValueTask<int> CountCodes(WriteTx s, string tenant, string id, long more) =>
        s.Execute("UPDATE coupons SET codes = codes + @more WHERE tenant_id = @tenant AND id = @id", ("more", more), ("tenant", tenant), ("id", id));

    /// <summary>Codes for one use, in alphabetical order.</summary>
    public static ValueTask<List<CouponCodeItem>> Codes(ReadTx s, string tenant, string coupon, string? after, int limit) => s.All(
        $"SELECT k.code, {Number} FROM coupon_codes k LEFT JOIN orders o ON o.id = k.order_id WHERE k.tenant_id = @tenant AND k.coupon_id = @coupon AND k.single = 1 AND k.code > @after ORDER BY k.code LIMIT @limit",
        r => new CouponCodeItem(r.GetString(0), r.TextOrNull(1)), ("tenant", tenant), ("coupon", coupon), ("after", after ?? ""), ("limit", (long)limit));

    /// <summary>Newest first, with the id of the order.</summary>
    public static ValueTask<List<(string Order, CouponUseItem Use)>> Uses(ReadTx s, string tenant, string coupon, string? after, int limit)
    {
        var filter = new SqlFilter("u.tenant_id = @tenant AND u.coupon_id = @coupon", ("tenant", tenant), ("coupon", coupon)).After("u.order_id", after);
        return s.All($"SELECT u.order_id, {Number}, o.state, u.code, u.discount, u.currency, u.created_at, u.returned_at FROM coupon_uses u JOIN orders o ON o.id = u.order_id WHERE {filter.Sql} ORDER BY u.order_id DESC LIMIT @limit",
            r => (r.GetString(0), new CouponUseItem(r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4), r.GetString(5), Time(r.GetInt64(6)), r.LongOrNull(7) is { } at ? Time(at) : null)), filter.Args(("limit", (long)limit)));
    }

    private static async ValueTask Count(WriteTx s, string tenant, string order, string coupon, string code, long by)
    {
        await s.Execute("UPDATE coupons SET uses = uses + @by WHERE tenant_id = @tenant AND id = @coupon", ("by", by), ("tenant", tenant), ("coupon", coupon));
        await s.Execute("UPDATE coupon_codes SET order_id = @order WHERE tenant_id = @tenant AND code = @code AND single = 1", ("order", by > 0 ? order : null), ("tenant", tenant), ("code", code));
    }

    private static string OrdersOf(string? account) =>
        "SELECT id FROM orders WHERE tenant_id = @tenant AND email = @email AND email <> ''" + (account is null ? "" : " UNION SELECT id FROM orders WHERE tenant_id = @tenant AND account_id = @account");

    private static (string, object?)[] Args(string tenant, string coupon, string? account, string email) =>
        account is null ? [("tenant", tenant), ("coupon", coupon), ("email", email)] : [("tenant", tenant), ("coupon", coupon), ("email", email), ("account", account)];

    private static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}
