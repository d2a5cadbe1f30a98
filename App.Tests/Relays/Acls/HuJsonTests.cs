using System.Text;
using Gatehouse.Relays.Acls;

namespace Gatehouse.Tests.Relays.Acls;

/// <summary>The policy file's form, strictly, and one member of it put in another's place.</summary>
public sealed class HuJsonTests
{
    private const string Map = "{\"Regions\":{}}";

    [Theory]
    [InlineData("{\n // \"derpMap\": {},\n /* \"derpMap\": 1 */\n \"derpMap\": {\"Regions\":{\"900\":null}}, // keep\n}\n", "{\n // \"derpMap\": {},\n /* \"derpMap\": 1 */\n \"derpMap\": {\"Regions\":{}}, // keep\n}\n")]
    [InlineData("{\"groups\":{\"derpMap\":[\"a\"]},\"hosts\":{\"u\":\"http://x/*y*/\"},\"derpMap\":{\"a\":\"}\\\"//\"}}", "{\"groups\":{\"derpMap\":[\"a\"]},\"hosts\":{\"u\":\"http://x/*y*/\"},\"derpMap\":{\"Regions\":{}}}")]
    [InlineData("{\"acls\":[],\"\\u0064erp\\u004dap\":{\"x\":1,},}", "{\"acls\":[],\"\\u0064erp\\u004dap\":{\"Regions\":{}},}")]
    [InlineData("{\"DERPMap\":{},\"acls\":[]}", "{\"DERPMap\":{\"Regions\":{}},\"acls\":[]}")]
    [InlineData("{\"derpMap\":/*a*/{ /* } */ \"Regions\":{},// }\n}/*b*/}", "{\"derpMap\":/*a*/{\"Regions\":{}}/*b*/}")]
    [InlineData("// top\r\n{\r\n  \"acls\": [], // c\r\n}\r\n", "// top\r\n{\r\n\t\"derpMap\": {\"Regions\":{}},\r\n  \"acls\": [], // c\r\n}\r\n")]
    [InlineData("{ /* nothing */ }", "{\n\t\"derpMap\": {\"Regions\":{}} /* nothing */ }")]
    [InlineData("{\"acls\":[],\"derpMap\":null // gone\n}", "{\"acls\":[],\"derpMap\":{\"Regions\":{}} // gone\n}")]
    [InlineData("{}", "{\n\t\"derpMap\": {\"Regions\":{}}}")]
    [InlineData("\r\n{\"a\":1}", "\r\n{\r\n\t\"derpMap\": {\"Regions\":{}},\"a\":1}")]
    [InlineData("{\"derpMap\":\"\\ud800\"}", "{\"derpMap\":{\"Regions\":{}}}")]
    public void One_member_is_replaced_and_the_rest_stays(string text, string expected) => Assert.Equal(expected, HuJsonEdit.Put(text, "derpMap", (_, _) => Map));

    [Theory]
    [InlineData("\ufeff{}", "byte_order_mark", 1, 1)]
    [InlineData("{\"acls\":[]} // end", "last_comment", 1, 13)]
    [InlineData("{\"a\":[],,}", "comma", 1, 9)]
    [InlineData("{,}", "comma", 1, 2)]
    [InlineData("{'a':1}", "single_quotes", 1, 2)]
    [InlineData("{\"a\":'x'}", "single_quotes", 1, 6)]
    [InlineData("{} /* x", "comment_end", 1, 4)]
    [InlineData("{} {}", "after_end", 1, 4)]
    [InlineData("[]", "not_object", 1, 1)]
    [InlineData("{ # x\n}", "hash", 1, 3)]
    [InlineData("{\n\t\"derpMap\": {},\r\n\t\"acls\": [],\r\n\t\"DerpMap\": {}}", "twice", 4, 2)]
    [InlineData("{\"a\":1 \"b\":2}", "no_comma", 1, 8)]
    [InlineData("{\"a\" 1}", "colon", 1, 6)]
    [InlineData("{a:1}", "name", 1, 2)]
    [InlineData("{\"a\":NaN}", "value", 1, 6)]
    [InlineData("{\"a\":True}", "value", 1, 6)]
    [InlineData("{\"a\":truely}", "value", 1, 10)]
    [InlineData("{\"a\":0x10}", "number", 1, 6)]
    [InlineData("{\"a\":01}", "number", 1, 6)]
    [InlineData("{\"a\":+1}", "value", 1, 6)]
    [InlineData("{\"a\":1.}", "number", 1, 6)]
    [InlineData("{\"a\":.5}", "value", 1, 6)]
    [InlineData("{\"a\":1e}", "number", 1, 6)]
    [InlineData("{\"a\":-}", "number", 1, 6)]
    [InlineData("{\"a\":\"x\n\"}", "open_text", 1, 6)]
    [InlineData("{\"a\":\"x", "open_text", 1, 6)]
    [InlineData("{\"a\":\"\tx\"}", "control", 1, 7)]
    [InlineData("{\"a\":\"\\x\"}", "escape", 1, 7)]
    [InlineData("{\"a\":\"\\u12\"}", "escape", 1, 7)]
    [InlineData("{\"a\":\"\\u 12f\"}", "escape", 1, 7)]
    [InlineData("{\"a\":1", "cut", 1, 7)]
    [InlineData("{\"a\":", "cut", 1, 6)]
    [InlineData("{\"a\"", "cut", 1, 5)]
    [InlineData("{\n", "cut", 2, 1)]
    [InlineData("", "cut", 1, 1)]
    [InlineData("{\"a\":1 / 2}", "slash", 1, 8)]
    [InlineData("{\"中\":\"文\", \0}", "name", 1, 11)]
    [InlineData("{\u00a0}", "name", 1, 2)]
    [InlineData("{\"a\":}", "value", 1, 6)]
    public void What_is_no_policy_is_refused_where_it_is_wrong(string text, string fault, int line, int column)
    {
        var e = Assert.Throws<HuJsonException>(() => HuJsonEdit.Put(text, "derpMap", (_, _) => Map));
        Assert.Equal((fault, line, column), (e.Fault, e.Line, e.Column));
    }

    [Fact]
    public void Half_a_character_is_no_text()
    {
        Assert.Equal("encoding", Assert.Throws<HuJsonException>(() => HuJson.Parse("{\"a\":\"\ud83d\"}")).Fault);
        var e = Assert.Throws<HuJsonException>(() => HuJson.Decode([.. "{\n// é"u8, 0xc3, 0x28]));
        Assert.Equal(("encoding", 2, 5), (e.Fault, e.Line, e.Column));
        Assert.Equal("{\"€\":\"🔑\"}", HuJson.Decode("{\"€\":\"🔑\"}"u8));
    }

    [Fact]
    public void It_nests_64_deep_and_no_deeper()
    {
        HuJson.Parse(Nested(64));
        Assert.Equal("too_deep", Assert.Throws<HuJsonException>(() => HuJson.Parse(Nested(65))).Fault);

        static string Nested(int depth) => new StringBuilder().Append('[', depth).Append(']', depth).ToString();
    }

    [Fact]
    public void It_says_in_both_languages_where_and_what_to_do()
    {
        var e = Assert.Throws<HuJsonException>(() => HuJson.Parse("{\n  \"acls\": [],\n  \"tests\": undefined,\n}"));
        Assert.Equal("Line 3, column 12: a value must stand here (a text in double quotes, a number, true, false, null or brackets), not: undefined", Gatehouse.Platform.Localization.Localizer.For("en")[e.Reason]);
        Assert.Contains("第 3 行第 12 列", Gatehouse.Platform.Localization.Localizer.For("zh")[e.Reason]);
    }
}
