using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.LookAs;

/// <summary>
/// Staff open a customer's own pages as the customer would see them, and change nothing there: no session of the customer's comes of it,
/// nothing is noted as theirs, and whatever is sent is refused. It hangs on the session of whoever looks, and ends with that.
/// </summary>
public sealed class LookingAs(AuditWriter audit, Database db, Cookies cookies, TimeProvider clock) : ILookGate, ICustomerObserver
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    /// <summary>Begins it and returns the id for the cookie; another that the session has ends.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_USER, 401 UNAUTHORIZED: the session has ended.</exception>
    public async ValueTask<(Customer Customer, string Id)> Begin(WriteTx s, Caller who, string customerId)
    {
        var customer = await CustomerStore.FindLocked(s, who.TenantId, customerId, Now()) ?? throw new Refusal(CustomerErrors.NotFound);
        await CallerAccount.Lock(s, who);
        var id = OpaqueToken.Create();
        await s.Execute("DELETE FROM look_as WHERE session_hash = @session OR ends_at <= @now", ("session", who.SessionId ?? throw new Refusal(HttpErrors.Unauthorized)), ("now", Now()));
        await s.Execute("INSERT INTO look_as (id_hash, tenant_id, session_hash, account_id, ends_at) VALUES (@hash, @tenant, @session, @account, @end)",
            ("hash", OpaqueToken.Hash(id)), ("tenant", who.TenantId), ("session", who.SessionId), ("account", customer.Id), ("end", Now() + (long)Life.TotalMilliseconds));
        await audit.Write(s, who, "customer.look_started", CustomerService.Target(customer));
        return (customer, id);
    }

    /// <summary>Ends what the session has, and returns at whom it looked; null when it looked at nobody any more.</summary>
    public async ValueTask<string?> End(WriteTx s, Caller who)
    {
        var (tenant, account) = await s.Locked("SELECT tenant_id, account_id FROM look_as WHERE session_hash = @session AND ends_at > @now",
            r => (r.GetString(0), r.GetString(1)), ("session", who.SessionId ?? ""), ("now", Now()));
        if (account is null)
            return null;
        await s.Execute("DELETE FROM look_as WHERE session_hash = @session", ("session", who.SessionId));
        await audit.Write(s, who with { TenantId = tenant }, "customer.look_ended", new AuditTarget("customer", account, account));
        return account;
    }

    /// <summary>The customer whom the staff member looks at, as a caller who may only see; null when they look at nobody.</summary>
    /// <exception cref="Refusal">403 LOOKING_ONLY: the request would change something.</exception>
    public async ValueTask<Caller?> Look(HttpContext ctx, Caller staff)
    {
        if (staff.SessionId is null || !staff.May(AccountsPermissions.UsersLookAs) || cookies.Get(ctx, Cookies.LookAs) is not { } id)
            return null;
        var now = Now();
        // One whose end lies further ahead than it may was begun by a clock that was wrong.
        var person = await db.ReadOne(s => s.One(
            """
            SELECT l.tenant_id, a.id, COALESCE(NULLIF(a.display_name, ''), a.email, a.username), a.password_one_time
            FROM look_as l JOIN accounts a ON a.id = l.account_id AND a.tenant_id = l.tenant_id AND a.kind = 'customer'
            WHERE l.id_hash = @hash AND l.session_hash = @session AND l.ends_at > @now AND l.ends_at <= @last
            """,
            r => new Caller(r.GetString(0), "customer", r.GetString(1), r.GetString(2), null, PermissionSet.None, staff.Ip, staff.UserAgent) { MustChoosePassword = r.GetInt64(3) == 1, LookedAtBy = staff.Name },
            ("hash", OpaqueToken.Hash(id)), ("session", staff.SessionId), ("now", now), ("last", now + (long)Life.TotalMilliseconds)));
        if (person is null || HttpMethods.IsGet(ctx.Request.Method) || HttpMethods.IsHead(ctx.Request.Method))
            return person;
        // The page that says so leads back to where they look.
        ctx.Features.Set(person);
        throw new Refusal(LookAsErrors.LookingOnly, person.Name);
    }

    async ValueTask ICustomerObserver.Removing(WriteTx tx, string tenant, string accountId) =>
        await tx.Execute("DELETE FROM look_as WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", accountId));

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What those who only look are refused with.</summary>
public static class LookAsErrors
{
    public static readonly ErrorCode LookingOnly = new(403, "LOOKING_ONLY");

    public static readonly IReadOnlyList<ErrorCode> All = [LookingOnly];
}
