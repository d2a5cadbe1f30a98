using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.EmailChange;

/// <summary>What the pages and the REST face of changing an address do alike: the rules before the transaction, and the work outside of it.</summary>
public sealed class EmailDoor(Database db, EmailChanges changes, SignIns signIns, Passwords passwords, MailStatus mail, IConfiguration config)
{
    public const string UndoPath = "/undo-email";

    public ValueTask<bool> CanMail(string tenant) => mail.IsSetUp(tenant);

    /// <returns>The address as it is kept, and whether a code is on its way there: else staff hand it over.</returns>
    /// <exception cref="Refusal">422 with what is wrong, by field; 429 TOO_MANY_MAILS.</exception>
    public async Task<(string Email, bool Sent)> Ask(Caller who, string? email, string? password, string language)
    {
        var checks = new FieldChecks();
        var address = ContactRules.Email(email);
        if (string.IsNullOrWhiteSpace(email))
            checks.Wrong("email", "field.required");
        else if (address is null)
            checks.Wrong("email", "accounts.field.email");
        if (string.IsNullOrEmpty(password))
            checks.Wrong("password", "field.required");
        checks.ThrowIfAny();
        if (await signIns.Confirm(who, password!) is null)
            throw Refusal.Field("password", "accounts.field.password_wrong");
        var canMail = await CanMail(who.TenantId);
        await db.Write(s => changes.Ask(s, who, address!, language, canMail, PublicAddress.Base(config) + "/sign-in"));
        return (address!, canMail);
    }

    /// <exception cref="Refusal">422 INVALID_CODE, or on a field.</exception>
    public async Task<Customer> Confirm(Caller who, string? code, string language)
    {
        if (string.IsNullOrWhiteSpace(code))
            throw Refusal.Field("code", "field.required");
        var digits = string.Concat(Folding.Of(code).Where(char.IsAsciiDigit));
        var canMail = await CanMail(who.TenantId);
        return await db.Write(s => changes.Confirm(s, who, digits, language, canMail, PublicAddress.Base(config) + UndoPath)) ?? throw new Refusal(SignUpErrors.InvalidCode);
    }

    /// <returns>The secret of a link that sets a new password.</returns>
    /// <exception cref="Refusal">410 LINK_INVALID.</exception>
    public async Task<string> Undo(Caller who, string token)
    {
        if (!await db.Read(s => changes.IsGood(s, who.TenantId, token)))
            throw new Refusal(SignUpErrors.InvalidLink);
        var unknown = await passwords.Hash(OpaqueToken.Create());
        return await db.Write(s => changes.Undo(s, who, token, unknown));
    }
}
