using System.Globalization;
using System.Text;
using QRCoder;

namespace Gatehouse.Platform.Ui.Parts;

/// <summary>QR codes as the path of an SVG: one path, no style, so that a page may hold hundreds and keep its content policy.</summary>
public static class QrCode
{
    /// <summary>The path's data and the side of its square, quiet zone included, in modules.</summary>
    public static (string Path, int Size) Of(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = code.ModuleMatrix;
        var path = new StringBuilder(4096);
        for (var y = 0; y < rows.Count; y++)
            for (var x = 0; x < rows[y].Length; x++)
            {
                if (!rows[y][x])
                    continue;
                var start = x;
                while (x < rows[y].Length && rows[y][x])
                    x++;
                path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start}v1H{start}z");
            }
        return (path.ToString(), rows.Count);
    }
}
