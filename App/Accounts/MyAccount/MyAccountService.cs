using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Messaging.Unsubscribe;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.MyAccount;

/// <summary>What customers do with their own account: one method a use case, each to be called inside one write.</summary>
public sealed class MyAccountService(CustomerService customers, SessionStore sessions, CredentialCache credentials, AccountAlerts alerts, TimeProvider clock)
{
    /// <exception cref="Refusal">404 NO_SUCH_USER: deleted in this moment.</exception>
    public ValueTask<Customer> Get(ReadTx s, Caller who) => customers.Get(s, who.TenantId, who.Id ?? "");

    /// <exception cref="Refusal">422 with all that is wrong, by field; the number may be another's.</exception>
    public async ValueTask<Customer> Update(WriteTx s, Caller who, Func<Customer, Customer> change)
    {
        var before = await Lock(s, who);
        var wanted = Customer.Fields.Checked(change(before));
        if (wanted.News != before.News)
            await MailChoices.Set(s, who.TenantId, before.Id, off: !wanted.News);
        var after = await customers.Save(s, who, before, wanted);
        if (after != before)
            await AccountEvents.Note(s, who, AccountEvents.ProfileChanged, Now());
        return after;
    }

    /// <summary>Changes the password and ends all of the account's sessions. Returns the id of the new session that takes the place of the one that asked.</summary>
    /// <param name="verifiedHash">The hash that the current password was found to belong to.</param>
    /// <param name="language">Of the page that it was done on: the customer is told.</param>
    /// <exception cref="Refusal">422 on <c>current</c> when the password was changed meanwhile, on <c>password</c> when it is a name of the account.</exception>
    public async ValueTask<string> ChangePassword(WriteTx s, Caller who, string verifiedHash, string password, string newHash, string language)
    {
        var account = await Lock(s, who);
        if (await AccountStore.PasswordHash(s, who.TenantId, account.Id) != verifiedHash)
            throw Refusal.Field("current", "accounts.field.password_wrong");
        if (account.Logins.Any(name => PasswordRules.IsName(password, name)))
            throw Refusal.Field("password", "accounts.field.password_is_name");
        await CustomerStore.SetPassword(s, who.TenantId, account.Id, newHash, oneTime: false, Now());
        await customers.Forget(s, who.TenantId, account.Id);
        await AccountEvents.Note(s, who, AccountEvents.PasswordChanged, Now());
        await alerts.Tell(s, who.TenantId, account.Id, CustomerNotices.Password, new Message("mychannels.password_changed"), language);
        credentials.ForgetAfter(s);
        return await sessions.Open(s, who, account.Id);
    }

    // Whoever was disabled or signed out in this moment changes nothing any more.
    private async ValueTask<Customer> Lock(WriteTx s, Caller who) =>
        await CustomerStore.FindLocked(s, who.TenantId, who.Id ?? "", Now()) is { DisabledAt: null } account && await SessionStore.LockOpen(s, who.TenantId, account.Id, who.SessionId ?? "")
            ? account : throw new Refusal(HttpErrors.Unauthorized);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
