namespace Gatehouse.Relays.Traffic;

/// <summary>Traffic that was bought beside the plan's quota.</summary>
/// <param name="Bytes">In all.</param>
/// <param name="Used">Of them.</param>
/// <param name="Until">Then what is left of it is gone; null: it lasts as long as the rental.</param>
public sealed record TrafficPack(string Id, long Bytes, long Used, DateTimeOffset? Until)
{
    public long Left(DateTimeOffset now) => Until <= now ? 0 : Math.Max(0, Bytes - Used);
}

/// <summary>
/// What a rental may still send and receive, over all of its servers: first the plan's quota of the period, which is lost when the next
/// begins; then packs, the one that ends first before the others. What comes after all of that is over.
/// </summary>
/// <param name="Quota">Of a period; null: as much as they like, and packs stay whole.</param>
/// <param name="Used">Of it, in this period.</param>
/// <param name="Over">In this period, beyond all that there was: what came between two readings.</param>
public sealed record TrafficQuota(long? Quota, long Used, long Over, IReadOnlyList<TrafficPack> Packs)
{
    // In percent: who gets near is told once at each.
    private static readonly int[] Marks = [80, 90, 100];

    /// <summary>Null: there is no end to it.</summary>
    public long? Left(DateTimeOffset now) => Quota is { } quota ? Math.Max(0, quota - Used) + Packs.Sum(p => p.Left(now)) : null;

    /// <summary>Nothing is left: the relays stop, or slow down.</summary>
    public bool Out(DateTimeOffset now) => Left(now) == 0;

    /// <summary>After so many more bytes.</summary>
    public TrafficQuota Use(long bytes, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (Quota is not { } quota)
            return this with { Used = Used + bytes };
        var ofQuota = Math.Min(bytes, Math.Max(0, quota - Used));
        var (rest, packs) = (bytes - ofQuota, new Dictionary<string, long>());
        foreach (var pack in Packs.OrderBy(p => p.Until ?? DateTimeOffset.MaxValue).ThenBy(p => p.Id, StringComparer.Ordinal))
        {
            packs[pack.Id] = Math.Min(rest, pack.Left(now));
            rest -= packs[pack.Id];
        }
        return this with { Used = Used + ofQuota, Over = Over + rest, Packs = [.. Packs.Select(p => p with { Used = p.Used + packs[p.Id] })] };
    }

    /// <summary>A new period, or one that was bought: the quota is whole again, packs are as they were.</summary>
    public TrafficQuota Reset() => this with { Used = 0, Over = 0 };

    /// <summary>Which marks (80, 90, 100 percent of all that the period has) using these bytes passed, so that each is told once.</summary>
    public IReadOnlyList<int> Passed(TrafficQuota before, DateTimeOffset now) => [.. Marks.Where(m => Share(now) >= m && before.Share(now) < m)];

    /// <summary>How much of all that there is has been used, in whole percent, 100 at most; 0 without an end.</summary>
    public int Share(DateTimeOffset now)
    {
        if (Quota is not { } quota)
            return 0;
        // Of packs only what is left: what was used of them may have been long ago.
        var used = Math.Min(Used, quota);
        var all = (Int128)used + Left(now)!.Value;
        return all == 0 ? 100 : (int)((Int128)used * 100 / all);
    }
}
