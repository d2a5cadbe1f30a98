using CsCheck;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Tests.Platform.Localization;

/// <summary>Messages come back from the storage as they went, whatever version stored them, and show in the reader's language.</summary>
public sealed class MessageTests
{
    private static readonly Localizer En = Localizer.For("en");
    private static readonly DateTimeOffset Time = new(2026, 11, 20, 9, 14, 3, 120, TimeSpan.Zero);

    private static string Told(string stored) => En[Message.Parse(stored)];

    [Fact]
    public void A_message_is_told_in_the_readers_language()
    {
        var message = Message.Parse(new Message("job.storage.tidy.done", 1200).ToStored());
        Assert.Equal("1,200 old rows removed", En[message]);
        Assert.Equal("清理了 1,200 行旧数据", Localizer.For("zh")[message]);
        Assert.Equal("job.storage.tidy.done", message.Key);
    }

    [Fact]
    public void One_has_its_own_form() => Assert.Equal("1 old row removed", Told(new Message("job.storage.tidy.done", 1).ToStored()));

    [Fact]
    public void The_stored_form_is_this() => Assert.Equal(
        """{"key":"a.b","args":["x \"y\" 日本",-3,{"time":1795166043120},{"key":"c.d"}]}""", new Message("a.b", "x \"y\" 日本", -3, Time, new Message("c.d")).ToStored());

    [Fact]
    public void What_is_stored_comes_back() => Gen.Select(Gen.String, Gen.String.Array[0, 4], Gen.Long, Gen.DateTimeOffset).Sample((key, texts, number, time) =>
    {
        var message = new Message(key, [.. texts, number, time, new Message(key, number)]);
        var stored = message.ToStored();
        Assert.Equal(stored, Message.Parse(stored).ToStored());
    }, iter: 500);

    [Fact]
    public void Its_gaps_are_told_to_programs_without_a_language() => Assert.Equal(
        ["x", "1200", "2026-11-20T09:14:03.120Z", """{"key":"c.d"}"""], new Message("a.b", "x", 1200, Time, new Message("c.d")).Texts());

    [Fact]
    public void Times_are_told_as_the_reader_has_them_and_messages_within_in_words() => Assert.Equal(
        "Extended from [2026] to Failed", En.Say(new Message("event.extended", Time, new Message("job.bad")), at => $"[{at.Year}]"));

    // As version 0.1.0 stored them in job_runs and job_states.
    [Theory]
    [InlineData("job.storage.tidy.done\u001f0", "0 old rows removed")]
    [InlineData("job.storage.tidy.done\u001f1", "1 old row removed")]
    [InlineData("job.storage.tidy.done\u001f12000", "12,000 old rows removed")]
    [InlineData("job.storage.integrity.done", "Database and audit log are whole")]
    [InlineData("job.storage.integrity.damaged\u001f2\u001frow 7 missing from index", "2 faults in the database. The first: row 7 missing from index")]
    [InlineData("error.STORAGE_FULL", "The server's disk is full. Nothing was changed; try again when there is space.")]
    public void What_older_versions_stored_is_told(string stored, string told) => Assert.Equal(told, Told(stored));

    [Theory]
    [InlineData("12 expired")]
    [InlineData("")]
    [InlineData("{0} {1} <b>")]
    [InlineData("{\"key\": no JSON")]
    [InlineData("{\"key\":7}")]
    [InlineData("{\"key\":\"\\ud83d\"}")]
    [InlineData("{\"other\":\"job.bad\"}")]
    [InlineData("[\"job.bad\"]")]
    public void Plain_words_stay_as_they_are(string words) => Assert.Equal(words, Told(words));

    [Theory]
    [InlineData("""{"key":"never.was","args":["a",2]}""", "never.was a 2")]
    [InlineData("never.was\u001fa\u001f2", "never.was a 2")]
    [InlineData("""{"key":"event.extended","args":["a"]}""", "Extended from a to")]
    [InlineData("""{"key":"job.failed","args":["a","b","c"]}""", "It failed: a")]
    [InlineData("""{"key":"job.failed","args":[null]}""", "It failed: null")]
    [InlineData("""{"key":"job.failed","args":[{"time":9223372036854775807}]}""", "It failed: {\"time\":9223372036854775807}")]
    [InlineData("""{"key":"job.failed","args":7}""", "It failed:")]
    public void A_message_of_another_version_is_told_as_well_as_can_be(string stored, string told) => Assert.Equal(told, Told(stored));

    [Fact]
    public void What_fills_a_gap_cannot_break_out_of_it() =>
        Assert.Equal("It failed: a\u001fb {0} <b>\",\"", Told(new Message("job.failed", "a\u001fb {0} <b>\",\"").ToStored()));

    [Fact]
    public void Long_texts_are_cut_between_characters()
    {
        var stored = new Message("job.failed", new string('x', 999) + "😀" + new string('y', 10_000)).ToStored();
        Assert.Equal("It failed: " + new string('x', 999), Told(stored));
    }
}
