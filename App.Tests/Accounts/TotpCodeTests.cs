using System.Text;
using Gatehouse.Accounts.TwoFactor;

namespace Gatehouse.Tests.Accounts;

/// <summary>The codes themselves.</summary>
public sealed class TotpCodeTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    /// <summary>RFC 6238, appendix B, of which the last six digits are the code of six; and one of our own day.</summary>
    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    [InlineData(1767225600, "745690")]
    public void The_vectors_of_the_standard_hold(long seconds, string expected)
    {
        Assert.Equal(expected[^6..], TotpCode.Of(Secret, TotpCode.Counter(seconds * 1000)));
        Assert.Equal(seconds / 30, TotpCode.Match(Secret, expected[^6..], 0, seconds * 1000));
    }

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_code_is_good_in_its_step_and_the_ones_beside_it(int steps, bool good)
    {
        const long at = 1_767_225_600_000;
        Assert.Equal(good, TotpCode.Match(Secret, TotpCode.Of(Secret, TotpCode.Counter(at) + steps), 0, at) is not null);
    }

    [Fact]
    public void Neither_a_code_that_was_taken_nor_one_before_it_is_taken()
    {
        const long at = 1_767_225_600_000;
        var now = TotpCode.Counter(at);
        Assert.Null(TotpCode.Match(Secret, TotpCode.Of(Secret, now), now, at));
        Assert.Null(TotpCode.Match(Secret, TotpCode.Of(Secret, now - 1), now, at));
        Assert.Equal(now + 1, TotpCode.Match(Secret, TotpCode.Of(Secret, now + 1), now, at));
        // A counter that no right clock can have noted closes nothing.
        Assert.Equal(now, TotpCode.Match(Secret, TotpCode.Of(Secret, now), now + 1000, at));
    }

    [Theory]
    [InlineData("")]
    [InlineData("74569")]
    [InlineData("7456900")]
    [InlineData("74569a")]
    [InlineData("７４５６９０")]
    public void What_is_not_six_digits_is_no_code(string typed) => Assert.Null(TotpCode.Match(Secret, typed, 0, 1_767_225_600_000));

    [Fact]
    public void The_address_is_as_apps_read_it()
    {
        Assert.Equal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", TotpCode.Text(Secret));
        Assert.Equal("otpauth://totp/Key%20Shop%20%20%E9%92%A5:mia%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Key%20Shop%20%20%E9%92%A5&algorithm=SHA1&digits=6&period=30",
            TotpCode.Address("Key Shop: 钥", "mia@example.com", Secret));
        Assert.Equal(TotpCode.SecretBytes, TotpCode.NewSecret().Length);
    }

    [Fact]
    public void Recovery_codes_are_ten_and_read_however_they_are_typed()
    {
        var codes = RecoveryCodes.Make();
        Assert.Equal(RecoveryCodes.Count, codes.Distinct().Count());
        Assert.All(codes, c => Assert.Matches("^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$", c));
        Assert.Equal("01101k7qm2rx9tad", RecoveryCodes.Normalize(" OIl0-1K7Q m2rx–9TAD\u200b"));
        Assert.Equal("745690", RecoveryCodes.Normalize("７４５ ６９０"));
    }
}
