namespace Gatehouse.Relays.Traffic;

/// <summary>What went through a relay, or one device of it. In is what devices sent to it; sizes in bytes.</summary>
public readonly record struct Volume(long BytesIn, long BytesOut, long PacketsIn, long PacketsOut)
{
    public long Bytes => BytesIn + BytesOut;

    public static Volume operator +(Volume a, Volume b) => new(a.BytesIn + b.BytesIn, a.BytesOut + b.BytesOut, a.PacketsIn + b.PacketsIn, a.PacketsOut + b.PacketsOut);

    public static Volume operator -(Volume a, Volume b) => new(a.BytesIn - b.BytesIn, a.BytesOut - b.BytesOut, a.PacketsIn - b.PacketsIn, a.PacketsOut - b.PacketsOut);

    /// <summary>As much as its server counts it for.</summary>
    /// <param name="permille">1000: as it is.</param>
    public long Counted(long permille) => (long)Int128.Min((Int128)Bytes * permille / 1000, long.MaxValue);
}

/// <summary>
/// What a relay's counters say. They begin at nothing with each of its starts, so they mean something only within one: what they said last
/// is kept for each start by itself, in the transaction that counts what is new. Then a reading that comes twice, late or after a
/// restart counts no byte twice, and a restart loses what came after the last reading and no more.
/// </summary>
public static class Meter
{
    /// <summary>What is new in a reading, and what to keep for its start.</summary>
    /// <param name="kept">For the same start of the same relay; null: there is none yet, and all of the reading is new.</param>
    public static (Volume New, Volume Kept) Since(Volume? kept, Volume reading)
    {
        var before = kept ?? default;
        // Each by itself: what is lower than before was said earlier and has come late.
        var now = new Volume(Math.Max(before.BytesIn, reading.BytesIn), Math.Max(before.BytesOut, reading.BytesOut), Math.Max(before.PacketsIn, reading.PacketsIn), Math.Max(before.PacketsOut, reading.PacketsOut));
        return (new Volume(now.BytesIn - before.BytesIn, now.BytesOut - before.BytesOut, now.PacketsIn - before.PacketsIn, now.PacketsOut - before.PacketsOut), now);
    }
}
