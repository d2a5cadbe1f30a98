using System.Globalization;
using Gatehouse.Platform.Scheduling;

namespace Gatehouse.Tests.Platform.Scheduling;

public sealed class CronScheduleTests
{
    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static CronSchedule Schedule(string cron) => CronSchedule.TryParse(cron, out var schedule) ? schedule : throw new ArgumentException(cron);

    [Theory]
    [InlineData("")]
    [InlineData("nope")]
    [InlineData("* * * * *")]
    [InlineData("0 0 25 * * ?")]
    [InlineData("0 60 * * * ?")]
    [InlineData("0 0 0 ? * XYZ")]
    [InlineData("0 0 0 * * ? * *")]
    [InlineData("0 0 0 * * ？")]
    public void What_is_no_expression_is_refused(string cron) => Assert.False(CronSchedule.TryParse(cron, out _));

    [Fact]
    public void An_overlong_one_is_refused() => Assert.False(CronSchedule.TryParse("0 0 0 " + string.Join(',', Enumerable.Range(1, 31)) + new string(' ', 100) + " * ?", out _));

    [Fact]
    public void It_is_kept_in_one_form() => Assert.Equal("0 0 3 ? * MON", Schedule("  0 0  3 ? * mon ").Expression);

    [Theory]
    [InlineData("0 10 3 * * ?", "2026-03-04 09:30", "2026-03-05 03:10")]
    [InlineData("0 0 * * * ?", "2026-03-04 09:00:00", "2026-03-04 10:00")]
    [InlineData("*/5 * * * * ?", "2026-03-04 09:30:01", "2026-03-04 09:30:05")]
    [InlineData("0 0 4 L * ?", "2028-02-01", "2028-02-29 04:00")]
    public void The_next_firing_is_in_utc(string cron, string after, string expected) => Assert.Equal(At(expected), Schedule(cron).Next(At(after)));

    [Fact]
    public void One_that_is_over_has_no_next() => Assert.Null(Schedule("0 0 0 * * ? 2020").Next(At("2026-03-04")));

    [Theory]
    [InlineData("0 0 * * * ?", "2026-03-04 09:00", "2026-03-04 09:30", null)]
    [InlineData("0 0 * * * ?", "2026-03-04 09:00", "2026-03-04 10:00", "2026-03-04 10:00")]
    [InlineData("0 0 * * * ?", "2026-03-01 09:00", "2026-03-04 10:30", "2026-03-04 10:00")]
    [InlineData("0 10 3 * * ?", "2025-03-01", "2026-03-04 02:00", "2026-03-03 03:10")]
    [InlineData("* * * * * ?", "2020-01-01", "2026-03-04 02:00:07", "2026-03-04 02:00:07")]
    [InlineData("0 0 4 1 1 ?", "2020-01-01", "2026-03-04", "2026-01-01 04:00")]
    [InlineData("0 0 4 29 2 ?", "2020-03-01", "2026-03-04", "2024-02-29 04:00")]
    [InlineData("0 0 * * * ?", "2026-03-04 12:00", "2026-03-04 09:30", null)]
    public void However_many_were_missed_the_latest_is_found(string cron, string since, string now, string? expected) =>
        Assert.Equal(expected is null ? null : At(expected), Schedule(cron).Latest(At(since), At(now)));
}
