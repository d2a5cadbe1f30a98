namespace Gatehouse.Derp.Network;

/// <summary>
/// The bytes that many connections hold together, and their ceiling. Above it none may hold more than an equal part, so that those
/// who hold much make way and those who hold little do not notice; all together never hold twice as much.
/// </summary>
internal sealed class MemoryShare(long ceiling)
{
    private long _held;
    private int _members;

    public long Held => Interlocked.Read(ref _held);

    public bool IsFull => Held > ceiling;

    public void Join() => Interlocked.Increment(ref _members);

    public void Leave() => Interlocked.Decrement(ref _members);

    /// <summary>Counts bytes that are held from now on; below zero: that no longer are.</summary>
    public void Change(long bytes) => Interlocked.Add(ref _held, bytes);

    /// <summary>How many bytes more one may hold that holds so many.</summary>
    public long Room(long own) => IsFull ? Math.Max(0, (ceiling / Math.Max(1, Volatile.Read(ref _members))) - own) : long.MaxValue;
}

/// <summary>How many bytes connections may hold: those not introduced, and those that are.</summary>
internal readonly record struct MemoryCeilings(long Pending, long Devices)
{
    private const long Least = 8 * 1024 * 1024, Most = 768L * 1024 * 1024;

    /// <param name="memory">For both together, a third of it for those not introduced; null: three eighths of what the process may use.</param>
    public static MemoryCeilings Of(long? memory)
    {
        var all = memory ?? Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 8 * 3, Least, Most);
        return new MemoryCeilings(all / 3, all - (all / 3));
    }
}
