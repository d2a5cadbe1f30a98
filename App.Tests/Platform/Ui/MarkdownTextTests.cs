using System.Diagnostics;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using CsCheck;
using Gatehouse.Platform.Ui.Parts;

namespace Gatehouse.Tests.Platform.Ui;

/// <summary>Markdown of staff as HTML that can do nothing.</summary>
public sealed partial class MarkdownTextTests
{
    private static readonly Dictionary<string, string> None = [];

    // All that the renderer may ever write.
    private static readonly string[] Elements =
        ["p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "del", "code", "pre", "blockquote", "hr", "br", "a", "img", "table", "thead", "tbody", "tr", "td", "th", "html", "head", "body"];

    private static readonly string[] Attributes = ["href", "src", "alt", "title", "class", "start", "type"];

    [Theory]
    [InlineData("# Title\n\nA **bold** *slanted* ~~gone~~ `code`", "<h2>Title</h2>\n<p>A <strong>bold</strong> <em>slanted</em> <del>gone</del> <code>code</code></p>\n")]
    [InlineData("### a\n##### b\n### c\n# d\n## e", "<h2>a</h2>\n<h3>b</h3>\n<h2>c</h2>\n<h2>d</h2>\n<h3>e</h3>\n")]
    [InlineData("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n")]
    [InlineData("3. one", "<ol start=\"3\">\n<li>one</li>\n</ol>\n")]
    [InlineData("[a](https://example.com/x?y=1&z=2)", "<p><a href=\"https://example.com/x?y=1&amp;z=2\">a</a></p>\n")]
    [InlineData("[a](/activate) [b](other#part) [c](mailto:a@example.com) [d](?q=a:b)", "<p><a href=\"/activate\">a</a> <a href=\"other#part\">b</a> <a href=\"mailto:a@example.com\">c</a> <a href=\"?q=a:b\">d</a></p>\n")]
    [InlineData("https://example.com/a and <a@example.com>", "<p><a href=\"https://example.com/a\">https://example.com/a</a> and <a href=\"mailto:a@example.com\">a@example.com</a></p>\n")]
    [InlineData("![Logo](/assets/logo.png \"Ours\")", "<p><img src=\"/assets/logo.png\" alt=\"Logo\" title=\"Ours\" /></p>\n")]
    [InlineData("```js\nif (a < b) x();\n```", "<pre><code class=\"language-js\">if (a &lt; b) x();\n</code></pre>\n")]
    [InlineData("中文**粗体**文字", "<p>中文<strong>粗体</strong>文字</p>\n")]
    public void What_is_meant_is_written(string markdown, string html) => Assert.Equal(html, MarkdownText.Html(markdown, None));

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("a <script src=//evil.example></script> b")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("<a href=\"javascript:alert(1)\" onclick=\"alert(1)\">a</a>")]
    [InlineData("<iframe src=\"https://evil.example\"></iframe>")]
    [InlineData("<style>body{display:none}</style>")]
    [InlineData("<svg/onload=alert(1)>")]
    [InlineData("<!-- a --><form action=/x><input name=y>")]
    [InlineData("<div onmouseover='x'>\n\n**a**\n\n</div>")]
    [InlineData("[a](javascript:alert(1))")]
    [InlineData("[a](JaVaScRiPt:alert(1))")]
    [InlineData("[a](&#106;avascript:alert(1))")]
    [InlineData("[a](java&#x0A;script:alert(1))")]
    [InlineData("[a](java&Tab;script:alert(1))")]
    [InlineData("[a](<java\tscript:alert(1)>)")]
    [InlineData("[a](&#1;javascript:alert(1))")]
    [InlineData("[a]( javascript:alert(1))")]
    [InlineData("[a](vbscript:x) [b](data:text/html,x) [c](file:///etc/passwd) [d](blob:x) [e](ftp://x)")]
    [InlineData("[a][x]\n\n[x]: javascript:alert(1)")]
    [InlineData("<javascript:alert(1)>")]
    [InlineData("<data:text/html;base64,PHNjcmlwdD4=>")]
    [InlineData("[a](//evil.example/x) [b](/\\evil.example) [c](\\\\evil.example)")]
    [InlineData("![a](javascript:alert(1)) ![b](data:image/svg+xml,x) ![](data:text/html,x)")]
    [InlineData("![a](https://evil.example/track.png) ![b](//evil.example/track.png) ![c](track.png)")]
    [InlineData("[![a](https://evil.example/x.png)](javascript:alert(1))")]
    [InlineData("[a](/x){onclick=alert(1)} # b {#main .x}")]
    [InlineData("[a](/x \"\\\" onmouseover=\\\"alert(1)\")")]
    [InlineData("```\" onclick=\"alert(1)\nx\n```")]
    [InlineData("| a | b |\n|:-:|--:|\n| <script>x</script> | [y](javascript:z) |")]
    [InlineData("- [ ] a\n- [x] b")]
    [InlineData("[a]({{site}}javascript:alert(1)) {{site}}")]
    public void What_could_do_something_does_nothing(string markdown) => Tame(markdown);

    [Fact]
    public void Nothing_that_is_put_together_at_random_does_anything()
    {
        string[] pieces =
        [
            "[", "]", "(", ")", "!", "<", ">", "\"", "'", "`", "\n", " ", "javascript:", "&#106;", "//evil.example", "https://x.example", "onerror=", "img", "script", "a", "*", "_", "|", "---",
            "\\", "{{site}}", "#", "- ", "&Tab;", "mailto:", "/x.png", ":", "~~", "<!--", "-->", "data:", "\t", "中",
        ];
        Gen.Int[0, pieces.Length - 1].Array[0, 40].Select(which => string.Concat(which.Select(i => pieces[i]))).Sample(Tame, iter: 3000);
    }

    [Theory]
    [InlineData("Open {{site}}!", "<p>Open https://keys.example!</p>\n")]
    [InlineData("{{site_name}} and {{site_name}}", "<p>A &lt;b&gt; *c* and A &lt;b&gt; *c*</p>\n")]
    [InlineData("`{{site}}/api`", "<p><code>https://keys.example/api</code></p>\n")]
    [InlineData("[here]({{site}}/activate)", "<p><a href=\"https://keys.example/activate\">here</a></p>\n")]
    [InlineData("[here](/status?key={{site_name}})", "<p><a href=\"/status?key=A%20%3Cb%3E%20%2Ac%2A\">here</a></p>\n")]
    [InlineData("[here]({{evil}})", "<p>here</p>\n")]
    [InlineData("![x](/a.png \"{{site_name}}\")", "<p><img src=\"/a.png\" alt=\"x\" title=\"A &lt;b&gt; *c*\" /></p>\n")]
    [InlineData("{{unknown}} {{ site }} {{SITE}}", "<p>{{unknown}} {{ site }} {{SITE}}</p>\n")]
    public void Gaps_are_filled_as_plain_text(string markdown, string html) =>
        Assert.Equal(html, MarkdownText.Html(markdown, new Dictionary<string, string> { ["site"] = "https://keys.example", ["site_name"] = "A <b> *c*", ["evil"] = "javascript:alert(1)" }));

    [Theory]
    [InlineData("# All of **Snapnote**, with [sync](https://a.example)\n\nmore", "All of Snapnote, with sync")]
    [InlineData("- one `two`\n- three", "one two")]
    [InlineData("a\nb  \nc &amp; d", "a b c & d")]
    [InlineData("", "")]
    [InlineData("***", "")]
    [InlineData("1234567890123456789012345678901234567890", "12345678901234567890123456789…")]
    [InlineData("1234567890123456789012345678😀😀", "1234567890123456789012345678…")]
    public void The_first_line_is_plain_text(string markdown, string line) => Assert.Equal(line, MarkdownText.FirstLine(markdown, 30));

    [Fact]
    public void Gaps_are_known_by_name() => Assert.Equal(["site", "site_name"], MarkdownText.Gaps("{{site}} [x]({{site_name}}) {{site}} {{ no }}").Order());

    [Fact]
    public void A_text_that_nobody_can_read_is_refused_and_a_long_one_is_quick()
    {
        Assert.False(MarkdownText.IsReadable(new string('>', 5000) + " a"));
        Assert.True(MarkdownText.IsReadable("> > > a"));
        var took = Stopwatch.StartNew();
        foreach (var unit in new[] { "[", "![", "*a", "_a_ ", "`", "<", "|a", "[a](", "- ", "\\", "&", "{{site}}", "a@b.c ", "http://a ", "~~" })
        {
            var text = string.Concat(Enumerable.Repeat(unit, 20_000 / unit.Length));
            if (MarkdownText.IsReadable(text))
                Tame(text);
        }
        Assert.True(took.Elapsed < TimeSpan.FromSeconds(20), took.Elapsed.ToString());
    }

    private static void Tame(string markdown)
    {
        if (!MarkdownText.IsReadable(markdown))
            return;
        var html = MarkdownText.Html(markdown, new Dictionary<string, string> { ["site"] = "https://keys.example" });
        var page = new HtmlParser().ParseDocument(html);
        foreach (var element in page.All)
        {
            Assert.True(Elements.Contains(element.LocalName), $"{markdown}\n{html}");
            Assert.True(element.Attributes.All(a => Attributes.Contains(a.Name)), $"{markdown}\n{html}");
        }
        foreach (var link in page.QuerySelectorAll("a"))
            Assert.True(Harmless().IsMatch(link.GetAttribute("href")!), $"{markdown}\n{html}");
        foreach (var image in page.Images)
            Assert.True(image.GetAttribute("src") is ['/', not ('/' or '\\'), ..] or "/", $"{markdown}\n{html}");
    }

    // No scheme but these, no other host without one, nothing that browsers pass over.
    [GeneratedRegex(@"^(?!//)((?i:https?://|mailto:)[^\s\\\p{Cc}]*|[^:/?#\s\\\p{Cc}]*([/?#][^\s\\\p{Cc}]*)?)$")]
    private static partial Regex Harmless();
}
