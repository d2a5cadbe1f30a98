using System.Text.Json.Nodes;
using Gatehouse.Messaging.Sending;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Messaging.Channels;

/// <summary>What waits for channels is sent once, at each one's own rate, and none waits for another.</summary>
public sealed class ChannelDeliveryTests
{
    [Theory, BothEngines]
    public async Task A_channel_that_hangs_or_is_down_delays_no_other(Engine engine)
    {
        await using var exchange = await Exchange.Open(engine);
        await using var gateway = await Gateway.Start();
        var release = new TaskCompletionSource();
        gateway.Answer = async got =>
        {
            if (got.Path == "/slow")
                await release.Task;
            return got.Path == "/down" ? (500, "away") : (200, "ok");
        };
        var (slow, down, good) = (await exchange.Webhook(gateway, "/slow"), await exchange.Webhook(gateway, "/down"), await exchange.Webhook(gateway, "/good"));
        // More than are sent at once: all but one give their place to others'.
        for (var i = 0; i < 40; i++)
            await exchange.Add(slow, "s" + i);
        await exchange.Add(down, "d");
        await exchange.Add(good, "g");
        var look = exchange.Look();
        await Wait.Until(() => Task.FromResult(gateway.All.Any(g => g.Path == "/good")), "the good one has its message");
        Assert.DoesNotContain(gateway.All, g => g.Path == "/slow");
        release.SetResult();
        await look;
        Assert.Single(gateway.All, g => g.Path == "/slow");
        Assert.Equal((1, 1, 40), (await exchange.Count("outbox WHERE done_at IS NOT NULL AND dedupe_key = 'g'"), await exchange.Count("outbox WHERE tries = 1 AND dedupe_key = 'd' AND next_try_at > created_at"), await exchange.Count("outbox WHERE dedupe_key LIKE 's%'")));
        // What waited has not used up its tries.
        Assert.Equal(39, await exchange.Count("outbox WHERE tries = 0 AND dedupe_key LIKE 's%' AND next_try_at > created_at"));
        Assert.Equal((false, "500 away"), ((await exchange.Load(down.Id)).LastOk, await exchange.Said(down.Id)));
        for (var i = 0; i < 60 && gateway.All.Count(g => g.Path == "/slow") < 40; i++)
            await exchange.LookLater(1);
        Assert.Equal(40, gateway.All.Where(g => g.Path == "/slow").Select(g => (string)JsonNode.Parse(g.Body)!["id"]!).Distinct().Count());
    }

    [Theory, BothEngines]
    public async Task A_channel_keeps_to_its_rate_and_the_vendors_waiting_time(Engine engine)
    {
        await using var exchange = await Exchange.Open(engine);
        await using var gateway = await Gateway.Start();
        gateway.Says(200, """{"errcode":0,"errmsg":"ok"}""");
        var robot = await exchange.Make("wecom_robot", new { key = "k", base_url = gateway.Address });
        for (var i = 0; i < 6; i++)
            await exchange.Add(robot, "m" + i);
        await exchange.Look("wecom_robot");
        Assert.Single(gateway.All);
        var sent = new List<int>();
        for (var i = 0; i < 15; i++)
        {
            await exchange.LookLater(1, "wecom_robot");
            sent.Add(gateway.All.Count);
        }
        Assert.Equal([1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6], sent);

        gateway.Says(200, """{"errcode":45009,"errmsg":"api freq out of limit"}""");
        await exchange.Add(robot, "late");
        await exchange.LookLater(3, "wecom_robot");
        gateway.Says(200, """{"errcode":0,"errmsg":"ok"}""");
        // It wants to be left alone, also by the next message.
        await exchange.Add(robot, "next");
        await exchange.LookLater(30, "wecom_robot");
        Assert.Equal(7, gateway.All.Count);
        for (var i = 0; i < 20; i++)
            await exchange.LookLater(5, "wecom_robot");
        Assert.Equal((9, 0), (gateway.All.Count, await exchange.Count("outbox WHERE done_at IS NULL")));
        Assert.True((await exchange.Load(robot.Id)).LastOk);
    }

    [Theory, BothEngines]
    public async Task Two_nodes_send_a_message_once_and_a_channel_has_one_under_way(Engine engine)
    {
        await using var exchange = await Exchange.Open(engine);
        await using var other = await exchange.Another();
        await using var gateway = await Gateway.Start();
        var (now, most, gate) = (0, 0, new Lock());
        gateway.Answer = async _ =>
        {
            lock (gate)
                most = Math.Max(most, ++now);
            await Task.Delay(5);
            lock (gate)
                now--;
            return (200, "ok");
        };
        var channel = await exchange.Webhook(gateway);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? exchange : other).Add(channel, "k" + i % 10)));
        Assert.Equal(10, await exchange.Count("outbox"));
        for (var i = 0; i < 200 && await exchange.Count("outbox WHERE done_at IS NULL") > 0; i++)
        {
            await Task.WhenAll(exchange.Look(), other.Look());
            exchange.Test.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal((10, 10, 1), (gateway.All.Count, gateway.All.Select(g => g.Headers["X-Gatehouse-Delivery"]).Distinct().Count(), most));
    }

    [Theory, BothEngines]
    public async Task A_channel_that_is_refused_three_times_is_switched_off_and_the_others_are_told(Engine engine)
    {
        await using var exchange = await Exchange.Open(engine);
        await using var gateway = await Gateway.Start();
        gateway.Answer = got => Task.FromResult(got.Path.StartsWith("/cgi", StringComparison.Ordinal) ? (200, """{"errcode":93000,"errmsg":"invalid webhook url"}""") : (200, "ok"));
        var robot = await exchange.Make("wecom_robot", new { key = "k", base_url = gateway.Address }, "Robot");
        await exchange.Webhook(gateway);
        for (var i = 0; i < 5; i++)
        {
            await exchange.Add(robot, "m" + i);
            await exchange.LookLater(5, "wecom_robot");
        }
        Assert.Equal((3, false), (gateway.All.Count, (await exchange.Load(robot.Id)).Enabled));
        Assert.Equal(5, await exchange.Count("outbox WHERE dead_at IS NOT NULL AND topic = 'channel.wecom_robot'"));
        await exchange.TellAll();
        Assert.Equal(("channels.off", "A channel was switched off", "bad"), Told(gateway.All.Last()));
        Assert.Contains("Robot is switched off: what it was sent was refused. 93000 invalid webhook url", (string)JsonNode.Parse(gateway.All.Last().Body)!["text"]!, StringComparison.Ordinal);
        // A webhook that wants no more is off at once.
        gateway.Says(410, "");
        var gone = await exchange.Webhook(gateway, "/gone", "Gone");
        await exchange.Add(gone, "g");
        await exchange.LookLater(5);
        Assert.False((await exchange.Load(gone.Id)).Enabled);
    }

    [Fact]
    public async Task One_good_answer_forgets_refusals()
    {
        await using var exchange = await Exchange.Open();
        await using var gateway = await Gateway.Start();
        var robot = await exchange.Make("wecom_robot", new { key = "k", base_url = gateway.Address });
        foreach (var (code, i) in new[] { 1, 1, 0, 1, 1 }.Select((c, i) => (c, i)))
        {
            gateway.Says(200, $$"""{"errcode":{{code}}}""");
            await exchange.Add(robot, "m" + i);
            await exchange.LookLater(5, "wecom_robot");
        }
        Assert.Equal((5, true), (gateway.All.Count, (await exchange.Load(robot.Id)).Enabled));
    }

    [Theory, BothEngines]
    public async Task A_group_that_became_a_larger_one_is_found_under_its_new_number(Engine engine)
    {
        await using var exchange = await Exchange.Open(engine);
        await using var gateway = await Gateway.Start();
        gateway.Answer = got => Task.FromResult(got.Body.Contains("\"-100200\"", StringComparison.Ordinal) ? (200, """{"ok":true}""")
            : (400, """{"ok":false,"error_code":400,"description":"group upgraded","parameters":{"migrate_to_chat_id":-100200}}"""));
        var group = await exchange.Make("telegram", new { bot_token = "1:a", chat_id = "-1", base_url = gateway.Address });
        await exchange.Add(group, "a");
        await exchange.Look("telegram");
        await exchange.LookLater(10, "telegram");
        Assert.Equal((2, 1), (gateway.All.Count, await exchange.Count("outbox WHERE done_at IS NOT NULL")));
        Assert.Contains("\"chat_id\":\"-100200\"", (await exchange.Load(group.Id)).Settings, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_for_a_channel_that_was_deleted_is_dropped_and_a_lost_key_is_said()
    {
        await using var exchange = await Exchange.Open();
        await using var gateway = await Gateway.Start();
        var (gone, lost) = (await exchange.Webhook(gateway), await exchange.Webhook(gateway));
        await exchange.Add(gone, "a");
        await exchange.Add(lost, "b");
        await exchange.Test.Database.Write(async tx =>
        {
            await tx.Execute("DELETE FROM channels WHERE id = @id", ("id", gone.Id));
            await tx.Execute("UPDATE channels SET sealed_secrets = '', secrets = '[]' WHERE id = @id", ("id", lost.Id));
            return true;
        });
        await exchange.Look();
        Assert.Empty(gateway.All);
        Assert.Equal((1, 1), (await exchange.Count("outbox WHERE done_at IS NOT NULL AND dedupe_key = 'a'"), await exchange.Count("outbox WHERE dead_at IS NOT NULL AND dedupe_key = 'b'")));
        Assert.Contains("Type them in again", await exchange.Said(lost.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_was_wrong_silences_no_channel()
    {
        await using var exchange = await Exchange.Open();
        await using var gateway = await Gateway.Start();
        var channel = await exchange.Webhook(gateway);
        await exchange.Test.Database.Write(tx => tx.Execute("UPDATE channels SET next_send_at = 9999999999999, held_until = 9999999999999"));
        await exchange.Test.Database.Write(tx => tx.Execute("INSERT INTO notice_turns (channel_id, kind, tenant_id, told_at) VALUES (@id, 'jobs.failed', 'default', 9999999999999)", ("id", channel.Id)));
        await exchange.Tell(new("jobs.failed", "warn", 1), "job.bad");
        await exchange.TellAll();
        Assert.Single(gateway.All);
    }

    [Fact]
    public async Task What_does_not_go_by_a_customers_own_channel_is_no_trouble_of_the_servers()
    {
        await using var exchange = await Exchange.Open();
        // Closed to customers, whatever staff may reach.
        var channel = await exchange.MakeOwn("webhook", new { url = "http://127.0.0.1:1/", signing_secret = "s" });
        for (var i = 0; i < 4; i++)
        {
            await exchange.Add(channel, "m" + i, own: true);
            await exchange.LookLater(5, "own");
        }
        Assert.Equal((4, 0), (await exchange.Count("outbox WHERE done_at IS NOT NULL"), await exchange.Count("outbox WHERE dead_at IS NOT NULL")));
        Assert.Equal(1, await exchange.Count("channels WHERE enabled = 0 AND refusals = 3"));
    }

    [Theory, BothEngines]
    public async Task Thousands_that_wait_ask_seldom(Engine engine)
    {
        await using var exchange = await Exchange.Open(engine);
        await using var gateway = await Gateway.Start();
        gateway.Says(200, """{"errcode":0}""");
        var robot = await exchange.Make("wecom_robot", new { key = "k", base_url = gateway.Address });
        for (var i = 0; i < 700; i++)
            await exchange.Add(robot, "m" + i);
        await exchange.Look("wecom_robot");
        Assert.Single(gateway.All);
        var (soon, last) = (exchange.Test.Clock.Now + 3_500, exchange.Test.Clock.Now + (long)TimeSpan.FromMinutes(30).TotalMilliseconds);
        Assert.Equal(1, await exchange.Count($"outbox WHERE next_try_at <= {soon}"));
        Assert.Equal(0, await exchange.Count($"outbox WHERE next_try_at > {last}"));
        Assert.Equal(699, await exchange.Count("outbox WHERE tries = 0"));
    }

    private static (string?, string?, string?) Told(Got got) => ((string?)JsonNode.Parse(got.Body)!["event"], (string?)JsonNode.Parse(got.Body)!["title"], (string?)JsonNode.Parse(got.Body)!["level"]);
}
