using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Logins;

/// <summary>A code that waits to be typed in. Times in unix milliseconds.</summary>
/// <param name="Id">Of the attempt that it was made for.</param>
public sealed record EmailCode(string Id, string Code, CodeBrings Brings, long Tries, long SentAt, long ExpiresAt);

/// <summary>What comes true when a code is typed in; empty: nothing of that kind.</summary>
/// <param name="PasswordHash">The account's password.</param>
/// <param name="Username">What the account asks to be called.</param>
/// <param name="Email">The address that becomes the account's.</param>
/// <param name="Invitation">What is used up by it.</param>
/// <param name="By">Whose link led here, as it was given.</param>
public sealed record CodeBrings(string PasswordHash = "", string Username = "", string Email = "", string Invitation = "", string By = "");

/// <summary>
/// Codes of six digits, sealed where they are stored: good for ten minutes and five tries. An address that several people sign up with
/// has a code for each of them, which brings in the password of that one alone.
/// </summary>
public sealed class EmailCodes(SecretBox box)
{
    public const int Minutes = 10;
    public const string SignUp = "sign_up", EmailChange = "email_change";
    internal const int MaxTries = 5;

    internal static readonly SealedColumn Sealed = new("email_codes", "id", "sealed_code", "email-code", "UPDATE email_codes SET sealed_code = '', expires_at = @now");

    private const string Columns = "id, sealed_code, password_hash, wanted_username, wanted_email, invitation_id, invited_by, tries, sent_at, expires_at";
    private const string OfAccount = "tenant_id = @tenant AND account_id = @account AND purpose = @purpose";
    private const int AtOnce = 10;

    /// <summary>A code for a new attempt.</summary>
    public async ValueTask<EmailCode> Make(WriteTx tx, string tenant, string account, string purpose, CodeBrings brings, long now)
    {
        var made = new EmailCode(Ids.New(), NewCode(), brings, 0, now, now + Minutes * 60_000L);
        await tx.Execute(
            $"INSERT INTO email_codes (tenant_id, account_id, purpose, {Columns}) VALUES (@tenant, @account, @purpose, @id, @code, @hash, @wanted, @email, @invitation, @by, 0, @now, @end)",
            ("tenant", tenant), ("account", account), ("purpose", purpose), ("id", made.Id), ("code", Seal(made.Code)), ("hash", brings.PasswordHash), ("wanted", brings.Username), ("email", brings.Email), ("invitation", brings.Invitation), ("by", brings.By), ("now", now), ("end", made.ExpiresAt));
        return made;
    }

    /// <summary>Another code for the same attempt.</summary>
    public async ValueTask<string> Renew(WriteTx tx, string tenant, string id, long now)
    {
        var code = NewCode();
        await tx.Execute("UPDATE email_codes SET sealed_code = @code, tries = 0, sent_at = @now, expires_at = @end WHERE tenant_id = @tenant AND id = @id",
            ("code", Seal(code)), ("now", now), ("end", now + Minutes * 60_000L), ("tenant", tenant), ("id", id));
        return code;
    }

    /// <summary>The account whose attempt it is, and when its code was sent.</summary>
    public static ValueTask<(string? Account, long SentAt)> Find(ReadTx tx, string tenant, string id) => tx.One(
        "SELECT account_id, sent_at FROM email_codes WHERE tenant_id = @tenant AND id = @id", r => ((string?)r.GetString(0), r.GetInt64(1)), ("tenant", tenant), ("id", id));

    /// <summary>The codes that are good now, the latest first.</summary>
    /// <exception cref="CryptographicException">One was sealed under another key.</exception>
    public async ValueTask<IReadOnlyList<EmailCode>> Current(ReadTx tx, string tenant, string account, string purpose, long now)
    {
        var found = await tx.All($"SELECT {Columns} FROM email_codes WHERE {OfAccount} AND expires_at > @now AND expires_at <= @last AND tries < @most AND sealed_code <> '' ORDER BY id DESC LIMIT @limit",
            r => new EmailCode(r.GetString(0), r.GetString(1), new CodeBrings(r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6)), r.GetInt64(7), r.GetInt64(8), r.GetInt64(9)),
            ("tenant", tenant), ("account", account), ("purpose", purpose), ("now", now), ("last", now + Minutes * 60_000L), ("most", (long)MaxTries), ("limit", (long)AtOnce));
        return [.. found.Select(c => c with { Code = Encoding.ASCII.GetString(box.Open(c.Code, Sealed.Purpose)) })];
    }

    /// <summary>Is it one of the codes, or that of one attempt? A wrong one counts for each that it was compared with; the right one uses up all. The caller has locked the account.</summary>
    /// <param name="attempt">Null: any.</param>
    /// <returns>The attempt whose code it is.</returns>
    public async ValueTask<EmailCode?> Try(WriteTx tx, string tenant, string account, string purpose, string? attempt, string typed, long now)
    {
        EmailCode? right = null;
        var compared = (await Current(tx, tenant, account, purpose, now)).Where(c => attempt is null || c.Id == attempt).ToList();
        foreach (var code in compared)
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(typed), Encoding.UTF8.GetBytes(code.Code)))
                right ??= code;
        if (right is not null)
            await tx.Execute($"DELETE FROM email_codes WHERE {OfAccount}", ("tenant", tenant), ("account", account), ("purpose", purpose));
        else
            foreach (var code in compared)
                await tx.Execute("UPDATE email_codes SET tries = tries + 1 WHERE tenant_id = @tenant AND id = @id", ("tenant", tenant), ("id", code.Id));
        return right;
    }

    internal static ValueTask<int> Forget(WriteTx tx, string tenant, string account) =>
        tx.Execute("DELETE FROM email_codes WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    /// <summary>Removes an account's codes of one purpose.</summary>
    internal static ValueTask<int> Forget(WriteTx tx, string tenant, string account, string purpose) =>
        tx.Execute($"DELETE FROM email_codes WHERE {OfAccount}", ("tenant", tenant), ("account", account), ("purpose", purpose));

    internal static ValueTask<int> Tidy(WriteTx tx, long now) => tx.Execute("DELETE FROM email_codes WHERE expires_at < @before OR expires_at > @ahead",
        ("before", now - 86_400_000), ("ahead", now + 86_400_000));

    private static string NewCode() => RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);

    private string Seal(string code) => box.Seal(Encoding.ASCII.GetBytes(code), Sealed.Purpose);
}
