using System.Text;
using CsCheck;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Tests.Platform.Hosting;

public sealed class FoldingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Plain TEXT 42", "plain text 42")]
    [InlineData("Ärger", "arger")]
    [InlineData("ÄRGER", "arger")]
    [InlineData("A\u0308rger", "arger")]
    [InlineData("Straße", "strasse")]
    [InlineData("STRAẞE", "strasse")]
    [InlineData("Œuvre, Łódź, Ørsted, Đà Nẵng, Æther", "oeuvre, lodz, orsted, da nang, aether")]
    [InlineData("İSTANBUL ıstanbul Istanbul", "istanbul istanbul istanbul")]
    [InlineData("ΣΟΦΊΑΣ", "σοφιασ")]
    [InlineData("σοφίας", "σοφιασ")]
    [InlineData("Заказ ЁЖ", "заказ еж")]
    [InlineData("ＡＢＣ－１２３％", "abc-123%")]
    [InlineData("全角\u3000空格", "全角 空格")]
    [InlineData("ﬁne ① Ⅳ ㎏ ½", "fine 1 iv kg 1⁄2")]
    [InlineData("𝐁𝐨𝐥𝐝 𝟙", "bold 1")]
    [InlineData("ｶﾞｷﾞﾊﾟｳﾞﾂﾞ", "ガギパヴヅ")]
    [InlineData("か\u3099は\u309Aは\u3099う\u3099ん\u3099", "がぱばゔん\u3099")]
    [InlineData("한글", "한글")]
    [InlineData("\u1112\u1161\u11ab\u1100\u1173\u11af", "한글")]
    [InlineData("王小明", "王小明")]
    [InlineData("\uF900", "\u8C48")]
    [InlineData("VIP\u200B-\u00AD1\uFEFF", "vip-1")]
    [InlineData("ꭰᎠ", "ᎠᎠ")]
    [InlineData("𐐀", "𐐨")]
    public void Texts_that_people_take_for_the_same_fold_alike(string text, string expected) => Assert.Equal(expected, Folding.Of(text));

    [Theory]
    [InlineData("日", "曰")]
    [InlineData("か", "が")]
    [InlineData("0", "O")]
    [InlineData("ü", "v")]
    public void Texts_that_are_different_stay_so(string one, string other) => Assert.NotEqual(Folding.Of(one), Folding.Of(other));

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String,
        Gen.Int[0x20, 0x2FA1F].Where(c => c is < 0xD800 or > 0xDFFF).Array[0, 12].Select(c => string.Concat(c.Select(char.ConvertFromUtf32))),
        Gen.Char["aÄßẞİıΣςＡ％ｶﾞか\u3099\u0308\u1112\u1161\u11ab한王😀\uD800 "].Array[0, 12].Select(c => new string(c)));

    [Fact]
    public void Folding_twice_changes_nothing_more() => Texts.Sample(text => Assert.Equal(Folding.Of(text), Folding.Of(Folding.Of(text))), iter: 20_000);

    [Fact]
    public void Each_character_folds_to_what_folds_to_itself()
    {
        for (var code = 0; code <= 0x10FFFF; code++)
            if (code is < 0xD800 or > 0xDFFF && Folding.Of(char.ConvertFromUtf32(code)) is var folded && Folding.Of(folded) != folded)
                Assert.Fail($"U+{code:X}: {folded}");
    }

    /// <summary>What is found by a part of it: no letter folds otherwise for standing beside another, but where two make one.</summary>
    [Fact]
    public void A_part_of_a_text_is_a_part_of_it_folded() => Gen.Select(Gen.String, Gen.String, Gen.String).Sample((before, part, after) =>
    {
        if (part.Length > 0 && !char.IsLowSurrogate(part[0]) && !char.IsHighSurrogate(part[^1]))
            Assert.Contains(Folding.Of(part), Folding.Of($"{before} {part} {after}"), StringComparison.Ordinal);
    }, iter: 5_000);

    /// <summary>If this fails, the framework normalises without ICU at last, and the table can go.</summary>
    [Fact]
    public void The_framework_alone_does_not_normalise() => Assert.Equal("ＡＢＣ", "ＡＢＣ".Normalize(NormalizationForm.FormKC));
}
