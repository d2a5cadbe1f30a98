using CsCheck;
using Gatehouse.Relays.Hosts;
using Gatehouse.Relays.Links;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Hosts;

/// <summary>How long a host goes on by itself.</summary>
public sealed class LeaseTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public void Nobody_is_let_in_before_the_appliance_was_heard_nor_a_day_after_its_last_word()
    {
        var clock = new FakeClock();
        var lease = new Lease(clock, null);
        Assert.False(lease.Lets(Relay()));
        lease.Heard(clock.Now);
        clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        Assert.True(lease.Lets(Relay()));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(lease.Lets(Relay()));
        lease.Heard(clock.Now);
        Assert.True(lease.Lets(Relay()));
        Assert.False(lease.Lets(Relay() with { Lets = false }));
    }

    /// <summary>A rental's end is told by the appliance's clock, however wrong the host's is.</summary>
    [Fact]
    public void A_rental_ends_when_it_ends_there()
    {
        var clock = new FakeClock { Ahead = TimeSpan.FromDays(-300) };
        var lease = new Lease(clock, null);
        var there = FakeClock.Start.ToUnixTimeMilliseconds();
        lease.Heard(there);
        clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromMilliseconds(1));
        Assert.True(lease.Lets(Relay() with { Until = there + Hour }));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(lease.Lets(Relay() with { Until = there + Hour }));
    }

    /// <summary>Whatever is done to the clock, and however often the process starts again: it ends after a day of running at the latest, and its time never goes back.</summary>
    [Fact]
    public void No_clock_lengthens_it() => Gen.Select(Gen.Int[0, 5 * 3600], Gen.Int[-72, 72], Gen.Bool).Array[1, 40].Sample(steps =>
    {
        var (clock, ran) = (new FakeClock(), 0L);
        var lease = new Lease(clock, null);
        lease.Heard(clock.Now);
        var before = lease.Now();
        foreach (var (seconds, ahead, restarts) in steps)
        {
            clock.Advance(TimeSpan.FromSeconds(seconds));
            ran += seconds;
            clock.Ahead = TimeSpan.FromHours(ahead);
            if (restarts)
                lease = new Lease(clock, lease.State());
            Assert.True(lease.Now() >= before);
            before = lease.Now();
            if (ran >= 24 * 3600)
                Assert.False(lease.Lets(Relay()));
        }
    });

    private static LinkRelay Relay() => new("r", "s", "h", 1, "", 1, true, null, null, [], new("", "", ""));
}
