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
    public void Visible_characters_are_taken_as_they_are(string typed, string expected) => Assert.Equal(expected, MachineCode.Parse("machine_code", typed));

    [Theory]
    [InlineData(null, "field.required")]
    [InlineData("", "field.required")]
    [InlineData(" \t\n ", "field.required")]
    [InlineData("a\nb", "field.machine_code")]
    [InlineData("a\tb", "field.machine_code")]
    [InlineData("a\0b", "field.machine_code")]
    [InlineData("a\u007fb", "field.machine_code")]
    [InlineData("a\u200bb", "field.machine_code")] // zero width
    [InlineData("a\u202eb", "field.machine_code")] // turns the text around
    [InlineData("a\u00a0b", "field.machine_code")]
    [InlineData("a\u2028b", "field.machine_code")]
    public void What_cannot_be_seen_is_refused(string? typed, string complaint)
    {
        var refusal = Assert.Throws<Refusal>(() => MachineCode.Parse("machine_code", typed));
        Assert.Equal(422, refusal.Status);
        Assert.Equal(complaint, refusal.Fields["machine_code"].Key);
    }

    [Fact]
    public void Half_a_character_is_refused() =>
        Assert.Equal("field.machine_code", Assert.Throws<Refusal>(() => MachineCode.Parse("m", "a" + (char)0xd83d)).Fields["m"].Key);

    [Fact]
    public void It_has_at_most_256_characters()
    {
        Assert.Equal(256, MachineCode.Parse("m", new string('x', 256)).Length);
        Assert.Equal("field.too_long", Assert.Throws<Refusal>(() => MachineCode.Parse("m", new string('x', 257))).Fields["m"].Key);
    }

    [Theory]
    [InlineData("9f2c77b0-41aa-53d0a1e1", "9f2c…e1")]
    [InlineData("123456789", "1234…89")]
    [InlineData("12345678", "1…")]
    [InlineData("a", "a…")]
    public void A_mask_shows_enough_to_tell_machines_apart_and_no_more(string code, string expected) => Assert.Equal(expected, MachineCode.Mask(code));
}
