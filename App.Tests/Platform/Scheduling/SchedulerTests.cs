using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Scheduling;

/// <summary>Jobs run when they are due, once however many nodes there are, and however they end.</summary>
public sealed class SchedulerTests
{
    private const string Hourly = "0 0 * * * ?";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static Job Counting(string name, Action ran, string cron = Hourly) => new(name, cron, (_, _) =>
    {
        ran();
        return Task.FromResult(new Message("done"));
    });

    [Theory, BothEngines]
    public async Task A_firing_is_run_once_by_all_nodes_together(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var clock = test.Clock;
        var runs = 0;
        var nodes = Enumerable.Range(0, 5).Select(_ => new Node(test.Database, clock, Counting("a", () => Interlocked.Increment(ref runs)))).ToList();
        foreach (var node in nodes)
            await node.Tick();
        Assert.Equal(0, runs);
        for (var hour = 1; hour <= 3; hour++)
        {
            clock.Advance(Hour);
            await Task.WhenAll(nodes.Select(n => Task.Run(n.Tick)));
            await Node.Ended(test.Database, "a");
            Assert.Equal(hour, Volatile.Read(ref runs));
        }
        Assert.Equal(3, (await test.Database.Read(s => JobStore.Runs(s, "a", 10))).Count);
    }

    [Theory, BothEngines]
    public async Task Firings_that_were_missed_are_made_good_by_one_run(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var clock = test.Clock;
        var runs = 0;
        await new Node(test.Database, clock, Counting("a", () => runs++)).Tick();
        clock.Advance(TimeSpan.FromDays(9));
        var later = new Node(test.Database, clock, Counting("a", () => runs++));
        await later.Tick();
        await Node.Ended(test.Database, "a");
        await later.Tick();
        Assert.Equal(1, runs);
    }

    [Theory, BothEngines]
    public async Task A_job_that_fails_is_recorded_and_does_not_hold_up_others(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var clock = test.Clock;
        var runs = 0;
        var node = new Node(test.Database, clock,
            new Job("bad", Hourly, (_, _) => throw new InvalidOperationException("the reason\nand more")), Counting("good", () => runs++),
            new Job("found", Hourly, (_, _) => throw new JobFailure(new Message("job.storage.integrity.damaged", 2, "row"))));
        await node.Tick();
        clock.Advance(Hour);
        await node.Tick();
        var bad = await Node.Ended(test.Database, "bad");
        Assert.False(bad.Succeeded);
        var told = Localizer.For("en")[bad.Message!.Value];
        Assert.Equal("It failed: the reason and more", told);
        Assert.Equal("2 faults in the database. The first: row", Localizer.For("en")[(await Node.Ended(test.Database, "found")).Message!.Value]);
        Assert.True((await Node.Ended(test.Database, "good")).Succeeded);
        Assert.Equal(1, runs);
        clock.Advance(Hour);
        await node.Tick();
        await Node.Ended(test.Database, "good");
        Assert.Equal(2, runs);
    }

    [Theory, BothEngines]
    public async Task A_run_that_lasts_is_not_joined_by_another_and_its_missed_firing_follows(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var clock = test.Clock;
        var (runs, gate) = (0, new TaskCompletionSource<Message>());
        var node = new Node(test.Database, clock, new Job("slow", Hourly, (_, _) => Interlocked.Increment(ref runs) == 1 ? gate.Task : Task.FromResult(new Message("done"))));
        await node.Tick();
        clock.Advance(Hour);
        await node.Tick();
        var now = clock.Now;
        Assert.True((await Node.State(test.Database, "slow")).Running(now));
        // Run now, here or on another node, says no.
        Assert.Null(await test.Database.Write(s => JobStore.Begin(s, "slow")));
        var seen = await Node.State(test.Database, "slow");
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await test.Database.Write(s => JobStore.Claim(s, seen, now + 1)));
        gate.SetResult(new Message("done"));
        await Node.Ended(test.Database, "slow");
        Assert.NotNull(await test.Database.Write(s => JobStore.Begin(s, "slow")));
    }

    [Fact]
    public async Task A_run_holds_its_job_as_long_as_it_lasts()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        var clock = test.Clock;
        var (begun, gate) = (new TaskCompletionSource(), new TaskCompletionSource<Message>());
        var node = new Node(test.Database, clock, new Job("slow", Hourly, (_, _) =>
        {
            begun.SetResult();
            return gate.Task;
        }));
        await node.Tick();
        clock.Advance(Hour);
        await node.Tick();
        // From then on it looks at the clock.
        await begun.Task;
        for (var i = 0; i < 6; i++)
        {
            var held = (await Node.State(test.Database, "slow")).RunningUntil;
            clock.Advance(JobStore.RenewEvery);
            await Wait.Until(async () => (await Node.State(test.Database, "slow")).RunningUntil > held, "the hold is renewed");
            Assert.True((await Node.State(test.Database, "slow")).Running(clock.Now));
        }
        gate.SetResult(new Message("done"));
        Assert.True((await Node.Ended(test.Database, "slow")).Succeeded);
    }

    [Fact]
    public async Task A_job_whose_node_died_is_free_after_a_minute_and_shows_as_interrupted()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        var clock = test.Clock;
        await test.Database.Write(async s =>
        {
            await JobStore.Ensure(s, ["a"]);
            return await JobStore.Begin(s, "a");
        });
        clock.Advance(TimeSpan.FromSeconds(61));
        var state = await Node.State(test.Database, "a");
        Assert.True(state.Interrupted(clock.Now));
        Assert.NotNull(await test.Database.Write(s => JobStore.Begin(s, "a")));
    }

    [Fact]
    public async Task A_run_that_the_servers_stop_cut_short_is_due_again()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        var clock = test.Clock;
        var node = new Node(test.Database, clock, new Job("a", Hourly, async (_, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct);
            return new Message("");
        }));
        await node.Tick();
        clock.Advance(Hour);
        await node.Tick();
        await node.Runner.Stop();
        var runs = 0;
        await new Node(test.Database, clock, Counting("a", () => runs++)).Tick();
        await Node.Ended(test.Database, "a");
        Assert.Equal(1, runs);
    }

    [Theory, BothEngines]
    public async Task A_changed_schedule_counts_from_now_and_one_that_cannot_be_read_is_the_default(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var clock = test.Clock;
        var runs = 0;
        var node = new Node(test.Database, clock, Counting("a", () => runs++, "0 0 3 * * ?"));
        await node.Tick();
        clock.Advance(TimeSpan.FromHours(5));
        await test.Database.Write(async s =>
        {
            await JobStore.SetCron(s, "a", "0 */10 * * * ?");
            return true;
        });
        await node.Tick();
        Assert.Null((await Node.State(test.Database, "a")).StartedAt);
        clock.Advance(TimeSpan.FromMinutes(10));
        await node.Tick();
        await Node.Ended(test.Database, "a");
        Assert.Equal(1, runs);
        Assert.Equal("0 0 3 * * ?", Scheduler.Schedule(node.Catalog.Find("a")!, (await Node.State(test.Database, "a")) with { Cron = "garbage" }).Expression);
    }

    [Theory, BothEngines]
    public async Task The_last_two_hundred_runs_are_kept(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        for (var i = 0; i < 205; i++)
            await test.Database.Write(async s =>
            {
                await JobStore.Finish(s, "a", new JobRun($"{i:000}", i, 1, true, new Message("")));
                return true;
            });
        await test.Database.Write(async s =>
        {
            await JobStore.Finish(s, "b", new JobRun("zzz", 1, 1, true, new Message("")));
            return true;
        });
        var runs = await test.Database.Read(s => JobStore.Runs(s, "a", 1000));
        Assert.Equal((200, "204", "005"), (runs.Count, runs[0].Id, runs[^1].Id));
        Assert.Single(await test.Database.Read(s => JobStore.Runs(s, "b", 10)));
    }
}
