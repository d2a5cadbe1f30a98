using Gatehouse.Platform.Localization;

namespace Gatehouse.Tests.Platform.Localization;

public sealed class LocalizerTests
{
    private static readonly Localizer En = Localizer.For("en");
    private static readonly Localizer Zh = Localizer.For("zh");

    [Theory]
    [InlineData("", "en")]
    [InlineData("zh", "zh")]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "zh")]
    [InlineData("ZH-hans", "zh")]
    [InlineData("en-GB,en;q=0.9,zh;q=0.8", "en")]
    [InlineData("en;q=0.5, zh;q=0.7", "zh")]
    [InlineData("fr,de;q=0.9", "en")]
    [InlineData("fr;q=0.9,zh;q=0.1", "zh")]
    [InlineData("zh;q=0", "en")]
    [InlineData("zh;q=nonsense,en;q=0.9", "zh")]
    [InlineData("*", "en")]
    [InlineData(",,;;q=,=;", "en")]
    public void The_browsers_wish_is_weighed(string accept, string expected) => Assert.Equal(expected, LocalizerExtensions.Preferred(accept));

    [Fact]
    public void Ten_thousand_wishes_do_no_harm() => Assert.Equal("en", LocalizerExtensions.Preferred(string.Join(',', Enumerable.Repeat("fr;q=0.1", 10_000))));

    [Theory]
    [InlineData(1, "1 day")]
    [InlineData(2, "2 days")]
    [InlineData(1234567, "1,234,567 days")]
    public void Gaps_are_filled_and_one_has_its_own_form(long days, string expected) => Assert.Equal(expected, En["duration.days", days]);

    [Fact]
    public void A_language_without_a_form_for_one_uses_the_same() => Assert.Equal("1 天", Zh["duration.days", 1L]);

    [Fact]
    public void A_key_that_is_missing_shows_itself() => Assert.Equal("no.such", En["no.such", 1]);

    [Fact]
    public void An_unknown_language_is_english()
    {
        Assert.Equal("en", Localizer.For("xx").Language);
        Assert.Equal("en", Localizer.For(null).Language);
        Assert.Equal("zh-CN", Zh.HtmlLanguage);
    }

    [Fact]
    public void Words_in_a_gap_are_left_as_they_are() => Assert.StartsWith("Two of these keys would both be called {1} <b>.", En["error.KEYS_COLLIDE", "{1} <b>"]);
}
