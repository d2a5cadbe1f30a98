using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Scheduling;

/// <summary>The database's clock decides what is due and who may run it, whatever the nodes' clocks say; what it wrongly said once is dropped.</summary>
public sealed class JobClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1), Apart = TimeSpan.FromMinutes(3);

    /// <summary>The system's clock, wrong by so much.</summary>
    private sealed class WrongClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }

    [Theory, BothEngines]
    public async Task Nodes_go_by_the_databases_clock(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var work = new LongJob();
        var nodes = new[] { -Apart, TimeSpan.Zero, Apart }.Select(by =>
        {
            var clock = new FakeClock();
            clock.Advance(by);
            return new Node(test.Database, clock, work.Job);
        }).ToList();
        foreach (var node in nodes)
            await node.Tick();
        // Half an hour to the full one: for the node that is ahead it has come, for the database it has not.
        test.Clock.Advance(TimeSpan.FromMinutes(29));
        foreach (var node in nodes)
            Assert.Equal(TimeSpan.FromSeconds(15), await node.Tick());
        Assert.Null((await Node.State(test.Database, "a")).StartedAt);
        test.Clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 2; i++)
            await Task.WhenAll(nodes.Select(n => Task.Run(n.Tick)));
        Assert.Null(await test.Database.Write(s => JobStore.Begin(s, "a")));
        Assert.Equal(test.Clock.Now, (await Node.State(test.Database, "a")).StartedAt);
        await Wait.Until(() => Task.FromResult(work.Runs == 1), "the first run begins", 20);
        work.Let.SetResult(new Message("done"));
        await Node.Ended(test.Database, "a");
        Assert.Equal(1, work.Runs);
    }

    [Fact]
    public async Task Nodes_minutes_apart_race_for_a_job_and_never_run_it_at_once()
    {
        await using var test = await TestDatabase.Open(Engine.Postgres);
        var (runs, atOnce, most) = (0, 0, 0);
        var job = new Job("a", "* * * * * ?", async (_, _) =>
        {
            var with = Interlocked.Increment(ref atOnce);
            lock (test)
                most = Math.Max(most, with);
            await Task.Delay(300, CancellationToken.None);
            Interlocked.Decrement(ref atOnce);
            Interlocked.Increment(ref runs);
            return new Message("");
        });
        var databases = new List<Database>();
        var nodes = new List<Node>();
        foreach (var by in new[] { -Apart, TimeSpan.Zero, Apart })
        {
            databases.Add(await Database.Open(test.Folder.Path, test.ConnectionString));
            nodes.Add(new Node(databases[^1], new WrongClock(by), job));
        }
        // So many runs are over in three seconds; a busy machine is given a minute.
        using var over = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await Task.WhenAll(nodes.Select(async (node, i) =>
        {
            while (Volatile.Read(ref runs) < 8 && !over.IsCancellationRequested)
            {
                await node.Tick();
                // And somebody who cannot wait.
                if (await databases[i].Write(s => JobStore.Begin(s, "a")) is { } at)
                    _ = node.Runner.Start(new JobStart(job, at, at, TimeProvider.System.GetTimestamp()));
                await Task.Delay(10, CancellationToken.None);
            }
            await node.Runner.Stop();
        }));
        foreach (var db in databases)
            await db.DisposeAsync();
        Assert.Equal(1, most);
        Assert.InRange(runs, 8, 20);
    }

    [Theory, BothEngines]
    public async Task A_claim_that_a_wrong_clock_made_is_dropped(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var runs = 0;
        var node = new Node(test.Database, test.Clock, new Job("a", LongJob.Hourly, (_, _) => Task.FromResult(new Message($"{++runs}"))));
        await node.Tick();
        test.Clock.Advance(TimeSpan.FromDays(40));
        await node.Tick();
        await Node.Ended(test.Database, "a");
        test.Clock.Advance(-TimeSpan.FromDays(40));
        await node.Tick();
        Assert.Equal(test.Clock.Now, (await Node.State(test.Database, "a")).ClaimedFor);
        test.Clock.Advance(Hour);
        await node.Tick();
        await Wait.Until(async () => (await test.Database.Read(s => JobStore.Runs(s, "a", 10))).Count == 2, "the second run is recorded", 20);
        Assert.Equal((2, test.Clock.Now), (runs, (await Node.State(test.Database, "a")).StartedAt));
    }

    [Theory, BothEngines]
    public async Task A_hold_that_a_wrong_clock_made_is_left_the_time_to_be_renewed_and_no_more(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var work = new LongJob();
        await test.Database.Write(async s =>
        {
            await JobStore.Ensure(s, ["a"]);
            return await JobStore.Begin(s, "a");
        });
        await Node.Change(test.Database, "running_until = running_until + 3000000000");
        var node = new Node(test.Database, test.Clock, work.Job);
        await node.Tick();
        Assert.Equal(test.Clock.Now + 60_000, (await Node.State(test.Database, "a")).RunningUntil);
        test.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(await test.Database.Write(s => JobStore.Begin(s, "a")));
    }

    [Theory, BothEngines]
    public async Task A_claim_less_than_a_minute_ahead_stays_so_that_its_firing_is_not_run_again(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var node = new Node(test.Database, test.Clock, new LongJob().Job);
        await node.Tick();
        await Node.Change(test.Database, "claimed_for = claimed_for + 59000");
        await node.Tick();
        Assert.Equal(test.Clock.Now + 59_000, (await Node.State(test.Database, "a")).ClaimedFor);
    }
}
