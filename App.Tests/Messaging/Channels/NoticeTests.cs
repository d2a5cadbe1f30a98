using System.Text.Json.Nodes;
using Gatehouse.Messaging.Channels;
using Gatehouse.Messaging.Formats;
using Gatehouse.Messaging.Notices;
using Gatehouse.Messaging.Sending;
using Gatehouse.Platform.Health;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Notices;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Settings;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Messaging.Channels;

/// <summary>Who is told of what, when, and how often.</summary>
public sealed class NoticeTests
{
    private static readonly NoticeKind Info = new("staff.owner", NoticeKind.Info, 1);
    private static readonly NoticeKind Warn = new("jobs.failed", NoticeKind.Warn, 2);
    private static readonly NoticeKind Bad = new("security.bad", NoticeKind.Bad, 3);

    [Theory, BothEngines]
    public async Task The_first_comes_at_once_and_what_follows_within_five_minutes_in_one_message(Engine engine)
    {
        await using var exchange = await Exchange.Open(engine);
        await using var gateway = await Gateway.Start();
        await exchange.Webhook(gateway);
        await exchange.Tell(Warn, "job.bad");
        await exchange.TellAll();
        var (title, text) = Only(gateway, 1);
        Assert.Equal(("A job failed", "03-04 09:30 Failed"), (title, text));
        Assert.Equal("https://keys.example/admin", (string?)Body(gateway)["url"]);
        for (var i = 0; i < 17; i++)
        {
            exchange.Test.Clock.Advance(TimeSpan.FromSeconds(15));
            await exchange.Tell(Warn, "job.bad");
            await exchange.TellAll();
        }
        Assert.Single(gateway.All);
        exchange.Test.Clock.Advance(TimeSpan.FromSeconds(45));
        await exchange.TellAll();
        (title, text) = Only(gateway, 2);
        Assert.Equal("A job failed", title);
        Assert.StartsWith("17 of these in 4 min. The last ones:\n• 03-04 09:33 Failed\n", text, StringComparison.Ordinal);
        Assert.Equal(0, await exchange.Count("notices"));
        // Another kind waits for none of it; long after, one comes at once again.
        await exchange.Tell(Bad, "job.never");
        await exchange.TellAll();
        Assert.Equal(2, gateway.All.Count);
        await exchange.LookLater(1);
        Assert.Equal(3, gateway.All.Count);
        exchange.Test.Clock.Advance(TimeSpan.FromMinutes(6));
        await exchange.Tell(Warn, "job.bad");
        await exchange.TellAll();
        Assert.Equal(4, gateway.All.Count);
    }

    [Theory, BothEngines]
    public async Task At_night_only_what_is_serious_comes_and_the_rest_in_the_morning_in_one_message(Engine engine)
    {
        await using var exchange = await Exchange.Open(engine);
        await using var gateway = await Gateway.Start();
        await exchange.Webhook(gateway);
        await exchange.Set(TenantSettings.TimeZone, "Asia/Shanghai");
        await exchange.Set(NoticeSettings.Language, "zh");
        await exchange.Set(NoticeSettings.QuietFrom, "22:00");
        await exchange.Set(NoticeSettings.QuietUntil, "08:00");
        await exchange.Set(TenantSettings.SiteName, "卡密店");
        // 17:30 there; 23:30 six hours on.
        exchange.Test.Clock.Advance(TimeSpan.FromHours(6));
        await exchange.Tell(Warn, "job.bad");
        await exchange.Tell(Warn, "job.never");
        await exchange.Tell(new("channels.off", NoticeKind.Warn, 4), "job.ok");
        await exchange.Tell(Bad, "job.bad");
        await exchange.TellAll();
        Assert.Equal("严重安全事件", Only(gateway, 1).Title);
        exchange.Test.Clock.Advance(TimeSpan.FromHours(8.4));
        await exchange.TellAll();
        Assert.Single(gateway.All);
        exchange.Test.Clock.Advance(TimeSpan.FromHours(0.1));
        await exchange.TellAll();
        var (title, text) = Only(gateway, 2);
        Assert.Equal(("3 个事件", "卡密店"), (title, (string?)Body(gateway)["site"]));
        Assert.Contains("• 定时任务失败: 共 2 次，最近一次：03-04 23:30", text, StringComparison.Ordinal);
        Assert.Contains("• 通知渠道已停用: 03-04 23:30", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("22:00", "08:00", "UTC", "2026-03-04T21:59", null)]
    [InlineData("22:00", "08:00", "UTC", "2026-03-04T22:00", "2026-03-05T08:00")]
    [InlineData("22:00", "08:00", "UTC", "2026-03-05T07:59", "2026-03-05T08:00")]
    [InlineData("22:00", "08:00", "UTC", "2026-03-05T08:00", null)]
    [InlineData("12:00", "14:00", "UTC", "2026-03-05T13:00", "2026-03-05T14:00")]
    [InlineData("12:00", "14:00", "UTC", "2026-03-05T11:00", null)]
    [InlineData("22:00", "08:00", "Asia/Shanghai", "2026-03-04T15:00", "2026-03-05T00:00")]
    [InlineData("22:00", "03:30", "Europe/Berlin", "2026-03-29T00:30", "2026-03-29T01:30")]
    [InlineData("", "", "UTC", "2026-03-05T03:00", null)]
    public void The_night_goes_by_the_tenants_clock(string from, string until, string zone, string now, string? end)
    {
        static long At(string time) => DateTimeOffset.Parse(time + "Z").ToUnixTimeMilliseconds();
        Assert.Equal(end is null ? null : At(end), NoticeSettings.QuietEnd(from, until, TimeZoneInfo.FindSystemTimeZoneById(zone), At(now)));
    }

    [Theory, BothEngines]
    public async Task What_comes_goes_by_severity_unless_it_was_chosen(Engine engine)
    {
        await using var exchange = await Exchange.Open(engine);
        await using var gateway = await Gateway.Start();
        await exchange.Webhook(gateway, "/usual");
        await exchange.Make("webhook", new { url = gateway.Address + "/chosen", signing_secret = "s" }, events: """{"staff.owner":true,"security.bad":false}""");
        var off = await exchange.Webhook(gateway, "/off");
        await exchange.Test.Database.Write(tx => tx.Execute("UPDATE channels SET enabled = 0 WHERE id = @id", ("id", off.Id)));
        var sms = await exchange.Make("sms_twilio", new { account_sid = "A", auth_token = "t", from = "MG1", phone = "+12025550123", base_url = gateway.Address });
        foreach (var kind in new[] { Info, Warn, Bad })
            await exchange.Tell(kind, "job.bad");
        await exchange.FanOut();
        Assert.Equal(["/chosen jobs.failed", "/chosen staff.owner", "/usual jobs.failed", "/usual security.bad", "sms security.bad"], (await exchange.Test.Database.Read(tx => tx.All(
            "SELECT c.settings, n.kind, c.id FROM notices n JOIN channels c ON c.id = n.channel_id", r => $"{(r.GetString(2) == sms.Id ? "sms" : "/" + r.GetString(0).Split('/')[^1].TrimEnd('}', '"'))} {r.GetString(1)}"))).Order(StringComparer.Ordinal));
    }

    [Theory, BothEngines]
    public async Task Nodes_that_look_at_once_tell_it_once(Engine engine)
    {
        await using var exchange = await Exchange.Open(engine);
        await using var other = await exchange.Another();
        await using var gateway = await Gateway.Start();
        await exchange.Webhook(gateway);
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? exchange : other).Tell(Warn, "job.bad", $"{round}.{i % 3}")));
            await Task.WhenAll(exchange.FanOut(), other.FanOut());
            exchange.Test.Clock.Advance(TimeSpan.FromMinutes(6));
            await Task.WhenAll(exchange.Gather(), other.Gather());
            await Task.WhenAll(exchange.Look(), other.Look());
            exchange.Test.Clock.Advance(TimeSpan.FromMinutes(6));
            await exchange.Look();
        }
        Assert.Equal(10, gateway.All.Count);
        Assert.All(gateway.All, got => Assert.StartsWith("3 of these", (string)JsonNode.Parse(got.Body)!["text"]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mail_is_one_of_the_channels()
    {
        await using var smtp = await SmtpServer.Start();
        await using var server = await TestServer.Start();
        var http = await server.As(Gatehouse.Platform.Http.Role.Owner);
        await http.PatchApi("/api/settings", new { site_name = "Keys", mail = new { host = "localhost", port = smtp.Port, security = "none", from = "shop@example.com" } });
        await http.PostApi("/api/channels", new { kind = "mail", name = "Ops", settings = new { to = "ops@example.org" } });
        await http.PostApi("/api/staff", new { username = "mei", role = "owner", password = "seven quiet rivers" });
        var mail = await smtp.Next();
        Assert.Equal(("ops@example.org", "Notice from Keys"), (mail.To, mail.Mime.Subject));
        Assert.Contains("mei is an owner now", mail.Mime.TextBody, StringComparison.Ordinal);
    }

    [Theory, BothEngines]
    public async Task A_digest_by_mail_comes_whole(Engine engine)
    {
        await using var smtp = await SmtpServer.Start();
        await using var post = await PostOffice.Open(engine, more: ChannelMail.Template);
        await post.SetUp(smtp.Port);
        // As many kinds as a digest names, each with as much as a notice holds, a character of two halves where it used to be cut.
        var lines = Enumerable.Range(0, 20).Select(i => $"• {i}: " + string.Concat(Enumerable.Repeat("卡😀", 330))).ToList();
        await post.Test.Database.Write(tx => new ChannelQueue(new OutboxStore(), post.Queue).Add(tx, PostOffice.Tenant, new Channel { Kind = "mail", Settings = $$"""{"to":"{{PostOffice.To}}"}""" }, null,
            new ChannelText("Keys", "20 events", string.Join('\n', lines), Url: "https://keys.example/admin"), "en", "a"));
        await post.Look();
        var text = (await smtp.Only()).Mime.TextBody!.ReplaceLineEndings("\n");
        Assert.Contains(string.Join('\n', lines) + "\nhttps://keys.example/admin", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_listens_nothing_waits()
    {
        await using var exchange = await Exchange.Open();
        await exchange.Tell(Bad, "job.bad");
        Assert.Equal(0, await exchange.Count("outbox"));
    }

    [Theory, BothEngines]
    public async Task Little_room_on_the_disk_is_told_once_a_day(Engine engine)
    {
        await using var gateway = await Gateway.Start();
        await using var server = await TestServer.Start(engine, new() { ["Outbound:AllowedHosts"] = "127.0.0.1" });
        var http = await server.As(Gatehouse.Platform.Http.Role.Owner);
        Assert.Equal(System.Net.HttpStatusCode.Created, (await http.PostApi("/api/channels", new { kind = "webhook", name = "Ops", settings = new { url = gateway.Address + "/", signing_secret = "s" } })).Status);
        await NoticeWatch.Look(server.Services, DiskHealth.Of(1L << 40, 1L << 41), default);
        for (var i = 0; i < 3; i++)
            await NoticeWatch.Look(server.Services, DiskHealth.Of(1 << 20, 1L << 40), default);
        await Wait.Until(() => Task.FromResult(!gateway.All.IsEmpty), "it is told");
        Assert.Equal(1, await server.Db.Read(tx => tx.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'notice'")));
        Assert.Equal("storage.low", (string?)JsonNode.Parse(gateway.All.Single().Body)!["event"]);
    }

    private static (string Title, string Text) Only(Gateway gateway, int count)
    {
        Assert.Equal(count, gateway.All.Count);
        return ((string)Body(gateway)["title"]!, (string)Body(gateway)["text"]!);
    }

    private static JsonNode Body(Gateway gateway) => JsonNode.Parse(gateway.All.Last().Body)!;
}
