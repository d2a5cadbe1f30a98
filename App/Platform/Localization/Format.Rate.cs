using System.Globalization;

namespace Gatehouse.Platform.Localization;

public static partial class Format
{
    private static readonly string[] RateUnits = ["b/s", "kb/s", "Mb/s", "Gb/s", "Tb/s"];

    /// <summary><c>48 Mb/s</c>, of bytes a second: lines are sold in bits, 1000 to a unit; one decimal below ten.</summary>
    public static string Rate(long bytes)
    {
        var size = bytes * 8.0;
        var unit = 0;
        for (; size >= 1000 && unit < RateUnits.Length - 1; unit++)
            size /= 1000;
        return size.ToString(unit > 0 && size < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture) + " " + RateUnits[unit];
    }
}
