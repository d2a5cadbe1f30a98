using System.Security.Cryptography;
using System.Text;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Tests.Platform.Localization;

/// <summary>Against what Python's unicodedata says, whose table it is.</summary>
public sealed class NfkcTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Plain ASCII", "Plain ASCII")]
    [InlineData("ＡＢＣ－１２３", "ABC-123")]
    [InlineData("ﬁne ① ㎏ ½", "fine 1 kg 1⁄2")]
    [InlineData("A\u030a \u212b", "Å Å")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u1e9b\u0323", "ṩ")]
    [InlineData("ｶﾞｷﾞﾊﾟ", "ガギパ")]
    [InlineData("\u1112\u1161\u11ab\uac00\u11a8", "한각")]
    [InlineData("\u0958", "क\u093c")]
    [InlineData("\u00a0\u3000", "  ")]
    [InlineData("Ärzte İ ß ΣΟΦΊΑ", "Ärzte İ ß ΣΟΦΊΑ")]
    public void It_is_what_the_standard_says(string text, string expected) => Assert.Equal(expected, Nfkc.Of(text));

    [Fact]
    public void Every_character_is_as_in_the_table_s_source()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var code = 0; code <= 0x10FFFF; code++)
            if (code is < 0xD800 or > 0xDFFF)
                hash.AppendData(Encoding.UTF8.GetBytes(Nfkc.Of(char.ConvertFromUtf32(code)) + "\n"));
        Assert.Equal("06e7277bca1b5f061a23d4e0caee648a132aee7e3fe7ae21a6f460298c980a11", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Fact]
    public void Twenty_thousand_texts_of_letters_and_marks_are_too()
    {
        (int, int)[] runs = [(0x41, 0x5A), (0xC0, 0x17F), (0x300, 0x345), (0x3B1, 0x3C9), (0x5D0, 0x5EA), (0x5B0, 0x5BD), (0x1100, 0x1112), (0x1161, 0x1175), (0x11A8, 0x11C2), (0xAC00, 0xAC40), (0x1E00, 0x1EFF), (0x3041, 0x3096), (0x3099, 0x309A), (0xFF01, 0xFF9F), (0x2460, 0x2473)];
        var pool = runs.SelectMany(r => Enumerable.Range(r.Item1, r.Item2 - r.Item1 + 1)).Select(c => (char)c).ToArray();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var seed = 1UL;
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, 6).Select(_ => pool[((seed = unchecked(seed * 6364136223846793005 + 1442695040888963407)) >> 33) % (ulong)pool.Length]));
            var normal = Nfkc.Of(text);
            Assert.Equal(normal, Nfkc.Of(normal));
            hash.AppendData(Encoding.UTF8.GetBytes(normal + "\n"));
        }
        Assert.Equal("bdcef7ab7276b0c5613cc3451a6c642056e782f2cc3d258d2fd6f30bcd12d54f", Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
