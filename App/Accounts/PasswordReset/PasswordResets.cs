using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Accounts.Staff;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.PasswordReset;

/// <summary>Links that set a new password: each is good for half an hour and once, and only its hash is stored. Who asks for one learns nothing of whether there is an account.</summary>
public sealed class PasswordResets(CustomerService customers, MailRequests requests, MailQueue mails, AccountAlerts alerts, TimeProvider clock)
{
    public const int Minutes = 30;

    /// <summary>How long a link is good by which somebody gets in for the first time.</summary>
    public const int InviteDays = 14;

    private const long LongestLife = InviteDays * 86_400_000L;

    /// <param name="page">The address of the page that the link opens.</param>
    /// <exception cref="Refusal">429 TOO_MANY_MAILS.</exception>
    public async ValueTask<bool> Send(WriteTx s, Caller who, string email, string language, string page)
    {
        var now = Now();
        await requests.Count(s, who, email, now);
        if (await AccountLogins.Find(s, who.TenantId, email) is not { } id || await CustomerStore.FindLocked(s, who.TenantId, id, now) is not { State: "active" or "locked" or "leaving" } customer
            || customer.Email != email)
            return false;
        var token = await Make(s, who.TenantId, id);
        var speaks = customer.Language.Length > 0 ? customer.Language : language;
        await mails.Add(s, who.TenantId, Mails.PasswordReset(email, speaks, $"{page}?token={token}", Minutes) with { Account = id }, $"reset:{OpaqueToken.Hash(token)[..32]}");
        return true;
    }

    /// <summary>Makes one for somebody who has shown that the account is theirs, and returns its secret.</summary>
    public async ValueTask<string> Make(WriteTx s, string tenant, string accountId)
    {
        var token = OpaqueToken.Create();
        await s.Execute("INSERT INTO password_resets (token_hash, tenant_id, account_id, expires_at) VALUES (@hash, @tenant, @id, @end)",
            ("hash", OpaqueToken.Hash(token)), ("tenant", tenant), ("id", accountId), ("end", Now() + Minutes * 60_000L));
        return token;
    }

    /// <summary>A link's token for a customer whom staff have brought in, by which they set their first password.</summary>
    public async ValueTask<string> Invite(WriteTx s, string tenant, string account)
    {
        var token = OpaqueToken.Create();
        await s.Execute("INSERT INTO password_resets (token_hash, tenant_id, account_id, expires_at) VALUES (@hash, @tenant, @id, @end)",
            ("hash", OpaqueToken.Hash(token)), ("tenant", tenant), ("id", account), ("end", Now() + LongestLife));
        return token;
    }

    /// <summary>Is the link good?</summary>
    public async ValueTask<bool> IsGood(ReadTx s, string tenant, string token) => await Account(s, tenant, token) is not null;

    /// <summary>Sets the password, opens the account where it was locked, and ends its sessions and all other links.</summary>
    /// <param name="language">Of the page that it was done on: the customer is told.</param>
    /// <exception cref="Refusal">410 LINK_INVALID; 422 on <c>password</c>: it is a name of the account.</exception>
    public async ValueTask<Customer> Use(WriteTx s, Caller who, string token, string password, string passwordHash, string language)
    {
        var now = Now();
        if (await Account(s, who.TenantId, token) is not { } id || await CustomerStore.FindLocked(s, who.TenantId, id, now) is not { DisabledAt: null } customer
            || await s.Execute("DELETE FROM password_resets WHERE tenant_id = @tenant AND account_id = @id AND token_hash = @hash", ("tenant", who.TenantId), ("id", id), ("hash", OpaqueToken.Hash(token))) == 0)
            throw new Refusal(SignUpErrors.InvalidLink);
        if (customer.Logins.Any(name => PasswordRules.IsName(password, name)))
            throw Refusal.Field("password", "accounts.field.password_is_name");
        await s.Execute("DELETE FROM password_resets WHERE tenant_id = @tenant AND account_id = @id", ("tenant", who.TenantId), ("id", id));
        await CustomerStore.SetPassword(s, who.TenantId, id, passwordHash, oneTime: false, now);
        await customers.Forget(s, who.TenantId, id);
        await AccountEvents.Note(s, who with { Id = id }, AccountEvents.PasswordReset, now);
        await alerts.Tell(s, who.TenantId, id, CustomerNotices.Password, new Message("mychannels.password_changed"), language);
        return customer;
    }

    // One whose end lies further ahead than a link is good for was made by a clock that was wrong.
    private ValueTask<string?> Account(ReadTx s, string tenant, string token) => s.One(
        "SELECT account_id FROM password_resets WHERE tenant_id = @tenant AND token_hash = @hash AND expires_at > @now AND expires_at <= @last",
        r => r.GetString(0), ("tenant", tenant), ("hash", OpaqueToken.Hash(token)), ("now", Now()), ("last", Now() + LongestLife));

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
