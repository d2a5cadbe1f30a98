using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Outbox;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Messaging;

/// <summary>What a transaction leaves to be mailed reaches a real mail server, once, whatever that server does meanwhile.</summary>
public sealed class MailDeliveryTests
{
    [Theory, BothEngines]
    public async Task A_mail_goes_out_when_its_transaction_has_committed_and_its_code_is_kept_by_nobody(Engine engine)
    {
        await using var smtp = await SmtpServer.Start();
        await using var post = await PostOffice.Open(engine);
        await post.SetUp(smtp.Port);
        await Assert.ThrowsAsync<Refusal>(() => post.Test.Database.Write(async tx =>
        {
            await post.Queue.Add(tx, PostOffice.Tenant, Mails.Code(PostOffice.To, "en", "999999", 10), "undone");
            throw new Refusal(HttpErrors.Conflict);
        }));
        await post.Add(Mails.Code(PostOffice.To, "en", "123456", 10));
        Assert.Equal(0, await post.Count("payload <> '' OR sealed_payload LIKE '%123456%' OR dedupe_key LIKE '%@%'"));
        await post.Look();
        var mail = (await smtp.Only());
        Assert.Equal(("shop@example.com", PostOffice.To, false, null), (mail.From, mail.To, mail.Tls, mail.User));
        Assert.Equal("Your code for 钥匙 & Keys", mail.Mime.Subject);
        Assert.Contains("123456", mail.Mime.TextBody, StringComparison.Ordinal);
        Assert.Contains("10 minutes", mail.Mime.TextBody, StringComparison.Ordinal);
        Assert.Contains("123456</p>", mail.Mime.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("钥匙 &amp; Keys", mail.Mime.HtmlBody, StringComparison.Ordinal);
        Assert.Equal("auto-generated", mail.Mime.Headers["Auto-Submitted"]);
        Assert.Equal(await post.Test.Database.Read(tx => tx.One("SELECT id FROM outbox", r => r.GetString(0))) + "@example.com", mail.Mime.MessageId);
        Assert.Equal(1, await post.Count("done_at IS NOT NULL AND payload = '' AND sealed_payload = '' AND fault IS NULL"));
        var shown = Assert.Single((await post.Test.Database.Read(tx => OutboxEntries.List(tx, PostOffice.Tenant, new(Query: "WEI@"), null, 10))).Items);
        Assert.Equal((OutboxState.Sent, PostOffice.To, "mail.code.title", "2.0.0 queued as 4711"), (shown.State, shown.Recipient, shown.What?.Key, shown.LastAnswer?.Key));
    }

    [Theory, BothEngines]
    public async Task One_key_is_one_mail_also_with_two_nodes_at_it(Engine engine)
    {
        await using var smtp = await SmtpServer.Start();
        await using var post = await PostOffice.Open(engine);
        await post.SetUp(smtp.Port);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => post.Add(Mails.Code(PostOffice.To, "en", $"{i}", 10), $"key{i % 5}")));
        await Task.WhenAll(post.Look(), post.Look());
        await post.Add(Mails.Code(PostOffice.To, "en", "again", 10), "key0");
        await post.Look();
        await Wait.Until(() => Task.FromResult(smtp.Taken.Count >= 5), "the mail server has five mails", seconds: 30);
        Assert.Equal(5, smtp.Taken.Count);
        Assert.Equal(5, smtp.Taken.Select(m => m.Mime.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task A_server_that_is_down_for_a_while_gets_it_later()
    {
        int port;
        await using (var before = await SmtpServer.Start())
            port = before.Port;
        await using var post = await PostOffice.Open();
        await post.SendCode();
        Assert.Equal("Mail is not set up: no mail server is named.", await post.Fault());
        await post.SetUp(port);
        await post.LookLater();
        Assert.StartsWith("The mail server cannot be reached: ", await post.Fault(), StringComparison.Ordinal);
        await using var smtp = await SmtpServer.Start("--port", $"{port}");
        await post.LookLater(10);
        Assert.Contains("123456", (await smtp.Only()).Mime.TextBody, StringComparison.Ordinal);
    }

    [Theory, BothEngines]
    public async Task What_is_refused_for_good_is_given_up_with_the_servers_own_words(Engine engine)
    {
        await using var refusing = await SmtpServer.Start("--refuse", "550 5.1.1 No such mailbox here");
        await using var post = await PostOffice.Open(engine);
        await post.SetUp(refusing.Port);
        await post.SendCode();
        Assert.Equal("The mail server answered: 550 5.1.1 No such mailbox here", await post.Fault());
        // The code is gone with it; what holds none can be sent again.
        Assert.Equal(1, await post.Count("dead_at IS NOT NULL AND wiped = 1 AND payload = '' AND sealed_payload = '' AND tries = 1"));
        await post.Add(Mails.KnownAddress(PostOffice.To, "zh", "https://keys.example.com/sign-in"), "b");
        await post.Look();
        var dead = Assert.Single((await post.Test.Database.Read(tx => OutboxEntries.List(tx, PostOffice.Tenant, new(OutboxState.Dead), null, 10))).Items, d => !d.Wiped);
        await using var smtp = await SmtpServer.Start();
        await post.SetUp(smtp.Port);
        await post.Test.Database.Write(tx => new OutboxStore().Revive(tx, dead));
        await post.LookLater(6);
        Assert.Equal("您在 钥匙 & Keys 已有账号", (await smtp.Only()).Mime.Subject);
    }

    [Fact]
    public async Task What_is_put_off_is_tried_again()
    {
        await using var busy = await SmtpServer.Start("--refuse", "451 4.7.1 Greylisted");
        await using var post = await PostOffice.Open();
        await post.SetUp(busy.Port);
        await post.SendCode();
        Assert.Equal("The mail server answered: 451 4.7.1 Greylisted", await post.Fault());
        await using var smtp = await SmtpServer.Start();
        await post.SetUp(smtp.Port);
        await post.LookLater(6);
        await smtp.Only();
    }

    [Fact]
    public async Task A_slow_server_is_let_go_of_and_tried_again()
    {
        await using var slow = await SmtpServer.Start("--delay", "600");
        await using var post = await PostOffice.Open();
        await post.SetUp(slow.Port);
        await post.Add(Mails.Code(PostOffice.To, "en", "123456", 10));
        var look = post.Look();
        // Once it has said what it has to say, it waits.
        await Task.Delay(1000);
        Assert.False(look.IsCompleted);
        post.Test.Clock.Advance(MailSender.Patience);
        await look.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("The mail server did not finish within 25 seconds.", await post.Fault());
        Assert.True(MailSender.Patience < OutboxWorker.Patience);
        Assert.Equal(1, await post.Count("dead_at IS NULL AND next_try_at IS NOT NULL"));
    }

    [Fact]
    public async Task News_that_are_over_are_not_sent_and_trouble_nobody()
    {
        await using var smtp = await SmtpServer.Start();
        await using var post = await PostOffice.Open();
        var name = await post.Test.Database.Write(s => post.Texts.KeepLetter(s, PostOffice.Tenant, "1", new Dictionary<string, MailText> { ["en"] = new("Tonight", "Tonight") }));
        await post.Add(Mails.Letter(PostOffice.To, "en", name, "account1", "") with { Lasts = TimeSpan.FromMinutes(10) });
        await post.SetUp(smtp.Port);
        await post.LookLater(600);
        Assert.Equal(1, await post.Count("done_at IS NOT NULL AND fault LIKE '%mail.fault.out_of_date%'"));
        Assert.Empty(smtp.Taken);
    }

    [Fact]
    public async Task A_code_that_is_out_of_date_is_not_sent()
    {
        await using var smtp = await SmtpServer.Start();
        await using var post = await PostOffice.Open();
        await post.Add(Mails.Code(PostOffice.To, "en", "123456", 10));
        await post.SetUp(smtp.Port);
        await post.LookLater(600);
        Assert.Empty(smtp.Taken);
        Assert.Equal("It came too late to be of use, and was not sent.", await post.Fault());
        Assert.Equal(1, await post.Count("dead_at IS NOT NULL AND wiped = 1"));
    }

    [Fact]
    public async Task A_features_own_template_goes_out_and_one_that_is_gone_waits_for_it()
    {
        await using var smtp = await SmtpServer.Start();
        var own = new MailTemplate("own", "mail.test.subject", MailPart.Text("mail.code.minutes", 0));
        await using (var post = await PostOffice.Open(more: own))
        {
            await post.SetUp(smtp.Port);
            await post.Add(Mails.Of(own, PostOffice.To, "en", 1));
            await post.Look();
            Assert.StartsWith("It is good for one minute.", (await smtp.Next()).Mime.TextBody, StringComparison.Ordinal);
        }
        await using var older = await PostOffice.Open();
        await older.SetUp(smtp.Port);
        await older.Add(Mails.Of(own, PostOffice.To, "en", 1));
        await older.Look();
        Assert.Equal("This version does not know the mail “own”.", await older.Fault());
        Assert.Equal(1, await older.Count("dead_at IS NULL"));
    }

    [Fact]
    public async Task Each_tenants_mail_goes_by_its_own_server()
    {
        await using var smtp = await SmtpServer.Start();
        await using var server = await TestServer.Start();
        using var other = await server.As(Role.Owner, "other");
        await other.PatchApi("/api/settings", new { site_name = "Other", mail = new { host = "localhost", port = smtp.Port, security = "none", from = "other@example.com", from_name = "Others", reply_to = "help@example.com" } });
        await server.Db.Write(async tx =>
        {
            await server.Service<MailQueue>().Add(tx, "other", Mails.PasswordReset(PostOffice.To, "zh", "https://keys.example.com/reset/abc", 30), "a");
            await server.Service<MailQueue>().Add(tx, Caller.DefaultTenant, Mails.Code(PostOffice.To, "en", "1", 10), "a");
        });
        var mail = await smtp.Next();
        Assert.Equal(("other@example.com", "重设 Other 的密码"), (mail.From, mail.Mime.Subject));
        Assert.Equal("help@example.com", mail.Mime.ReplyTo.Mailboxes.Single().Address);
        Assert.Contains("https://keys.example.com/reset/abc", mail.Mime.TextBody, StringComparison.Ordinal);
        Assert.Contains("href=\"https://keys.example.com/reset/abc\"", mail.Mime.HtmlBody, StringComparison.Ordinal);
        Assert.True(await server.Service<MailStatus>().IsSetUp("other"));
        Assert.False(await server.Service<MailStatus>().IsSetUp(Caller.DefaultTenant));
        Assert.Empty(smtp.Taken);
    }
}
