using System.Collections.Concurrent;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Platform.Outbox;

/// <summary>What a transaction leaves to be done happens after it, at least once, by one of the nodes, or is seen to have failed.</summary>
public sealed class OutboxTests
{
    private const string Topic = "test";
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(OutboxStore.Lease);

    /// <summary>Takes messages, and does with each what the test says.</summary>
    private sealed class Catcher(Func<OutboxMessage, CancellationToken, Task>? deliver = null) : IOutboxHandler
    {
        public ConcurrentQueue<OutboxMessage> Got { get; } = new();

        public string Topic => OutboxTests.Topic;

        public async Task Deliver(OutboxMessage message, CancellationToken ct)
        {
            if (deliver is not null)
                await deliver(message, ct);
            Got.Enqueue(message);
        }
    }

    private static OutboxWorker Worker(Database db, FakeClock clock, IOutboxHandler handler) => new(new OutboxStore(), handler, db, clock, NullLogger<OutboxWorker>.Instance);

    private static Task Add(Database db, string key, string payload = "") =>
        db.Write(tx => new OutboxStore().Add(tx, Caller.DefaultTenant, Topic, payload, key));

    private static Task<long> Row(Database db, string what) => db.Read(tx => tx.Number($"SELECT {what} FROM outbox"));

    [Theory, BothEngines]
    public async Task What_committed_is_delivered_once_and_what_was_undone_is_not(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var catcher = new Catcher();
        var worker = Worker(test.Database, test.Clock, catcher);
        await Assert.ThrowsAsync<Refusal>(() => test.Database.Write(async tx =>
        {
            await new OutboxStore().Add(tx, Caller.DefaultTenant, Topic, "undone", "a");
            throw new Refusal(HttpErrors.Conflict);
        }));
        await worker.Tick(default);
        Assert.Empty(catcher.Got);
        await Add(test.Database, "a", "first");
        await Add(test.Database, "a", "second");
        await worker.Tick(default);
        // Also when it was delivered already.
        await Add(test.Database, "a", "third");
        await worker.Tick(default);
        var got = Assert.Single(catcher.Got);
        Assert.Equal(("first", "a", Caller.DefaultTenant, 1L), (got.Payload, got.DedupeKey, got.TenantId, got.Tries));
    }

    [Theory, BothEngines]
    public async Task What_fails_is_tried_again_later_each_time_until_it_goes(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var fails = 4;
        var catcher = new Catcher((_, _) => fails-- > 0 ? throw new InvalidOperationException("away\nand more") : Task.CompletedTask);
        var worker = Worker(test.Database, test.Clock, catcher);
        await Add(test.Database, "a");
        for (var seconds = 5; seconds <= 40; seconds *= 2)
        {
            await worker.Tick(default);
            var wait = await Row(test.Database, "next_try_at") - test.Clock.Now;
            Assert.InRange(wait, seconds * 500, seconds * 1000);
            Assert.Equal("away and more", await test.Database.Read(tx => tx.One("SELECT fault FROM outbox", r => r.GetString(0))));
            test.Clock.Advance(TimeSpan.FromMilliseconds(wait - 1));
            Assert.Equal(TimeSpan.FromMilliseconds(1), await worker.Tick(default));
            test.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        await worker.Tick(default);
        Assert.Equal(5, Assert.Single(catcher.Got).Tries);
    }

    [Theory, BothEngines]
    public async Task A_message_that_never_goes_is_given_up_and_seen_and_holds_up_no_other(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var tries = 0;
        var catcher = new Catcher((m, _) => m.DedupeKey == "poison" && ++tries > 0 ? throw new InvalidOperationException("poison") : Task.CompletedTask);
        var worker = Worker(test.Database, test.Clock, catcher);
        await Add(test.Database, "poison");
        await Add(test.Database, "sound");
        for (var i = 0; i < OutboxWorker.MaxTries + 3; i++)
        {
            await worker.Tick(default);
            test.Clock.Advance(TimeSpan.FromHours(1));
        }
        Assert.Equal("sound", Assert.Single(catcher.Got).DedupeKey);
        Assert.Equal(OutboxWorker.MaxTries, tries);
        Assert.Equal([(Topic, 1L)], (await test.Database.Read(OutboxStore.Trouble)).Dead);
    }

    [Theory, BothEngines]
    public async Task What_a_node_took_and_died_with_another_delivers_when_the_hold_has_run_out(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var catcher = new Catcher();
        var worker = Worker(test.Database, test.Clock, catcher);
        await Add(test.Database, "a");
        var taken = Assert.Single(await test.Database.Write(tx => OutboxStore.Claim(tx, Topic, 10)));
        await worker.Tick(default);
        test.Clock.Advance(Lease - TimeSpan.FromMilliseconds(1));
        await worker.Tick(default);
        Assert.Empty(catcher.Got);
        test.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await worker.Tick(default);
        Assert.Equal(2, Assert.Single(catcher.Got).Tries);
        // It was not dead after all: it has no say any more.
        Assert.False(await test.Database.Write(tx => OutboxStore.Retry(tx, taken, TimeSpan.Zero, "late")));
        Assert.Equal(0, await Row(test.Database, "COUNT(next_try_at)"));
    }

    [Fact]
    public async Task A_message_that_every_node_dies_of_is_given_up_untried()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        await Add(test.Database, "a");
        for (var i = 0; i < OutboxWorker.MaxTries; i++)
        {
            Assert.Single(await test.Database.Write(tx => OutboxStore.Claim(tx, Topic, 10)));
            test.Clock.Advance(Lease);
        }
        var catcher = new Catcher();
        await Worker(test.Database, test.Clock, catcher).Tick(default);
        Assert.Empty(catcher.Got);
        Assert.Single((await test.Database.Read(OutboxStore.Trouble)).Dead);
    }

    [Theory, BothEngines]
    public async Task Two_nodes_share_the_work_and_deliver_nothing_twice(Engine engine)
    {
        const int count = 200;
        await using var test = await TestDatabase.Open(engine);
        var other = engine == Engine.Postgres ? await test.OpenAnother() : test.Database;
        var catcher = new Catcher((_, _) => Task.Delay(1));
        await test.Database.Write(async tx =>
        {
            for (var i = 0; i < count; i++)
                await new OutboxStore().Add(tx, Caller.DefaultTenant, Topic, "", $"{i}");
        });
        await Task.WhenAll(new[] { test.Database, other }.Select(db => Task.Run(async () =>
        {
            var worker = Worker(db, test.Clock, catcher);
            while (await Row(db, "COUNT(next_try_at)") > 0)
                await worker.Tick(default);
        })));
        Assert.Equal(count, catcher.Got.Select(m => m.DedupeKey).Distinct().Count());
        Assert.Equal(count, catcher.Got.Count);
        if (other != test.Database)
            await other.DisposeAsync();
    }

    [Theory, BothEngines]
    public async Task What_the_servers_stop_cuts_short_is_due_at_once_and_that_was_no_try(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await Add(test.Database, "a");
        using var stop = new CancellationTokenSource();
        await Worker(test.Database, test.Clock, new Catcher(async (_, ct) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, ct);
        })).Tick(stop.Token);
        var catcher = new Catcher();
        await Worker(test.Database, test.Clock, catcher).Tick(default);
        Assert.Equal(1, Assert.Single(catcher.Got).Tries);
    }

    [Fact]
    public async Task A_delivery_that_hangs_is_let_go_of_before_its_hold_runs_out()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        await Add(test.Database, "a");
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tick = Worker(test.Database, test.Clock, new Catcher((_, _) =>
        {
            begun.SetResult();
            return new TaskCompletionSource().Task;
        })).Tick(default);
        await begun.Task;
        test.Clock.Advance(OutboxWorker.Patience);
        await tick.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(OutboxWorker.Patience < Lease);
        Assert.Equal("It took too long.", await test.Database.Read(tx => tx.One("SELECT fault FROM outbox", r => r.GetString(0))));
    }

    [Theory, BothEngines]
    public async Task What_nobody_delivers_is_named_and_what_ended_long_ago_goes(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await Add(test.Database, "a");
        test.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Empty((await test.Database.Read(OutboxStore.Trouble)).Overdue);
        test.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([Topic], (await test.Database.Read(OutboxStore.Trouble)).Overdue);
        await Worker(test.Database, test.Clock, new Catcher()).Tick(default);
        Assert.Empty((await test.Database.Read(OutboxStore.Trouble)).Overdue);
        await Add(test.Database, "waits");
        test.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal(0, await test.Database.Write(tx => OutboxStore.Tidy(tx, 10)));
        test.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await test.Database.Write(tx => OutboxStore.Tidy(tx, 10)));
        Assert.Equal(1, await Row(test.Database, "COUNT(next_try_at)"));
    }

    [Fact]
    public async Task A_commit_wakes_the_worker()
    {
        var catcher = new Catcher();
        await using var server = await TestServer.Start(adjust: services => services.AddSingleton<IOutboxHandler>(catcher));
        await server.Db.Write(tx => server.Service<OutboxStore>().Add(tx, Caller.DefaultTenant, Topic, "", "a"));
        // By itself it would look in fifteen seconds.
        await Wait.Until(() => Task.FromResult(!catcher.Got.IsEmpty), "the message is delivered");
    }

    [Theory]
    [InlineData(1, 0, 5)]
    [InlineData(1, 1, 2.5)]
    [InlineData(2, 0, 10)]
    [InlineData(5, 0.5, 60)]
    [InlineData(11, 0, 3600)]
    [InlineData(1000, 1, 1800)]
    public void Waits_double_up_to_an_hour_less_up_to_half(long tries, double chance, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), OutboxBackoff.After(tries, chance));
}
