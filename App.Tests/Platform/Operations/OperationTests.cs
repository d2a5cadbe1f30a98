using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Platform.Operations.OperationNode;

namespace Gatehouse.Tests.Platform.Operations;

/// <summary>Work that takes long is done exactly once, whatever becomes of the nodes, and all of them see how far it is.</summary>
public sealed class OperationTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(OperationStore.Lease);

    [Theory, BothEngines]
    public async Task What_was_started_is_done_once_and_known_to_whoever_started_it(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var node = new OperationNode(test.Database, test.Clock);
        await node.Start("a");
        await node.Start("a");
        Assert.Equal((OperationState.Waiting, 0L, 10L), ((await node.Find("a")).State, (await node.Find("a")).Done, (await node.Find("a")).Total));
        await node.Tick();
        var done = await node.Until("a", OperationState.Succeeded);
        Assert.Equal(("""{"n":1}""", 10L, "", "Wei", "192.0.2.7"), (done.Result, done.Done, done.Request, done.Who.Name, done.Who.Ip));
        await node.Start("a");
        await node.Tick();
        Assert.Equal(1, await Traces(test.Database));
        Assert.Null(await test.Database.Read(tx => node.Service.Find(tx, Staff with { Id = "staff-2" }, Kind, "a")));
    }

    [Theory, BothEngines]
    public async Task Two_nodes_do_each_once(Engine engine)
    {
        const int count = 40;
        await using var test = await TestDatabase.Open(engine);
        var other = engine == Engine.Postgres ? await test.OpenAnother() : test.Database;
        var nodes = new[] { test.Database, other }.Select(db => new OperationNode(db, test.Clock)).ToList();
        for (var i = 0; i < count; i++)
            await nodes[0].Start($"{i}");
        await Task.WhenAll(nodes.Select(node => Task.Run(async () =>
        {
            while (await node.Db.Read(tx => OperationStore.Open(tx, Caller.DefaultTenant)) > 0)
                await node.Tick();
        })));
        Assert.Equal(count, await test.Database.Read(tx => tx.Number("SELECT COUNT(DISTINCT value) FROM settings")));
        Assert.Equal(count, await Traces(test.Database));
        if (other != test.Database)
            await other.DisposeAsync();
    }

    [Theory, BothEngines]
    public async Task What_a_node_died_with_another_begins_anew_when_the_hold_has_run_out(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var node = new OperationNode(test.Database, test.Clock);
        await node.Start("a");
        var dead = (await test.Database.Write(tx => OperationStore.Claim(tx, [Kind])))!;
        test.Clock.Advance(Lease - TimeSpan.FromMilliseconds(1));
        await node.Tick();
        Assert.Equal(OperationState.Running, (await node.Find("a")).State);
        test.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await node.Tick();
        Assert.Equal(2, (await node.Until("a", OperationState.Succeeded)).Tries);
        Assert.False(await test.Database.Write(tx => OperationStore.Succeed(tx, dead, "{}")));
        Assert.False(await test.Database.Write(tx => OperationStore.Renew(tx, dead, 5)));
        Assert.Equal(1, await Traces(test.Database));
    }

    [Theory, BothEngines]
    public async Task What_a_clock_that_was_ahead_held_or_put_off_does_not_sleep_until_then(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var node = new OperationNode(test.Database, test.Clock);
        test.Clock.Advance(TimeSpan.FromDays(40));
        await node.Start("held");
        Assert.NotNull(await test.Database.Write(tx => OperationStore.Claim(tx, [Kind])));
        await node.Start("waiting");
        test.Clock.Advance(TimeSpan.FromDays(-40));
        await node.Tick();
        test.Clock.Advance(Lease);
        await node.Tick();
        Assert.Equal(2, (await node.Until("held", OperationState.Succeeded)).Tries);
        Assert.Equal(1, (await node.Until("waiting", OperationState.Succeeded)).Tries);
    }

    [Fact]
    public async Task A_node_that_only_seemed_dead_keeps_nothing_of_what_another_did()
    {
        await using var test = await TestDatabase.Open(Engine.Postgres);
        var gate = new Gate(Engine.Postgres);
        // Its clock stands still: it never learns that its hold ran out.
        var slow = new OperationNode(test.Database, new FakeClock(), _ => gate.Pass());
        await slow.Start("a");
        await slow.Tick();
        await gate.Inside;
        test.Clock.Advance(Lease);
        var quick = new OperationNode(test.Database, test.Clock);
        await quick.Tick();
        await quick.Until("a", OperationState.Succeeded);
        gate.Open();
        await slow.Runner.StopAsync(default);
        Assert.Equal(1, await Traces(test.Database));
        Assert.Equal((OperationState.Succeeded, 2L), ((await quick.Find("a")).State, (await quick.Find("a")).Tries));
    }

    [Fact]
    public async Task A_run_that_lost_its_hold_is_told_to_stop()
    {
        await using var test = await TestDatabase.Open(Engine.Postgres);
        var (gate, clock) = (new Gate(Engine.Postgres), new FakeClock());
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var node = new OperationNode(test.Database, clock, async run =>
        {
            try
            {
                await gate.PassUntilStopped(run);
            }
            catch (OperationCanceledException)
            {
                told.TrySetResult();
                throw;
            }
        });
        await node.Start("a");
        await node.Tick();
        await gate.Inside;
        // Another has taken it, and no renewal can come through in time.
        await test.Database.Write(tx => tx.Execute("UPDATE operations SET tries = 7"));
        clock.Advance(TimeSpan.FromSeconds(51));
        gate.Open();
        await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await node.Runner.StopAsync(default);
        Assert.Equal(0, await Traces(test.Database));
    }

    [Fact]
    public async Task Progress_is_seen_from_another_node_while_it_runs()
    {
        await using var test = await TestDatabase.Open(Engine.Postgres);
        await using var other = await test.OpenAnother();
        var gate = new Gate(Engine.Postgres);
        var node = new OperationNode(test.Database, test.Clock, run =>
        {
            run.Report(7);
            return gate.Pass();
        });
        var watcher = new OperationNode(other, test.Clock);
        await node.Start("a");
        await node.Tick();
        await gate.Inside;
        test.Clock.Advance(TimeSpan.FromSeconds(1));
        await Wait.Until(async () => (await watcher.Find("a")).Done == 7, "the other node sees 7");
        Assert.Equal(OperationState.Running, (await watcher.Find("a")).State);
        gate.Open();
        await watcher.Until("a", OperationState.Succeeded);
    }

    [Theory, BothEngines]
    public async Task What_is_refused_keeps_its_refusal_and_nothing_else(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var node = new OperationNode(test.Database, test.Clock, _ => throw new Refusal(HttpErrors.ValidationFailed, 3, "b") { Fields = new Dictionary<string, Message> { ["count"] = new("field.range", 1, 10_000L, "x") } });
        await node.Start("a");
        await node.Tick();
        var failed = await node.Until("a", OperationState.Failed);
        Assert.Equal((422, "VALIDATION_FAILED"), (failed.Failure!.Status, failed.Failure.Code));
        Assert.Equal([3L, "b"], failed.Failure.Detail.Args);
        Assert.Equal("field.range", failed.Failure.Fields["count"].Key);
        Assert.Equal([1L, 10_000L, "x"], failed.Failure.Fields["count"].Args);
        Assert.Null(failed.Result);
        Assert.Equal(0, await Traces(test.Database));
    }

    [Fact]
    public async Task What_breaks_or_kills_each_node_fails_and_is_not_begun_for_ever()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        var node = new OperationNode(test.Database, test.Clock, _ => throw new InvalidOperationException("broken"));
        await node.Start("broken");
        await node.Tick();
        Assert.Equal("INTERNAL", (await node.Until("broken", OperationState.Failed)).Failure!.Code);
        await node.Start("deadly");
        for (var i = 0; i < OperationRunner.MaxTries; i++)
        {
            Assert.NotNull(await test.Database.Write(tx => OperationStore.Claim(tx, [Kind])));
            test.Clock.Advance(Lease);
        }
        await new OperationNode(test.Database, test.Clock).Tick();
        Assert.Equal("INTERNAL", (await node.Until("deadly", OperationState.Failed)).Failure!.Code);
        Assert.Equal(0, await Traces(test.Database));
    }

    [Theory, BothEngines]
    public async Task What_the_servers_stop_cuts_short_is_due_at_once(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var gate = new Gate(engine);
        var node = new OperationNode(test.Database, test.Clock, gate.PassUntilStopped);
        await node.Start("a");
        await node.Tick();
        await gate.Inside;
        var stopping = node.Runner.StopAsync(default);
        gate.Open();
        await stopping;
        Assert.Equal((OperationState.Waiting, 0L), ((await node.Find("a")).State, (await node.Find("a")).Tries));
        var next = new OperationNode(test.Database, test.Clock);
        await next.Tick();
        await next.Until("a", OperationState.Succeeded);
        Assert.Equal(1, await Traces(test.Database));
    }

    [Fact]
    public async Task Too_many_that_wait_are_refused()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        var node = new OperationNode(test.Database, test.Clock);
        for (var i = 0; i < 100; i++)
            await node.Start($"{i}");
        Assert.Equal("BUSY", (await Assert.ThrowsAsync<Refusal>(() => node.Start("one more"))).Code);
    }

    [Theory, BothEngines]
    public async Task What_nobody_takes_up_is_named_and_what_ended_long_ago_goes(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var node = new OperationNode(test.Database, test.Clock);
        await node.Start("a");
        test.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(await test.Database.Read(OperationStore.StuckKinds));
        test.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([Kind], await test.Database.Read(OperationStore.StuckKinds));
        await node.Tick();
        await node.Until("a", OperationState.Succeeded);
        Assert.Empty(await test.Database.Read(OperationStore.StuckKinds));
        await node.Start("waits");
        test.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(0, await test.Database.Write(tx => OperationStore.Tidy(tx, 10)));
        test.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await test.Database.Write(tx => OperationStore.Tidy(tx, 10)));
        Assert.Equal(OperationState.Waiting, (await node.Find("waits")).State);
    }
}
