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
