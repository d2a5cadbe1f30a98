using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Ledger;

/// <summary>What must hold between the rows of money, whatever happened.</summary>
public static class LedgerCheck
{
    private static readonly (string Finding, string Sql)[] Errors =
    [
        ("movements of money whose entries do not add up to zero",
            "SELECT COUNT(*) FROM (SELECT t.id FROM ledger_transactions t LEFT JOIN ledger_entries e ON e.transaction_id = t.id GROUP BY t.id HAVING COALESCE(SUM(e.amount), 0) <> 0 OR COUNT(e.account) < 2) x"),
        ("entries of another tenant or currency than their movement",
            "SELECT COUNT(*) FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id WHERE e.tenant_id <> t.tenant_id OR e.currency <> t.currency"),
        ("balances that are not what their entries add up to",
            """
            SELECT COUNT(*) FROM (
              SELECT b.account FROM ledger_balances b LEFT JOIN ledger_entries e ON e.tenant_id = b.tenant_id AND e.account = b.account AND e.currency = b.currency
              GROUP BY b.tenant_id, b.account, b.currency, b.balance HAVING b.balance <> -COALESCE(SUM(e.amount), 0)) x
            """),
        ("customers' entries without a balance",
            "SELECT COUNT(*) FROM (SELECT DISTINCT e.tenant_id, e.account, e.currency FROM ledger_entries e WHERE e.account LIKE 'balance:%') e WHERE NOT EXISTS (SELECT 1 FROM ledger_balances b WHERE b.tenant_id = e.tenant_id AND b.account = e.account AND b.currency = e.currency)"),
        ("balances below zero, or below their credit line", "SELECT COUNT(*) FROM ledger_balances WHERE balance < -credit"),
        ("credit lines that reach further than what was granted and what is owed", "SELECT COUNT(*) FROM ledger_balances WHERE credit <> CASE WHEN -balance > granted THEN -balance ELSE granted END"),
        ("orders that are paid and whose price is not what the ledger has of them",
            """
            SELECT COUNT(*) FROM (
              SELECT o.id FROM orders o LEFT JOIN ledger_transactions t ON t.order_id = o.id AND t.kind IN ('sale', 'settled') LEFT JOIN ledger_entries e ON e.transaction_id = t.id AND e.account IN ('revenue', 'vouchers')
              WHERE o.paid_at IS NOT NULL AND o.kind <> 'top_up' GROUP BY o.id, o.total HAVING o.total <> -COALESCE(SUM(e.amount), 0)) x
            """),
        ("top-ups that are paid and were not put on the balance",
            """
            SELECT COUNT(*) FROM (
              SELECT o.id FROM orders o LEFT JOIN ledger_transactions t ON t.order_id = o.id AND t.kind = 'top_up' LEFT JOIN ledger_entries e ON e.transaction_id = t.id AND e.account LIKE 'balance:%'
              WHERE o.paid_at IS NOT NULL AND o.kind = 'top_up' GROUP BY o.id, o.total HAVING o.total > -COALESCE(SUM(e.amount), 0)) x
            """),
        ("currencies in which what waits for a decision is not what the payments say that wait",
            """
            SELECT COUNT(*) FROM (
              SELECT x.tenant_id FROM (
                SELECT e.tenant_id, e.currency, e.amount FROM ledger_entries e WHERE e.account = 'suspense'
                UNION ALL SELECT p.tenant_id, p.currency, p.open_amount FROM payments p WHERE p.open_amount <> 0) x
              GROUP BY x.tenant_id, x.currency HAVING SUM(x.amount) <> 0) y
            """),
        ("payments that were decided about and still wait", "SELECT COUNT(*) FROM payments WHERE (resolved_at IS NOT NULL OR problem IS NULL) AND open_amount <> 0"),
        ("currencies in which what is on its way back is not what the refunds say",
            """
            SELECT COUNT(*) FROM (
              SELECT x.tenant_id FROM (
                SELECT e.tenant_id, e.currency, e.amount FROM ledger_entries e WHERE e.account = 'refunding'
                UNION ALL SELECT r.tenant_id, r.currency, r.amount FROM refunds r WHERE r.state IN ('asked', 'failed')) x
              GROUP BY x.tenant_id, x.currency HAVING SUM(x.amount) <> 0) y
            """),
        ("orders of which the ledger has gone back what no refund says",
            """
            SELECT COUNT(*) FROM (
              SELECT x.order_id FROM (
                SELECT t.order_id, e.amount FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id WHERE e.account = 'refunds'
                UNION ALL SELECT t.order_id, e.amount FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id JOIN orders o ON o.id = t.order_id WHERE e.account LIKE 'balance:%' AND t.kind = 'refund' AND o.kind = 'top_up'
                UNION ALL SELECT r.order_id, -r.amount FROM refunds r WHERE r.origin = 'sale' AND r.state IN ('asked', 'failed', 'done')) x
              GROUP BY x.order_id HAVING SUM(x.amount) <> 0) y
            """),
        ("orders of which more went back than was paid",
            "SELECT COUNT(*) FROM orders o WHERE o.amount < (SELECT COALESCE(SUM(r.amount), 0) FROM refunds r WHERE r.order_id = o.id AND r.origin = 'sale' AND r.state IN ('asked', 'failed', 'done'))"),
        ("payments of which their gateway was to give back more than came",
            "SELECT COUNT(*) FROM payments p WHERE p.amount < (SELECT COALESCE(SUM(r.amount), 0) FROM refunds r WHERE r.payment_id = p.id AND r.way = 'gateway' AND r.state IN ('asked', 'failed', 'done'))"),
        ("orders whose amount is not their price less the discount and with the fee", "SELECT COUNT(*) FROM orders WHERE amount <> total - discount + fee"),
        ("orders that are paid and whose fee is not what the ledger has of it",
            """
            SELECT COUNT(*) FROM (
              SELECT o.id FROM orders o LEFT JOIN ledger_transactions t ON t.order_id = o.id AND t.kind IN ('sale', 'settled', 'top_up') LEFT JOIN ledger_entries e ON e.transaction_id = t.id AND e.account = 'fees' AND e.amount < 0
              WHERE o.paid_at IS NOT NULL GROUP BY o.id, o.fee HAVING o.fee <> -COALESCE(SUM(e.amount), 0)) x
            """),
        ("keys that were delivered to orders nobody paid",
            "SELECT COUNT(*) FROM order_keys k JOIN orders o ON o.id = k.order_id WHERE k.delivered_at IS NOT NULL AND o.paid_at IS NULL"),
        ("orders that are delivered and have another number of keys than was bought",
            "SELECT COUNT(*) FROM orders o WHERE o.delivered_at IS NOT NULL AND o.delivery = 'key' AND o.quantity <> (SELECT COUNT(*) FROM order_keys k WHERE k.order_id = o.id AND k.delivered_at IS NOT NULL)"),
        ("orders about a key which did not get what was sold, or did without being paid for",
            """
            SELECT COUNT(*) FROM orders o LEFT JOIN order_key_changes c ON c.order_id = o.id WHERE (o.delivery IN ('renewal', 'add_on', 'switch') OR c.order_id IS NOT NULL)
              AND (o.delivered_at IS NOT NULL AND (c.done_at IS NULL OR o.paid_at IS NULL) OR o.delivered_at IS NULL AND c.done_at IS NOT NULL OR c.taken_back > c.seconds * 1000 OR c.undone_at IS NOT NULL AND c.done_at IS NULL)
            """),
        ("orders about a key that are taken back for a dispute which nobody has to decide",
            "SELECT COUNT(*) FROM order_key_changes c WHERE c.held_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = c.order_id AND r.state = 'told')"),
        ("switches of keys that credit something else than their orders had left",
            "SELECT COUNT(*) FROM order_key_changes c WHERE c.kind = 'switch' AND c.done_at IS NOT NULL AND c.at_end = 0 AND c.credit <> (SELECT COALESCE(SUM(x.amount), 0) FROM order_key_credits x WHERE x.order_id = c.order_id)"),
        ("orders of which switches credited more than was paid",
            "SELECT COUNT(*) FROM orders o WHERE o.delivery <> 'switch' AND o.amount < (SELECT COALESCE(SUM(x.amount), 0) FROM order_key_credits x WHERE x.of_order = o.id AND x.undone_at IS NULL)"),
        ("keys of which a switch is undone and its credits are not", "SELECT COUNT(*) FROM order_key_credits x JOIN order_key_changes c ON c.order_id = x.order_id WHERE (c.undone_at IS NULL) <> (x.undone_at IS NULL) OR c.done_at IS NULL"),
        ("currencies in which what switches put on balances is not what they say",
            """
            SELECT COUNT(*) FROM (
              SELECT x.tenant_id FROM (
                SELECT e.tenant_id, e.currency, e.amount FROM ledger_entries e WHERE e.account = 'credits'
                UNION ALL SELECT c.tenant_id, o.currency, -c.rest FROM order_key_changes c JOIN orders o ON o.id = c.order_id WHERE c.done_at IS NOT NULL AND c.undone_at IS NULL) x
              GROUP BY x.tenant_id, x.currency HAVING SUM(x.amount) <> 0) y
            """),
        ("machines that were sold to a key which are not those of its orders",
            """
            SELECT COUNT(*) FROM (
              SELECT x.license_id FROM (
                SELECT c.license_id, c.order_id, c.machines FROM order_key_changes c WHERE c.machines > 0 AND c.done_at IS NOT NULL AND c.undone_at IS NULL
                UNION ALL SELECT e.license_id, e.source, -e.machines FROM license_extras e) x
              GROUP BY x.license_id, x.order_id HAVING SUM(x.machines) <> 0) y
            """),
        ("coupons whose uses are not those that orders have",
            "SELECT COUNT(*) FROM coupons c WHERE c.uses <> (SELECT COUNT(*) FROM coupon_uses u WHERE u.coupon_id = c.id AND u.returned_at IS NULL)"),
        ("orders whose discount is not what their coupons took off",
            """
            SELECT COUNT(*) FROM (SELECT o.id, o.discount, (SELECT COALESCE(SUM(u.discount), 0) FROM coupon_uses u WHERE u.order_id = o.id) AS taken FROM orders o) x
            WHERE x.discount < x.taken OR (x.discount > x.taken AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.order_id = x.id AND p.resolution = 'deliver'))
            """),
        ("days whose sales are not those of their orders",
            """
            SELECT COUNT(*) FROM sales_days d WHERE d.orders <> (SELECT COUNT(*) FROM orders o
              WHERE o.tenant_id = d.tenant_id AND o.paid_at >= d.day * 86400000 AND o.paid_at < (d.day + 1) * 86400000 AND o.currency = d.currency AND o.kind <> 'top_up' AND NOT EXISTS (SELECT 1 FROM plans p WHERE p.id = o.plan_id AND p.recharge > 0))
            """),
        ("currencies in which what is owed for recharge keys is not what was sold of them and is not used",
            """
            SELECT COUNT(*) FROM (
              SELECT x.tenant_id FROM (
                SELECT e.tenant_id, e.currency, e.amount FROM ledger_entries e WHERE e.account = 'vouchers'
                UNION ALL SELECT o.tenant_id, o.currency, o.total FROM orders o JOIN plans p ON p.id = o.plan_id WHERE p.recharge > 0 AND o.paid_at IS NOT NULL
                UNION ALL SELECT u.tenant_id, u.currency, -u.paid FROM recharge_uses u) x
              GROUP BY x.tenant_id, x.currency HAVING SUM(x.amount) <> 0) y
            """),
        ("recharge keys that put another amount on a balance than they say",
            """
            SELECT COUNT(*) FROM ledger_transactions t WHERE t.kind = 'recharge' AND
              (SELECT COALESCE(SUM(u.amount), -1) FROM recharge_uses u WHERE u.transaction_id = t.id) <> (SELECT COALESCE(-SUM(e.amount), 0) FROM ledger_entries e WHERE e.transaction_id = t.id AND e.account LIKE 'balance:%')
            """),
        ("recharge keys that are used up and can be used again", "SELECT COUNT(*) FROM recharge_uses u JOIN licenses l ON l.id = u.license_id WHERE l.state = 'unused'"),
        ("years whose receipts are not numbered without a gap",
            "SELECT COUNT(*) FROM receipt_years y WHERE y.last <> (SELECT COUNT(*) FROM receipts r WHERE r.tenant_id = y.tenant_id AND r.year = y.year) OR y.last <> (SELECT COALESCE(MAX(r.number), 0) FROM receipts r WHERE r.tenant_id = y.tenant_id AND r.year = y.year)"),
        ("currencies in which what customers got for bringing others is not what those say",
            """
            SELECT COUNT(*) FROM (
              SELECT x.tenant_id FROM (
                SELECT e.tenant_id, e.currency, e.amount FROM ledger_entries e WHERE e.account = 'rewards'
                UNION ALL SELECT i.tenant_id, i.currency, -i.amount FROM invited i WHERE i.state = 'earned' AND i.kind = 'balance') x
              GROUP BY x.tenant_id, x.currency HAVING SUM(x.amount) <> 0) y
            """),
        ("orders whose commission is not what the ledger has of it",
            """
            SELECT COUNT(*) FROM (
              SELECT c.order_id FROM commissions c LEFT JOIN ledger_transactions t ON t.order_id = c.order_id AND t.kind = 'commission' LEFT JOIN ledger_entries e ON e.transaction_id = t.id AND e.account = 'commissions'
              GROUP BY c.order_id, c.amount HAVING c.amount <> COALESCE(SUM(e.amount), 0)) x
            """),
        ("distributors whose commission is not what their orders and withdrawals add up to",
            """
            SELECT COUNT(*) FROM (
              SELECT x.account FROM (
                SELECT e.tenant_id, e.account, e.currency, e.amount FROM ledger_entries e WHERE e.account LIKE 'commission:%'
                UNION ALL SELECT c.tenant_id, 'commission:' || c.account_id, c.currency, c.amount FROM commissions c WHERE c.amount <> 0
                UNION ALL SELECT w.tenant_id, 'commission:' || w.account_id, w.currency, -w.amount FROM withdrawals w WHERE w.state IN ('asked', 'paid')) x
              GROUP BY x.tenant_id, x.account, x.currency HAVING SUM(x.amount) <> 0) y
            """),
        ("currencies in which what distributors ask for is not what their withdrawals say",
            """
            SELECT COUNT(*) FROM (
              SELECT x.tenant_id FROM (
                SELECT e.tenant_id, e.currency, e.amount FROM ledger_entries e WHERE e.account = 'withdrawing'
                UNION ALL SELECT w.tenant_id, w.currency, w.amount FROM withdrawals w WHERE w.state = 'asked') x
              GROUP BY x.tenant_id, x.currency HAVING SUM(x.amount) <> 0) y
            """),
        ("commissions of orders that were not delivered, or of more than their part of the price", "SELECT COUNT(*) FROM commissions c JOIN orders o ON o.id = c.order_id WHERE c.amount <> 0 AND (o.delivered_at IS NULL OR c.amount < 0 OR c.amount > c.price)"),
        ("commissions that do not follow what went back of their orders",
            "SELECT COUNT(*) FROM commissions c WHERE c.paid_at IS NOT NULL AND c.returned <> (SELECT COALESCE(SUM(r.amount), 0) FROM refunds r WHERE r.order_id = c.order_id AND r.origin = 'sale' AND r.state IN ('asked', 'failed', 'done'))"),
        ("codes for one use that stand with an order which does not have them",
            "SELECT COUNT(*) FROM coupon_codes k WHERE k.order_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM coupon_uses u WHERE u.order_id = k.order_id AND u.code = k.code AND u.returned_at IS NULL)"),
    ];

    /// <summary>What cannot be, each with how many. Reads every entry.</summary>
    public static ValueTask<ConsistencyFindings> Check(ReadTx s) => ConsistencyFindings.Counted(s, Errors);
}
