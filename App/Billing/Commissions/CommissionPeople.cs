using System.Text.Json;
using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.Ledger;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Commissions;

/// <summary>What becomes of links, commission and withdrawals when accounts go, become one, or take their data along. The money stays on the books; who it was is forgotten.</summary>
internal sealed class CommissionPeople(LedgerService ledger) : ICustomerObserver
{
    private static readonly string[] Theirs = ["distributor_links", "commissions", "withdrawals"];

    public async ValueTask Removing(WriteTx tx, string tenant, string accountId)
    {
        (string, object?)[] of = [("tenant", tenant), ("account", accountId)];
        // What was asked for and not decided is not paid to anybody any more.
        foreach (var (currency, amount) in await tx.All("SELECT currency, CAST(SUM(amount) AS BIGINT) FROM withdrawals WHERE tenant_id = @tenant AND account_id = @account AND state = 'asked' GROUP BY currency ORDER BY currency", r => (r.GetString(0), r.GetInt64(1)), of))
            await ledger.Post(tx, tenant, new Posting(Posting.Withdrawal, currency, (LedgerAccount.Withdrawing, amount), (LedgerAccount.Commission(accountId), -amount)));
        await tx.Execute("UPDATE withdrawals SET state = 'refused', decided_at = @now WHERE tenant_id = @tenant AND account_id = @account AND state = 'asked'", [("now", await tx.Now()), .. of]);
        await tx.Execute("UPDATE withdrawals SET details = '', reference = '' WHERE tenant_id = @tenant AND account_id = @account", of);
        await tx.Execute("UPDATE ledger_transactions SET reference = '' WHERE tenant_id = @tenant AND reference <> '' AND id IN (SELECT e.transaction_id FROM ledger_entries e WHERE e.tenant_id = @tenant AND e.account = @ledger)",
            [("ledger", LedgerAccount.Commission(accountId)), .. of]);
        await tx.Execute("UPDATE ledger_transactions SET reference = '' WHERE tenant_id = @tenant AND reference <> '' AND id IN (SELECT w.posting FROM withdrawals w WHERE w.tenant_id = @tenant AND w.account_id = @account AND w.posting IS NOT NULL)", of);
        await tx.Execute("DELETE FROM referrals WHERE tenant_id = @tenant AND (account_id = @account OR link IN (SELECT code FROM distributor_links WHERE tenant_id = @tenant AND account_id = @account))", of);
        await tx.Execute("DELETE FROM distributor_links WHERE tenant_id = @tenant AND account_id = @account", of);
    }

    /// <summary>How many orders an account gets commission of.</summary>
    public static ValueTask<long> Count(ReadTx s, string tenant, string account) =>
        s.Number("SELECT COUNT(*) FROM commissions WHERE tenant_id = @tenant AND account_id = @account AND paid_at IS NOT NULL", ("tenant", tenant), ("account", account));

    /// <summary>Two accounts become one: what one earned the other has.</summary>
    public static async ValueTask Move(WriteTx s, string tenant, string from, string into)
    {
        (string, object?)[] both = [("tenant", tenant), ("from", from), ("into", into)];
        var ledger = new LedgerService();
        var owed = await s.All("SELECT currency, CAST(SUM(amount) AS BIGINT) FROM ledger_entries WHERE tenant_id = @tenant AND account = @from GROUP BY currency HAVING SUM(amount) <> 0 ORDER BY currency",
            r => (Currency: r.GetString(0), Amount: r.GetInt64(1)), ("tenant", tenant), ("from", LedgerAccount.Commission(from)));
        foreach (var (currency, amount) in owed)
            await ledger.Post(s, tenant, new Posting(Posting.Moved, currency, (LedgerAccount.Commission(from), -amount), (LedgerAccount.Commission(into), amount)));
        foreach (var table in Theirs)
            await s.Execute($"UPDATE {table} SET account_id = @into WHERE tenant_id = @tenant AND account_id = @from", both);
        // Who sent either of them last sent the one that is left.
        await s.Execute("DELETE FROM referrals WHERE tenant_id = @tenant AND account_id = @into AND at < (SELECT r.at FROM referrals r WHERE r.account_id = @from)", both);
        await s.Execute("UPDATE referrals SET account_id = @into WHERE tenant_id = @tenant AND account_id = @from AND NOT EXISTS (SELECT 1 FROM referrals r WHERE r.account_id = @into)", both);
        await s.Execute("DELETE FROM referrals WHERE tenant_id = @tenant AND account_id = @from", ("tenant", tenant), ("from", from));
    }

    /// <summary>Links, who sent them, commission and withdrawals of an account, for who takes their data along.</summary>
    public static async ValueTask WriteOwn(ReadTx s, string tenant, string account, Utf8JsonWriter json)
    {
        (string, object?)[] of = [("tenant", tenant), ("account", account)];
        json.WriteStartObject();
        if (await CommissionStore.Referral(s, tenant, account) is { } sent)
        {
            json.WriteStartObject("sent_by");
            json.WriteString("link", sent.Link);
            json.WriteString("at", Time(sent.At));
            json.WriteEndObject();
        }
        json.WriteStartArray("links");
        foreach (var link in await CommissionStore.Links(s, tenant, account))
        {
            json.WriteStartObject();
            json.WriteString("code", link.Code);
            json.WriteString("name", link.Name);
            json.WriteString("created_at", Time(link.CreatedAt));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("commission");
        for (string? after = null; ;)
        {
            var page = await CommissionStore.List(s, tenant, account, after, 500);
            foreach (var (c, what, _) in page)
                Write(json, c.Currency, c.Amount, c.PaidAt!.Value, ("what", what), ("link", c.Link));
            if (page.Count < 500)
                break;
            after = page[^1].Commission.OrderId;
        }
        json.WriteEndArray();
        json.WriteStartArray("withdrawals");
        foreach (var w in await s.All("SELECT currency, amount, created_at, way, details, state, reference FROM withdrawals WHERE tenant_id = @tenant AND account_id = @account ORDER BY id",
            r => (r.GetString(0), r.GetInt64(1), r.GetInt64(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6)), of))
            Write(json, w.Item1, w.Item2, w.Item3, ("way", w.Item4), ("details", w.Item5), ("status", w.Item6), ("reference", w.Item7));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string currency, long amount, long at, params ReadOnlySpan<(string Name, string Value)> rest)
    {
        json.WriteStartObject();
        json.WriteNumber("amount", amount);
        json.WriteString("currency", currency);
        json.WriteString("at", Time(at));
        foreach (var (name, value) in rest)
            json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static DateTime Time(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime;
}
