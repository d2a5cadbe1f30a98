using Gatehouse.Platform.Localization;

namespace Gatehouse.Tests.Platform.Localization;

/// <summary>Where the days of a time zone begin, also when its clocks change.</summary>
public sealed class CalendarTests
{
    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);

    private static string[] Utc(long[] instants) => [.. instants.Select(i => DateTimeOffset.FromUnixTimeMilliseconds(i).ToString("MM-dd HH:mm"))];

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text + "Z");

    [Fact]
    public void Days_begin_at_midnight_there() =>
        Assert.Equal(["03-01 16:00", "03-02 16:00", "03-03 16:00"], Utc(Calendar.Days(At("2026-03-04 09:30"), Zone("Asia/Shanghai"), 3)));

    [Fact]
    public void A_day_may_have_23_hours_or_25()
    {
        Assert.Equal(["03-27 23:00", "03-28 23:00", "03-29 22:00"], Utc(Calendar.Days(At("2026-03-30 12:00"), Zone("Europe/Berlin"), 3)));
        Assert.Equal(["10-23 22:00", "10-24 22:00", "10-25 23:00"], Utc(Calendar.Days(At("2026-10-26 12:00"), Zone("Europe/Berlin"), 3)));
    }

    [Fact]
    public void Where_clocks_go_forward_at_midnight_the_day_begins_an_hour_later() =>
        Assert.Equal(["09-05 04:00", "09-06 04:00", "09-07 03:00"], Utc(Calendar.Days(At("2026-09-07 12:00"), Zone("America/Santiago"), 3)));

    [Theory]
    [InlineData("2026-04-01T08:30", "Asia/Shanghai", "2026-04-01T00:30:00.000Z", "2026-04-01T08:30")]
    [InlineData("2026-04-01T08:30:15", "Asia/Kolkata", "2026-04-01T03:00:15.000Z", "2026-04-01T08:30:15")]
    // An hour that there is not is the first moment after it; of one that comes twice, the first.
    [InlineData("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00:00.000Z", "2026-03-29T03:00")]
    [InlineData("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z", "2026-10-25T02:30")]
    public void What_is_typed_as_a_day_and_a_time_is_an_instant_there(string typed, string zone, string iso, string shown)
    {
        var at = Calendar.Instant(typed, Zone(zone))!.Value;
        Assert.Equal((iso, shown), (Format.Iso(at), Calendar.Local(at, Zone(zone))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("2026-04-01")]
    [InlineData("2026-02-30T10:00")]
    [InlineData("2026-04-01T24:00")]
    [InlineData("2026-04-01 10:00")]
    [InlineData("0001-01-01T00:00")]
    [InlineData("9999-12-31T23:59")]
    [InlineData("2026-04-01T10:00Z")]
    public void What_is_no_day_and_time_is_no_instant(string typed) => Assert.Null(Calendar.Instant(typed, Zone("Europe/Berlin")));

    [Fact]
    public void Hours_of_a_zone_with_half_an_hour_begin_there() =>
        Assert.Equal(["03-04 07:30", "03-04 08:30", "03-04 09:30"], Utc(Calendar.Hours(At("2026-03-04 09:59"), Zone("Asia/Kolkata"), 3)));

    [Fact]
    public void Months_have_their_own_length() =>
        Assert.Equal(["12-31 16:00", "01-31 16:00", "02-28 16:00"], Utc(Calendar.Months(At("2026-03-31 15:59"), Zone("Asia/Shanghai"), 3)));

    [Fact]
    public void Days_ahead_end_with_the_beginning_of_the_one_after() =>
        Assert.Equal(["03-04 00:00", "03-05 00:00", "03-06 00:00"], Utc(Calendar.DaysAhead(At("2026-03-04 23:59"), TimeZoneInfo.Utc, 2)));
}
