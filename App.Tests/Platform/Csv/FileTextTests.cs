using System.Text;
using Gatehouse.Platform.Csv;

namespace Gatehouse.Tests.Platform.Csv;

public sealed class FileTextTests
{
    private const string Chinese = "卡密,备注\r\nVIP-1,给王小明，已付款\r\n";

    private static Encoding Of(string name) => CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);

    [Theory]
    [InlineData("utf-8")]
    [InlineData("gb18030")]
    [InlineData("gbk")]
    [InlineData("gb2312")]
    public void Chinese_is_known_without_a_mark(string encoding) => Assert.Equal(Chinese, FileText.Decode(Of(encoding).GetBytes(Chinese)));

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void A_mark_is_believed_and_is_no_text(string encoding) =>
        Assert.Equal(Chinese + "é😀", FileText.Decode([.. Of(encoding).GetPreamble(), .. Of(encoding).GetBytes(Chinese + "é😀")]));

    [Theory]
    [InlineData("VIP-DEMO123456\r\nVIP-DEMO123457\r\n")]
    [InlineData("key,note\nVIP-DEMO123456,王先生\n")]
    public void Utf_16_is_read_without_its_mark(string text)
    {
        Assert.Equal(text, FileText.Decode(Encoding.Unicode.GetBytes(text)));
        Assert.Equal(text, FileText.Decode(Encoding.BigEndianUnicode.GetBytes(text)));
    }

    [Fact]
    public void Rare_characters_are_known_among_common_ones() => Assert.Equal("卡密,备注\nVIP-1,朱镕基😀", FileText.Decode(Of("gb18030").GetBytes("卡密,备注\nVIP-1,朱镕基😀")));

    [Theory]
    [InlineData("windows-1252", "key,note\nA-1,Jürgen\nA-2,Müller", 2, 6)]
    [InlineData("windows-1252", "key,note\nA-1,plain\nA-2,déjà vu", 3, 6)]
    [InlineData("shift_jis", "key,note\nA-1,ありがとう", 2, 5)]
    [InlineData("windows-1251", "key,note\nA-1,Заказ 42", 2, 5)]
    public void What_is_neither_is_refused_by_line_rather_than_spoilt(string encoding, string text, int line, int column)
    {
        var e = Assert.Throws<CsvException>(() => FileText.Decode(Of(encoding).GetBytes(text)));
        Assert.Equal((CsvFault.Encoding, line, column), (e.Fault, e.Line, e.Column));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        foreach (var bytes in new byte[][] { [0xFF, 0xFE, 0x00, 0xD8], [0xEF, 0xBB, 0xBF, 0xC3], [.. "A-1\nA"u8, 0], [0x50, 0x4B, 3, 4, 0, 0, 0xFF] })
            Assert.Equal(CsvFault.Encoding, Assert.Throws<CsvException>(() => FileText.Decode(bytes)).Fault);
        Assert.Equal("", FileText.Decode([]));
    }
}
