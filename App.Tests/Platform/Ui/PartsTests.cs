using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Places;
using Gatehouse.Platform.Ui;
using Gatehouse.Platform.Ui.Charts;
using Gatehouse.Platform.Ui.Layouts;
using Gatehouse.Platform.Ui.Parts;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Gatehouse.Tests.Platform.Ui;

public sealed class PartsTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(4, 4)]
    [InlineData(5, 8)]
    [InlineData(93, 100)]
    [InlineData(321, 400)]
    [InlineData(10_001, 12_000)]
    [InlineData(5_000_000_000, 6_000_000_000)]
    public void An_axis_ends_at_four_even_steps_above_the_value(long max, long top)
    {
        Assert.Equal(top, Plot.Top(max));
    }

    [Fact]
    public void Ticks_hold_the_first_and_the_last_point()
    {
        Assert.Equal([0, 1, 2], Plot.Ticks(3, 5));
        var ticks = Plot.Ticks(30, 5).ToList();
        Assert.Equal(5, ticks.Distinct().Count());
        Assert.Equal((0, 29), (ticks[0], ticks[^1]));
    }

    [Fact]
    public void A_line_spans_its_box_from_the_least_to_the_greatest()
    {
        Assert.Equal("0,30 45,0 90,15 ", Plot.Line([10, 30, 20], 3, 10, 30, 90, 30));
    }

    [Fact]
    public void A_line_of_one_point_or_of_equal_ones_is_still_a_line()
    {
        Assert.Equal("100,0 ", Plot.Line([4], 1, 0, 4, 100, 100));
        Assert.Equal("0,30 90,30 ", Plot.Line([7, 7], 2, 7, 7, 90, 30));
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 KB")]
    [InlineData(4_404_019, "4.2 MB")]
    [InlineData(140_660_178_944, "131 GB")]
    public void Sizes_are_short(long bytes, string said)
    {
        Assert.Equal(said, Format.Bytes(bytes));
    }

    [Theory]
    [InlineData("Wei Li", "WL")]
    [InlineData("ops@example.com", "OP")]
    [InlineData("anna.maria.lee", "AL")]
    [InlineData("李伟", "李")]
    [InlineData("x", "X")]
    [InlineData("@", "?")]
    public void An_avatar_shows_initials(string name, string initials)
    {
        Assert.Equal(initials, StaffLayout.Initials(name));
    }

    [Fact]
    public void Parts_of_rows_encode_what_they_show()
    {
        var page = new PageContext(Localizer.For("zh"), Caller.System, "/", "auto", "t", DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc, Declared.Shell, null) { Places = new PlaceLookup(new ConfigurationBuilder().Build()) };
        Assert.Contains("data-copy=\"&quot;&gt;&lt;b&gt;\"", PartMarkup.Copy(page, "\"><b>"));
        Assert.DoesNotContain("<b>", PartMarkup.Badge("\"><b>", "<b>"));
        Assert.Contains("未使用", StateBadge.Html(page, "unused"));
        Assert.Contains("&lt;i&gt;", PartMarkup.When(page, null, false, "<i>"));
        Assert.Contains("datetime=\"1970-01-01T00:00:01Z\"", PartMarkup.When(page, 1000, false, ""));
        Assert.Equal("<span class=\"gh-mono\">8.8.8.8</span><div class=\"gh-muted gh-small\">美国</div>", PartMarkup.Origin(page, "8.8.8.8"));
        Assert.Equal("<span class=\"gh-mono\">—</span>", PartMarkup.Origin(page, null));
    }
}
