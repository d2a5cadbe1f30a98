using System.Globalization;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Receipts;
using Gatehouse.Billing.Statistics;
using Gatehouse.Platform.Csv;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Books;

/// <summary>A month's orders and entries as CSV (RFC 4180, safe to open in a spreadsheet), in steps, in little memory. Months begin in the operator's time zone.</summary>
public sealed class BookExport(Database db, SalesStatistics months)
{
    private const long Step = 500;

    /// <summary>The orders that were paid in a month, in the order in which they were.</summary>
    /// <exception cref="Refusal">422 on <c>month</c>.</exception>
    public Task Orders(HttpContext ctx, string? month) => Send(ctx, month, "orders",
        ["number", "kind", "status", "ordered_at", "paid_at", "delivered_at", "name", "quantity", "currency", "unit_price", "listed", "discount", "fee", "amount", "channel", "email", "receipt"],
        """
        SELECT o.paid_at, o.id, o.number, o.kind, o.state, o.created_at, o.delivered_at, o.name, o.quantity, o.currency, o.unit_price, o.total, o.discount, o.fee, o.amount, c.name, o.email, r.year, r.number
        FROM orders o LEFT JOIN payment_channels c ON c.id = o.channel_id LEFT JOIN receipts r ON r.order_id = o.id
        WHERE o.tenant_id = @tenant AND o.paid_at >= @from AND o.paid_at < @to AND (o.paid_at, o.id) > (@at, @id) ORDER BY o.paid_at, o.id LIMIT @limit
        """,
        r =>
        {
            var currency = r.GetString(9);
            return (r.GetInt64(0), r.GetString(1), [
                OrderNumber.Shown(r.GetString(2)), r.GetString(3), r.GetString(4), Format.Iso(r.GetInt64(5)), Format.Iso(r.GetInt64(0)), r.LongOrNull(6) is { } at ? Format.Iso(at) : null, r.GetString(7),
                r.GetInt64(8).ToString(CultureInfo.InvariantCulture), currency, Money.Plain(r.GetInt64(10), currency), Money.Plain(r.GetInt64(11), currency), Money.Plain(r.GetInt64(12), currency),
                Money.Plain(r.GetInt64(13), currency), Money.Plain(r.GetInt64(14), currency), r.TextOrNull(15), r.GetString(16), r.LongOrNull(17) is { } year ? Receipt.NumberOf(year, r.GetInt64(18)) : null,
            ]);
        });

    /// <summary>The entries of a month, in the order in which they were made. What an account was debited and credited with stands in two columns.</summary>
    /// <exception cref="Refusal">422 on <c>month</c>.</exception>
    public Task Entries(HttpContext ctx, string? month) => Send(ctx, month, "entries", ["time", "transaction", "kind", "account", "currency", "debit", "credit", "order", "reference", "actor", "account_name"],
        """
        SELECT t.created_at, t.id, t.kind, e.account, t.currency, e.amount, o.number, t.reference, t.actor, COALESCE(c.name, a.email, a.phone, a.username, '')
        FROM (SELECT id, created_at, kind, currency, order_id, reference, actor FROM ledger_transactions
          WHERE tenant_id = @tenant AND created_at >= @from AND created_at < @to AND (created_at, id) > (@at, @id) ORDER BY created_at, id LIMIT @limit) t
        JOIN ledger_entries e ON e.transaction_id = t.id LEFT JOIN orders o ON o.id = t.order_id
          LEFT JOIN payment_channels c ON c.tenant_id = @tenant AND e.account LIKE 'clearing:%' AND c.id = SUBSTR(e.account, 10)
          LEFT JOIN accounts a ON a.tenant_id = @tenant AND a.id = CASE WHEN e.account LIKE 'balance:%' THEN SUBSTR(e.account, 9) WHEN e.account LIKE 'commission:%' THEN SUBSTR(e.account, 12) END
        ORDER BY t.created_at, t.id, e.account
        """,
        r =>
        {
            var (currency, amount) = (r.GetString(4), r.GetInt64(5));
            return (r.GetInt64(0), r.GetString(1), [
                Format.Iso(r.GetInt64(0)), r.GetString(1), r.GetString(2), r.GetString(3), currency, amount > 0 ? Money.Plain(amount, currency) : null, amount < 0 ? Money.Plain(-amount, currency) : null,
                r.TextOrNull(6) is { } number ? OrderNumber.Shown(number) : null, r.GetString(7), r.GetString(8), r.GetString(9),
            ]);
        });

    private async Task Send(HttpContext ctx, string? month, string what, string[] heading, string sql, Func<Row, (long At, string Id, string?[] Cells)> map)
    {
        var tenant = ctx.Caller().TenantId;
        var (first, from, to) = months.Bounds(tenant, month);
        Task<List<(long At, string Id, string?[] Cells)>> Read(long at, string id) =>
            db.Read(s => s.All(sql, map, ("tenant", tenant), ("from", from), ("to", to), ("at", at), ("id", id), ("limit", Step)), ctx.RequestAborted);

        // The first step is read before anything is sent, so that storage trouble still gets its proper answer.
        var rows = await Read(0, "");
        ctx.Response.ContentType = "text/csv; charset=utf-8";
        ctx.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"{what}-{first:yyyy-MM}.csv\"");
        ctx.Response.Headers.CacheControl = "no-store";
        for (var csv = new CsvWriter(ctx.Response.BodyWriter, heading); ;)
        {
            foreach (var row in rows)
                csv.Row(row.Cells);
            await ctx.Response.BodyWriter.FlushAsync(ctx.RequestAborted);
            if (rows.Count == 0)
                return;
            rows = await Read(rows[^1].At, rows[^1].Id);
        }
    }
}
