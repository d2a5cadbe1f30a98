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

        public int AtOnce { get; init; } = 2;

        public int PerTenant { get; init; } = 2;

        public Task Deliver(OutboxMessage message, CancellationToken ct) => deliver(message);
    }

    private static OutboxWorker Worker(TestDatabase test, Func<OutboxMessage, Task> deliver, OutboxStore? store = null) =>
        new(store ?? new OutboxStore(), new Receiver(deliver), test.Database, test.Clock, NullLogger<OutboxWorker>.Instance);

    private static Task AddSecret(TestDatabase test, string key) =>
        test.Database.Write(tx => new OutboxStore().AddSecret(tx, test.Secrets, Caller.DefaultTenant, Topic, Secret, key));

    private static Task<OutboxEntry> Dead(TestDatabase test) => test.Database.Read(async tx => Assert.Single(await AllDead(tx)));

    private static async ValueTask<IReadOnlyList<OutboxEntry>> AllDead(ReadTx tx) => (await OutboxEntries.List(tx, Caller.DefaultTenant, new(OutboxState.Dead), null, 10)).Items;

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
        Assert.Equal(("It failed: 550 no such box", false), (Localizer.For("en")[dead.LastAnswer!.Value], dead.Wiped));
        Assert.Contains("失败", Localizer.For("zh")[dead.LastAnswer!.Value], StringComparison.Ordinal);
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
        Assert.Empty(await test.Database.Read(AllDead));
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

    [Theory, BothEngines]
    public async Task A_tenant_whose_receiver_hangs_keeps_no_other_waiting(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await test.Database.Write(tx => tx.Execute("INSERT INTO tenants (id, name, created_at) VALUES ('other', 'other', 0)"));
        var hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (hanging, got) = (0, 0);
        var handler = new Receiver(message =>
        {
            if (message.TenantId == "other")
            {
                Interlocked.Increment(ref got);
                return Task.CompletedTask;
            }
            Interlocked.Increment(ref hanging);
            return hang.Task;
        })
        { AtOnce = 4, PerTenant = 2 };
        await test.Database.Write(async tx =>
        {
            for (var i = 0; i < 20; i++)
                await new OutboxStore().Add(tx, i < 12 ? Caller.DefaultTenant : "other", Topic, "", $"{i}");
        });
        var tick = new OutboxWorker(new OutboxStore(), handler, test.Database, test.Clock, NullLogger<OutboxWorker>.Instance).Tick(default);
        await Wait.Until(() => Task.FromResult(Volatile.Read(ref got) == 8), "the other tenant's are delivered", seconds: 20);
        Assert.Equal(2, hanging);
        hang.SetResult();
        await tick.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((12, 8), (hanging, got));
    }

    [Theory, BothEngines]
    public async Task Health_warns_of_what_fails_again_and_again_and_not_of_what_a_stranger_can_bring_about(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await AddSecret(test, "a");
        var fails = true;
        var worker = Worker(test, _ => fails ? throw new InvalidOperationException("away") : throw new DeliveryFailure(new Message("job.failed", "no such box")) { Final = true });
        for (var i = 0; i < 6; i++)
        {
            Assert.Empty((await test.Database.Read(OutboxStore.Trouble)).Overdue);
            await worker.Tick(default);
            test.Clock.Advance(TimeSpan.FromSeconds(5 * Math.Pow(2, i)));
        }
        Assert.Equal([Topic], (await test.Database.Read(OutboxStore.Trouble)).Overdue);
        fails = false;
        await worker.Tick(default);
        var trouble = await test.Database.Read(OutboxStore.Trouble);
        Assert.Empty(trouble.Overdue);
        Assert.Empty(trouble.Dead);
        Assert.True((await Dead(test)).Wiped);
        test.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await test.Database.Write(tx => OutboxStore.Tidy(tx, 10)));
    }

    private static async Task<string> Row(TestDatabase test) =>
        (await test.Database.Read(tx => tx.One("SELECT payload || '|' || sealed_payload || '|' || COALESCE(fault, '') FROM outbox", r => r.GetString(0))))!;
}
