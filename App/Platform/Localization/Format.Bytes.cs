using System.Globalization;

namespace Gatehouse.Platform.Localization;

/// <summary>Sizes as people say them.</summary>
public static partial class Format
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary><c>4.2 MB</c>, <c>131 GB</c>: 1024 to a unit, one decimal below ten.</summary>
    public static string Bytes(long bytes)
    {
        double size = bytes;
        var unit = 0;
        for (; size >= 1000 && unit < Units.Length - 1; unit++)
            size /= 1024;
        return size.ToString(unit > 0 && size < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
