namespace Gatehouse.Relays.Traffic;

/// <summary>What a server's provider lets it carry each month, counted the provider's way.</summary>
/// <param name="Bytes">Null: as much as it likes.</param>
/// <param name="Counted"><c>out</c>, <c>both</c> or <c>max</c>: the greater of the two.</param>
/// <param name="ResetDay">From 1 to 31; of a shorter month it is the last.</param>
/// <param name="StopPercent">How much of it may be used.</param>
public sealed record ServerAllowance(long? Bytes, string Counted, int ResetDay, int StopPercent)
{
    private const double Day = 86_400_000;

    /// <summary>What may be used of it; null: there is no end to it.</summary>
    public long? Cap => Bytes is { } all ? (long)((Int128)all * StopPercent / 100) : null;

    /// <summary>The month that a moment is in, as the provider counts.</summary>
    public TrafficPeriod Period(DateTimeOffset now, TimeZoneInfo zone)
    {
        // Any January has a 31st: from it each month is counted.
        var first = new DateTime(2000, 1, ResetDay);
        return TrafficPeriod.Of(TrafficPeriod.Monthly, new DateTimeOffset(first, zone.GetUtcOffset(first)), now, zone);
    }

    /// <summary>What counts of what was carried. What relays of it received is what comes in.</summary>
    public long Used(Volume carried) => Math.Max(0, Counted switch { "out" => carried.BytesOut, "max" => Math.Max(carried.BytesIn, carried.BytesOut), _ => carried.Bytes });

    /// <summary>Nothing of it may be used any more.</summary>
    public bool Over(Volume carried) => Used(carried) >= Cap;

    /// <summary>How it will go if all goes on as it has of late.</summary>
    /// <param name="carried">Since the month began.</param>
    /// <param name="late">What was carried of late.</param>
    /// <param name="lateMs">In how many milliseconds; of less than a day nothing is known, and it counts as one.</param>
    /// <param name="until">When the month ends.</param>
    public AllowanceForecast Forecast(Volume carried, Volume late, long lateMs, DateTimeOffset now, DateTimeOffset until)
    {
        var span = Math.Max(lateMs, Day);
        double ahead = (until - now).TotalMilliseconds;
        // Of the greater of two, the one that is less now may come to be the greater.
        double Ends(long has, long grows) => Cap is not { } cap ? double.MaxValue : has >= cap ? 0 : grows > 0 ? (cap - has) * span / grows : double.MaxValue;
        double At(long has, long grows) => Math.Max(0, has) + Math.Max(0, grows) * ahead / span;
        var (full, end) = Counted switch
        {
            "out" => (Ends(carried.BytesOut, late.BytesOut), At(carried.BytesOut, late.BytesOut)),
            "max" => (Math.Min(Ends(carried.BytesIn, late.BytesIn), Ends(carried.BytesOut, late.BytesOut)), Math.Max(At(carried.BytesIn, late.BytesIn), At(carried.BytesOut, late.BytesOut))),
            _ => (Ends(carried.Bytes, late.Bytes), At(carried.Bytes, late.Bytes)),
        };
        return new(full < ahead ? now.AddMilliseconds(full) : null, Bytes is { } all ? (int)Math.Min(9999, end * 100 / Math.Max(1, all)) : null);
    }
}

/// <param name="FullAt">When its cap is reached; null: not before the month ends.</param>
/// <param name="Percent">Of the allowance, used when the month ends; null where there is none.</param>
public sealed record AllowanceForecast(DateTimeOffset? FullAt, int? Percent);
