using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Scheduling;

/// <summary>A run holds its job by a lease that it renews, and stops when it can hold it no more.</summary>
public sealed class JobHoldTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    /// <summary>A node whose job runs.</summary>
    private static async Task<Node> Running(TestDatabase test, LongJob work)
    {
        var node = new Node(test.Database, test.Clock, work.Job);
        await node.Tick();
        test.Clock.Advance(Hour);
        await node.Tick();
        await Wait.Until(() => Task.FromResult(work.Runs == 1), "the first run begins", 20);
        return node;
    }

    [Theory, BothEngines]
    public async Task A_run_whose_job_another_has_taken_is_stopped_and_leaves_the_other_alone(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var work = new LongJob();
        await Running(test, work);
        await Node.Change(test.Database, "started_at = started_at + 1");
        test.Clock.Advance(JobStore.RenewEvery);
        await work.Told.Task.WaitAsync(Soon);
        await Wait.Until(async () => await test.Database.Read(s => JobStore.Runs(s, "a", 10)) is [{ Succeeded: false, Message.Key: "job.stopped" }], "the run is recorded as stopped", 20);
        var others = await Node.State(test.Database, "a");
        Assert.Equal((null, true), (others.FinishedAt, others.Running(test.Clock.Now)));
    }

    [Fact]
    public async Task A_run_that_cannot_renew_its_hold_is_stopped_before_another_may_begin_and_recorded_once_it_can_be()
    {
        var (database, wire) = await TestDatabase.OpenByWire();
        await using var test = database;
        using var _ = wire;
        var work = new LongJob();
        await Running(test, work);
        wire.Cut();
        test.Clock.Advance(TimeSpan.FromSeconds(49));
        await Task.Delay(100);
        Assert.False(work.Told.Task.IsCompleted);
        test.Clock.Advance(TimeSpan.FromSeconds(1));
        await work.Told.Task.WaitAsync(Soon);
        wire.Mend();
        await Wait.Until(async () =>
        {
            test.Clock.Advance(TimeSpan.FromSeconds(3));
            return await Node.State(test.Database, "a") is { Succeeded: false, RunningUntil: null, Message.Key: "job.stopped" };
        }, "the run is recorded as stopped", 20);
    }

    [Fact]
    public async Task A_short_outage_does_not_stop_a_run()
    {
        var (database, wire) = await TestDatabase.OpenByWire();
        await using var test = database;
        using var _ = wire;
        var work = new LongJob();
        await Running(test, work);
        wire.Cut();
        test.Clock.Advance(JobStore.RenewEvery);
        await Task.Delay(200);
        wire.Mend();
        for (var i = 0; i < 4; i++)
        {
            var held = (await Node.State(test.Database, "a")).RunningUntil;
            test.Clock.Advance(JobStore.RenewEvery);
            await Wait.Until(async () => (await Node.State(test.Database, "a")).RunningUntil > held, "the hold is renewed", 20);
        }
        Assert.False(work.Told.Task.IsCompleted);
        work.Let.SetResult(new Message("done"));
        Assert.True((await Node.Ended(test.Database, "a")).Succeeded);
    }

    [Theory, BothEngines]
    public async Task A_run_that_takes_its_time_to_stop_is_not_joined_by_another_of_its_node(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var work = new LongJob(obeys: false);
        var node = await Running(test, work);
        await Node.Change(test.Database, "started_at = started_at + 1, running_until = NULL");
        test.Clock.Advance(JobStore.RenewEvery);
        await work.Told.Task.WaitAsync(Soon);
        test.Clock.Advance(Hour);
        await node.Tick();
        Assert.False((await Node.State(test.Database, "a")).Running(test.Clock.Now));
        work.Let.SetResult(new Message("done"));
        await Wait.Until(() => Task.FromResult(!node.Runner.Works("a")), "the run has ended", 20);
        await node.Tick();
        await Wait.Until(() => Task.FromResult(work.Runs == 2), "the second run begins", 20);
    }

    [Theory, BothEngines]
    public async Task What_a_stop_gives_back_is_no_firing_of_a_schedule_that_is_no_more(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await test.Database.Write(s => JobStore.Ensure(s, ["a"]));
        var seen = await Node.State(test.Database, "a");
        test.Clock.Advance(TimeSpan.FromHours(1));
        var started = (await test.Database.Write(s => JobStore.Claim(s, seen, test.Clock.Now)))!.Value;
        test.Clock.Advance(TimeSpan.FromSeconds(1));
        await test.Database.Write(s => JobStore.SetCron(s, "a", "0 0 4 * * ?"));
        var changed = test.Clock.Now;
        test.Clock.Advance(TimeSpan.FromSeconds(1));
        await test.Database.Write(s => JobStore.Release(s, "a", started, seen.ClaimedFor));
        var state = await Node.State(test.Database, "a");
        Assert.Equal((changed, (long?)null), (state.ClaimedFor, state.RunningUntil));
    }
}
