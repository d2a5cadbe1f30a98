using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Invitations;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Accounts.Quotas;
using Gatehouse.Accounts.Staff;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.SignUp;

/// <summary>Somebody who wants an account. The password is hashed already.</summary>
/// <param name="Username">Empty: one is made up.</param>
/// <param name="Challenge">Of a challenge that was solved; null where none was asked for.</param>
/// <param name="Invite">The secret of an invitation; null where there is none.</param>
/// <param name="NeedsInvite">Accounts are made by invitation only.</param>
public sealed record Applicant(string Email, string Username, string PasswordHash, string Language, string? Challenge, string? Invite = null, bool NeedsInvite = false)
{
    /// <summary>The code of a customer's link that led here; it opens nothing.</summary>
    public string By { get; init; } = "";
}

/// <summary>What an applicant is told, whether the address has an account or not.</summary>
/// <param name="Id">The account's; made up where there is none of this applicant's.</param>
/// <param name="Attempt">Names this attempt when its code is typed in.</param>
/// <param name="Sent">A mail is on its way; else staff hand the code over.</param>
public sealed record Applied(string Id, string Attempt, string Username, bool Sent);

/// <summary>
/// Signing up. An account is there from the first, pending: it opens nothing until somebody types in a code that was sent to its
/// address, and has the password of the attempt whose code that is. Whoever asks learns nothing of whether an address has an account.
/// </summary>
public sealed class SignUpService(CustomerService customers, EmailCodes codes, Challenges challenges, MailRequests requests, InvitationService invitations, MailQueue mails, TenantQuotas quotas, IEnumerable<ISignUpObserver> observers, TimeProvider clock)
{
    /// <summary>Another mail is sent for the same attempt after this at the earliest.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(60);

    /// <summary>An account that is still pending after this is gone.</summary>
    internal static readonly TimeSpan PendingKept = TimeSpan.FromDays(7);

    /// <param name="canMail">Is mail set up?</param>
    /// <param name="signIn">The address of the page to sign in at, for who has an account.</param>
    /// <exception cref="Refusal">403 CHALLENGE_REQUIRED: it was used already; 403 INVITATION_INVALID; 403 QUOTA_EXCEEDED; 422 on <c>username</c>: it is taken; 429 TOO_MANY_MAILS.</exception>
    public async ValueTask<Applied> Apply(WriteTx s, Caller who, Applicant applicant, bool canMail, string signIn)
    {
        if (applicant.Challenge is { } challenge && !await challenges.Use(s, who.TenantId, challenge))
            throw new Refusal(ChallengeErrors.Required);
        var invitation = await invitations.Open(s, who.TenantId, applicant.Invite);
        if (invitation is null && applicant.NeedsInvite)
            throw new Refusal(InvitationErrors.Invalid);
        var now = Now();
        await requests.Count(s, who, applicant.Email, now);
        // Both before the address is looked for: that all places are taken is told whether it has an account or not, and what is said of a user name must not depend on that.
        await quotas.Room(s, who.TenantId, AccountQuotas.Customers);
        if (applicant.Username.Length > 0 && await AccountLogins.Find(s, who.TenantId, applicant.Username) is not null)
            throw Refusal.Field("username", "accounts.field.username_taken");
        var username = applicant.Username.Length > 0 ? applicant.Username : CustomerService.MadeUpName();
        var known = await AccountLogins.Find(s, who.TenantId, applicant.Email);
        if (known is not null && !await IsPending(s, who.TenantId, known))
        {
            if (canMail)
                await mails.Add(s, who.TenantId, Mails.KnownAddress(applicant.Email, applicant.Language, signIn) with { Account = known }, $"known:{Ids.New()}");
            return new Applied(Ids.New(), Ids.New(), username, canMail);
        }
        var id = known ?? await customers.AddPending(s, who, applicant.Email, applicant.Language, applicant.PasswordHash);
        await CustomerStore.SetPassword(s, who.TenantId, id, applicant.PasswordHash, oneTime: false, now);
        var code = await codes.Make(s, who.TenantId, id, EmailCodes.SignUp, new CodeBrings(applicant.PasswordHash, username, Invitation: invitation?.Id ?? "", By: applicant.By), now);
        if (canMail)
            await mails.Add(s, who.TenantId, Mails.Code(applicant.Email, applicant.Language, code.Code, EmailCodes.Minutes) with { Account = id }, $"code:{code.Id}:{now}");
        return new Applied(id, code.Id, username, canMail);
    }

    /// <summary>Sends another code for an attempt. What is no attempt is told the same.</summary>
    /// <exception cref="Refusal">429 TOO_MANY_MAILS.</exception>
    public async ValueTask<bool> SendAgain(WriteTx s, Caller who, string attempt, string email, string language, bool canMail)
    {
        var now = Now();
        await requests.Count(s, who, email, now);
        var (account, sentAt) = await EmailCodes.Find(s, who.TenantId, attempt);
        if (account is null || sentAt + (long)Pause.TotalMilliseconds > now && sentAt <= now
            || await CustomerStore.FindLocked(s, who.TenantId, account, now) is not { State: "pending" } customer || customer.Email != email)
            return false;
        var code = await codes.Renew(s, who.TenantId, attempt, now);
        if (canMail)
            await mails.Add(s, who.TenantId, Mails.Code(email, language, code, EmailCodes.Minutes) with { Account = account }, $"code:{attempt}:{now}");
        return true;
    }

    /// <summary>Makes an account active by the code that was sent to its address. Null when it is no, for whatever reason: the try must be committed.</summary>
    /// <param name="attempt">Null: any of the address's.</param>
    /// <exception cref="ConflictException">Another has taken the user name in this moment.</exception>
    /// <exception cref="Refusal">403 INVITATION_INVALID: others have used it up meanwhile; 403 QUOTA_EXCEEDED.</exception>
    public ValueTask<Customer?> Confirm(WriteTx s, Caller who, string email, string code, string? attempt) =>
        quotas.Within(s, who, AccountQuotas.Customers, () => TryConfirm(s, who, email, code, attempt));

    private async ValueTask<Customer?> TryConfirm(WriteTx s, Caller who, string email, string code, string? attempt)
    {
        var now = Now();
        if (await AccountLogins.Find(s, who.TenantId, email) is not { } id || await CustomerStore.FindLocked(s, who.TenantId, id, now) is not { State: "pending" } customer
            || await codes.Try(s, who.TenantId, id, EmailCodes.SignUp, attempt, code, now) is not { } right)
            return null;
        if (right.Brings.Invitation.Length > 0)
            await InvitationService.Use(s, who.TenantId, right.Brings.Invitation);
        await CustomerStore.SetPassword(s, who.TenantId, id, right.Brings.PasswordHash, oneTime: false, now);
        await s.Execute("UPDATE accounts SET pending = 0 WHERE tenant_id = @tenant AND id = @id", ("tenant", who.TenantId), ("id", id));
        // Somebody may have taken the name meanwhile; then the one that was made up stays.
        if (right.Brings.Username.Length > 0 && await AccountLogins.Find(s, who.TenantId, right.Brings.Username) is null)
            await customers.SaveAlone(s, who, customer, customer with { Username = right.Brings.Username });
        await AccountEvents.Note(s, who with { Id = id }, AccountEvents.Confirmed, now);
        var made = await customers.Get(s, who.TenantId, id);
        if (right.Brings.By.Length > 0)
            foreach (var observer in observers)
                await observer.Confirmed(s, who.TenantId, made, right.Brings.By);
        return made;
    }

    /// <summary>Removes what time has made worthless, of all tenants.</summary>
    internal static async ValueTask<int> Tidy(WriteTx s, long now)
    {
        await EmailCodes.Tidy(s, now);
        await MailRequests.Tidy(s, now);
        await Challenges.Tidy(s, now);
        await s.Execute("DELETE FROM password_resets WHERE expires_at < @now", ("now", now));
        var pending = await s.All("SELECT tenant_id, id FROM accounts WHERE kind = 'customer' AND pending = 1 AND created_at < @before AND NOT EXISTS (SELECT 1 FROM email_codes c WHERE c.account_id = accounts.id) LIMIT 1000",
            r => (Tenant: r.GetString(0), Id: r.GetString(1)), ("before", now - (long)PendingKept.TotalMilliseconds));
        foreach (var (tenant, id) in pending)
            if (await s.Locked("SELECT id FROM accounts WHERE tenant_id = @tenant AND id = @id AND pending = 1", r => r.GetString(0), ("tenant", tenant), ("id", id)) is not null)
                await CustomerStore.Delete(s, tenant, id);
        return pending.Count;
    }

    private static async ValueTask<bool> IsPending(WriteTx s, string tenant, string id) =>
        await s.Locked("SELECT id FROM accounts WHERE tenant_id = @tenant AND id = @id AND kind = 'customer' AND pending = 1 AND disabled_at IS NULL", r => r.GetString(0), ("tenant", tenant), ("id", id)) is not null;

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
