using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.PasswordReset;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.EmailChange;

/// <summary>
/// Another e-mail address: a code shows that the customer reads the new one, and whoever reads the old one is told, with a link that
/// undoes it and takes the account away from whoever did it.
/// </summary>
public sealed class EmailChanges(CustomerService customers, EmailCodes codes, MailRequests requests, MailQueue mails, PasswordResets resets, TimeProvider clock)
{
    /// <summary>For so long the old address can have the account back.</summary>
    public const int UndoDays = 7;

    public const string JobName = "accounts.email_undos";

    internal static readonly MailTemplate Template = new("email_changed", "mail.email_changed.subject",
        MailPart.Text("mail.email_changed.lead", MailPart.Site), MailPart.Text("mail.email_changed.not_you", 1), MailPart.Link("mail.email_changed.undo", 0)) { Secret = true, Title = "mail.email_changed.title", Names = ["link", "days"] };

    /// <summary>Makes a code and sends it to the address; where mail is not set up, staff hand it over. Whether another account has it is told to nobody but its reader.</summary>
    /// <param name="email">As <see cref="ContactRules.Email"/> has it.</param>
    /// <param name="signIn">The address of the page to sign in at, for who has an account.</param>
    /// <exception cref="Refusal">401: disabled or deleted in this moment; 422 on <c>email</c>: it is theirs already; 429 TOO_MANY_MAILS.</exception>
    public async ValueTask<bool> Ask(WriteTx s, Caller who, string email, string language, bool canMail, string signIn)
    {
        var (own, now) = (await Own(s, who), Now());
        if (own.Email == email)
            throw Refusal.Field("email", "emailchange.same");
        await requests.Count(s, who, email, now);
        // One at a time: the code of an address that was mistyped is worth nothing.
        await EmailCodes.Forget(s, who.TenantId, own.Id, EmailCodes.EmailChange);
        if (await AccountLogins.Find(s, who.TenantId, email) is { } owner)
        {
            if (canMail)
                await mails.Add(s, who.TenantId, Mails.KnownAddress(email, language, signIn) with { Account = owner }, $"known:{Ids.New()}");
            return false;
        }
        var code = await codes.Make(s, who.TenantId, own.Id, EmailCodes.EmailChange, new CodeBrings(Email: email), now);
        if (canMail)
            await mails.Add(s, who.TenantId, Mails.Code(email, Speaks(own, language), code.Code, EmailCodes.Minutes) with { Account = own.Id }, $"code:{code.Id}:{now}");
        return true;
    }

    /// <summary>The address becomes the account's. Null when the code is wrong, for whatever reason: the try must be committed.</summary>
    /// <param name="undo">The address of the page that the link of the notice opens.</param>
    /// <exception cref="Refusal">401: disabled or deleted in this moment; 422 on <c>email</c>: another was faster.</exception>
    public async ValueTask<Customer?> Confirm(WriteTx s, Caller who, string code, string language, bool canMail, string undo)
    {
        var (own, now) = (await Own(s, who), Now());
        if (await codes.Try(s, who.TenantId, own.Id, EmailCodes.EmailChange, null, code, now) is not { Brings.Email: { Length: > 0 } email })
            return null;
        var changed = await customers.Save(s, who, own, own with { Email = email });
        await AccountEvents.Note(s, who, AccountEvents.EmailChanged, now);
        if (canMail && own.Email is { } old)
        {
            var token = OpaqueToken.Create();
            await s.Execute("INSERT INTO email_undos (token_hash, tenant_id, account_id, email, expires_at) VALUES (@hash, @tenant, @id, @email, @end)",
                ("hash", OpaqueToken.Hash(token)), ("tenant", who.TenantId), ("id", own.Id), ("email", old), ("end", now + UndoDays * 86_400_000L));
            await mails.Add(s, who.TenantId, Mails.Of(Template, old, Speaks(own, language), $"{undo}?token={token}", UndoDays) with { Lasts = TimeSpan.FromDays(UndoDays), Account = own.Id },
                $"email-changed:{OpaqueToken.Hash(token)[..32]}");
        }
        return changed;
    }

    /// <summary>Is the link good?</summary>
    public async ValueTask<bool> IsGood(ReadTx s, string tenant, string token) => await Find(s, tenant, token) is not (null, _);

    /// <summary>
    /// Gives the account back to who reads the old address: it is the account's again, nobody is in any more, the password opens nothing,
    /// and a link that sets a new one is made.
    /// </summary>
    /// <param name="passwordHash">Of a password that nobody knows.</param>
    /// <returns>The secret of that link.</returns>
    /// <exception cref="Refusal">410 LINK_INVALID.</exception>
    public async ValueTask<string> Undo(WriteTx s, Caller who, string token, string passwordHash)
    {
        var now = Now();
        if (await Find(s, who.TenantId, token) is not ({ } id, { } email) || await CustomerStore.FindLocked(s, who.TenantId, id, now) is not { DisabledAt: null } customer
            || await s.Execute("DELETE FROM email_undos WHERE tenant_id = @tenant AND token_hash = @hash", ("tenant", who.TenantId), ("hash", OpaqueToken.Hash(token))) == 0
            || await AccountLogins.Find(s, who.TenantId, email) is { } owner && owner != id)
            throw new Refusal(SignUpErrors.InvalidLink);
        // Links of later changes went to addresses of whoever was in.
        await s.Execute("DELETE FROM email_undos WHERE tenant_id = @tenant AND account_id = @id AND email <> @email", ("tenant", who.TenantId), ("id", id), ("email", email));
        await EmailCodes.Forget(s, who.TenantId, id, EmailCodes.EmailChange);
        await customers.Save(s, who, customer, customer with { Email = email });
        await CustomerStore.SetPassword(s, who.TenantId, id, passwordHash, oneTime: false, now);
        await customers.Forget(s, who.TenantId, id);
        await AccountEvents.Note(s, who with { Id = id }, AccountEvents.EmailRestored, now);
        return await resets.Make(s, who.TenantId, id);
    }

    /// <summary>Removes links that are too old, and with them the addresses that accounts had.</summary>
    internal static async Task<Message> RunTidy(IServiceProvider services, CancellationToken ct)
    {
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        return new Message("job.accounts.email_undos.done", await services.GetRequiredService<Database>().Write(s => s.Execute("DELETE FROM email_undos WHERE expires_at < @now", ("now", now)), ct));
    }

    private ValueTask<(string? Account, string? Email)> Find(ReadTx s, string tenant, string token) => s.One(
        "SELECT account_id, email FROM email_undos WHERE tenant_id = @tenant AND token_hash = @hash AND expires_at > @now AND expires_at <= @last", r => ((string?)r.GetString(0), (string?)r.GetString(1)),
        ("tenant", tenant), ("hash", OpaqueToken.Hash(token)), ("now", Now()), ("last", Now() + UndoDays * 86_400_000L));

    private async ValueTask<Customer> Own(WriteTx s, Caller who) =>
        await CustomerStore.FindLocked(s, who.TenantId, who.Id ?? "", Now()) is { DisabledAt: null } own ? own : throw new Refusal(HttpErrors.Unauthorized);

    private static string Speaks(Customer own, string language) => own.Language.Length > 0 ? own.Language : language;

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
