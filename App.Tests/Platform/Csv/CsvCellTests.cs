using Gatehouse.Platform.Csv;

namespace Gatehouse.Tests.Platform.Csv;

public sealed class CsvCellTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("a\nb", "\"a\nb\"")]
    [InlineData("a\rb", "\"a\rb\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "\"'\tx\"")]
    [InlineData("a;b", "\"a;b\"")]
    [InlineData("＝1", "'＝1")]
    [InlineData("＋1", "'＋1")]
    [InlineData("－1", "'－1")]
    [InlineData("＠x", "'＠x")]
    [InlineData("'quoted'", "'quoted'")]
    [InlineData("'=1", "''=1")]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"")]
    [InlineData("a=1", "a=1")]
    [InlineData("中文", "中文")]
    public void A_cell_is_quoted_where_it_must_be_and_never_a_formula(string? value, string expected) => Assert.Equal(expected, CsvCell.Encode(value));

    [Theory]
    [InlineData("'-DASH-0001", "-DASH-0001")]
    [InlineData("'＝1", "＝1")]
    [InlineData("''=1", "'=1")]
    [InlineData("'quoted'", "'quoted'")]
    [InlineData("'", "'")]
    [InlineData("", "")]
    [InlineData("-1", "-1")]
    public void The_apostrophe_of_a_guard_is_taken_away_and_no_other(string cell, string expected) => Assert.Equal(expected, CsvCell.Unguard(cell));
}
