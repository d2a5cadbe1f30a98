using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Payments;

/// <summary>Which payments somebody means by a number of theirs or of their order, a person or a key: each is looked up by an index.</summary>
internal static class PaymentSearch
{
    // An order of another channel has the number that a payment named.
    private const string Own =
        """
        SELECT id FROM payments WHERE tenant_id = @tenant AND gateway_number = @q UNION ALL SELECT id FROM payments WHERE tenant_id = @tenant AND proof = @q AND proof <> ''
        UNION ALL SELECT id FROM payments WHERE tenant_id = @tenant AND named = @q AND named <> ''
        UNION ALL SELECT n.id FROM orders o JOIN payment_attempts a ON a.order_id = o.id JOIN payments n ON n.tenant_id = o.tenant_id AND n.named = a.trade_number AND n.named <> '' WHERE o.tenant_id = @tenant AND o.number = @number
        """;

    /// <summary>A query of their ids. Its arguments are those of <see cref="OrderSearch.Args"/> and <c>@tenant</c>.</summary>
    public const string Ids = $"{Own} UNION ALL SELECT id FROM payments WHERE order_id IN ({OrderSearch.Ids})";

    /// <summary>Those among them that no order is for, the newest first, a few.</summary>
    public static ValueTask<List<Payment>> Strays(ReadTx s, string tenant, string typed) => AttemptStore.Payments(s, new SqlFilter("p.tenant_id = @tenant AND p.order_id IS NULL", ("tenant", tenant)).And($"p.id IN ({Own})", OrderSearch.Args(typed)), 3);
}
