using Gatehouse.Platform.Localization;

namespace Gatehouse.Tests.Platform.Localization;

public sealed class PastedTextTests
{
    [Theory]
    [InlineData("  a\u00a0b\r\n", "a b")]
    [InlineData("\ufeffa\u200bb\u2060", "ab")]
    [InlineData("a\ufe0fb\u034f\u3164", "ab")]
    [InlineData("\u202eab\u202c", "ab")]
    [InlineData("ＡＢＣ Ä 😀", "ＡＢＣ Ä 😀")]
    [InlineData("a\0b", "a\0b")]
    [InlineData("\u200b", "")]
    public void It_is_what_can_be_seen(string pasted, string seen) => Assert.Equal(seen, PastedText.Clean(pasted));

    [Theory]
    [InlineData("“ＡＢＣ”。", "ABC")]
    [InlineData("(a b),", "a b")]
    [InlineData("'a'b'", "a'b")]
    [InlineData("\"'", "")]
    public void A_word_is_without_what_stood_around_it(string pasted, string word) => Assert.Equal(word, PastedText.Word(pasted));

    [Theory]
    [InlineData("{9F2C77B0-41AA-4C0E-9D53-0A1E53D0A1E1}", "9f2c77b0-41aa-4c0e-9d53-0a1e53d0a1e1")]
    [InlineData("(9f2c77b0-41aa-4c0e-9d53-0a1e53d0a1e1)", "9f2c77b0-41aa-4c0e-9d53-0a1e53d0a1e1")]
    [InlineData("９F2C77B041AA4C0E9D530A1E53D0A1E1", "9f2c77b0-41aa-4c0e-9d53-0a1e53d0a1e1")]
    [InlineData("{PC}", "pc")]
    [InlineData("{}", "{}")]
    [InlineData("ΣΑΣ σας", "σασ σασ")]
    [InlineData("Ärger", "ärger")]
    public void Identifiers_are_compared_without_case_and_braces(string identifier, string folded)
    {
        Assert.Equal(folded, Identifier.Folded(identifier));
        Assert.Equal(folded, Identifier.Folded(folded));
    }
}
