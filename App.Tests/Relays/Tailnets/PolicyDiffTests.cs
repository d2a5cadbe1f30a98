using Gatehouse.Relays.Acls;
using Gatehouse.Relays.Tailnets;

namespace Gatehouse.Tests.Relays.Tailnets;

/// <summary>What changes in a policy, and how a member goes out of it.</summary>
public sealed class PolicyDiffTests
{
    [Theory]
    [InlineData("{\n\t\"derpMap\": {},\n\t\"acls\": [],\n}\n", "{\n\t\"acls\": [],\n}\n")]
    [InlineData("{\"acls\": [], \"DERPMap\": {\"a\": [1, {}]}}", "{\"acls\": [],}")]
    [InlineData("{\"acls\": [], \"derpMap\": {} /* ours */ , \"b\": 1}", "{\"acls\": [], /* ours */  \"b\": 1}")]
    [InlineData("{\n // \"derpMap\": 1,\n \"derpMap\": {}, // ours\n \"b\": 1\n}", "{\n // \"derpMap\": 1,\n // ours\n \"b\": 1\n}")]
    [InlineData("{\n // c\n \"derpMap\": {}, \"b\": 1}", "{\n // c\n \"b\": 1}")]
    [InlineData("{\"derpMap\": {}}", "{}")]
    [InlineData("{\"acls\": []}", "{\"acls\": []}")]
    public void A_member_goes_and_everything_else_stays(string before, string after) => Assert.Equal(after, HuJsonEdit.Remove(before, "derpMap"));

    [Fact]
    public void The_lines_that_go_and_come_are_shown_with_some_around()
    {
        Assert.Empty(PolicyDiff.Of("a\r\nb\n", "a\nb\n"));
        Assert.Equal(["  3", "  4", "  5", "- 6", "+ x", "+ y", "  7", "  8", "  9"], PolicyDiff.Of("1\n2\n3\n4\n5\n6\n7\n8\n9\n10", "1\n2\n3\n4\n5\nx\ny\n7\n8\n9\n10").Select(d => $"{d.Sign} {d.Text}"));
        Assert.Equal(["  a", "+ a", "  b"], PolicyDiff.Of("a\nb", "a\na\nb").Select(d => $"{d.Sign} {d.Text}"));
        Assert.Equal(["- a"], PolicyDiff.Of("a\nb", "b").Select(d => $"{d.Sign} {d.Text}").Take(1));
    }
}
