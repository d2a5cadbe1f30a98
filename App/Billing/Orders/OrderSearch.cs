using Gatehouse.Accounts.Logins;
using Gatehouse.Licensing.Licenses;

namespace Gatehouse.Billing.Orders;

/// <summary>Which orders somebody means by a number, an address or a key: each is looked up by an index.</summary>
internal static class OrderSearch
{
    /// <summary>A query of their ids. Its arguments are those of <see cref="Args"/> and <c>@tenant</c>.</summary>
    public const string Ids =
        """
        SELECT id FROM orders WHERE tenant_id = @tenant AND number = @number UNION ALL SELECT id FROM orders WHERE tenant_id = @tenant AND email = @email AND email <> ''
        UNION ALL SELECT x.id FROM orders x JOIN account_logins n ON n.tenant_id = x.tenant_id AND n.account_id = x.account_id WHERE n.tenant_id = @tenant AND n.name IN (@email, @phone)
        UNION ALL SELECT order_id FROM payment_attempts WHERE tenant_id = @tenant AND trade_number = @q UNION ALL SELECT order_id FROM payment_attempts WHERE tenant_id = @tenant AND gateway_number = @q AND gateway_number <> ''
        UNION ALL SELECT order_id FROM payments WHERE tenant_id = @tenant AND gateway_number = @q AND order_id IS NOT NULL UNION ALL SELECT order_id FROM payments WHERE tenant_id = @tenant AND proof = @q AND proof <> '' AND order_id IS NOT NULL
        UNION ALL SELECT k.order_id FROM order_keys k JOIN licenses l ON l.id = k.license_id WHERE l.tenant_id = @tenant AND l.canonical IN (@key, @compact)
        UNION ALL SELECT c.order_id FROM order_key_changes c JOIN licenses l ON l.id = c.license_id WHERE l.tenant_id = @tenant AND l.canonical IN (@key, @compact)
        """;

    /// <param name="typed">As staff typed or pasted it.</param>
    public static (string, object?)[] Args(string typed) =>
        [("q", typed), ("number", OrderNumber.Parse(typed) ?? ""), ("email", typed.ToLowerInvariant()), ("phone", ContactRules.Phone(typed) ?? ""), ("key", LicenseKey.Canonical(typed)), ("compact", LicenseKey.Canonical(typed).Replace("-", "", StringComparison.Ordinal))];
}
