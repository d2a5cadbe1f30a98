using Gatehouse.Devices.Fingerprints;
using Gatehouse.Platform.Http;

namespace Gatehouse.Tests.Devices;

public sealed class MachineCodeTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("  9F2C-77b0 ", "9F2C-77b0")]
    [InlineData("WEI'S PC", "WEI'S PC")]
    [InlineData("<b>'; --", "<b>'; --")]
    [InlineData("书房电脑", "书房电脑")]
    public void Visible_characters_are_taken_as_they_are(string typed, string expected) => Assert.Equal((expected, expected), (MachineCode.Parse("machine_code", typed).Sent, MachineCode.Parse("machine_code", typed).Exact));

    [Theory]
    [InlineData(null, "field.required")]
    [InlineData("", "field.required")]
    [InlineData(" \t\n ", "field.required")]
    [InlineData("a\nb", "field.machine_code")]
    [InlineData("a\tb", "field.machine_code")]
    [InlineData("a\0b", "field.machine_code")]
    [InlineData("a\u007fb", "field.machine_code")]
    [InlineData("\u200b\ufeff", "field.required")]
    [InlineData("a\u2028b", "field.machine_code")]
    public void What_cannot_be_seen_is_refused(string? typed, string complaint)
    {
        var refusal = Assert.Throws<Refusal>(() => MachineCode.Parse("machine_code", typed));
        Assert.Equal(422, refusal.Status);
        Assert.Equal(complaint, refusal.Fields["machine_code"].Key);
    }

    [Theory]
    [InlineData("a\u200bb", "ab")] // zero width
    [InlineData("a\u202eb", "ab")] // turns the text around
    [InlineData("a\u00a0b", "a b")]
    [InlineData("\ufeff 9F2C-77b0\r\n", "9F2C-77b0")]
    public void What_came_along_unseen_is_left_out(string typed, string expected) => Assert.Equal(expected, MachineCode.Parse("machine_code", typed).Sent);

    [Theory]
    [InlineData("ＰＣ－０１", "PC-01", "pc-01")]
    [InlineData("{9F2C77B0-41AA-4C0E-9D53-0A1E53D0A1E1}", "{9F2C77B0-41AA-4C0E-9D53-0A1E53D0A1E1}", "9f2c77b0-41aa-4c0e-9d53-0a1e53d0a1e1")]
    [InlineData("9f2c77b041aa4c0e9d530a1e53d0a1e1", "9f2c77b041aa4c0e9d530a1e53d0a1e1", "9f2c77b0-41aa-4c0e-9d53-0a1e53d0a1e1")]
    [InlineData("{WEI-PC}", "{WEI-PC}", "wei-pc")]
    [InlineData("A\u030angström", "Ångström", "ångström")]
    public void What_is_sent_is_kept_beside_what_is_compared(string typed, string exact, string folded)
    {
        var code = MachineCode.Parse("m", typed);
        Assert.Equal((typed, exact, folded), (code.Sent, code.Exact, code.Folded));
        Assert.Equal(folded.Length == 36, code.IsUuid);
    }

    [Fact]
    public void What_becomes_too_long_to_be_compared_is_refused() =>
        Assert.Equal("field.too_long", Assert.Throws<Refusal>(() => MachineCode.Parse("m", new string('\ufdfa', 50))).Fields["m"].Key);

    [Fact]
    public void Half_a_character_is_refused() =>
        Assert.Equal("field.machine_code", Assert.Throws<Refusal>(() => MachineCode.Parse("m", "a" + (char)0xd83d)).Fields["m"].Key);

    [Fact]
    public void It_has_at_most_256_characters()
    {
        Assert.Equal(256, MachineCode.Parse("m", new string('x', 256)).Sent.Length);
        Assert.Equal("field.too_long", Assert.Throws<Refusal>(() => MachineCode.Parse("m", new string('x', 257))).Fields["m"].Key);
    }

    [Theory]
    [InlineData("9f2c77b0-41aa-53d0a1e1", "9f2c…e1")]
    [InlineData("123456789", "1234…89")]
    [InlineData("12345678", "1…")]
    [InlineData("a", "a…")]
    public void A_mask_shows_enough_to_tell_machines_apart_and_no_more(string code, string expected) => Assert.Equal(expected, MachineCode.Mask(code));
}
