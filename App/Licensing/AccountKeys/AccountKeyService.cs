using System.Text.Json;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Licensing.AccountKeys;

/// <summary>Keys on customers' accounts. Putting one there takes no more than knowing it, and gives nobody more than that.</summary>
public sealed class AccountKeyService(TimeProvider clock)
{
    /// <summary>An account holds no more.</summary>
    public const int Most = 200;

    /// <summary>The account's keys, those that were put there last first.</summary>
    public ValueTask<List<License>> List(ReadTx s, Caller who, int limit = Most) => Of(s, who.TenantId, who.Id ?? "", limit);

    /// <summary>An account's keys, those that were put there last first.</summary>
    public static ValueTask<List<License>> Of(ReadTx s, string tenant, string account, int limit = Most) => LicenseStore.OfAccount(s, tenant, account, limit);

    /// <summary>Puts an account's keys on another; those that are on both stay.</summary>
    internal static async ValueTask Move(WriteTx s, string tenant, string from, string into)
    {
        (string, object?)[] of = [("tenant", tenant), ("from", from), ("into", into)];
        await s.Execute("UPDATE license_events SET account_id = @into WHERE tenant_id = @tenant AND account_id = @from", of);
        await s.Execute(
            """
            UPDATE account_keys SET account_id = @into WHERE tenant_id = @tenant AND account_id = @from
              AND license_id NOT IN (SELECT license_id FROM account_keys WHERE tenant_id = @tenant AND account_id = @into)
            """, of);
        // What stays behind would be forgotten with the account.
        await s.Execute("DELETE FROM account_keys WHERE tenant_id = @tenant AND account_id = @from", of);
    }

    /// <summary>The account's keys, for who takes their data along.</summary>
    internal static async ValueTask WriteOwn(ReadTx s, string tenant, string account, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var key in await Of(s, tenant, account))
        {
            json.WriteStartObject();
            json.WriteString("key", key.Key);
            json.WriteString("plan", key.PlanName);
            Time("activated_at", key.UsedAt);
            Time("expires_at", key.ExpireAt);
            json.WriteEndObject();
        }
        json.WriteEndArray();

        void Time(string name, long? at)
        {
            if (at is { } known)
                json.WriteString(name, DateTimeOffset.FromUnixTimeMilliseconds(known).UtcDateTime);
            else
                json.WriteNull(name);
        }
    }

    /// <summary>How many there are.</summary>
    public static ValueTask<long> Count(ReadTx s, string tenant, string account) =>
        s.Number("SELECT COUNT(*) FROM account_keys WHERE tenant_id = @tenant AND account_id = @account", ("tenant", tenant), ("account", account));

    /// <summary>Puts a key on the caller's account; one that is there stays.</summary>
    /// <exception cref="Refusal">422 on <c>key</c>: there are too many, or it was deleted in this moment.</exception>
    public async ValueTask<bool> Add(WriteTx s, Caller who, License license)
    {
        // The account's row: two at once must not be one more than there may be.
        if (await s.Locked("SELECT id FROM accounts WHERE tenant_id = @tenant AND id = @id AND disabled_at IS NULL", r => r.GetString(0), ("tenant", who.TenantId), ("id", who.Id ?? "")) is null)
            throw new Refusal(HttpErrors.Unauthorized);
        if (await s.Locked("SELECT id FROM licenses WHERE tenant_id = @tenant AND id = @id", r => r.GetString(0), ("tenant", who.TenantId), ("id", license.Id)) is null)
            throw Refusal.Field("key", "accountkeys.unknown");
        if (await Count(s, who.TenantId, who.Id ?? "") >= Most)
            throw Refusal.Field("key", "accountkeys.too_many", Most);
        return await s.Execute("INSERT INTO account_keys (account_id, license_id, tenant_id, added_at) VALUES (@account, @license, @tenant, @now) ON CONFLICT DO NOTHING",
            ("account", who.Id), ("license", license.Id), ("tenant", who.TenantId), ("now", clock.GetUtcNow().ToUnixTimeMilliseconds())) == 1;
    }

    /// <summary>Puts keys that an account has bought on it, as many as there may be.</summary>
    public static async ValueTask Give(WriteTx s, string tenant, string account, IEnumerable<string> licenses, long now)
    {
        var room = Most - await Count(s, tenant, account);
        await s.ExecuteMany("INSERT INTO account_keys (account_id, license_id, tenant_id, added_at) VALUES (@account, @license, @tenant, @now) ON CONFLICT DO NOTHING",
            [.. licenses.Take((int)Math.Max(room, 0)).Select(id => new (string, object?)[] { ("account", account), ("license", id), ("tenant", tenant), ("now", now) })]);
    }

    /// <summary>Takes a key off the caller's account. The key itself stays as it is.</summary>
    /// <exception cref="Refusal">404 KEY_NOT_FOUND: it is not there.</exception>
    public async ValueTask<int> Remove(WriteTx s, Caller who, string licenseId)
    {
        var removed = await s.Execute("DELETE FROM account_keys WHERE tenant_id = @tenant AND account_id = @account AND license_id = @license",
            ("tenant", who.TenantId), ("account", who.Id ?? ""), ("license", licenseId));
        return removed > 0 ? removed : throw new Refusal(LicenseErrors.NotFound);
    }
}
