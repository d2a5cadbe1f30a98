using System.Globalization;
using System.Text;

namespace Gatehouse.Platform.Ui.Charts;

/// <summary>Arithmetic of the charts.</summary>
internal static class Plot
{
    private static readonly int[] Steps = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80];

    /// <summary>The top of an axis of four even whole steps that holds the value: 93 -> 100, 5 -> 8.</summary>
    public static long Top(long max)
    {
        for (long scale = 1; ; scale *= 100)
        {
            foreach (var step in Steps)
            {
                if (step * scale >= (max + 3) / 4)
                    return Math.Max(step * scale, 1) * 4;
            }
        }
    }

    /// <summary>Up to <paramref name="most"/> indexes of a row, evenly spaced, the first and the last among them.</summary>
    public static IEnumerable<int> Ticks(int count, int most)
    {
        if (count <= most)
            return Enumerable.Range(0, count);
        return Enumerable.Range(0, most).Select(i => (int)Math.Round(i * (count - 1) / (double)(most - 1)));
    }

    /// <summary>The points of a polyline over a box, the least value at its foot.</summary>
    public static string Line(IEnumerable<long> values, int count, long min, long max, double width, double height)
    {
        var text = new StringBuilder(count * 12);
        var span = Math.Max(max - min, 1);
        var i = 0;
        foreach (var value in values)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(count < 2 ? width : i++ * width / (count - 1)):0.##},{height - (value - min) * height / span:0.##} ");
        }
        return text.ToString();
    }

    /// <summary>A coordinate.</summary>
    public static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
