using System.Net;
using Gatehouse.Platform.Storage.Sqlite;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Crash;

/// <summary>
/// The published binary is killed while it renews keys from their owners' balances, again and again: each key that is due is renewed
/// once in the end, and its price is taken once.
/// </summary>
public sealed class RenewalCrashTests
{
    private const int Kills = 10, Keys = 600, People = 6, Price = 1250;
    private const long Month = 30 * 86_400L, Start = Keys / People * Price + 7;
    private string _token = "";
    private long _end;

    [Fact]
    public async Task Each_due_key_is_renewed_once_however_often_it_is_killed()
    {
        using var folder = new TestFolder();
        var data = folder.File("data");
        await using var appliance = new Appliance(await Appliance.Binary(), data);
        await SetUp(appliance, data);
        var (random, broken, before) = (Fake.Data().Random, 0, 0L);
        for (var kill = 1; kill <= Kills; kill++)
        {
            await Serve(appliance);
            var last = await Newest(appliance);
            await Begin(appliance);
            // In the midst of it: something was renewed in this life.
            await Wait.Until(async () => before == Keys || await Newest(appliance) != last, "something is renewed");
            await Task.Delay(random.Int(0, 20));
            await appliance.Kill();
            var now = Check(data);
            broken += now > before && now < Keys ? 1 : 0;
            before = now;
            await Release(data);
        }
        Assert.True(broken >= 2, $"Only {broken} runs were cut off, and {before} keys are renewed.");

        await Serve(appliance);
        for (var run = 0; run * 200 <= Keys; run++)
            await Begin(appliance);
        await appliance.Kill();
        Assert.Equal(Keys, Check(data));
        await appliance.Run("db", "check");
    }

    // Keys whose owners were told, and whose time has come.
    private async Task SetUp(Appliance appliance, string data)
    {
        await Serve(appliance);
        _token = await appliance.Run("token", "create", "--name", "crash", "--role", "owner");
        appliance.Http.DefaultRequestHeaders.Authorization = new("Bearer", _token);
        var plan = (string)(await appliance.Http.PostApi("/api/plans", new { name = "VIP", price = Price, currency = "CNY", on_sale = true, duration_seconds = Month }))["plan"]!["id"]!;
        await appliance.Http.Keys(plan, Keys);
        foreach (var user in Enumerable.Range(0, People).Select(i => $"wei{i}"))
        {
            await appliance.Http.PostApi("/api/users", new { username = user });
            await appliance.Http.PostApi("/api/finance/topup", new { user, amount = Start, currency = "CNY", reference = "cash" });
        }
        await appliance.Kill();
        using var session = new SqliteSession(new SqliteConnection(Path.Combine(data, "gatehouse.db")), TimeProvider.System);
        var now = await session.Now();
        _end = now + 12 * 3_600_000L;
        await session.Execute("UPDATE licenses SET state = 'active', used_at = @now, expire_at = @end", ("now", now), ("end", _end));
        await session.Execute(
            """
            INSERT INTO account_keys (account_id, license_id, tenant_id, added_at)
            SELECT a.id, l.id, l.tenant_id, @now FROM licenses l JOIN accounts a ON a.username = 'wei' || ((SELECT COUNT(*) FROM licenses x WHERE x.id < l.id) % @people)
            """, ("now", now), ("people", (long)People));
        await session.Execute(
            "INSERT INTO auto_renewals (license_id, account_id, tenant_id, told_end, told_at, price, currency, look_at, created_at) SELECT license_id, account_id, tenant_id, @end, 0, @price, 'CNY', 0, @now FROM account_keys",
            ("end", _end), ("price", (long)Price), ("now", now));
    }

    private async Task Serve(Appliance appliance)
    {
        appliance.Serve();
        await appliance.Ready();
        if (_token.Length > 0)
            appliance.Http.DefaultRequestHeaders.Authorization = new("Bearer", _token);
    }

    // One that goes on comes to its end first.
    private static Task Begin(Appliance appliance) =>
        Wait.Until(async () => (await appliance.Http.PostApi("/api/jobs/renewals.run/run", new { })).Status == HttpStatusCode.Accepted, "the job begins");

    private static async Task<string?> Newest(Appliance appliance) => (await appliance.Http.GetApi("/api/orders?limit=1"))["items"]!.AsArray() is [{ } order] ? (string)order["id"]! : null;

    // A minute goes by: the dead node's hold of the job runs out.
    private static async Task Release(string data)
    {
        using var session = new SqliteSession(new SqliteConnection(Path.Combine(data, "gatehouse.db")), TimeProvider.System);
        await session.Execute("UPDATE job_states SET running_until = 1 WHERE running_until IS NOT NULL");
    }

    // How many are renewed, at a copy of the files as they were left: opening them would mend what the next start has to mend itself.
    private long Check(string data)
    {
        using var left = new LeftFiles(data);
        Assert.Empty(left.Read("SELECT transaction_id FROM ledger_entries GROUP BY transaction_id HAVING SUM(amount) <> 0 LIMIT 5"));
        Assert.Empty(left.Read("SELECT number || ' ' || state FROM orders WHERE kind <> 'renew' OR state <> 'renewed' LIMIT 5"));
        // The order, the key's time and the money: all of it or nothing, and once.
        Assert.Empty(left.Read(
            $"""
            SELECT l.key || ' ' || l.expire_at FROM licenses l WHERE l.expire_at <> {_end} + {Month * 1000} * (SELECT COUNT(*) FROM order_key_changes c JOIN orders o ON o.id = c.order_id WHERE c.license_id = l.id)
              OR (SELECT COUNT(*) FROM order_key_changes c WHERE c.license_id = l.id) > 1 LIMIT 5
            """));
        Assert.Empty(left.Read(
            $"""
            SELECT b.account || ' ' || b.balance FROM ledger_balances b WHERE b.balance <> {Start} - {Price} * (SELECT COUNT(*) FROM orders o WHERE 'balance:' || o.account_id = b.account)
              OR b.balance <> (SELECT -SUM(e.amount) FROM ledger_entries e WHERE e.account = b.account)
            """));
        return left.Read("SELECT id FROM orders").Count;
    }
}
