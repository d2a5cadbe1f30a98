using Gatehouse.Platform.Localization;

namespace Gatehouse.Tests.Platform.Localization;

public sealed class FormatTests
{
    private static readonly Localizer En = Localizer.For("en");
    private static readonly Localizer Zh = Localizer.For("zh");
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 9, 14, 3, TimeSpan.Zero);
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.CreateCustomTimeZone("test+8", TimeSpan.FromHours(8), null, null);
    private static readonly TimeZoneInfo Newfoundland = TimeZoneInfo.CreateCustomTimeZone("test-3:30", TimeSpan.FromMinutes(-210), null, null);

    private static long At(int seconds) => Now.AddSeconds(seconds).ToUnixTimeMilliseconds();

    [Fact]
    public void Exact_names_its_zone()
    {
        Assert.Equal("2026-11-20 09:14:03 UTC", Format.Exact(At(0), TimeZoneInfo.Utc));
        Assert.Equal("2026-11-20 17:14:03 UTC+8", Format.Exact(At(0), Shanghai));
        Assert.Equal("2026-11-20 05:44:03 UTC-3:30", Format.Exact(At(0), Newfoundland));
    }

    [Fact]
    public void Short_gives_the_year_only_when_it_is_another()
    {
        Assert.Equal("20 Nov, 09:14", Format.Short(En, At(0), Now, TimeZoneInfo.Utc));
        Assert.Equal("20 Nov 2026, 09:14", Format.Short(En, At(0), Now.AddYears(1), TimeZoneInfo.Utc));
        Assert.Equal("11月20日 17:14", Format.Short(Zh, At(0), Now, Shanghai));
        Assert.Equal("2026年11月20日 09:14", Format.Short(Zh, At(0), Now.AddYears(1), TimeZoneInfo.Utc));
    }

    /// <summary>The year is the one of the zone that is shown: 31 December 23:00 UTC is next year in Shanghai.</summary>
    [Fact]
    public void The_year_is_that_of_the_zone()
    {
        var eve = new DateTimeOffset(2026, 12, 31, 23, 0, 0, TimeSpan.Zero);
        Assert.Equal("1 Jan, 07:00", Format.Short(En, eve.ToUnixTimeMilliseconds(), eve, Shanghai));
    }

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(-4, "just now")]
    [InlineData(4, "just now")]
    [InlineData(-5, "5 s ago")]
    [InlineData(90, "in 1 min")]
    [InlineData(-8040, "2 h 14 min ago")]
    [InlineData(29 * 86400, "in 29 days")]
    [InlineData(-86400, "1 day ago")]
    public void Relative_says_how_long_ago_or_hence(int seconds, string expected) => Assert.Equal(expected, Format.Relative(En, At(seconds), Now));

    [Fact]
    public void Relative_in_chinese()
    {
        Assert.Equal("29 天后", Format.Relative(Zh, At(29 * 86400), Now));
        Assert.Equal("刚刚", Format.Relative(Zh, At(0), Now));
    }

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(60, "1 min")]
    [InlineData(3599, "59 min")]
    [InlineData(3600, "1 h")]
    [InlineData(3659, "1 h")]
    [InlineData(3660, "1 h 1 min")]
    [InlineData(86399, "23 h 59 min")]
    [InlineData(86400, "1 day")]
    [InlineData(729 * 86400, "729 days")]
    [InlineData(730 * 86400, "2 years")]
    public void A_span_shows_its_greatest_units(long seconds, string expected) => Assert.Equal(expected, Format.Span(En, seconds));

    [Theory]
    [InlineData(null, "perpetual")]
    [InlineData(10800L, "3 hours")]
    [InlineData(3600L, "1 hour")]
    [InlineData(5400L, "90 minutes")]
    [InlineData(3L, "3 seconds")]
    [InlineData(86400L, "1 day")]
    [InlineData(30 * 86400L, "30 days")]
    [InlineData(365 * 86400L, "1 year")]
    [InlineData(3 * 365 * 86400L, "3 years")]
    public void A_duration_is_said_in_the_unit_it_was_given_in(long? seconds, string expected) => Assert.Equal(expected, Format.Duration(En, seconds));
}
