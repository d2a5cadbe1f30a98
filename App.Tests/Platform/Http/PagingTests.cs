using Gatehouse.Platform.Http;

namespace Gatehouse.Tests.Platform.Http;

public sealed class PagingTests
{
    [Theory]
    [InlineData("0198c0de-7a1b-7000-8000-000000000001")]
    [InlineData("")]
    [InlineData("卡密 '; --")]
    public void A_cursor_comes_back_as_it_was(string position) =>
        Assert.Equal(position.Length == 0 ? null : position, Cursor.Decode(Cursor.Encode(position)));

    [Theory]
    [InlineData("not a cursor!")]
    [InlineData("%00")]
    [InlineData("====")]
    [InlineData("a")]
    public void What_is_no_cursor_is_refused_by_name(string cursor) =>
        Assert.Equal("field.cursor", Assert.Throws<Refusal>(() => Cursor.Decode(cursor)).Fields["after"].Key);

    [Fact]
    public void A_huge_cursor_is_refused() => Assert.Throws<Refusal>(() => Cursor.Decode(new string('A', 401)));

    [Theory]
    [InlineData(null, 50)]
    [InlineData("", 50)]
    [InlineData("1", 1)]
    [InlineData("500", 500)]
    public void A_limit_has_a_default(string? value, int expected) => Assert.Equal(expected, Cursor.Limit(value));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("501")]
    [InlineData("1.5")]
    [InlineData("99999999999")]
    [InlineData("ten")]
    public void A_limit_out_of_range_is_refused_by_name(string value) =>
        Assert.Equal("field.range", Assert.Throws<Refusal>(() => Cursor.Limit(value)).Fields["limit"].Key);

    [Fact]
    public void A_page_knows_whether_another_follows()
    {
        var last = Slice<int>.Of([3, 2, 1], 3, n => n.ToString());
        Assert.Equal([3, 2, 1], last.Items);
        Assert.Null(last.Next);
        var first = Slice<int>.Of([4, 3, 2, 1], 3, n => n.ToString());
        Assert.Equal([4, 3, 2], first.Items);
        Assert.Equal("2", Cursor.Decode(first.Next));
    }
}
