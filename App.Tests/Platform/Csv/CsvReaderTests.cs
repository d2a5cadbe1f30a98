using System.Buffers;
using System.Text;
using CsCheck;
using Gatehouse.Platform.Csv;

namespace Gatehouse.Tests.Platform.Csv;

public sealed class CsvReaderTests
{
    private static List<CsvRow> Rows(string text, bool remarks = false)
    {
        var reader = new CsvReader(new StringReader(text)) { Remarks = remarks };
        var rows = new List<CsvRow>();
        while (reader.Read() is { } row)
            rows.Add(row);
        return rows;
    }

    private static string Shown(string text, bool remarks = false) => string.Join('/', Rows(text, remarks).Select(r => r.Line + ":" + string.Join('|', r.Cells)));

    [Theory]
    [InlineData("", "")]
    [InlineData("\uFEFF", "")]
    [InlineData("a", "1:a")]
    [InlineData("\uFEFFa,b", "1:a|b")]
    [InlineData("a,b\nc,d", "1:a|b/2:c|d")]
    [InlineData("a,b\r\nc,d\r\n", "1:a|b/2:c|d")]
    [InlineData("a\rb\r", "1:a/2:b")]
    [InlineData("a\n\n\r\n\rb", "1:a/5:b")]
    [InlineData("a,\n,b", "1:a|/2:|b")]
    [InlineData("\"\"\n\"\",", "1:/2:|")]
    [InlineData("\"a,b\",c", "1:a,b|c")]
    [InlineData("\"a\"\"b\"", "1:a\"b")]
    [InlineData("\"a\nb\r\nc\",d\ne", "1:a\nb\r\nc|d/4:e")]
    [InlineData("5\" disk,x", "1:5\" disk|x")]
    [InlineData(" \"a,b\" , c ", "1:a,b| c ")]
    [InlineData("'=1,''=2,'x", "1:=1|'=2|'x")]
    public void Rows_are_read_as_RFC_4180_says(string text, string expected) => Assert.Equal(expected, Shown(text));

    [Theory]
    [InlineData("key;note\nK1;a,b", "1:key|note/2:K1|a,b")]
    [InlineData("key\tnote\nK1\ta,b;c", "1:key|note/2:K1|a,b;c")]
    [InlineData("key,note\nK1,a;b", "1:key|note/2:K1|a;b")]
    [InlineData("K1\nK2;a,b", "1:K1/2:K2|a,b")]
    [InlineData("\"a;b\",c", "1:a;b|c")]
    [InlineData("sep=;\r\na;b,c", "2:a|b,c")]
    [InlineData("# a; b\nkey,note", "2:key|note")]
    [InlineData("#\"\nkey", "2:key")]
    public void The_first_delimiter_outside_quotes_is_the_files(string text, string expected) => Assert.Equal(expected, Shown(text, remarks: true));

    [Fact]
    public void A_remark_is_a_row_where_none_are_looked_for() => Assert.Equal("1:#a|b", Shown("#a,b"));

    [Theory]
    [InlineData("a\n\"b", CsvFault.UnclosedQuote, 2, 1)]
    [InlineData("a,\"b\nc", CsvFault.UnclosedQuote, 1, 3)]
    [InlineData("a\r\nb,\"c\"d", CsvFault.TextAfterQuote, 2, 6)]
    public void What_is_no_table_is_told_by_line_and_column(string text, CsvFault fault, int line, int column)
    {
        var e = Assert.Throws<CsvException>(() => Rows(text));
        Assert.Equal((fault, line, column), (e.Fault, e.Line, e.Column));
    }

    [Fact]
    public void No_row_takes_more_memory_than_is_said()
    {
        using var endless = new Endless('"', 'x');
        Assert.Equal(CsvFault.RowTooLong, Assert.Throws<CsvException>(() => new CsvReader(endless).Read()).Fault);
        Assert.InRange(endless.Given, CsvReader.MaxRow, CsvReader.MaxRow + 10_000);
        using var commas = new Endless(',', ',');
        Assert.Equal(CsvFault.TooManyCells, Assert.Throws<CsvException>(() => new CsvReader(commas).Read()).Fault);
        Assert.Equal(CsvReader.MaxCells, Rows(new string(',', CsvReader.MaxCells - 1))[0].Cells.Count);
        Assert.Equal(CsvReader.MaxRow, Rows(new string('x', CsvReader.MaxRow) + "\nb")[0].Cells[0].Length);
    }

    // What is hard for a table, and what is not, mixed.
    private static readonly Gen<string> Cell = Gen.OneOf(
        Gen.Char[",;\t\"'\r\n=+-@＝＠# a\uFEFF\0中"].Array[0, 6].Select(c => new string(c)),
        Gen.String.Where(s => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(s)) == s));

    [Fact]
    public void What_was_written_is_read_back_whatever_the_cells_say() =>
        Gen.Int[1, 4].SelectMany(width => Cell.Array[width].Array[1, 5]).Sample(rows =>
        {
            var bytes = new ArrayBufferWriter<byte>();
            var csv = new CsvWriter(bytes, rows[0]);
            foreach (var row in rows[1..])
                csv.Row(row);
            Assert.Equal(rows, Rows(Encoding.UTF8.GetString(bytes.WrittenSpan)).Select(r => r.Cells));
        }, iter: 20_000);

    private sealed class Endless(char first, char then) : TextReader
    {
        public int Given { get; private set; }

        public override int Read(char[] buffer, int index, int count)
        {
            buffer.AsSpan(index, count).Fill(then);
            if (Given == 0)
                buffer[index] = first;
            Given += count;
            return count;
        }
    }
}
