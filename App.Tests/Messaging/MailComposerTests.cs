using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using Gatehouse.Messaging.Mail;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Tests.Messaging;

/// <summary>Mails say the same as text and as HTML, in both languages, and nothing that is put into them becomes markup.</summary>
public sealed class MailComposerTests
{
    private const string Site = "A <b>& Sons";
    private static readonly object[] Values = ["https://keys.example.com/?a=1&b=\"2\"", 30];

    public static TheoryData<string, string> Templates
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var template in Mails.Templates.Where(t => !t.Written))
                foreach (var language in new[] { "en", "zh" })
                    data.Add(template.Name, language);
            return data;
        }
    }

    [Theory, MemberData(nameof(Templates))]
    public async Task Text_and_HTML_say_the_same(string name, string language)
    {
        await using var post = await PostOffice.Open(options: new() { ["Server:PublicUrl"] = "https://keys.example.com" });
        var (template, text) = (post.Composer.Find(name)!, Localizer.For(language));
        var said = post.Composer.Say(template, text, Site, Values);
        var (plain, html) = (said.Plain, new HtmlParser().ParseDocument(said.Html));
        Assert.DoesNotMatch(@"mail\.|\{\d", plain);
        Assert.Equal(text.HtmlLanguage, html.DocumentElement.GetAttribute("lang"));
        Assert.Empty(html.QuerySelectorAll("b, img, script, link, style"));
        Assert.Equal(Words(plain.Replace("-- \n", "", StringComparison.Ordinal)), Words(html.Body!.TextContent[Site.Length..]));
        Assert.Contains("https://keys.example.com", plain, StringComparison.Ordinal);
        Assert.All(html.QuerySelectorAll("a"), a => Assert.Equal(Values[0], a.GetAttribute("href")));
        if (language == "zh")
            Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", plain);

        // As staff would write it, it is the same mail: but for the words of one minute.
        var (subject, body) = template.Words(text);
        var written = post.Composer.Say(template, text, Site, Values, new MailText(subject, body));
        Assert.Equal(said, written);
    }

    [Theory]
    [InlineData("wei@example.org", true)]
    [InlineData("a.b+c_d@mail.example.co.uk", true)]
    [InlineData("x@xn--fiqs8s.example", true)]
    [InlineData("", false)]
    [InlineData("wei", false)]
    [InlineData("wei@localhost", false)]
    [InlineData("@example.org", false)]
    [InlineData("a..b@example.org", false)]
    [InlineData(".a@example.org", false)]
    [InlineData("a@-example.org", false)]
    [InlineData("a@example..org", false)]
    [InlineData("a@example.org ", false)]
    [InlineData("a@example.org\n", false)]
    [InlineData("a@b@example.org", false)]
    [InlineData("a@example.org,b@example.org", false)]
    [InlineData("Wei <wei@example.org>", false)]
    [InlineData("\"a b\"@example.org", false)]
    [InlineData("a\r\nBcc:b@example.org", false)]
    [InlineData("名@example.org", false)]
    public void An_address_is_what_people_have(string address, bool valid) => Assert.Equal(valid, EmailAddress.IsValid(address));

    [Fact]
    public void An_address_has_its_lengths()
    {
        Assert.True(EmailAddress.IsValid(new string('a', 64) + "@example.org"));
        Assert.False(EmailAddress.IsValid(new string('a', 65) + "@example.org"));
        Assert.False(EmailAddress.IsValid("a@" + string.Join('.', Enumerable.Repeat(new string('a', 60), 5)) + ".org"));
        Assert.Equal("example.org", EmailAddress.Domain("a@example.org"));
    }

    private static string Words(string text) => Regex.Replace(text, @"\s+", "");
}
