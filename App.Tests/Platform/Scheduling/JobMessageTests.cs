using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;

namespace Gatehouse.Tests.Platform.Scheduling;

public sealed class JobMessageTests
{
    [Fact]
    public void A_message_is_told_in_the_readers_language()
    {
        var message = JobMessage.Of("job.storage.tidy.done", 1200);
        Assert.Equal("1,200 old rows removed", JobMessage.Show(Localizer.For("en"), message));
        Assert.Equal("清理了 1,200 行旧数据", JobMessage.Show(Localizer.For("zh"), message));
        Assert.Equal("job.storage.tidy.done", JobMessage.Key(message));
    }

    [Fact]
    public void One_has_its_own_form() => Assert.Equal("1 old row removed", JobMessage.Show(Localizer.For("en"), JobMessage.Of("job.storage.tidy.done", 1)));

    [Theory]
    [InlineData("12 expired")]
    [InlineData("")]
    [InlineData("{0} {1} <b>")]
    public void Plain_words_stay_as_they_are(string words) => Assert.Equal(words, JobMessage.Show(Localizer.For("en"), words));

    [Fact]
    public void What_fills_a_gap_cannot_break_out_of_it() =>
        Assert.Equal("It failed: a b {0} <b>", JobMessage.Show(Localizer.For("en"), JobMessage.Of("job.failed", "a\u001fb {0} <b>")));

    [Fact]
    public void A_gap_that_was_cut_off_or_is_missing_does_not_throw() =>
        Assert.NotEmpty(JobMessage.Show(Localizer.For("en"), JobMessage.Of("job.storage.integrity.damaged", 3, new string('x', 10_000))));
}
