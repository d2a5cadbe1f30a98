using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Settings;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Licensing.Licenses;

public sealed class LicenseKeyTests
{
    [Theory]
    [InlineData("VIP-K7QM2RX9TADE", "VIP-K7QM2RX9TADE")]
    [InlineData("  vip-k7qm 2rx9 tade\t", "VIP-K7QM2RX9TADE")]
    [InlineData("\u3000vip-1234\u00a0", "VIP-1234")]
    [InlineData("a_b-c", "A_B-C")]
    [InlineData("1234", "1234")]
    public void Case_and_spaces_do_not_matter(string typed, string expected) => Assert.Equal(expected, LicenseKey.Parse(typed)?.Text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("ABC")]
    [InlineData("AB C")]
    [InlineData("VIP-123'; DROP TABLE licenses")]
    [InlineData("卡密12345")]
    [InlineData("VIP-1234\0")]
    [InlineData("VIP-\u00071234")]
    [InlineData("VIP-12\"34")]
    [InlineData("VIP-Ä1234")]
    [InlineData("ſtraße-1234")]
    public void What_no_key_looks_like_is_no_key(string? typed) => Assert.Null(LicenseKey.Parse(typed));

    /// <summary>As it comes out of chats, mails, word processors and spreadsheets.</summary>
    [Theory]
    [InlineData("VIP-1234\n")]
    [InlineData("\r\n VIP-12\r\n34")]
    [InlineData("VIP\u00a0-\u20071234\u202f")]
    [InlineData("\ufeffVIP-1234")]
    [InlineData("VIP-12\u200b\u200c\u200d34\u2060")]
    [InlineData("VIP\u00ad-1234")]
    [InlineData("\u202aVIP-1234\u202c\u2069")]
    [InlineData("VIP-1\ufe0f2\u034f34\u3164")]
    [InlineData("ＶＩＰ－１２３４")]
    [InlineData("ｖｉｐ-１２34")]
    [InlineData("𝐕𝐈𝐏-𝟏𝟐𝟑𝟒")]
    [InlineData("VIP–1234")]
    [InlineData("VIP—1234")]
    [InlineData("VIP\u20111234")]
    [InlineData("VIP−1234")]
    [InlineData("\"VIP-1234\"")]
    [InlineData("'vip-1234'")]
    [InlineData("“VIP-1234”,")]
    [InlineData("「VIP-1234」。")]
    [InlineData("【ＶＩＰ-1234】")]
    [InlineData("<VIP-1234>.")]
    [InlineData("`VIP-1234`")]
    public void What_people_paste_is_the_key(string pasted) => Assert.Equal("VIP-1234", LicenseKey.Parse(pasted)?.Text);

    [Theory]
    [InlineData("", "A")]
    [InlineData("", "----")]
    [InlineData("", "EXPORT")]
    [InlineData("", "BULK")]
    [InlineData("ABCDEFGHIJ", "1234567890123456789012345678901234567890123456789012345")]
    public void A_prefix_and_a_code_that_make_no_key_make_none(string prefix, string code) => Assert.Null(LicenseKey.Join(prefix, code));

    [Fact]
    public void A_key_has_4_to_64_characters_without_its_spaces()
    {
        Assert.NotNull(LicenseKey.Parse(new string('A', 64)));
        Assert.Null(LicenseKey.Parse(new string('A', 65)));
        Assert.Equal(64, LicenseKey.Parse(string.Join(' ', Enumerable.Repeat("A", 64)))!.Value.Text.Length);
        Assert.Null(LicenseKey.Parse(new string(' ', 100_000)));
        Assert.Null(LicenseKey.Parse(new string('A', 129)));
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData(" vip ", "VIP")]
    [InlineData("A-1", "A-1")]
    [InlineData("ABCDEFGHIJKLMNOP", "ABCDEFGHIJKLMNOP")]
    public void A_prefix_is_taken_in_upper_case(string? typed, string expected)
    {
        var check = new FieldChecks();
        Assert.Equal(expected, LicenseKey.CheckedPrefix(check, typed));
        Assert.False(check.Any);
    }

    [Theory]
    [InlineData("ABCDEFGHIJKLMNOPQ", "field.too_long")]
    [InlineData("-A", "field.prefix")]
    [InlineData("A-", "field.prefix")]
    [InlineData("A B", "field.prefix")]
    [InlineData("A_B", "field.prefix")]
    [InlineData("Ä", "field.prefix")]
    public void A_bad_prefix_is_told(string typed, string complaint)
    {
        var check = new FieldChecks();
        LicenseKey.CheckedPrefix(check, typed);
        Assert.Equal(complaint, Assert.Throws<Refusal>(check.ThrowIfAny).Fields["prefix"].Key);
    }

    [Theory]
    [InlineData("VIP-1234", "VIP", "1234")]
    [InlineData("VIP-12-34", "VIP", "12-34")]
    [InlineData("12345678", "", "12345678")]
    [InlineData("-1234", "", "-1234")]
    [InlineData("1234-", "", "1234-")]
    [InlineData("ABCDEFGHIJKLMNOPQ-1", "", "ABCDEFGHIJKLMNOPQ-1")]
    public void A_strange_key_is_parted_at_its_first_dash(string key, string prefix, string code) => Assert.Equal((prefix, code), (LicenseKey.Parse(key)!.Value.Prefix, LicenseKey.Parse(key)!.Value.Code));

    [Fact]
    public void Prefix_and_code_are_joined_by_a_dash()
    {
        Assert.Equal("VIP-1234", LicenseKey.Join("VIP", "1234")?.Text);
        Assert.Equal(("A-B", "1-2"), (LicenseKey.Join("A-B", "1-2")!.Value.Prefix, LicenseKey.Join("A-B", "1-2")!.Value.Code));
        Assert.Equal(("", "1-2345"), (LicenseKey.Join("", "1-2345")!.Value.Prefix, LicenseKey.Join("", "1-2345")!.Value.Code));
        Assert.Equal("1234", LicenseKey.Join("", "1234")?.Text);
    }

    [Fact]
    public void A_code_is_of_the_alphabet_and_each_letter_about_as_likely()
    {
        var code = string.Concat(Enumerable.Range(0, 1000).Select(_ => LicenseKey.NewCode(LicenseSettings.DefaultAlphabet, 31)));
        Assert.Equal(31_000, code.Length);
        var counts = code.GroupBy(c => c).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(LicenseSettings.DefaultAlphabet.Order(), counts.Keys.Order());
        // 1,000 of each expected, a standard deviation of 31: seven of them.
        Assert.All(counts.Values, n => Assert.InRange(n, 780, 1220));
    }

    [Fact]
    public void The_alphabet_has_no_look_alikes() => Assert.DoesNotContain(LicenseSettings.DefaultAlphabet, c => "0O1IL".Contains(c));

    [Fact]
    public async Task No_key_is_called_what_an_address_has_in_its_place()
    {
        await using var server = await TestServer.Start();
        var words = server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Select(e => e.RoutePattern.RawText!.Trim('/').Split('/')).Where(p => p is ["api" or "admin", "keys", var word, ..] && !word.StartsWith('{')).Select(p => p[2]).ToHashSet();
        Assert.Equal(words.Order(), LicenseLinks.Words.Order());
        Assert.All(words, word => Assert.Null(LicenseKey.Parse(word)));
        Assert.All(words, word => Assert.Null(LicenseKey.Join("", word.ToUpperInvariant())));
        Assert.NotNull(LicenseKey.Parse("EXPORT-1"));
    }
}
