using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Invitations;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Accounts.Staff;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Accounts.SignUp;

/// <summary>What the pages and the REST face of signing up do alike: the rules before the transaction, and the work outside of it.</summary>
public sealed class SignUpDoor(Database db, SignUpService signUp, Challenges challenges, Passwords passwords, TenantSettings settings, MailStatus mail, ITenants tenants, IConfiguration config)
{
    /// <summary>One of the modes of <see cref="SignUpSettings"/>.</summary>
    public async ValueTask<string> Mode(string tenant)
    {
        await settings.Refresh(tenant);
        return settings.Get(tenant, SignUpSettings.Mode);
    }

    public bool AsksForWork(string tenant) => settings.Get(tenant, SignUpSettings.ProofOfWork) == "true";

    /// <param name="former">The id of the challenge that a refused form came with; null where there was none.</param>
    public Task<Challenge> Work(string? former) => db.ReadOne(s => challenges.KeepOrMake(s, former));

    public ValueTask<bool> CanMail(string tenant) => mail.IsSetUp(tenant);

    /// <exception cref="Refusal">403 SIGN_UP_CLOSED, INVITATION_REQUIRED, INVITATION_INVALID or CHALLENGE_REQUIRED, 422 with all that is wrong, by field, 429 TOO_MANY_MAILS.</exception>
    public async Task<Applied> Apply(Caller who, string? email, string? username, string? password, string language, SolvedChallenge? solved, string? invite, Action<FieldChecks>? more = null, string? by = null)
    {
        var mode = await Mode(who.TenantId);
        if (mode == SignUpSettings.Closed)
            throw new Refusal(SignUpErrors.Closed);
        if (mode == SignUpSettings.Invitation && string.IsNullOrWhiteSpace(invite))
            throw new Refusal(InvitationErrors.Required);
        var checks = new FieldChecks();
        var address = ContactRules.Email(email);
        if (string.IsNullOrWhiteSpace(email))
            checks.Wrong("email", "field.required");
        else if (address is null)
            checks.Wrong("email", "accounts.field.email");
        else if (!SignUpSettings.Takes(settings, who.TenantId, address))
            checks.Wrong("email", "accounts.field.email_domain");
        var name = Customer.CheckUsername(checks, "username", username ?? "");
        PasswordRules.Check(checks, "password", password, name);
        if (!checks.Has("password") && address is not null && PasswordRules.IsName(password!, address))
            checks.Wrong("password", "accounts.field.password_is_name");
        more?.Invoke(checks);
        checks.ThrowIfAny();
        var asks = AsksForWork(who.TenantId);
        if (asks && !challenges.Opens(solved?.Id, solved?.Nonce))
            throw new Refusal(ChallengeErrors.Required);
        var hash = await passwords.Hash(password!);
        var applicant = new Applicant(address!, name, hash, language, asks ? solved!.Id : null, invite, mode == SignUpSettings.Invitation) { By = LinkOf(by) };
        var canMail = await CanMail(who.TenantId);
        return await Again(() => db.Write(s => signUp.Apply(s, who, applicant, canMail, SiteAddress.Base(config, tenants, who.TenantId) + "/sign-in")));
    }

    /// <summary>What may be the code of somebody's link; anything else is none.</summary>
    internal static string LinkOf(string? by) => by is { Length: > 0 and <= 32 } && by.All(char.IsAsciiLetterOrDigit) ? by : "";

    /// <exception cref="Refusal">422 INVALID_CODE: wrong, too late, or tried too often; or nobody waits for one.</exception>
    public async Task<Customer> Confirm(Caller who, string? email, string? code, string? attempt)
    {
        var checks = new FieldChecks();
        if (string.IsNullOrWhiteSpace(email))
            checks.Wrong("email", "field.required");
        if (string.IsNullOrWhiteSpace(code))
            checks.Wrong("code", "field.required");
        checks.ThrowIfAny();
        await settings.Refresh(who.TenantId);
        // As people paste it: in two halves, with full-width digits.
        var digits = string.Concat(Folding.Of(code!).Where(char.IsAsciiDigit));
        var confirmed = ContactRules.Email(email) is { } address ? await Again(() => db.Write(s => signUp.Confirm(s, who, address, digits, string.IsNullOrEmpty(attempt) ? null : attempt))) : null;
        return confirmed ?? throw new Refusal(SignUpErrors.InvalidCode);
    }

    /// <exception cref="Refusal">429 TOO_MANY_MAILS.</exception>
    public async Task SendAgain(Caller who, string attempt, string email, string language)
    {
        if (ContactRules.Email(email) is not { } address || attempt.Length == 0 || attempt.Length > 64 || attempt.Any(char.IsControl))
            return;
        var canMail = await CanMail(who.TenantId);
        await db.Write(s => signUp.SendAgain(s, who, attempt, address, language, canMail));
    }

    // What another took in this moment is known the second time.
    private static async Task<T> Again<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (ConflictException)
        {
            return await work();
        }
    }
}
