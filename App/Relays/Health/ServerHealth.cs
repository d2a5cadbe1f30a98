namespace Gatehouse.Relays.Health;

/// <summary>
/// What a server is called by its last probes. One probe that is lost changes nothing: three in a row make it down, two of ten degraded; back
/// it comes after three that answer, and is healthy when all of the last ten did.
/// </summary>
public static class ServerHealth
{
    public const string Unknown = "unknown", Healthy = "healthy", Degraded = "degraded", Down = "down";

    /// <summary>So many of the last probes are looked at.</summary>
    public const int Looked = 10;
    private const int InARow = 3, FewOfThem = 2;

    /// <summary>What it is after a probe.</summary>
    /// <param name="before">One of the four.</param>
    /// <param name="answered">The last probes, the newest first: did it answer?</param>
    public static string Next(string before, IReadOnlyList<bool> answered)
    {
        var failed = answered.Take(Looked).Count(a => !a);
        bool Row(bool all) => answered.Count >= InARow && answered.Take(InARow).All(a => a == all);
        return (before, failed) switch
        {
            _ when Row(false) => Down,
            (Down, _) when !Row(true) => Down,
            (Down or Degraded, > 0) => Degraded,
            (_, >= FewOfThem) => Degraded,
            (Unknown, > 0) => Unknown,
            _ => Healthy,
        };
    }
}
