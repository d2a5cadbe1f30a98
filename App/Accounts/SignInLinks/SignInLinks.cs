using System.Text.Json.Nodes;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.SignInLinks;

/// <summary>A link that lets a customer in once.</summary>
/// <param name="Address">The whole of it; its secret is stored nowhere.</param>
/// <param name="ExpiresAt">Unix milliseconds.</param>
public sealed record NewSignInLink(Customer Customer, string Address, long ExpiresAt);

/// <summary>
/// Links that staff make for a customer who cannot get in: each is good for half an hour and once, and only its hash is stored. They
/// stand in for the password and for nothing else: a disabled or locked account stays closed, and two-factor sign-in asks for its code.
/// </summary>
public sealed class SignInLinkService(AuditWriter audit, SignIns signIns, MailQueue mails, TimeProvider clock) : ICustomerObserver
{
    public const int Minutes = 30;
    private const long Life = Minutes * 60_000L;

    /// <summary>Makes one; the account's earlier ones are good no more.</summary>
    /// <param name="page">The address of the page that it opens.</param>
    /// <param name="mailed">It is sent to the customer's address; else it is the caller's to hand over.</param>
    /// <param name="language">Of the mail, where the customer has chosen none.</param>
    /// <exception cref="Refusal">404 NO_SUCH_USER, 409 USER_CANNOT_SIGN_IN, 422 on <c>mail</c>: there is no address to send it to.</exception>
    public async ValueTask<NewSignInLink> Make(WriteTx s, Caller who, string id, string page, bool mailed, string language)
    {
        var customer = await CustomerStore.FindLocked(s, who.TenantId, id, Now()) ?? throw new Refusal(CustomerErrors.NotFound);
        if (customer.State is "disabled" or "pending")
            throw new Refusal(SignInLinkErrors.CannotSignIn);
        if (mailed && customer.Email is null)
            throw Refusal.Field("mail", "signinlink.no_address");
        await CallerAccount.Lock(s, who);
        var token = OpaqueToken.Create();
        var link = new NewSignInLink(customer, $"{page}?token={token}", Now() + Life);
        await s.Execute("DELETE FROM sign_in_links WHERE tenant_id = @tenant AND (account_id = @id OR expires_at <= @now)", ("tenant", who.TenantId), ("id", customer.Id), ("now", Now()));
        await s.Execute("INSERT INTO sign_in_links (token_hash, tenant_id, account_id, made_at, expires_at) VALUES (@hash, @tenant, @id, @now, @end)",
            ("hash", OpaqueToken.Hash(token)), ("tenant", who.TenantId), ("id", customer.Id), ("now", Now()), ("end", link.ExpiresAt));
        if (mailed)
            await mails.Add(s, who.TenantId, Mails.SignInLink(customer.Email!, customer.Language.Length > 0 ? customer.Language : language, link.Address, Minutes) with { Account = customer.Id }, $"sign-in-link:{OpaqueToken.Hash(token)[..32]}");
        await audit.Write(s, who, "customer.sign_in_link", CustomerService.Target(customer), after: new JsonObject { ["mailed"] = mailed }.ToJsonString());
        return link;
    }

    /// <summary>What the account is called that the link opens; null when it is not good.</summary>
    public async ValueTask<string?> Opens(ReadTx s, string tenant, string token) =>
        await Account(s, tenant, token) is { } id ? (await CustomerStore.Find(s, tenant, id, Now()))?.Called : null;

    /// <summary>Comes in by the link, which is spent when that led on; what is refused for another reason leaves it as it is.</summary>
    /// <param name="replaces">Hash of the session that the browser had before; it ends.</param>
    /// <param name="browser">The token that the browser may be known by.</param>
    public Task<SignInResult> Use(Caller who, string token, string? replaces, string? browser) =>
        signIns.TryProof(who, s => Account(s, who.TenantId, token), s => Spend(s, who.TenantId, token), replaces, browser);

    ValueTask ICustomerObserver.Removing(WriteTx tx, string tenant, string accountId) => Forget(tx, tenant, accountId);

    private static async ValueTask Forget(WriteTx s, string tenant, string account) =>
        await s.Execute("DELETE FROM sign_in_links WHERE tenant_id = @tenant AND account_id = @id", ("tenant", tenant), ("id", account));

    private static async ValueTask<bool> Spend(WriteTx s, string tenant, string token) => await s.Execute(
        "DELETE FROM sign_in_links WHERE tenant_id = @tenant AND token_hash = @hash", ("tenant", tenant), ("hash", OpaqueToken.Hash(token))) == 1;

    // With another password what was made before it is worthless. One whose end lies further ahead than a link is good for was made by a clock that was wrong.
    private ValueTask<string?> Account(ReadTx s, string tenant, string token) => s.One(
        """
        SELECT l.account_id FROM sign_in_links l JOIN accounts a ON a.id = l.account_id AND a.tenant_id = l.tenant_id
        WHERE l.tenant_id = @tenant AND l.token_hash = @hash AND l.expires_at > @now AND l.expires_at <= @last AND l.made_at >= a.password_changed_at AND a.kind = 'customer'
        """,
        r => r.GetString(0), ("tenant", tenant), ("hash", OpaqueToken.Hash(token)), ("now", Now()), ("last", Now() + Life));

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What a sign-in link is refused with.</summary>
public static class SignInLinkErrors
{
    public static readonly ErrorCode CannotSignIn = new(409, "USER_CANNOT_SIGN_IN");

    public static readonly IReadOnlyList<ErrorCode> All = [CannotSignIn];
}
