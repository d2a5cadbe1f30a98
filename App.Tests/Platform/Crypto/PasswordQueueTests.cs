using Gatehouse.Platform.Crypto;

namespace Gatehouse.Tests.Platform.Crypto;

/// <summary>However many wait, somebody who is no part of them is next.</summary>
public sealed class PasswordQueueTests
{
    private const int AtOnce = 2;
    private const int Waiting = 32;

    /// <summary>A queue of which the pieces end when told, and the order in which they were begun.</summary>
    private sealed class Bench(int atOnce = AtOnce, int waiting = Waiting) : IDisposable
    {
        private readonly PasswordQueue _queue = new(atOnce, waiting);
        private readonly ManualResetEventSlim _gate = new();
        private readonly Lock _lock = new();

        public List<string> Begun { get; } = [];

        public List<Task<int>> All { get; } = [];

        public Task<int> Add(string from, Precedence precedence = Precedence.Unsuspected)
        {
            var task = _queue.Run(from, precedence, () =>
            {
                lock (_lock)
                    Begun.Add(from);
                _gate.Wait();
                return 0;
            });
            All.Add(task);
            return task;
        }

        /// <summary>Lets all end, and counts those that were turned away.</summary>
        public async Task<int> Finish()
        {
            _gate.Set();
            var ends = await Task.WhenAll(All.Select(t => Record.ExceptionAsync(() => t)));
            All.Clear();
            _gate.Reset();
            Assert.All(ends.Where(e => e is not null), e => Assert.IsType<PasswordQueueFullException>(e));
            return ends.Count(e => e is not null);
        }

        public void Dispose() => _gate.Dispose();
    }

    /// <summary>The threads that answer requests are as many as there are cores: two passwords would hold up all.</summary>
    [Fact]
    public async Task It_runs_beside_those_who_answer_and_gives_way_to_them()
    {
        // A thread begins as nice as the one that starts it.
        var own = Nice();
        var (pooled, nice) = await new PasswordQueue(AtOnce, Waiting).Run("", Precedence.Known, () => (Thread.CurrentThread.IsThreadPoolThread, Nice()));
        Assert.False(pooled);
        Assert.Equal(Math.Min(19, own + Aside.Nicer), nice);

        // The nineteenth of what stat(5) tells; a name may have blanks in it.
        static int Nice() => int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(") ")[^1].Split(' ')[16]);
    }

    [Fact]
    public async Task Fourteen_addresses_with_five_each_keep_nobody_out()
    {
        using var bench = new Bench();
        foreach (var from in Enumerable.Range(0, 14).SelectMany(a => Enumerable.Repeat("address-" + a, 5)))
            _ = bench.Add(from);
        var mine = bench.Add("mine");
        Assert.Equal(71 - AtOnce - Waiting, await bench.Finish());
        Assert.True(mine.IsCompletedSuccessfully);
        // Each has one before any has two, but for the two that found it empty.
        Assert.InRange(bench.Begun.IndexOf("mine"), AtOnce, AtOnce + 14);
        Assert.Equal(15, bench.Begun.Distinct().Count());
    }

    [Fact]
    public async Task Who_failed_waits_behind_who_did_not_and_both_behind_who_is_known()
    {
        using var bench = new Bench();
        for (var i = 0; i < 50; i++)
            _ = bench.Add("failed-" + i, Precedence.Suspected);
        var (fresh, known) = (bench.Add("fresh"), bench.Add("known", Precedence.Known));
        Assert.Equal(52 - AtOnce - Waiting, await bench.Finish());
        Assert.True(fresh.IsCompletedSuccessfully && known.IsCompletedSuccessfully);
        // Threads begin as the machine lets them: a few of the 50 may overtake.
        Assert.InRange(bench.Begun.IndexOf("known"), AtOnce, AtOnce + 8);
        Assert.InRange(bench.Begun.IndexOf("fresh"), AtOnce, AtOnce + 8);
    }

    [Fact]
    public async Task One_that_is_no_better_than_those_that_wait_is_turned_away_at_once_and_the_queue_empties()
    {
        using var bench = new Bench();
        for (var i = 0; i < AtOnce + Waiting; i++)
            Assert.False(bench.Add("one-" + i).IsFaulted);
        Assert.True(bench.Add("late").IsFaulted);
        Assert.True(bench.Add("failed", Precedence.Suspected).IsFaulted);
        Assert.Equal(2, await bench.Finish());
        var again = bench.Add("late");
        Assert.Equal(0, await bench.Finish());
        Assert.True(again.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task An_address_whose_own_piece_gave_way_is_counted_rightly_afterwards()
    {
        using var bench = new Bench(1, 2);
        for (var i = 0; i < 3; i++)
            _ = bench.Add("a", Precedence.Suspected);
        Assert.False(bench.Add("a", Precedence.Known).IsFaulted);
        Assert.Equal(1, await bench.Finish());
        // Nothing of it is here any more: it comes before the second one of another.
        foreach (var from in new[] { "x", "b", "b" })
            _ = bench.Add(from);
        Assert.False(bench.Add("a").IsFaulted);
        Assert.Equal(1, await bench.Finish());
    }
}
