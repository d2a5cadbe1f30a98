using System.Text.Json;
using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Reselling;

/// <summary>What a distributor said of an order of theirs.</summary>
/// <param name="Reference">Its number in their own shop; empty: none.</param>
/// <param name="Customer">The e-mail address that the keys went to; empty: none.</param>
public sealed record CustomerOrder(string Reference, string Customer)
{
    public const int MaxReference = 64;

    public static readonly CustomerOrder None = new("", "");
}

/// <summary>What requests of distributors' programs are refused with.</summary>
public static class ResellingErrors
{
    public static readonly ErrorCode ReferenceUsed = new(409, "REFERENCE_USED");

    public static readonly IReadOnlyList<ErrorCode> All = [ReferenceUsed];
}

/// <summary>Them in the database.</summary>
internal static class CustomerOrderStore
{
    /// <summary>Was it written? Not when the distributor has an order with that reference.</summary>
    public static async ValueTask<bool> Insert(WriteTx s, string tenant, string account, string order, CustomerOrder said) => await s.Execute(
        "INSERT INTO distributor_orders (order_id, tenant_id, account_id, reference, customer) VALUES (@order, @tenant, @account, @reference, @customer) ON CONFLICT DO NOTHING",
        ("order", order), ("tenant", tenant), ("account", account), ("reference", said.Reference.Length > 0 ? said.Reference : null), ("customer", said.Customer)) == 1;

    /// <summary>The id of the order that has it.</summary>
    public static ValueTask<string?> ByReference(ReadTx s, string tenant, string account, string reference) => s.One(
        "SELECT order_id FROM distributor_orders WHERE tenant_id = @tenant AND account_id = @account AND reference = @reference", r => r.GetString(0), ("tenant", tenant), ("account", account), ("reference", reference));

    /// <summary>A distributor's, with the orders, the newest first.</summary>
    public static async ValueTask<List<(Order Order, CustomerOrder Said)>> List(ReadTx s, string tenant, string account, string? after, int limit)
    {
        var found = new List<(Order, CustomerOrder)>();
        foreach (var order in await OrderStore.OfAccount(s, tenant, account, after, limit, Order.Bulk))
            found.Add((order, await Of(s, tenant, order.Id)));
        return found;
    }

    public static async ValueTask<CustomerOrder> Of(ReadTx s, string tenant, string order) =>
        await s.One("SELECT COALESCE(reference, ''), customer FROM distributor_orders WHERE tenant_id = @tenant AND order_id = @order", r => new CustomerOrder(r.GetString(0), r.GetString(1)), ("tenant", tenant), ("order", order)) ?? CustomerOrder.None;
}

/// <summary>Distributors who go, become another or take their data along, and customers of theirs who go.</summary>
internal sealed class ResellingPeople : ICustomerObserver
{
    public async ValueTask Removing(WriteTx tx, string tenant, string accountId)
    {
        (string, object?)[] of = [("tenant", tenant), ("account", accountId)];
        await tx.Execute("DELETE FROM distributor_orders WHERE tenant_id = @tenant AND account_id = @account", of);
        if (await tx.One("SELECT email FROM accounts WHERE id = @account AND tenant_id = @tenant AND email <> ''", r => r.GetString(0), of) is not { } email)
            return;
        // What the distributor's program was answered is kept for a day.
        if (await tx.Execute("UPDATE distributor_orders SET customer = '', reference = NULL WHERE tenant_id = @tenant AND customer = @email", ("tenant", tenant), ("email", email)) > 0)
            await tx.Execute($"DELETE FROM idempotency_keys WHERE tenant_id = @tenant AND body LIKE @body {Like.Escaped}", ("tenant", tenant), ("body", $"%\"{Like.Escape(JsonEncodedText.Encode(email, WireJson.Writing.Encoder).ToString())}\"%"));
    }

    /// <summary>How many there are of an account.</summary>
    public static ValueTask<long> Count(ReadTx s, string tenant, string account) =>
        s.Number("SELECT COUNT(*) FROM distributor_orders WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    /// <summary>Two accounts become one: of two orders with one reference that of the other keeps it.</summary>
    public static async ValueTask Move(WriteTx s, string tenant, string from, string into)
    {
        (string, object?)[] both = [("tenant", tenant), ("from", from), ("into", into)];
        await s.Execute("UPDATE distributor_orders SET reference = NULL WHERE tenant_id = @tenant AND account_id = @from AND reference IN (SELECT x.reference FROM distributor_orders x WHERE x.tenant_id = @tenant AND x.account_id = @into)", both);
        await s.Execute("UPDATE distributor_orders SET account_id = @into WHERE tenant_id = @tenant AND account_id = @from", both);
    }

    /// <summary>What a distributor said of their orders, for who takes their data along.</summary>
    public static async ValueTask WriteOwn(ReadTx s, string tenant, string account, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var (number, reference, customer) in await s.All(
            "SELECT o.number, COALESCE(x.reference, ''), x.customer FROM distributor_orders x JOIN orders o ON o.id = x.order_id WHERE x.tenant_id = @tenant AND x.account_id = @account ORDER BY o.id DESC",
            r => (r.GetString(0), r.GetString(1), r.GetString(2)), ("tenant", tenant), ("account", account)))
        {
            json.WriteStartObject();
            json.WriteString("number", OrderNumber.Shown(number));
            json.WriteString("reference", reference);
            json.WriteString("customer", customer);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
