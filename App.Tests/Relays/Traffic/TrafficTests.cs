using System.Globalization;
using CsCheck;
using Gatehouse.Relays.Traffic;

namespace Gatehouse.Tests.Relays.Traffic;

/// <summary>Each byte is counted at most once, and what a rental may still use adds up, whatever happens in whatever order.</summary>
public sealed class TrafficTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"), Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private enum Happens
    {
        Traffic,
        Read,
        Lost,
        Again,
        Late,
        Restart,
        ClockBack,
    }

    /// <summary>
    /// A relay that sends, restarts under a clock that jumps, and is read now and then: readings get lost, come again and come late.
    /// All that was read of a start is counted once; only what came after the last reading of a start is lost.
    /// </summary>
    [Fact]
    public void No_byte_is_counted_twice_and_a_restart_loses_one_period_at_most() => Gen.Select(Gen.Enum<Happens>(), Gen.Long[0, 1_000_000]).Array[1, 60].Sample(story =>
    {
        var (kept, sent) = (new Dictionary<long, Volume>(), new List<(long Start, Volume Reading)>());
        var (start, clock, counter, counted) = (1L, 1L, default(Volume), default(Volume));
        var (best, all) = (new Dictionary<long, Volume>(), default(Volume));
        foreach (var (what, number) in story)
        {
            clock++;
            switch (what)
            {
                case Happens.Traffic:
                    var more = new Volume(number, number / 2, number / 1000 + 1, number / 2000);
                    (counter, all) = (counter + more, all + more);
                    break;
                case Happens.Lost:
                    sent.Add((start, counter));
                    break;
                case Happens.Restart:
                    // A start is known by when it was; one that falls on the time of an earlier one is told apart by the relay.
                    (start, counter) = (kept.Keys.Append(start).Contains(clock) ? clock + 1_000_000 + number : clock, default);
                    break;
                case Happens.ClockBack:
                    clock -= number;
                    break;
                case Happens.Read:
                    sent.Add((start, counter));
                    Take(sent[^1]);
                    break;
                default:
                    if (sent.Count > 0)
                        Take(what == Happens.Again ? sent[^1] : sent[(int)(number % sent.Count)]);
                    break;
            }
        }
        Assert.Equal(best.Values.Aggregate(default(Volume), (sum, v) => sum + v), counted);
        Assert.True(counted.Bytes <= all.Bytes && counted.PacketsIn <= all.PacketsIn);

        void Take((long Start, Volume Reading) reading)
        {
            (var fresh, kept[reading.Start]) = Meter.Since(kept.TryGetValue(reading.Start, out var before) ? before : null, reading.Reading);
            counted += fresh;
            if (!best.TryGetValue(reading.Start, out var most) || reading.Reading.Bytes > most.Bytes)
                best[reading.Start] = reading.Reading;
        }
    }, iter: 2000);

    [Theory]
    [InlineData(1000, 1500)]
    [InlineData(1500, 2250)]
    [InlineData(500, 750)]
    [InlineData(0, 0)]
    public void A_server_may_count_more_or_less(long permille, long counted) => Assert.Equal(counted, new Volume(1000, 500, 9, 9).Counted(permille));

    [Fact]
    public void The_quota_is_used_before_packs_and_the_one_that_ends_first_before_the_other()
    {
        var quota = new TrafficQuota(100, 90, 0, [new("a", 50, 0, null), new("b", 50, 45, Now.AddDays(9)), new("c", 50, 0, Now.AddDays(2)), new("d", 50, 0, Now)]);
        Assert.Equal(10 + 50 + 5 + 50, quota.Left(Now));
        quota = quota.Use(70, Now);
        Assert.Equal((100, 0, "a 5, b 50, c 50, d 0"), (quota.Used, quota.Over, Said(quota)));
        quota = quota.Use(50, Now);
        Assert.Equal((100, 5, "a 50, b 50, c 50, d 0"), (quota.Used, quota.Over, Said(quota)));
        Assert.True(quota.Out(Now));
        var reset = quota.Reset();
        Assert.Equal((100L, 0L, "a 50, b 50, c 50, d 0"), (reset.Left(Now), reset.Over, Said(reset)));

        static string Said(TrafficQuota quota) => string.Join(", ", quota.Packs.Select(p => $"{p.Id} {p.Used}"));
    }

    private static readonly Gen<TrafficQuota> Quotas = Gen.Select(Gen.Long[-200, 1000].Select(q => q < 0 ? null : (long?)q), Gen.Long[0, 1000], Gen.Select(Gen.Long[1, 500], Gen.Long[0, 500], Gen.Int[-3, 10]).Array[0, 5],
        (quota, used, packs) => new TrafficQuota(quota, quota is { } most ? Math.Min(used, most) : used, 0, [.. packs.Select((p, i) => new TrafficPack($"p{i}", p.Item1, Math.Min(p.Item1, p.Item2), p.Item3 == 10 ? null : Now.AddDays(p.Item3)))]));

    [Fact]
    public void Every_byte_is_in_one_place_and_in_pieces_it_is_the_same_as_at_once() => Gen.Select(Quotas, Gen.Long[0, 700].Array[1, 8]).Sample((quota, uses) =>
    {
        var at = uses.Sum();
        var (once, pieces) = (quota.Use(at, Now), uses.Aggregate(quota, (q, bytes) => q.Use(bytes, Now)));
        Assert.Equal(once.Packs, pieces.Packs);
        Assert.Equal((once.Quota, once.Used, once.Over), (pieces.Quota, pieces.Used, pieces.Over));

        Assert.Equal(at, once.Used - quota.Used + once.Over + once.Packs.Sum(p => p.Used) - quota.Packs.Sum(p => p.Used));
        Assert.All(once.Packs.Zip(quota.Packs), p => Assert.True(p.First.Used <= p.First.Bytes && (p.Second.Until > Now || p.Second.Until is null || p.First == p.Second)));
        Assert.Equal(quota.Quota is null ? null : Math.Max(0, quota.Left(Now)!.Value - at), once.Left(Now));
        // Over only when nothing is left, a pack only when the quota is used up.
        Assert.True(once.Over == 0 || once.Out(Now));
        Assert.True(once.Packs.SequenceEqual(quota.Packs) || once.Used == once.Quota);

        // Backwards the packs are the same ones.
        Assert.Equal(once.Packs, (quota with { Packs = [.. quota.Packs.Reverse()] }).Use(at, Now).Packs.Reverse());

        // Each mark is told at most once on the way, and all of those that were passed.
        var (told, now) = (new List<int>(), quota);
        foreach (var bytes in uses)
        {
            var next = now.Use(bytes, Now);
            told.AddRange(next.Passed(now, Now));
            now = next;
        }
        Assert.Equal(new[] { 80, 90, 100 }.Where(m => quota.Share(Now) < m && once.Share(Now) >= m), told);
        Assert.Equal(once.Quota is not null && once.Left(Now) == 0, once.Share(Now) == 100);
    }, iter: 2000);

    [Theory]
    [InlineData("none", "2026-01-31T10:00:00Z", "2029-01-01T00:00:00Z", "2026-01-31T10:00:00Z", null)]
    [InlineData("monthly", "2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z")]
    [InlineData("monthly", "2026-01-31T10:00:00Z", "2026-02-28T09:59:59Z", "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z")]
    [InlineData("monthly", "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z", "2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z")]
    [InlineData("monthly", "2024-01-31T10:00:00Z", "2024-03-01T00:00:00Z", "2024-02-29T10:00:00Z", "2024-03-31T10:00:00Z")]
    [InlineData("monthly", "2026-12-15T00:00:00Z", "2027-01-14T23:59:59Z", "2026-12-15T00:00:00Z", "2027-01-15T00:00:00Z")]
    [InlineData("monthly", "2026-05-01T00:00:00Z", "2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z")]
    [InlineData("calendar", "2026-05-10T00:00:00Z", "2026-05-20T00:00:00Z", "2026-05-10T00:00:00Z", "2026-05-31T16:00:00Z")]
    [InlineData("calendar", "2026-05-10T00:00:00Z", "2026-05-31T16:00:00Z", "2026-05-31T16:00:00Z", "2026-06-30T16:00:00Z")]
    [InlineData("calendar", "2026-05-10T00:00:00Z", "2026-12-31T17:00:00Z", "2026-12-31T16:00:00Z", "2027-01-31T16:00:00Z")]
    public void A_quota_is_given_anew_when_its_rule_says(string reset, string start, string now, string from, string? until) =>
        Assert.Equal(new TrafficPeriod(Time(from), until is null ? null : Time(until)), TrafficPeriod.Of(reset, Time(start), Time(now), Shanghai));

    [Fact]
    public void An_unknown_rule_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => TrafficPeriod.Of("weekly", Now, Now, Shanghai));

    /// <summary>Where the clock is put forward and back, too: periods follow each other without a gap, and each moment is in the one that it is given.</summary>
    [Fact]
    public void Periods_follow_each_other() => Gen.Select(Gen.OneOf(Gen.Const("monthly"), Gen.Const("calendar")), Gen.Long[0, 3 * 365 * 86400L], Gen.Long[0, 3 * 365 * 86400L]).Sample((reset, first, later) =>
    {
        var start = Now.AddSeconds(first);
        var now = start.AddSeconds(later);
        var period = TrafficPeriod.Of(reset, start, now, Berlin);
        Assert.True(period.From <= now && now < period.Until);
        Assert.Equal(period, TrafficPeriod.Of(reset, start, period.From, Berlin));
        Assert.Equal(period, TrafficPeriod.Of(reset, start, period.Until!.Value.AddMilliseconds(-1), Berlin));
        Assert.Equal(period.Until, TrafficPeriod.Of(reset, start, period.Until.Value, Berlin).From);
        Assert.True(period.Until - period.From <= TimeSpan.FromDays(31.1));
    }, iter: 5000);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
