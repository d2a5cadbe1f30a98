using System.Net;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Templates;
using Gatehouse.Messaging.Unsubscribe;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Outbox;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Messaging;

/// <summary>The link at the foot of a mail: without signing in, by a mail program's one press, and back again.</summary>
public sealed class UnsubscribeTests
{
    [Theory, BothEngines]
    public async Task One_press_stops_what_is_not_about_the_account_also_what_waits_already(Engine engine)
    {
        await using var smtp = await SmtpServer.Start();
        await using var post = await PostOffice.Open(engine);
        await post.SetUp(smtp.Port);
        var name = await post.Test.Database.Write(s => post.Texts.KeepLetter(s, PostOffice.Tenant, "1", new Dictionary<string, MailText> { ["en"] = new("News", "News") }));
        await post.Add(Mails.Letter(PostOffice.To, "en", name, "account1", ""), "a");
        Assert.True(await post.Test.Database.Write(s => MailChoices.Set(s, PostOffice.Tenant, "account1", off: true)));
        Assert.False(await post.Test.Database.Write(s => MailChoices.Set(s, PostOffice.Tenant, "account1", off: true)));
        await post.Look();
        var shown = Assert.Single((await post.Test.Database.Read(tx => OutboxEntries.List(tx, PostOffice.Tenant, new(), null, 10))).Items);
        Assert.Equal((OutboxState.Discarded, "mail.fault.unsubscribed"), (shown.State, shown.LastAnswer?.Key));
        await post.SendCode("code");
        await post.Test.Database.Write(s => MailChoices.Set(s, PostOffice.Tenant, "account1", off: false));
        await post.Add(Mails.Letter(PostOffice.To, "en", name, "account1", ""), "b");
        await post.Look();
        await Wait.Until(() => Task.FromResult(smtp.Taken.Count == 2), "the code and the second letter", seconds: 30);
        Assert.Equal(["Your code for 钥匙 & Keys", "News"], smtp.Taken.Select(m => m.Mime.Subject).OrderDescending(StringComparer.Ordinal));
    }

    [Theory, BothEngines]
    public async Task The_link_asks_and_a_mail_program_posts_to_it_from_elsewhere(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var account = (await server.Staff.Customer())!;
        var link = new Uri(await server.Service<UnsubscribeLinks>().Of(Caller.DefaultTenant, account)).AbsolutePath;
        var browser = server.Browser();
        var page = await browser.Get(link);
        Assert.Contains("No more mails like this?", page.Text, StringComparison.Ordinal);
        Assert.False(await Off());
        // As RFC 8058 has it: no cookie, no token of ours, another origin.
        using var post = new HttpRequestMessage(HttpMethod.Post, link) { Content = new FormUrlEncodedContent([KeyValuePair.Create("List-Unsubscribe", "One-Click")]) };
        post.Headers.Add("Origin", "https://mail.example");
        post.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.OK, (await server.Http.SendAsync(post)).StatusCode);
        Assert.True(await Off());
        page = await browser.Submit(await browser.Get(link), $"form[action='{link}']", []);
        Assert.False(await Off());
        Assert.Equal(HttpStatusCode.OK, page.Status);

        // The tenant's key is another now, and the link is as good as it was.
        await server.Db.Write(s => server.Service<SigningKeys>().Rotate(s, Caller.DefaultTenant));
        Assert.Equal(HttpStatusCode.OK, (await browser.Get(link)).Status);
        Assert.NotEqual(link, new Uri(await server.Service<UnsubscribeLinks>().Of(Caller.DefaultTenant, account)).AbsolutePath + "x");

        Task<bool> Off() => server.Db.Read(s => MailChoices.IsOff(s, Caller.DefaultTenant, account));
    }

    [Fact]
    public async Task What_we_have_not_signed_stops_nothing()
    {
        await using var server = await TestServer.Start();
        var links = server.Service<UnsubscribeLinks>();
        var good = (await links.Of(Caller.DefaultTenant, "account1")).Split('/')[^1];
        var other = (await links.Of(Caller.DefaultTenant, "account2")).Split('/')[^1];
        Assert.Equal(new(Caller.DefaultTenant, "account1"), await links.Read(good));
        foreach (var bad in new[] { "x", "", ".", "a.b", good + "A", good[..^4] + "AAAA", good.Split('.')[0] + "." + other.Split('.')[1], good.Replace(".", ""), "bm93aGVyZS9hY2NvdW50." + good.Split('.')[1], new string('a', 600) })
        {
            Assert.Null(await links.Read(bad));
            if (bad.Length > 1)
                Assert.Equal(HttpStatusCode.NotFound, (await server.Browser().Get("/unsubscribe/" + Uri.EscapeDataString(bad))).Status);
        }
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM mail_choices")));
    }
}
