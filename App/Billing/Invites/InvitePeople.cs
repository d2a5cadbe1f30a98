using System.Text.Json;
using Gatehouse.Accounts.Customers;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Invites;

/// <summary>Inviters and invited who go, become another or take their data along. The mark of a mailbox stays: leaving earns nobody a second reward.</summary>
internal sealed class InvitePeople : ICustomerObserver
{
    public async ValueTask Removing(WriteTx tx, string tenant, string accountId)
    {
        (string, object?)[] of = [("tenant", tenant), ("account", accountId)];
        await tx.Execute("DELETE FROM invite_codes WHERE tenant_id = @tenant AND account_id = @account", of);
        await tx.Execute("UPDATE invited SET state = 'void' WHERE tenant_id = @tenant AND state = 'waiting' AND (inviter = @account OR account_id = @account)", of);
        await tx.Execute("UPDATE invited SET inviter = '' WHERE tenant_id = @tenant AND inviter = @account", of);
        await tx.Execute("UPDATE invited SET account_id = NULL WHERE tenant_id = @tenant AND account_id = @account", of);
    }

    /// <summary>How many somebody has brought.</summary>
    public static ValueTask<long> Count(ReadTx s, string tenant, string account) =>
        s.Number("SELECT COUNT(*) FROM invited WHERE tenant_id = @tenant AND inviter = @account", ("tenant", tenant), ("account", account));

    /// <summary>Two accounts become one: it has the links of both, and did not bring itself.</summary>
    public static async ValueTask Move(WriteTx s, string tenant, string from, string into)
    {
        (string, object?)[] both = [("tenant", tenant), ("from", from), ("into", into)];
        await s.Execute("UPDATE invite_codes SET account_id = @into WHERE tenant_id = @tenant AND account_id = @from", both);
        await s.Execute("UPDATE invited SET inviter = @into WHERE tenant_id = @tenant AND inviter = @from", both);
        await s.Execute("UPDATE invited SET account_id = @into WHERE tenant_id = @tenant AND account_id = @from", both);
        await s.Execute("UPDATE invited SET state = 'void' WHERE tenant_id = @tenant AND state = 'waiting' AND account_id = @into AND inviter = @into", ("tenant", tenant), ("into", into));
        // One person is worth one reward.
        await s.Execute(
            """
            UPDATE invited SET state = 'void' WHERE tenant_id = @tenant AND state = 'waiting' AND account_id = @into
              AND EXISTS (SELECT 1 FROM invited x WHERE x.tenant_id = @tenant AND x.account_id = @into AND x.id <> invited.id AND (x.state = 'earned' OR x.state = 'waiting' AND x.id < invited.id))
            """, ("tenant", tenant), ("into", into));
    }

    /// <summary>An account's links, whom it brought, and that it was brought, for who takes their data along.</summary>
    public static async ValueTask WriteOwn(ReadTx s, string tenant, string account, Utf8JsonWriter json)
    {
        (string, object?)[] of = [("tenant", tenant), ("account", account)];
        json.WriteStartArray();
        foreach (var (code, at) in await s.All("SELECT code, created_at FROM invite_codes WHERE tenant_id = @tenant AND account_id = @account ORDER BY created_at, code", r => (r.GetString(0), r.GetInt64(1)), of))
        {
            json.WriteStartObject();
            json.WriteString("link", code);
            json.WriteString("created_at", Time(at));
            json.WriteEndObject();
        }
        foreach (var (brought, at) in await s.All("SELECT CASE WHEN inviter = @account THEN 1 ELSE 0 END, created_at FROM invited WHERE tenant_id = @tenant AND (inviter = @account OR account_id = @account) ORDER BY id", r => (r.GetInt64(0) == 1, r.GetInt64(1)), of))
        {
            json.WriteStartObject();
            json.WriteString("what", brought ? "invited_somebody" : "was_invited");
            json.WriteString("at", Time(at));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}
