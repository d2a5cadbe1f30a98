using System.Security.Cryptography;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Customers;

/// <summary>What staff do with customers: one method a use case, each to be called inside one command.</summary>
public sealed class CustomerService(AuditWriter audit, CredentialCache credentials, TenantQuotas quotas, IEnumerable<ICustomerObserver> observers, TimeProvider clock)
{
    private const string MadeUpAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int MadeUpLength = 10;

    /// <exception cref="Refusal">404 NO_SUCH_USER.</exception>
    public async ValueTask<Customer> Get(ReadTx s, string tenant, string id) => await CustomerStore.Find(s, tenant, id, Now()) ?? throw new Refusal(CustomerErrors.NotFound);

    /// <summary>The id of the customer of that id, user name, e-mail address or phone number.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_USER.</exception>
    public async ValueTask<string> IdOf(ReadTx s, string tenant, string named) => await Known(s, tenant, named) ?? throw new Refusal(CustomerErrors.NotFound);

    /// <summary>As <see cref="IdOf"/>; null: nobody's.</summary>
    public async ValueTask<string?> Known(ReadTx s, string tenant, string named) =>
        await AccountLogins.Find(s, tenant, named) ?? (named.Any(char.IsControl) ? null : (await CustomerStore.Find(s, tenant, named, Now()))?.Id);

    /// <summary>One page, newest first.</summary>
    /// <exception cref="Refusal">422 on <c>state</c> or <c>after</c>.</exception>
    public ValueTask<Slice<Customer>> List(ReadTx s, string tenant, CustomerFilter filter)
    {
        if (!string.IsNullOrEmpty(filter.State) && !Customer.States.Contains(filter.State))
            throw Refusal.Field("state", "field.one_of", string.Join(", ", Customer.States));
        return CustomerStore.List(s, tenant, filter, Now());
    }

    /// <summary>Adds a customer to the caller's tenant. The password is hashed already.</summary>
    /// <param name="oneTime">The person must choose another at the first sign-in.</param>
    /// <exception cref="Refusal">422 with all that is wrong, by field; a name may be taken, by staff too. 403 QUOTA_EXCEEDED.</exception>
    public ValueTask<Customer> Create(WriteTx s, Caller who, Customer wanted, string passwordHash, bool oneTime = false) =>
        quotas.Within(s, who, AccountQuotas.Customers, () => Add(s, who, wanted, passwordHash, oneTime));

    private async ValueTask<Customer> Add(WriteTx s, Caller who, Customer wanted, string passwordHash, bool oneTime)
    {
        var customer = Customer.Fields.Checked(wanted) with { Id = Ids.New(), CreatedAt = Now() };
        if (customer.Username.Length == 0)
            customer = customer with { Username = MadeUpName() };
        if (!await CustomerStore.Insert(s, who.TenantId, customer, passwordHash, oneTime))
            throw Refusal.Field("username", "accounts.field.username_taken");
        await SetLogins(s, who, customer);
        await audit.Write(s, who, "customer.created", Target(customer), after: CustomerAudit.State(customer));
        return await Get(s, who.TenantId, customer.Id);
    }

    /// <summary>A user name for who gave none.</summary>
    internal static string MadeUpName() => "u" + RandomNumberGenerator.GetString(MadeUpAlphabet, MadeUpLength);

    /// <summary>Adds a customer who is still to show that the address is theirs, and returns the account's id.</summary>
    /// <exception cref="ConflictException">Another has taken the address in this moment.</exception>
    internal async ValueTask<string> AddPending(WriteTx s, Caller who, string email, string language, string passwordHash)
    {
        var customer = new Customer { Id = Ids.New(), CreatedAt = Now(), Email = email, Language = language, Username = MadeUpName() };
        if (!await CustomerStore.Insert(s, who.TenantId, customer, passwordHash, oneTime: false) || await AccountLogins.Set(s, who.TenantId, customer.Id, customer.Logins) is not null)
            throw new ConflictException();
        await s.Execute("UPDATE accounts SET pending = 1 WHERE tenant_id = @tenant AND id = @id", ("tenant", who.TenantId), ("id", customer.Id));
        return customer.Id;
    }

    /// <exception cref="Refusal">404 NO_SUCH_USER, or 422 with all that is wrong, by field; a name may be taken, by staff too.</exception>
    public async ValueTask<Customer> Update(WriteTx s, Caller who, string id, Func<Customer, Customer> change)
    {
        var before = await Locked(s, who, id);
        var after = await Save(s, who, before, Customer.Fields.Checked(change(before)));
        if (after != before)
            await audit.Write(s, who, "customer.changed", Target(after), CustomerAudit.State(before), CustomerAudit.State(after, before));
        return after;
    }

    /// <summary>Writes what has changed of a customer that is locked and whose fields were checked.</summary>
    /// <returns>As it is now; the same where nothing has changed.</returns>
    /// <exception cref="Refusal">422 on a field: another account has that name.</exception>
    internal async ValueTask<Customer> Save(WriteTx s, Caller who, Customer before, Customer wanted)
    {
        if (wanted.Username.Length == 0)
            wanted = wanted with { Username = before.Username };
        if (wanted == before)
            return before;
        // The names first: a user name that is taken is another's by that.
        await SetLogins(s, who, wanted);
        await CustomerStore.Update(s, who.TenantId, wanted);
        credentials.ForgetAfter(s);
        return await Get(s, who.TenantId, before.Id);
    }

    /// <summary>Lets the customer in no more, and ends what is open; or lets them in again.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_USER.</exception>
    public async ValueTask<Customer> SetDisabled(WriteTx s, Caller who, string id, bool disabled)
    {
        var before = await Locked(s, who, id);
        if (before.DisabledAt is not null == disabled)
            return before;
        await CustomerStore.SetDisabled(s, who.TenantId, before.Id, disabled ? Now() : null);
        if (disabled)
            await SessionStore.EndAll(s, who.TenantId, before.Id);
        credentials.ForgetAfter(s);
        await audit.Write(s, who, disabled ? "customer.disabled" : "customer.enabled", Target(before));
        return await Get(s, who.TenantId, before.Id);
    }

    /// <summary>Opens the account to all addresses that wrong passwords came from.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_USER.</exception>
    public async ValueTask<Customer> Unlock(WriteTx s, Caller who, string id)
    {
        var before = await Locked(s, who, id);
        if (await SignInLocks.Clear(s, who.TenantId, before.Id) + await s.Execute(
                "UPDATE accounts SET failures = 0, locked_until = NULL WHERE tenant_id = @tenant AND id = @id AND (failures <> 0 OR locked_until IS NOT NULL)",
                ("tenant", who.TenantId), ("id", before.Id)) > 0)
            await audit.Write(s, who, "customer.unlocked", Target(before));
        return await Get(s, who.TenantId, before.Id);
    }

    /// <summary>The same where nobody is there to choose another name.</summary>
    /// <exception cref="ConflictException">Another account has taken it in this moment: looked at again, it is known.</exception>
    internal async ValueTask<Customer> SaveAlone(WriteTx s, Caller who, Customer before, Customer wanted)
    {
        try
        {
            return await Save(s, who, before, wanted);
        }
        catch (Refusal)
        {
            throw new ConflictException();
        }
    }

    /// <summary>Gives the account another password, opens it when it was locked, and ends its sessions.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_USER; 422 on <c>password</c>: it is the user name.</exception>
    public async ValueTask<Customer> ResetPassword(WriteTx s, Caller who, string id, string password, string passwordHash, bool oneTime)
    {
        var before = await Locked(s, who, id);
        if (before.Logins.Any(name => PasswordRules.IsName(password, name)))
            throw Refusal.Field("password", "accounts.field.password_is_name");
        await CustomerStore.SetPassword(s, who.TenantId, before.Id, passwordHash, oneTime, Now());
        await Forget(s, who.TenantId, before.Id);
        await audit.Write(s, who, "customer.password_reset", Target(before));
        return await Get(s, who.TenantId, before.Id);
    }

    /// <summary>Deletes the account and all that says who it was. What staff did with it stays in the audit log, which never held more than its id.</summary>
    /// <returns>As it was.</returns>
    /// <exception cref="Refusal">404 NO_SUCH_USER.</exception>
    public async ValueTask<Customer> Remove(WriteTx s, Caller who, string id)
    {
        var before = await Locked(s, who, id);
        await Forget(s, who.TenantId, before.Id);
        foreach (var observer in observers)
            await observer.Removing(s, who.TenantId, before.Id);
        await CustomerStore.Delete(s, who.TenantId, before.Id);
        await audit.Write(s, who, "customer.removed", Target(before));
        return before;
    }

    internal static AuditTarget Target(Customer customer) => new("customer", customer.Id, customer.Id);

    private async ValueTask<Customer> Locked(WriteTx s, Caller who, string id) =>
        await CustomerStore.FindLocked(s, who.TenantId, await IdOf(s, who.TenantId, id), Now()) ?? throw new Refusal(CustomerErrors.NotFound);

    private static async ValueTask SetLogins(WriteTx s, Caller who, Customer customer)
    {
        if (await AccountLogins.Set(s, who.TenantId, customer.Id, customer.Logins) is not { } taken)
            return;
        throw taken == customer.Email ? Refusal.Field("email", "accounts.field.email_taken")
            : taken == customer.Phone ? Refusal.Field("phone", "accounts.field.phone_taken")
            : Refusal.Field("username", "accounts.field.username_taken");
    }

    /// <summary>With the password goes all that was known by it: who is in, who was, and who tried.</summary>
    internal async ValueTask Forget(WriteTx s, string tenant, string id)
    {
        await SessionStore.EndAll(s, tenant, id);
        await HalfSessions.EndAll(s, tenant, id);
        await KnownBrowsers.Forget(s, tenant, id);
        await SignInLocks.Clear(s, tenant, id);
        credentials.ForgetAfter(s);
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>Does its part when a customer goes, inside the same transaction: what hangs on customers registers itself.</summary>
public interface ICustomerObserver
{
    /// <summary>The account is about to be deleted: nothing of the observer's may name it afterwards.</summary>
    ValueTask Removing(WriteTx tx, string tenant, string accountId);
}
