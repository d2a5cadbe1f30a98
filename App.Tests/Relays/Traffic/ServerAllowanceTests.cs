using Gatehouse.Relays.Traffic;

namespace Gatehouse.Tests.Relays.Traffic;

/// <summary>A provider's allowance: counted its way, in its month, with a forecast.</summary>
public sealed class ServerAllowanceTests
{
    private const long Gb = 1_000_000_000, Day = 86_400_000;
    private static readonly DateTimeOffset Now = new(2026, 11, 16, 0, 0, 0, TimeSpan.Zero), Ends = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("out", 30, 30, false)]
    [InlineData("max", 70, 70, false)]
    [InlineData("both", 100, 100, true)]
    public void It_is_counted_as_its_provider_counts(string counted, long used, long percent, bool over)
    {
        var (allowance, carried) = (new ServerAllowance(100 * Gb, counted, 1, 95), new Volume(70 * Gb, 30 * Gb, 0, 0));
        Assert.Equal((used * Gb, over, 95 * Gb), (allowance.Used(carried), allowance.Over(carried), allowance.Cap));
        // Nothing more flows: it stays as it is.
        Assert.Equal((int)percent, allowance.Forecast(carried, default, 7 * Day, Now, Ends).Percent!.Value);
    }

    [Theory]
    [InlineData(1, "2026-11-16T00:00Z", "UTC", "2026-11-01T00:00Z", "2026-12-01T00:00Z")]
    [InlineData(17, "2026-11-16T00:00Z", "UTC", "2026-10-17T00:00Z", "2026-11-17T00:00Z")]
    [InlineData(17, "2026-11-16T17:00Z", "Asia/Shanghai", "2026-11-16T16:00Z", "2026-12-16T16:00Z")]
    [InlineData(31, "2027-02-28T12:00Z", "UTC", "2027-02-28T00:00Z", "2027-03-31T00:00Z")]
    [InlineData(31, "2028-02-29T12:00Z", "UTC", "2028-02-29T00:00Z", "2028-03-31T00:00Z")]
    public void Its_month_begins_on_its_day(int day, string now, string zone, string from, string until)
    {
        var period = new ServerAllowance(null, "both", day, 95).Period(DateTimeOffset.Parse(now, null), TimeZoneInfo.FindSystemTimeZoneById(zone));
        Assert.Equal((DateTimeOffset.Parse(from, null), DateTimeOffset.Parse(until, null)), (period.From, period.Until));
    }

    [Fact]
    public void A_forecast_says_when_the_cap_is_reached_if_all_goes_on()
    {
        var allowance = new ServerAllowance(100 * Gb, "both", 1, 90);
        // 50 of 90 are used, 5 a day: 40 more last eight days.
        var forecast = allowance.Forecast(new(25 * Gb, 25 * Gb, 0, 0), new(20 * Gb, 15 * Gb, 0, 0), 7 * Day, Now, Ends);
        Assert.Equal((Now.AddDays(8), 125), (forecast.FullAt, forecast.Percent));
        // 2 a day: 80 by the end, and no cap before it.
        Assert.Equal(new AllowanceForecast(null, 80), allowance.Forecast(new(25 * Gb, 25 * Gb, 0, 0), new(7 * Gb, 7 * Gb, 0, 0), 7 * Day, Now, Ends));
        Assert.Equal(Now, allowance.Forecast(new(50 * Gb, 50 * Gb, 0, 0), default, 0, Now, Ends).FullAt);
        Assert.Equal(new AllowanceForecast(null, null), new ServerAllowance(null, "both", 1, 95).Forecast(new(9 * Gb, 9 * Gb, 0, 0), new(9 * Gb, 9 * Gb, 0, 0), Day, Now, Ends));
    }

    [Fact]
    public void Of_the_greater_of_two_the_one_that_grows_faster_is_seen_coming()
    {
        // In is less now, and reaches the cap first.
        var forecast = new ServerAllowance(100 * Gb, "max", 1, 100).Forecast(new(40 * Gb, 60 * Gb, 0, 0), new(70 * Gb, 7 * Gb, 0, 0), 7 * Day, Now, Ends);
        Assert.Equal((Now.AddDays(6), 190), (forecast.FullAt, forecast.Percent));
    }

    [Fact]
    public void An_hour_says_nothing_of_a_month() =>
        Assert.Equal(new AllowanceForecast(null, 32), new ServerAllowance(100 * Gb, "out", 1, 95).Forecast(new(0, 2 * Gb, 0, 0), new(0, 2 * Gb, 0, 0), Day / 24, Now, Ends));
}
