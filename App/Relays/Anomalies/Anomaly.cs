using Gatehouse.Platform.Localization;

namespace Gatehouse.Relays.Anomalies;

/// <summary>Traffic of a rental that looked wrong. Times in unix milliseconds.</summary>
/// <param name="Kind">One of <see cref="Kinds"/>.</param>
/// <param name="Seen">Bytes; of <see cref="Denied"/> machines.</param>
/// <param name="Usual">What is usual, or the limit.</param>
/// <param name="Act"><see cref="Slow"/> or <see cref="Stop"/>; empty: nothing was done.</param>
/// <param name="Until">And no longer.</param>
public sealed record Anomaly(string Id, string AccountId, string RentalId, string Kind, long At, long Seen, long Usual, string Act, long? Until, long? LiftedAt)
{
    /// <summary>Far more in an hour than the account is used to; over the limit of a day; a quota used up within hours; many machines that are not let in.</summary>
    public const string Habit = "habit", Limit = "limit", Quota = "quota", Denied = "denied";

    public const string Nothing = "none", Slow = "slow", Stop = "stop";

    public static readonly IReadOnlyList<string> Kinds = [Habit, Limit, Quota, Denied];

    /// <summary>Is it still done?</summary>
    public bool Holds(long now) => Act.Length > 0 && LiftedAt is null && Until > now;

    /// <summary>What was seen, in a sentence.</summary>
    public Message What => Kind == Denied ? new("anomalies.what." + Kind, Seen, Usual) : new("anomalies.what." + Kind, Format.Bytes(Seen), Format.Bytes(Usual));
}

/// <summary>When traffic looks wrong. Sizes in bytes.</summary>
public static class AnomalyRules
{
    /// <summary>Less than this in an hour is never far too much: who used to send nothing may send something.</summary>
    public const long Least = 1_000_000_000;

    /// <summary>So many hours with traffic make a habit.</summary>
    public const long Known = 24;

    /// <summary>A quota is for longer than hours, or using it up within them is what it is for: its time is at least so many times as long.</summary>
    public const long Longer = 10;

    /// <summary>The share of a quota that is all of it, in percent.</summary>
    public const long Burnt = 80;

    /// <summary>Far more in an hour than in one of those that there were; the usual hour, or null.</summary>
    /// <param name="hours">With traffic, before it.</param>
    /// <param name="bytes">In all of them.</param>
    /// <param name="times">So many times is far.</param>
    public static long? FarAbove(long hour, long hours, long bytes, long times) =>
        hours >= Known && hour >= Least && hour > (Int128)bytes / hours * times ? bytes / hours : null;

    /// <summary>Was a quota used up within hours?</summary>
    /// <param name="late">What was used of late.</param>
    /// <param name="lateMs">In so many milliseconds.</param>
    /// <param name="periodMs">The time that the quota is for; null: for as long as it lasts.</param>
    public static bool IsBurnt(long quota, long late, long lateMs, long? periodMs) => quota > 0 && (Int128)late * 100 >= (Int128)quota * Burnt && (periodMs ?? long.MaxValue) / Longer >= lateMs;
}
