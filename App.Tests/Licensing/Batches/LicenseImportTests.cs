using Gatehouse.Licensing.Batches;

namespace Gatehouse.Tests.Licensing.Batches;

public sealed class LicenseImportTests
{
    private static List<(int, string, string)> Lines(string content, bool csv = false)
    {
        var (lines, faults) = LicenseImport.Parse(content, csv);
        Assert.Empty(faults);
        return [.. lines.Select(l => (l.Line, l.Key, l.Note))];
    }

    private static List<(int, string)> Faults(string content, bool csv = false) => [.. LicenseImport.Parse(content, csv).Faults.Select(f => (f.Line, f.Reason.Key))];

    [Theory]
    [InlineData("AAAA\nBBBB\n")]
    [InlineData("AAAA\r\nBBBB")]
    [InlineData("AAAA\rBBBB")]
    [InlineData("\uFEFFAAAA\nBBBB")]
    public void Lines_end_in_any_way(string content) => Assert.Equal([(1, "AAAA", ""), (2, "BBBB", "")], Lines(content));

    [Fact]
    public void Empty_lines_and_remarks_are_passed_over_and_counted() =>
        Assert.Equal([(3, "VIP-1", ""), (5, "VIP-2", "")], Lines("# mine\n\n vip-1 \n   \nVIP- 2\n"));

    [Theory]
    [InlineData("key,note\nVIP-1,first\nVIP-2,\"one, \"\"two\"\"\"\n", "one, \"two\"")]
    [InlineData("Code;Note\nVIP-1;first\nVIP-2;second\n", "second")]
    [InlineData("card\tnote\nVIP-1\tfirst\nVIP-2\tsecond", "second")]
    public void A_table_may_have_a_heading_and_notes(string content, string note) => Assert.Equal([(2, "VIP-1", "first"), (3, "VIP-2", note)], Lines(content, csv: true));

    [Fact]
    public void A_table_needs_no_heading() => Assert.Equal([(1, "VIP-1", "")], Lines("VIP-1", csv: true));

    [Fact]
    public void A_comma_is_no_key_in_a_plain_list() => Assert.Equal([(1, "import.bad_key")], Faults("VIP-1,note"));

    [Fact]
    public void What_is_wrong_is_told_by_line() =>
        Assert.Equal([(2, "import.bad_key"), (3, "import.twice"), (5, "import.bad_key")], Faults("AAAA\nB\naa aa\nCCCC\n卡卡卡卡"));

    [Fact]
    public void A_second_one_names_the_line_of_the_first()
    {
        var fault = Assert.Single(LicenseImport.Parse("#\nAAAA\nBBBB\naaaa", csv: false).Faults);
        Assert.Equal(4, fault.Line);
        Assert.Equal([2], fault.Reason.Args);
    }

    [Theory]
    [InlineData("VIP-1,\u0007")]
    [InlineData("VIP-1,{0}")]
    public void A_bad_note_is_told(string content) => Assert.Equal([(1, "import.bad_note")], Faults(string.Format(content, new string('x', 201)), csv: true));

    [Fact]
    public void Markup_is_shown_as_it_was_and_cut_short()
    {
        var fault = Assert.Single(LicenseImport.Parse("<script>" + new string('x', 500), csv: false).Faults);
        Assert.StartsWith("<script>", fault.Key);
        Assert.Equal(80, fault.Key.Length);
    }

    [Fact]
    public void After_200_faults_it_gives_up() => Assert.Equal(200, Faults(string.Join('\n', Enumerable.Repeat("?", 100_000))).Count);

    [Fact]
    public void A_file_holds_at_most_100000_keys()
    {
        var (lines, faults) = LicenseImport.Parse(string.Join('\n', Enumerable.Range(0, LicenseImport.MaxLines + 1).Select(i => $"K-{i:D6}")), csv: false);
        Assert.Equal(LicenseImport.MaxLines, lines.Count);
        Assert.Equal("import.too_many", Assert.Single(faults).Reason.Key);
    }

    [Fact]
    public void Nothing_is_nothing() => Assert.Empty(Lines("\n \n#\n"));
}
