using AngleSharp.Html.Parser;
using Gatehouse.Messaging.Mail;
using Gatehouse.Messaging.Templates;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Messaging;

/// <summary>Staff's words in the place of a mail's own: what they may say, and that they are what goes out.</summary>
public sealed class MailTextTests
{
    private const string Tenant = PostOffice.Tenant;
    private static readonly MailText Mine = new("{site}: {code}", "Dear reader,\nyour code at {site} is:\n\n{code}\n\n[Read our terms](https://shop.example.com/terms)\n\nGood for {minutes} minutes.");

    [Theory, BothEngines]
    public async Task What_staff_wrote_goes_out_until_it_is_reset_in_each_language_for_itself(Engine engine)
    {
        await using var smtp = await SmtpServer.Start();
        await using var post = await PostOffice.Open(engine);
        await post.SetUp(smtp.Port);
        var own = await post.Test.Database.Read(s => post.Texts.Get(s, Tenant, "code", "en"));
        Assert.False(own.Edited);
        Assert.Equal("Your code for {site}", own.Text.Subject);
        Assert.Contains("\n\n{code}\n\n", own.Text.Body, StringComparison.Ordinal);
        var changed = await post.Test.Database.Write(s => post.Texts.Change(s, Caller.System, "code", "en", _ => Mine));
        Assert.True(changed.Edited);
        await post.SendCode("a");
        var mail = await smtp.Next();
        Assert.Equal("钥匙 & Keys: 123456", mail.Mime.Subject);
        Assert.StartsWith("Dear reader,\nyour code at 钥匙 & Keys is:\n\n123456\n\nRead our terms\nhttps://shop.example.com/terms\n\nGood for 10 minutes.", mail.Mime.TextBody!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        var html = new HtmlParser().ParseDocument(mail.Mime.HtmlBody!);
        Assert.Equal("https://shop.example.com/terms", html.QuerySelector("a")!.GetAttribute("href"));
        Assert.NotNull(html.QuerySelector("p > br"));
        await post.Add(Mails.Code(PostOffice.To, "zh", "123456", 10), "b");
        await post.Look();
        Assert.Equal("钥匙 & Keys 验证码", (await smtp.Next()).Mime.Subject);

        Assert.Equal(own.Text, (await post.Test.Database.Write(s => post.Texts.Reset(s, Caller.System, "code", "en"))).Text);
        await post.SendCode("c");
        Assert.Equal("Your code for 钥匙 & Keys", (await smtp.Next()).Mime.Subject);
        Assert.Equal(["mail_template.changed", "mail_template.reset"], await post.Test.Database.Read(s => s.All("SELECT action FROM audit_entries ORDER BY seq", r => r.GetString(0))));
        // Another tenant's words are its own.
        Assert.All(await post.Test.Database.Read(s => post.Texts.List(s, "other")), t => Assert.False(t.Edited));
    }

    [Theory]
    [InlineData("Code {kode}", "{code}", "subject", "{kode} is not known here. This mail knows: {code}, {minutes}, {site}")]
    [InlineData("Code", "{code} {email}", "body", "{email} is not known here. This mail knows: {code}, {minutes}, {site}")]
    [InlineData("Code", "No code for {site}", "body", "The mail is of no use without {code}.")]
    [InlineData("Code", "{code}\n\n[Press](javascript:alert)", "body", "javascript:alert is no address that a button can lead to. Use the link's placeholder, or an address with https:// or http://.")]
    [InlineData("Code", "{code}\n\n[Press]({code})", "body", "{code} is no address that a button can lead to. Use the link's placeholder, or an address with https:// or http://.")]
    [InlineData("Code", "{code}\n\n[Press](https://evil.example/{code})", "body", "https://evil.example/{code} is no address that a button can lead to. Use the link's placeholder, or an address with https:// or http://.")]
    [InlineData("", "{code}", "subject", "This is required.")]
    [InlineData("Code", " ", "body", "This is required.")]
    public async Task What_a_mail_cannot_say_is_refused_by_its_name(string subject, string body, string field, string told)
    {
        await using var post = await PostOffice.Open();
        var refused = await Assert.ThrowsAsync<Refusal>(() => post.Test.Database.Write(s => post.Texts.Change(s, Caller.System, "code", "en", _ => new(subject, body))));
        var wrong = Assert.Single(refused.Fields);
        Assert.Equal((field, told), (wrong.Key, Localizer.For("en")[wrong.Value]));
        Assert.Equal(0, await post.Test.Database.Read(s => s.Number("SELECT COUNT(*) FROM mail_texts")));
    }

    [Fact]
    public async Task A_value_is_text_and_nothing_else_whatever_it_holds()
    {
        await using var post = await PostOffice.Open();
        var template = post.Composer.Find("letter")!;
        const string nasty = "<b>{site}</b>\n\n[Press](https://evil.example) \"&";
        var said = post.Composer.Say(template, Localizer.For("en"), "Site", [nasty], new("Hello {name}", "Dear {name},\n\nbye {site}"));
        var html = new HtmlParser().ParseDocument(said.Html);
        Assert.Empty(html.QuerySelectorAll("b, a"));
        Assert.Contains(nasty.Replace("\n", ""), html.Body!.TextContent.Replace("\n", ""), StringComparison.Ordinal);
        Assert.Contains(nasty, said.Plain, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said.Subject);
    }

    [Fact]
    public async Task A_letter_waits_with_its_words_and_is_given_up_without_them()
    {
        await using var smtp = await SmtpServer.Start();
        await using var post = await PostOffice.Open(options: new() { ["Server:PublicUrl"] = "https://keys.example.com" });
        await post.SetUp(smtp.Port);
        var name = await post.Test.Database.Write(s => post.Texts.KeepLetter(s, Tenant, "1", new Dictionary<string, MailText> { ["en"] = new("Hello {name}", "News from {site}, {name}.") }));
        await post.Add(Mails.Letter(PostOffice.To, "zh", name, "account1", "陈宇"), "a");
        await post.Look();
        var mail = await smtp.Next();
        Assert.Equal("Hello 陈宇", mail.Mime.Subject);
        var link = mail.Mime.Headers["List-Unsubscribe"]!.Trim('<', '>');
        Assert.StartsWith("https://keys.example.com/unsubscribe/", link, StringComparison.Ordinal);
        Assert.Equal("List-Unsubscribe=One-Click", mail.Mime.Headers["List-Unsubscribe-Post"]);
        Assert.Contains(link, mail.Mime.TextBody, StringComparison.Ordinal);
        Assert.Equal(new(Tenant, "account1"), await post.Links.Read(link[(link.LastIndexOf('/') + 1)..]));

        post.Test.Clock.Advance(TimeSpan.FromDays(40) + TimeSpan.FromMilliseconds(1));
        Assert.Equal(1 + 1, await post.Test.Database.Write(s => MailTextStore.Tidy(s, post.Test.Clock.Now, 10)));
        await post.Add(Mails.Letter(PostOffice.To, "en", name, "account1", ""), "b");
        await post.Look();
        Assert.Equal(1, await post.Count("dead_at IS NOT NULL AND dedupe_key = 'b'"));
        // A mail about the account itself has no such link.
        await post.SendCode("c");
        Assert.Null((await smtp.Next()).Mime.Headers["List-Unsubscribe"]);
    }
}
