using System.Globalization;
using System.Text.RegularExpressions;
using Gatehouse.Platform.Ui.Parts;
using QRCoder;

namespace Gatehouse.Tests.Licensing.Batches;

public sealed partial class QrCodeTests
{
    [Theory]
    [InlineData("VIP-K7QM2RX9TADE")]
    [InlineData("https://keys.example.com/activate?key=VIP-K7QM2RX9TADE")]
    public void The_path_draws_the_code_and_nothing_else(string text)
    {
        var (path, size) = QrCode.Of(text);
        var drawn = new bool[size, size];
        var strokes = Stroke().Matches(path);
        Assert.Equal(path.Length, strokes.Sum(s => s.Length));
        foreach (Match stroke in strokes)
        {
            int Number(int group) => int.Parse(stroke.Groups[group].Value, CultureInfo.InvariantCulture);
            Assert.Equal(Number(1), Number(4));
            for (var x = Number(1); x < Number(1) + Number(3); x++)
                drawn[Number(2), x] = true;
        }
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        for (var y = 0; y < size; y++)
            for (var x = 0; x < size; x++)
                Assert.Equal(code.ModuleMatrix[y][x], drawn[y, x]);
        // The quiet zone that readers need.
        Assert.All(Enumerable.Range(0, size), i => Assert.False(drawn[0, i] || drawn[3, i] || drawn[i, 3] || drawn[size - 4, i] || drawn[i, size - 1]));
    }

    [GeneratedRegex(@"M(\d+) (\d+)h(\d+)v1H(\d+)z")]
    private static partial Regex Stroke();
}
