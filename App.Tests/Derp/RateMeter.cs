using System.Diagnostics;

namespace Gatehouse.Tests.Derp;

/// <summary>What pairs of devices get a second, measured at those who receive.</summary>
internal static class RateMeter
{
    private const double Within = 0.02;

    /// <summary>
    /// Fails unless the pairs together get the rate and, from their first byte on, never more than it and what a bucket saves up.
    /// A moment in which the machine had no time for the relay or for its clients is made up for after it, so a measure may be
    /// off either way and is taken again; the sum may not. Returns what each got a second.
    /// </summary>
    public static async Task<double[]> HeldTo(RelayProcess relay, double rate, params RatePair[] pairs)
    {
        var watch = Stopwatch.StartNew();
        foreach (var pair in pairs)
            pair.Start();
        await Task.Delay(600);
        for (var attempt = 1; ; attempt++)
        {
            var shares = await Measure(pairs);
            var more = pairs.Sum(p => p.To.BytesReceived) - ((1 + Within) * rate * watch.Elapsed.TotalSeconds);
            Assert.True(more < (rate / 10) + (pairs.Length * 2 * Wire.MaxPacket), $"In {watch.Elapsed.TotalSeconds:F1} s {more:F0} bytes more than the rate came.");
            var off = (shares.Sum() / rate) - 1;
            if (Math.Abs(off) < Within)
                return shares;
            Assert.True(attempt < 4, $"{shares.Sum():F0} B/s instead of {rate:F0} ({off:P1}): {await relay.Control.State()}");
        }
    }

    /// <summary>Bytes a second of each pair, over two and a half seconds.</summary>
    private static async Task<double[]> Measure(RatePair[] pairs)
    {
        var watch = Stopwatch.StartNew();
        var samples = new List<(double At, double[] Bytes)>();
        while (watch.Elapsed.TotalSeconds < 2.5)
        {
            await Task.Delay(5);
            samples.Add((watch.Elapsed.TotalSeconds, [.. pairs.Select(p => (double)p.To.BytesReceived)]));
        }
        return [.. pairs.Select((_, i) => Slope([.. samples.Select(s => (s.At, s.Bytes[i]))]))];
    }

    /// <summary>
    /// Of the straight line nearest to the samples. The relay may read much and then wait, so that a span between two moments could
    /// hold one such read more or less; the line hardly minds.
    /// </summary>
    private static double Slope(IReadOnlyList<(double X, double Y)> samples)
    {
        var (x, y) = (samples.Average(s => s.X), samples.Average(s => s.Y));
        return samples.Sum(s => (s.X - x) * (s.Y - y)) / samples.Sum(s => (s.X - x) * (s.X - x));
    }
}
