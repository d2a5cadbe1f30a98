using System.Security.Cryptography;
using System.Text;
using Gatehouse.Accounts.Customers;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.SignUp;

/// <summary>
/// How many mails strangers may have sent: by the network they come from, by address, and in all. Counted as rows, so that all nodes
/// count together, and for addresses that nobody has as for others, so that it tells nothing.
/// </summary>
public sealed class MailRequests(SecretBox box, IConfiguration config) : ICustomerObserver
{
    internal const int ByNetwork = 10, ByAddress = 5, InAll = 500;

    private static readonly TimeSpan Window = TimeSpan.FromHours(1);
    private readonly bool _limited = ConfigOptions.Flag(config, "RateLimits:Enabled");
    private readonly byte[] _key = box.Derive("mail-requests");

    /// <summary>Notes another, inside the transaction that sends it.</summary>
    /// <exception cref="Refusal">429 TOO_MANY_MAILS.</exception>
    public async ValueTask Count(WriteTx tx, Caller who, string email, long now)
    {
        if (!_limited)
            return;
        var (network, hash, since) = (RateLimits.NetworkOf(who.Ip), Hash(email), now - (long)Window.TotalMilliseconds);
        await Limit("network = @value", network, ByNetwork);
        await Limit("address_hash = @value", hash, ByAddress);
        await Limit("@value = ''", "", InAll);
        await tx.Execute("INSERT INTO mail_requests (id, tenant_id, at, network, address_hash) VALUES (@id, @tenant, @now, @network, @hash)",
            ("id", Ids.New()), ("tenant", who.TenantId), ("now", now), ("network", network), ("hash", hash));

        async ValueTask Limit(string condition, string value, int most)
        {
            var (count, first) = await tx.One($"SELECT COUNT(*), MIN(at) FROM mail_requests WHERE tenant_id = @tenant AND at > @since AND at <= @now AND {condition}",
                r => (r.GetInt64(0), r.LongOrNull(1)), ("tenant", who.TenantId), ("since", since), ("now", now), ("value", value));
            if (count >= most)
                throw new Refusal(SignUpErrors.TooMany) { RetryAfter = TimeSpan.FromMilliseconds(Math.Max(1000, (first ?? now) - since)) };
        }
    }

    /// <summary>Forgets from where mails to a customer who goes were asked for.</summary>
    async ValueTask ICustomerObserver.Removing(WriteTx tx, string tenant, string accountId)
    {
        var names = await tx.All(
            """
            SELECT name FROM account_logins WHERE tenant_id = @tenant AND account_id = @id UNION SELECT email FROM email_undos WHERE tenant_id = @tenant AND account_id = @id
            UNION SELECT wanted_email FROM email_codes WHERE tenant_id = @tenant AND account_id = @id
            """, r => r.GetString(0), ("tenant", tenant), ("id", accountId));
        await tx.ExecuteMany("DELETE FROM mail_requests WHERE tenant_id = @tenant AND address_hash = @hash",
            names.ConvertAll(name => new (string, object?)[] { ("tenant", tenant), ("hash", Hash(name)) }));
    }

    private string Hash(string email) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(email)));

    /// <summary>Removes what no limit asks for any more, of all tenants, and what a clock that was ahead has noted.</summary>
    internal static ValueTask<int> Tidy(WriteTx tx, long now) => tx.Execute("DELETE FROM mail_requests WHERE at < @before OR at > @ahead",
        ("before", now - (long)Window.TotalMilliseconds), ("ahead", now + (long)Window.TotalMilliseconds));
}
