using System.Diagnostics;

namespace Gatehouse.Tests.Support;

/// <summary>
/// Seconds as a busy machine grants them: what a timer of this process came late by does not count. For the upper bound of a time that
/// another process keeps; a lower bound goes by the wall.
/// </summary>
internal sealed class LagClock
{
    private const int Beat = 100;
    private static readonly Lazy<bool> Beating = new(() =>
    {
        _ = Task.Run(Watch);
        return true;
    });

    private static long _lost;
    private readonly long _before = Beating.Value ? Volatile.Read(ref _lost) : 0;
    private readonly Stopwatch _wall = Stopwatch.StartNew();

    /// <summary>By the wall, in seconds.</summary>
    public double Wall => _wall.Elapsed.TotalSeconds;

    /// <summary>Without what timers came late by since this clock began, in seconds.</summary>
    public double Granted => Wall - ((Volatile.Read(ref _lost) - _before) / 1000d);

    /// <summary>Both, as they are now.</summary>
    public Reading Read() => new(Wall, Granted);

    private static async Task Watch()
    {
        for (var beat = Stopwatch.StartNew(); ; beat.Restart())
        {
            await Task.Delay(Beat);
            // A timer is a few milliseconds late on any machine.
            Interlocked.Add(ref _lost, Math.Max(0, beat.ElapsedMilliseconds - (Beat * 3 / 2)));
        }
    }

    public readonly record struct Reading(double Wall, double Granted);
}
