using Gatehouse.Platform.Hosting;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Hosting;

public sealed class TimedCacheTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly FakeClock _clock = new();
    private int _made;

    // Gives 1, 2, 3 ..., each of which takes that long.
    private Func<Task<int>> Taking(TimeSpan time) => () =>
    {
        _clock.Advance(time);
        return Task.FromResult(++_made);
    };

    [Fact]
    public async Task A_value_is_kept_for_twenty_times_as_long_as_it_took()
    {
        var cache = new TimedCache<string, int>(_clock);
        Assert.Equal(1, await cache.Get("a", Taking(Second), default));
        _clock.Advance(20 * Second - TimeSpan.FromTicks(1));
        Assert.Equal(1, await cache.Get("a", Taking(Second), default));
        Assert.Equal(2, await cache.Get("b", Taking(Second), default));
        Assert.Equal(3, await cache.Get("a", Taking(2 * Second), default));
        _clock.Advance(39 * Second);
        Assert.Equal(3, await cache.Get("a", Taking(Second), default));
    }

    [Fact]
    public async Task What_takes_no_time_is_always_new_unless_it_is_to_be_kept_a_while()
    {
        var always = new TimedCache<string, int>(_clock);
        Assert.Equal(1, await always.Get("a", Taking(default), default));
        Assert.Equal(2, await always.Get("a", Taking(default), default));
        var kept = new TimedCache<string, int>(_clock, least: Second);
        Assert.Equal(3, await kept.Get("a", Taking(default), default));
        Assert.Equal(3, await kept.Get("a", Taking(default), default));
        _clock.Advance(Second);
        Assert.Equal(4, await kept.Get("a", Taking(default), default));
    }

    [Fact]
    public async Task What_was_called_old_is_made_anew_at_once()
    {
        var cache = new TimedCache<string, int>(_clock, least: Second);
        await cache.Get("a", Taking(default), default);
        cache.Expire("a");
        cache.Expire("none such");
        Assert.Equal(2, await cache.Get("a", Taking(default), default));
        Assert.Equal(2, await cache.Get("a", Taking(default), default));
    }

    [Fact]
    public async Task Who_asks_at_once_shares_one_making_and_may_leave_it()
    {
        var cache = new TimedCache<string, int>(_clock, least: Second);
        var gate = new TaskCompletionSource<int>();
        var calls = 0;
        Task<int> Make()
        {
            Interlocked.Increment(ref calls);
            return gate.Task;
        }
        using var leave = new CancellationTokenSource();
        var first = cache.Get("a", Make, leave.Token).AsTask();
        var others = Enumerable.Range(0, 5).Select(_ => cache.Get("a", Make, default).AsTask()).ToList();
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult(7);
        Assert.All(await Task.WhenAll(others), v => Assert.Equal(7, v));
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_making_that_began_before_a_change_is_not_taken_for_one_after_it()
    {
        var cache = new TimedCache<string, int>(_clock, least: Second);
        Assert.Equal(1, await cache.Get("a", Taking(default), default));
        _clock.Advance(2 * Second);
        var slow = new TaskCompletionSource<int>();
        var before = cache.Get("a", () => slow.Task, default).AsTask();
        cache.Expire("a");
        Assert.Equal(2, await cache.Get("a", Taking(default), default));
        slow.SetResult(-1);
        Assert.Equal(-1, await before);
        Assert.Equal(2, await cache.Get("a", Taking(default), default));
    }

    [Fact]
    public async Task A_dear_value_is_given_while_a_new_one_is_made()
    {
        var failures = new List<string>();
        var cache = new TimedCache<string, int>(_clock, dear: Second, failed: e => failures.Add(e.Message));
        Assert.Equal(1, await cache.Get("a", Taking(Second), default));
        cache.Expire("a");
        var slow = new TaskCompletionSource<int>();
        var begun = 0;
        Task<int> Make()
        {
            Interlocked.Increment(ref begun);
            return slow.Task;
        }
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(1, await cache.Get("a", Make, default));
            cache.Expire("a");
        }
        await Wait.Until(() => Task.FromResult(begun == 1), "the new one is begun");
        slow.SetException(new InvalidOperationException("no"));
        await Wait.Until(() => Task.FromResult(failures.Count == 1), "the failure is heard");
        // The old one stays, and the next caller has it tried again.
        Assert.Equal(1, await cache.Get("a", Taking(Second), default));
        await Wait.Until(async () => await cache.Get("a", () => Task.FromResult(0), default) == 2, "a new one");
        Assert.Equal((1, "no"), (begun, Assert.Single(failures)));
    }

    [Fact]
    public async Task A_dear_value_that_nobody_has_asked_for_in_a_long_time_is_not_given()
    {
        var cache = new TimedCache<string, int>(_clock, dear: Second);
        Assert.Equal(1, await cache.Get("a", Taking(Second), default));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, await cache.Get("a", Taking(10 * Second), default));
        _clock.Advance(399 * Second);
        var slow = new TaskCompletionSource<int>();
        Assert.Equal(2, await cache.Get("a", () => slow.Task, default));
        slow.SetException(new InvalidOperationException());
        await Wait.Until(async () =>
        {
            _clock.Advance(Second);
            return await cache.Get("a", Taking(Second), default) == 3;
        }, "a new one");
    }

    [Fact]
    public async Task A_failure_is_everybodys_and_is_not_kept()
    {
        var cache = new TimedCache<string, int>(_clock);
        await Assert.ThrowsAsync<InvalidOperationException>(() => cache.Get("a", () => Task.FromException<int>(new InvalidOperationException()), default).AsTask());
        Assert.Equal(1, await cache.Get("a", Taking(Second), default));
    }
}
