using System.Security.Cryptography;
using Gatehouse.Console.Operations;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Keys;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Platform.Outbox;

/// <summary>What a receiver refuses for good is given up at once, what it puts off waits as long as it says, and secrets are kept no longer than they are needed.</summary>
public sealed class OutboxRefusalTests
{
    private const string Topic = "test";
    private const string Secret = "the code is 123456";

    private sealed class Receiver(Func<OutboxMessage, Task> deliver) : IOutboxHandler
    {
        public string Topic => OutboxRefusalTests.Topic;

        public int AtOnce => 2;

        public Task Deliver(OutboxMessage message, CancellationToken ct) => deliver(message);
    }

    private static OutboxWorker Worker(TestDatabase test, Func<OutboxMessage, Task> deliver, OutboxStore? store = null) =>
        new(store ?? new OutboxStore(), new Receiver(deliver), test.Database, test.Clock, NullLogger<OutboxWorker>.Instance);

    private static Task AddSecret(TestDatabase test, string key) =>
        test.Database.Write(tx => new OutboxStore().AddSecret(tx, test.Secrets, Caller.DefaultTenant, Topic, Secret, key));

    private static Task<DeadMessage> Dead(TestDatabase test) => test.Database.Read(async tx => Assert.Single(await OutboxStore.Dead(tx, Caller.DefaultTenant, null, 10)));

    [Theory, BothEngines]
    public async Task What_is_refused_for_good_is_given_up_at_once_and_told_in_each_readers_words(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var tries = 0;
        var worker = Worker(test, _ => ++tries > 0 ? throw new DeliveryFailure(new Message("job.failed", "550 no such box")) { Final = true } : Task.CompletedTask);
        await test.Database.Write(tx => new OutboxStore().Add(tx, Caller.DefaultTenant, Topic, "open", "a"));
        await worker.Tick(default);
        test.Clock.Advance(TimeSpan.FromHours(1));
        await worker.Tick(default);
        Assert.Equal(1, tries);
        var dead = await Dead(test);
        Assert.Equal(("It failed: 550 no such box", false), (Localizer.For("en")[dead.Reason!.Value], dead.Wiped));
        Assert.Contains("失败", Localizer.For("zh")[dead.Reason!.Value], StringComparison.Ordinal);
        Assert.Equal("open", await test.Database.Read(tx => tx.One("SELECT payload FROM outbox", r => r.GetString(0))));
    }

    [Theory]
    [InlineData(600, 600, 600)]
    [InlineData(1, 2.5, 5)]
    [InlineData(90_000, 3600, 3600)]
    public async Task It_waits_as_long_as_the_receiver_says_and_at_most_an_hour(double wanted, double least, double most)
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        await test.Database.Write(tx => new OutboxStore().Add(tx, Caller.DefaultTenant, Topic, "", "a"));
        await Worker(test, _ => throw new DeliveryFailure(new Message("job.failed", "later")) { RetryAfter = TimeSpan.FromSeconds(wanted) }).Tick(default);
        Assert.InRange(await test.Database.Read(tx => tx.Number("SELECT next_try_at FROM outbox")) - test.Clock.Now, least * 1000, most * 1000);
    }

    [Theory, BothEngines]
    public async Task A_secret_is_sealed_while_it_waits_and_gone_when_it_was_delivered(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await AddSecret(test, "a");
        Assert.DoesNotContain("123456", await Row(test), StringComparison.Ordinal);
        Assert.Contains($"v1.{test.Secrets.Name}.", await Row(test), StringComparison.Ordinal);
        // The master key may change meanwhile.
        var fresh = new SecretBox(RandomNumberGenerator.GetBytes(32));
        await test.Database.Write(s => KeyFingerprint.Adopt(s, test.Secrets, 0));
        Assert.Equal(1, await test.Database.Write(s => new SealedTexts([OutboxStore.Sealed], test.Secrets, test.Clock).Reseal(s, fresh)));
        var got = "";
        await Worker(test, message =>
        {
            got = message.Open(fresh);
            return Task.CompletedTask;
        }).Tick(default);
        Assert.Equal(Secret, got);
        Assert.DoesNotContain("v1.", await Row(test), StringComparison.Ordinal);
        Assert.Equal(1, await test.Database.Read(tx => tx.Number("SELECT COUNT(*) FROM outbox WHERE done_at IS NOT NULL AND wiped = 0")));
    }

    [Theory, BothEngines]
    public async Task A_secret_that_is_given_up_is_wiped_and_cannot_be_tried_again(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await AddSecret(test, "a");
        var worker = Worker(test, _ => throw new InvalidOperationException("away"));
        for (var i = 0; i < OutboxWorker.MaxTries; i++)
        {
            await worker.Tick(default);
            test.Clock.Advance(TimeSpan.FromHours(1));
        }
        var dead = await Dead(test);
        Assert.True(dead.Wiped);
        Assert.DoesNotContain("v1.", await Row(test), StringComparison.Ordinal);
        var service = new OutboxService(new OutboxStore(), test.Audit.Writer());
        var refusal = await Assert.ThrowsAsync<Refusal>(() => test.Database.Write(tx => service.Retry(tx, Caller.System, dead.Id)));
        Assert.Equal("OUTBOX_MESSAGE_WIPED", refusal.Code);
        await test.Database.Write(tx => service.Discard(tx, Caller.System, dead.Id));
        Assert.Empty(await test.Database.Read(tx => OutboxStore.Dead(tx, Caller.DefaultTenant, null, 10)));
    }

    [Fact]
    public async Task Secrets_whose_key_is_lost_are_given_up()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        await AddSecret(test, "a");
        await test.Database.Write(tx => tx.Execute(OutboxStore.Sealed.GiveUp, ("now", test.Clock.Now)));
        Assert.True((await Dead(test)).Wiped);
    }

    [Fact]
    public async Task One_that_takes_long_keeps_no_other_waiting_and_what_comes_meanwhile_goes_at_once()
    {
        await using var test = await TestDatabase.Open(Engine.Sqlite);
        var store = new OutboxStore();
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var got = new List<string>();
        var worker = Worker(test, message =>
        {
            if (message.DedupeKey == "slow")
                return slow.Task;
            lock (got)
                got.Add(message.DedupeKey);
            return Task.CompletedTask;
        }, store);
        foreach (var key in new[] { "slow", "b", "c", "d" })
            await test.Database.Write(tx => store.Add(tx, Caller.DefaultTenant, Topic, "", key));
        var tick = worker.Tick(default);
        await Until(3);
        await test.Database.Write(tx => store.Add(tx, Caller.DefaultTenant, Topic, "", "e"));
        await Until(4);
        Assert.False(tick.IsCompleted);
        slow.SetResult();
        await tick.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["b", "c", "d", "e"], got);
        Assert.Equal(5, await test.Database.Read(tx => tx.Number("SELECT COUNT(*) FROM outbox WHERE done_at IS NOT NULL")));

        // By itself it would look in fifteen seconds.
        Task Until(int count) => Wait.Until(() => { lock (got) return Task.FromResult(got.Count == count); }, $"{count} are delivered", seconds: 10);
    }

    private static async Task<string> Row(TestDatabase test) =>
        (await test.Database.Read(tx => tx.One("SELECT payload || '|' || sealed_payload || '|' || COALESCE(fault, '') FROM outbox", r => r.GetString(0))))!;
}
