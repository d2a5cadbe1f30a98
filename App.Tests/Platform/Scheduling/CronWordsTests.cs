using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;

namespace Gatehouse.Tests.Platform.Scheduling;

public sealed class CronWordsTests
{
    [Theory]
    [InlineData("* * * * * ?", "Every second", "每秒")]
    [InlineData("*/1 * * * * ?", "Every second", "每秒")]
    [InlineData("*/5 * * * * ?", "Every 5 seconds", "每 5 秒")]
    [InlineData("0/30 * * * * *", "Every 30 seconds", "每 30 秒")]
    [InlineData("0 * * * * ?", "Every minute", "每分钟")]
    [InlineData("0 */15 * * * ?", "Every 15 minutes", "每 15 分钟")]
    [InlineData("30 0/10 * ? * *", "Every 10 minutes", "每 10 分钟")]
    [InlineData("0 0 * * * ?", "Hourly at :00", "每小时的第 00 分")]
    [InlineData("0 7 * * * ?", "Hourly at :07", "每小时的第 07 分")]
    [InlineData("0 30 */6 * * ?", "Every 6 hours at :30", "每 6 小时，在第 30 分")]
    [InlineData("0 0 0/12 * * ?", "Every 12 hours at :00", "每 12 小时，在第 00 分")]
    [InlineData("0 10 3 * * ?", "Daily at 03:10 UTC", "每天 03:10（UTC）")]
    [InlineData("0 0 0 * * ?", "Daily at 00:00 UTC", "每天 00:00（UTC）")]
    [InlineData("0 0 15,3 * * ?", "Daily at 03:00 and 15:00 UTC", "每天 03:00和15:00（UTC）")]
    [InlineData("0 5 1,9,17 * * ?", "Daily at 01:05, 09:05 and 17:05 UTC", "每天 01:05、09:05和17:05（UTC）")]
    [InlineData("0 0 3 ? * MON", "Every Monday at 03:00 UTC", "每周一 03:00（UTC）")]
    [InlineData("0 0 3 ? * 1", "Every Sunday at 03:00 UTC", "每周日 03:00（UTC）")]
    [InlineData("0 0 3 ? * 7", "Every Saturday at 03:00 UTC", "每周六 03:00（UTC）")]
    [InlineData("0 0 3 ? * FRI,TUE", "Every Tuesday and Friday at 03:00 UTC", "每周二和周五 03:00（UTC）")]
    [InlineData("0 45 22 ? * MON-FRI", "Monday to Friday at 22:45 UTC", "周一至周五 22:45（UTC）")]
    [InlineData("0 45 22 ? * 2-6", "Monday to Friday at 22:45 UTC", "周一至周五 22:45（UTC）")]
    [InlineData("0 0 4 1 * ?", "On day 1 of each month at 04:00 UTC", "每月 1 日 04:00（UTC）")]
    [InlineData("0 0 4 31 * ?", "On day 31 of each month at 04:00 UTC", "每月 31 日 04:00（UTC）")]
    [InlineData("0 0 4 L * ?", "On the last day of each month at 04:00 UTC", "每月最后一天 04:00（UTC）")]
    [InlineData("0 0 4 * * ? *", "Daily at 04:00 UTC", "每天 04:00（UTC）")]
    // A step that does not divide the whole is not even.
    [InlineData("*/7 * * * * ?", "Whenever the second is */7 (UTC)", "当秒为 */7时（UTC）")]
    [InlineData("0 */25 * * * ?", "Whenever the second is 0, the minute is */25 (UTC)", "当秒为 0，分为 */25时（UTC）")]
    [InlineData("0 0 */5 * * ?", "Whenever the second is 0, the minute is 0, the hour is */5 (UTC)", "当秒为 0，分为 0，时为 */5时（UTC）")]
    // No short name.
    [InlineData("0 0 4 1 1 ?", "Whenever the second is 0, the minute is 0, the hour is 4, the day of the month is 1, the month is 1 (UTC)", "当秒为 0，分为 0，时为 4，日为 1，月为 1时（UTC）")]
    [InlineData("0 0 4 ? * 2#1", "Whenever the second is 0, the minute is 0, the hour is 4, the weekday is 2#1 (UTC)", "当秒为 0，分为 0，时为 4，星期为 2#1时（UTC）")]
    [InlineData("0 0 4 ? * MON-THU", "Whenever the second is 0, the minute is 0, the hour is 4, the weekday is MON-THU (UTC)", "当秒为 0，分为 0，时为 4，星期为 MON-THU时（UTC）")]
    [InlineData("0 0 4 * * ? 2030", "Whenever the second is 0, the minute is 0, the hour is 4, the year is 2030 (UTC)", "当秒为 0，分为 0，时为 4，年为 2030时（UTC）")]
    [InlineData("0 5,10 1-3 * * ?", "Whenever the second is 0, the minute is 5,10, the hour is 1-3 (UTC)", "当秒为 0，分为 5,10，时为 1-3时（UTC）")]
    [InlineData("nonsense", "nonsense", "nonsense")]
    public void An_expression_is_said_in_words(string cron, string english, string chinese)
    {
        Assert.Equal(english, CronWords.Describe(Localizer.For("en"), cron));
        Assert.Equal(chinese, CronWords.Describe(Localizer.For("zh"), cron));
    }
}
