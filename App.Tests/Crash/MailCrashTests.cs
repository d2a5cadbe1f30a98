using System.Diagnostics;
using System.Net.Http.Headers;
using Gatehouse.Platform.Storage.Sqlite;
using Gatehouse.Tests.Messaging;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Crash;

/// <summary>
/// The binary with a mail server, and mails that wait. Killed between sending and noting that it did, it sends each of them, and
/// twice only those that it had under way; and however many wait, it holds few of them in memory.
/// </summary>
public sealed class MailCrashTests
{
    private const int Kills = 3;

    // MailDelivery.PerTenant: so many at once.
    private const int UnderWay = 4;

    [Fact]
    public async Task Killed_between_sending_and_noting_it_each_mail_goes_and_twice_only_what_was_under_way()
    {
        const int count = 60;
        await using var smtp = await SmtpServer.Start("--answer-after", "0.3");
        using var folder = new TestFolder();
        var data = folder.File("data");
        await using var appliance = new Appliance(Appliance.NamedOrOwn, data);
        await SetUp(appliance, smtp);
        Leave(data, count);
        for (var kill = 1; kill <= Kills; kill++)
        {
            appliance.Serve();
            await appliance.Ready();
            var wanted = smtp.Taken.Count + 5;
            await Wait.Until(() => Task.FromResult(smtp.Taken.Count >= wanted), "mails go out", seconds: 60);
            await appliance.Kill();
            // A minute goes by: the holds of the dead node run out.
            Change(data, "UPDATE outbox SET next_try_at = 1 WHERE topic = 'mail' AND next_try_at IS NOT NULL AND held = 1");
        }
        appliance.Serve();
        await appliance.Ready();
        await Wait.Until(() => Task.FromResult(smtp.Taken.Select(m => m.To).Distinct().Count() == count), "all mails are there", seconds: 120);
        // Those under way are noted.
        await Task.Delay(2000);
        await appliance.Kill();
        var twice = smtp.Taken.Count - count;
        Assert.InRange(twice, 1, Kills * UnderWay);
        Assert.All(smtp.Taken.GroupBy(m => m.To), of => Assert.Single(of.Select(m => m.Mime.MessageId).Distinct()));
        Assert.Equal(count, Number(data, "SELECT COUNT(*) FROM outbox WHERE topic = 'mail' AND done_at IS NOT NULL"));
        Assert.Equal(0, Number(data, "SELECT COUNT(*) FROM outbox WHERE topic = 'mail' AND (next_try_at IS NOT NULL OR dead_at IS NOT NULL)"));
    }

    /// <summary>By <c>GATEHOUSE_OUTBOX_MESSAGES=10000</c>, and <c>GATEHOUSE_TEST_BINARY</c> for the published binary, it is the figure of a release.</summary>
    [Fact]
    public async Task However_many_wait_few_are_in_memory()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("GATEHOUSE_OUTBOX_MESSAGES"), out var wanted) ? wanted : 300;
        await using var smtp = await SmtpServer.Start();
        using var folder = new TestFolder();
        var data = folder.File("data");
        await using var appliance = new Appliance(Appliance.NamedOrOwn, data);
        await SetUp(appliance, smtp);
        appliance.Serve();
        await appliance.Ready();
        await Task.Delay(2000);
        var idle = Resident(appliance.Process);
        await appliance.Kill();
        Leave(data, count);
        var time = Stopwatch.StartNew();
        appliance.Serve();
        await appliance.Ready();
        var most = 0L;
        await Wait.Until(() =>
        {
            most = Math.Max(most, Resident(appliance.Process));
            return Task.FromResult(smtp.Taken.Count >= count);
        }, "all mails are there", seconds: 60 + count / 20);
        System.Console.WriteLine($"{count} mails in {time.Elapsed.TotalSeconds:N1} s: {count / time.Elapsed.TotalSeconds:N0}/s, {idle >> 20} MB idle, at most {most >> 20} MB");
        Assert.True(most - idle < 100 << 20, $"{(most - idle) >> 20} MB more than idle.");
        Assert.Equal(count, smtp.Taken.Select(m => m.To).Distinct().Count());
        Assert.Equal(count, smtp.Taken.Count);
    }

    private static async Task SetUp(Appliance appliance, SmtpServer smtp)
    {
        appliance.Serve();
        await appliance.Ready();
        var token = await appliance.Run("token", "create", "--name", "mail", "--role", "owner");
        appliance.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var set = await appliance.Http.PatchApi("/api/settings", new { mail = new { host = "localhost", port = smtp.Port, security = "none", user = "", from = "shop@example.com" } });
        Assert.True((int)set.Status == 200, set.ToString());
        await appliance.Kill();
    }

    // As MailQueue leaves them.
    private static void Leave(string data, int count) => Change(data,
        $$"""
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {{count}})
        INSERT INTO outbox (id, tenant_id, topic, dedupe_key, payload, created_at, next_try_at)
        SELECT 'mail' || i, 'default', 'mail', 'key' || i, '{"to":"person' || i || '@example.org","language":"en","content":"{\"key\":\"test\"}"}', 1, 1 FROM n
        """);

    private static void Change(string data, string sql)
    {
        using var connection = new SqliteConnection(Path.Combine(data, "gatehouse.db"));
        using var session = new SqliteSession(connection, TimeProvider.System);
        session.Execute(sql).AsTask().GetAwaiter().GetResult();
    }

    private static long Number(string data, string sql)
    {
        using var session = new SqliteSession(new SqliteConnection(Path.Combine(data, "gatehouse.db")), TimeProvider.System);
        return session.All(sql, r => r.GetInt64(0)).Result.Single();
    }

    private static long Resident(Process process)
    {
        process.Refresh();
        return process.WorkingSet64;
    }
}
