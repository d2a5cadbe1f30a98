using System.Text.Json;
using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.Ledger;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Orders;

/// <summary>What becomes of orders and balances when accounts go, become one, or take their data along. The money stays on the books; who it was is forgotten.</summary>
internal sealed class OrderPeople : ICustomerObserver
{
    // An account's orders, and a guest's of the same address.
    private const string Theirs = "SELECT o.id FROM orders o WHERE o.tenant_id = @tenant AND (o.account_id = @account OR (o.email <> '' AND o.email = (SELECT a.email FROM accounts a WHERE a.id = @account AND a.tenant_id = @tenant)))";

    public async ValueTask Removing(WriteTx tx, string tenant, string accountId)
    {
        (string, object?)[] of = [("tenant", tenant), ("account", accountId)];
        var orders = await tx.All($"{Theirs} ORDER BY o.id", r => r.GetString(0), of);
        await tx.Execute($"DELETE FROM payment_calls WHERE tenant_id = @tenant AND attempt_id IN (SELECT t.id FROM payment_attempts t WHERE t.order_id IN ({Theirs}))", of);
        await tx.Execute($"UPDATE receipts SET buyer = '' WHERE tenant_id = @tenant AND buyer <> '' AND order_id IN ({Theirs})", of);
        await tx.Execute($"UPDATE payment_attempts SET prompt = '' WHERE tenant_id = @tenant AND order_id IN ({Theirs})", of);
        // A reason or a reference may name somebody.
        await tx.Execute($"UPDATE order_events SET detail = '' WHERE tenant_id = @tenant AND actor <> '' AND order_id IN ({Theirs})", of);
        await tx.Execute("UPDATE ledger_transactions SET reference = '' WHERE tenant_id = @tenant AND reference <> '' AND id IN (SELECT e.transaction_id FROM ledger_entries e WHERE e.tenant_id = @tenant AND e.account = @ledger)",
            [("ledger", LedgerAccount.Balance(accountId)), .. of]);
        await tx.Execute($"UPDATE ledger_transactions SET reference = '' WHERE tenant_id = @tenant AND reference <> '' AND order_id IN ({Theirs})", of);
        await tx.Execute($"UPDATE refunds SET reason = '', reference = '', answer = '' WHERE tenant_id = @tenant AND order_id IN ({Theirs})", of);
        await tx.Execute("DELETE FROM distributors WHERE tenant_id = @tenant AND account_id = @account", of);
        await Trials.Forget(tx, tenant, accountId);
        foreach (var order in orders)
        {
            await tx.Execute("DELETE FROM idempotency_keys WHERE tenant_id = @tenant AND body LIKE @order", ("tenant", tenant), ("order", $"%{order}%"));
            await tx.Execute("UPDATE orders SET email = '', lookup_hash = '', ip = NULL, form = '[]' WHERE tenant_id = @tenant AND id = @id", ("tenant", tenant), ("id", order));
        }
    }

    /// <summary>How many orders an account has.</summary>
    public static ValueTask<long> Count(ReadTx s, string tenant, string account) =>
        s.Number("SELECT COUNT(*) FROM orders WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    /// <summary>Makes an account's orders and balance another's.</summary>
    public static async ValueTask Move(WriteTx s, string tenant, string from, string into)
    {
        await s.Execute("UPDATE orders SET account_id = @into WHERE tenant_id = @tenant AND account_id = @from", ("into", into), ("tenant", tenant), ("from", from));
        await Trials.Move(s, tenant, from, into);
        var ledger = new LedgerService();
        foreach (var (currency, amount) in await ledger.Balances(s, tenant, from))
            await ledger.Post(s, tenant, new Posting(Posting.Moved, currency, (LedgerAccount.Balance(from), amount), (LedgerAccount.Balance(into), -amount)));
    }

    /// <summary>An account's orders and movements of its balance, for who takes their data along.</summary>
    public static async ValueTask WriteOwn(ReadTx s, string tenant, string account, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        for (string? after = null; ;)
        {
            var page = await OrderStore.OfAccount(s, tenant, account, after, 500);
            foreach (var order in page)
            {
                json.WriteStartObject();
                json.WriteString("number", OrderNumber.Shown(order.Number));
                json.WriteString("what", order.Name);
                json.WriteNumber("quantity", order.Quantity);
                json.WriteNumber("amount", order.Amount);
                json.WriteString("currency", order.Currency);
                json.WriteString("state", order.State);
                json.WriteString("email", order.Email);
                foreach (var answer in OrderForm.Answers(order.Form))
                    json.WriteString(answer.Name, answer.Value);
                json.WriteString("created_at", DateTimeOffset.FromUnixTimeMilliseconds(order.CreatedAt).UtcDateTime);
                json.WriteEndObject();
            }
            if (page.Count < 500)
                break;
            after = page[^1].Id;
        }
        json.WriteEndArray();
    }
}
