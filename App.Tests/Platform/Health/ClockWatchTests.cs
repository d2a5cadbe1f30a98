using Gatehouse.Platform.Health;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Health;

/// <summary>The wall clock beside the monotonic one.</summary>
public sealed class ClockWatchTests
{
    [Fact]
    public void A_jump_of_the_clock_is_told_for_an_hour()
    {
        var clock = new JumpyClock();
        var watch = new ClockWatch(clock);
        clock.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal(TimeSpan.Zero, watch.Drift());
        clock.Jump(TimeSpan.FromMinutes(-10));
        Assert.Equal(TimeSpan.FromMinutes(-10), watch.Drift());
        clock.Pass(TimeSpan.FromMinutes(59));
        Assert.Equal(TimeSpan.FromMinutes(-10), watch.Drift());
        clock.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(TimeSpan.Zero, watch.Drift());
        clock.Jump(TimeSpan.FromMinutes(3));
        Assert.Equal(TimeSpan.FromMinutes(3), watch.Drift());
        clock.Jump(TimeSpan.FromMinutes(-3));
        Assert.Equal(TimeSpan.Zero, watch.Drift());
    }

    /// <summary>A wall clock that somebody sets beside a monotonic one.</summary>
    private sealed class JumpyClock : TimeProvider
    {
        private DateTimeOffset _wall = FakeClock.Start;
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _wall;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time) => (_wall, _ticks) = (_wall + time, _ticks + time.Ticks);

        public void Jump(TimeSpan by) => _wall += by;
    }
}
