using Gatehouse.Licensing.Imports;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Batches;

public sealed class LicenseImportTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.CreateCustomTimeZone("+8", TimeSpan.FromHours(8), "+8", "+8");
    private static readonly long Now = FakeClock.Start.ToUnixTimeMilliseconds();

    private static ImportFile Parse(string content, bool csv) => LicenseImport.Parse(content, csv, Now, Shanghai);

    private static List<(int, string, string)> Lines(string content, bool csv = false)
    {
        var (lines, faults) = Parse(content, csv);
        Assert.Empty(faults);
        return [.. lines.Select(l => (l.Line, l.Key, l.Note))];
    }

    private static List<(int, string)> Faults(string content, bool csv = false) => [.. Parse(content, csv).Faults.Select(f => (f.Line, f.Reason.Key))];

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
    public void A_comma_or_a_tab_is_no_key_in_a_plain_list() => Assert.Equal([(1, "import.bad_key"), (2, "import.bad_key")], Faults("VIP-1,note\nVIP-1\tnote"));

    [Fact]
    public void What_is_wrong_is_told_by_line() =>
        Assert.Equal([(2, "import.bad_key"), (3, "import.twice"), (5, "import.bad_key")], Faults("AAAA\nB\naa aa\nCCCC\n卡卡卡卡"));

    [Fact]
    public void A_second_one_names_the_line_of_the_first()
    {
        var fault = Assert.Single(Parse("#\nAAAA\nBBBB\naaaa", csv: false).Faults);
        Assert.Equal(4, fault.Line);
        Assert.Equal([2], fault.Reason.Args);
    }

    [Theory]
    [InlineData("VIP-1,\u0007")]
    [InlineData("VIP-1,{0}")]
    public void A_bad_note_is_told(string content) => Assert.Equal([(1, "import.bad_note")], Faults(string.Format(content, new string('x', 501)), csv: true));

    [Fact]
    public void Markup_is_shown_as_it_was_and_cut_short()
    {
        var fault = Assert.Single(Parse("<script>" + new string('x', 500), csv: false).Faults);
        Assert.StartsWith("<script>", fault.Key);
        Assert.Equal(80, fault.Key.Length);
    }

    [Fact]
    public void After_200_faults_it_gives_up() => Assert.Equal(200, Faults(string.Join('\n', Enumerable.Repeat("?", 100_000))).Count);

    [Fact]
    public void A_file_holds_at_most_100000_keys()
    {
        var (lines, faults) = Parse(string.Join('\n', Enumerable.Range(0, LicenseImport.MaxLines + 1).Select(i => $"K-{i:D6}")), csv: false);
        Assert.Equal(LicenseImport.MaxLines, lines.Count);
        Assert.Equal("import.too_many", Assert.Single(faults).Reason.Key);
    }

    [Fact]
    public void Nothing_is_nothing() => Assert.Empty(Lines("\n \n#\n"));

    [Fact]
    public void A_note_of_two_lines_is_no_second_key() =>
        Assert.Equal([(2, "import.bad_note")], Faults("key,note\nVIP-1,\"first\nVIP-2222\"\nVIP-3,x", csv: true));

    [Theory]
    [InlineData("VIP-1,a;b", "a;b")]
    [InlineData("VIP-1;a,b", "a,b")]
    [InlineData("VIP-1,\"a;b\"", "a;b")]
    [InlineData("VIP-1\ta,b;c", "a,b;c")]
    [InlineData("VIP-1,'=1+1", "=1+1")]
    [InlineData("VIP-1,key", "key")]
    public void A_note_is_what_it_is(string content, string note) => Assert.Equal([(1, "VIP-1", note)], Lines(content, csv: true));

    [Fact]
    public void A_dash_before_a_key_survives_its_guard() => Assert.Equal([(1, "-DASH-0001", "")], Lines("'-DASH-0001,", csv: true));

    [Theory]
    [InlineData("----------")]
    [InlineData("____")]
    [InlineData("-_ -_")]
    [InlineData("export")]
    public void What_only_looks_like_a_key_is_none(string content) => Assert.Equal([(1, "import.bad_key")], Faults(content));

    [Theory]
    [InlineData("备注,卡密\n甲,VIP-1\n")]
    [InlineData("Remark;Card Key\n甲;VIP-1\n")]
    [InlineData("Note\tKEY\n甲\tVIP-1\n")]
    [InlineData("ＮＯＴＥ,Ｋｅｙ\n甲,VIP-1\n")]
    [InlineData("id,卡密,数量,备注\n7,VIP-1,3,甲\n")]
    public void Columns_go_by_their_heading(string content) => Assert.Equal([(2, "VIP-1", "甲")], Lines(content, csv: true));

    [Fact]
    public void A_line_with_a_hash_is_a_remark_only_where_a_key_would_stand() =>
        Assert.Equal([(2, "VIP-1", "#1")], Lines("note,key\n#1,VIP-1", csv: true));

    [Theory]
    [InlineData("serial no,remark\nVIP-1,x", "import.no_key_column")]
    [InlineData("卡号,卡密\n1,VIP-1", "import.two_columns")]
    [InlineData("VIP-1,note,active", "import.no_heading")]
    public void A_heading_that_cannot_be_understood_is_told(string content, string reason) => Assert.Equal([(1, reason)], Faults(content, csv: true));

    [Fact]
    public void More_cells_than_the_heading_has_are_told() =>
        Assert.Equal([(2, "import.more_cells")], Faults("key,note\nVIP-1,a,b\nVIP-2,a,,\n", csv: true));

    [Theory]
    [InlineData("key\nVIP-1\n\"VIP-2", 3, "csv.unclosed_quote")]
    [InlineData("key,note\nVIP-1,\"a\"b", 2, "csv.text_after_quote")]
    public void A_broken_table_is_told_by_line(string content, int line, string reason) => Assert.Equal([(line, reason)], Faults(content, csv: true));

    [Fact]
    public void The_status_and_times_of_our_own_export_are_taken()
    {
        var file = Parse("\uFEFFkey,status,plan,batch,note,created_at,used_at,expire_at,machines\r\n"
            + "VIP-1,active,Pro,First,,2026-03-01T00:00:00.001Z,2026-03-02T00:00:00.002Z,2026-04-01T00:00:00.003Z,1\r\n"
            + "VIP-2,unused,Pro,First,n,2026-03-01T00:00:00.001Z,,,0\r\n", csv: true);
        Assert.Empty(file.Faults);
        Assert.Equal(["batch", "machines"], file.NotRead);
        Assert.Equal(
        [
            new ImportLine(2, "VIP-1", "") { Plan = "Pro", State = LicenseState.Active, CreatedAt = 1772323200001, UsedAt = 1772409600002, ExpireAt = 1775001600003 },
            new ImportLine(3, "VIP-2", "n") { Plan = "Pro", CreatedAt = 1772323200001 },
        ], file.Lines);
    }

    [Fact]
    public void What_has_run_out_by_a_clock_that_is_ahead_still_runs_here() =>
        Assert.Equal([LicenseState.Active, LicenseState.Expired, LicenseState.Active],
            Parse("key,status,used_at,expire_at\nVIP-1,expired,2026-03-01,2026-03-04T09:30:00.001Z\nVIP-2,expired,2026-03-01,2026-03-04T09:30:00Z\nVIP-3,active,2026-03-01,9000-01-01T00:00:00Z\n", csv: true).Lines.Select(l => l.State));

    [Theory]
    [InlineData("使用中,2026/3/2 8:00,2026/4/1 8:00:00")]
    [InlineData("Active,2026-03-02 08:00,2026-04-01 08:00:00")]
    [InlineData(",2026-03-02T00:00:00Z,2026-04-01T08:00:00+08:00")]
    public void Spreadsheets_write_times_in_the_sites_zone_and_words_in_either_language(string row)
    {
        var file = Parse("卡密,状态,激活时间,到期时间\nVIP-1," + row, csv: true);
        Assert.Empty(file.Faults);
        Assert.Equal((LicenseState.Active, 1772409600000, 1775001600000), (file.Lines[0].State, file.Lines[0].UsedAt!.Value, file.Lines[0].ExpireAt!.Value));
    }

    [Theory]
    [InlineData("sold,,,", "import.bad_status")]
    [InlineData("unused,,yesterday,", "import.bad_time")]
    [InlineData("unused,,0001-01-01T00:00:00Z,", "import.bad_time")]
    [InlineData("unused,0001-01-01,,", "import.bad_time")]
    [InlineData("active,,2026-03-01,9999-12-31 23:59:59", "import.bad_time")]
    [InlineData("unused,,2026-03-01,", "import.unused_times")]
    [InlineData("unused,,,2026-05-01", "import.unused_times")]
    [InlineData("active,,,", "import.used_missing")]
    [InlineData("expired,,,2026-03-01", "import.used_missing")]
    [InlineData("expired,,2026-03-01,", "import.not_over")]
    [InlineData("expired,,2026-03-01,2027-03-01", "import.not_over")]
    [InlineData("active,,2027-03-01,", "import.future")]
    [InlineData("unused,2027-03-01,,", "import.future")]
    [InlineData("active,,2026-03-01,2026-02-01", "import.end_first")]
    [InlineData("revoked,,,2026-05-01", "import.end_first")]
    public void States_and_times_that_cannot_be_are_told(string row, string reason) =>
        Assert.Equal([(2, reason)], Faults("key,status,created_at,used_at,expire_at\nVIP-1," + row, csv: true));
}
