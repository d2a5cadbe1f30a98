using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Customers;

/// <summary>Customer accounts: the same table as staff, under another kind and without a role.</summary>
public sealed class CustomerService(AuditWriter audit, TimeProvider clock)
{
    private const int MaxDisplayName = 80;

    /// <summary>Adds a customer to the caller's tenant and returns the account's id. The password is hashed already.</summary>
    /// <exception cref="Refusal">422 on a field; the username may be taken, by staff too.</exception>
    public async ValueTask<string> Create(WriteTx s, Caller who, string username, string displayName, string passwordHash)
    {
        var checks = new FieldChecks();
        var login = StaffRules.Username(checks, "username", username);
        var name = checks.Text("display_name", displayName, 1, MaxDisplayName);
        checks.ThrowIfAny();
        var id = Ids.New();
        var added = await s.Execute(
            """
            INSERT INTO accounts (id, tenant_id, kind, username, display_name, password_hash, role_scope, created_at, password_changed_at, folded)
            VALUES (@id, @tenant, 'customer', @username, @name, @hash, 'tenant', @now, @now, @folded) ON CONFLICT DO NOTHING
            """,
            ("id", id), ("tenant", who.TenantId), ("username", login), ("name", name), ("hash", passwordHash), ("now", clock.GetUtcNow().ToUnixTimeMilliseconds()),
            ("folded", SearchText.Of(login, name)));
        if (added == 0)
            throw Refusal.Field("username", "accounts.field.username_taken");
        await audit.Write(s, who, "customer.created", new AuditTarget("customer", id, login));
        return id;
    }
}
