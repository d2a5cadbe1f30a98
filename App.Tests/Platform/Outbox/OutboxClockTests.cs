using Gatehouse.Platform.Http;
using Gatehouse.Platform.Outbox;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Platform.Outbox;

/// <summary>A clock that was ahead and is right again: no message waits for a time that was never meant.</summary>
public sealed class OutboxClockTests
{
    private const string Topic = "test";
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(OutboxStore.Lease);

    /// <summary>Delivers while it is not away.</summary>
    private sealed class Receiver : IOutboxHandler
    {
        public bool Away { get; set; }
        public List<string> Got { get; } = [];
        public string Topic => OutboxClockTests.Topic;

        public Task Deliver(OutboxMessage message, CancellationToken ct)
        {
            if (Away)
                throw new InvalidOperationException("away");
            lock (Got)
                Got.Add(message.DedupeKey);
            return Task.CompletedTask;
        }
    }

    private static Task Add(TestDatabase test, string key) => test.Database.Write(tx => new OutboxStore().Add(tx, Caller.DefaultTenant, Topic, "", key));

    [Theory, BothEngines]
    public async Task What_a_clock_that_was_ahead_put_off_does_not_sleep_until_then(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var receiver = new Receiver { Away = true };
        var worker = new OutboxWorker(new OutboxStore(), receiver, test.Database, test.Clock, NullLogger<OutboxWorker>.Instance);
        test.Clock.Advance(TimeSpan.FromDays(40));
        await Add(test, "tried");
        await worker.Tick(default);
        await Add(test, "untried");
        test.Clock.Advance(TimeSpan.FromDays(-40));
        receiver.Away = false;
        await worker.Tick(default);
        test.Clock.Advance(Lease);
        await worker.Tick(default);
        Assert.Equal(["tried", "untried"], receiver.Got.Order());
    }

    [Theory, BothEngines]
    public async Task The_longest_pause_that_there_is_lasts(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var receiver = new Receiver();
        var worker = new OutboxWorker(new OutboxStore(), receiver, test.Database, test.Clock, NullLogger<OutboxWorker>.Instance);
        await Add(test, "a");
        var taken = Assert.Single(await test.Database.Write(tx => OutboxStore.Claim(tx, Topic, 10)));
        await test.Database.Write(tx => OutboxStore.Retry(tx, taken, OutboxBackoff.After(OutboxWorker.MaxTries, 0), "away"));
        await worker.Tick(default);
        test.Clock.Advance(TimeSpan.FromMinutes(59));
        await worker.Tick(default);
        Assert.Empty(receiver.Got);
        test.Clock.Advance(TimeSpan.FromMinutes(1));
        await worker.Tick(default);
        Assert.Single(receiver.Got);
    }
}
