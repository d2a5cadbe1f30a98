using System.Collections.Concurrent;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Platform.Outbox;

/// <summary>What staff see of the outbox, and that one key is one message whoever leaves it.</summary>
public sealed class OutboxEntryTests
{
    private const string Topic = "test";

    private sealed class Catcher(Func<OutboxMessage, Task>? deliver = null) : IOutboxHandler
    {
        public ConcurrentQueue<OutboxMessage> Got { get; } = new();

        public string Topic => OutboxEntryTests.Topic;

        public async Task Deliver(OutboxMessage message, CancellationToken ct)
        {
            if (deliver is not null)
                await deliver(message);
            Got.Enqueue(message);
        }
    }

    private static OutboxWorker Worker(Database db, FakeClock clock, IOutboxHandler handler) => new(new OutboxStore(), handler, db, clock, NullLogger<OutboxWorker>.Instance);

    [Theory, BothEngines]
    public async Task Many_who_leave_a_message_of_one_key_at_once_leave_one(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var other = engine == Engine.Postgres ? await test.OpenAnother() : test.Database;
        var catcher = new Catcher();
        for (var round = 0; round < 10; round++)
        {
            var key = $"k{round}";
            await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => (i % 2 == 0 ? test.Database : other).Write(tx => new OutboxStore().Add(tx, Caller.DefaultTenant, Topic, $"{i}", key)))));
            await Task.WhenAll(Worker(test.Database, test.Clock, catcher).Tick(default), Worker(other, test.Clock, catcher).Tick(default));
        }
        Assert.Equal(10, catcher.Got.Count);
        Assert.Equal(10, catcher.Got.Select(m => m.DedupeKey).Distinct().Count());
        if (other != test.Database)
            await other.DisposeAsync();
    }

    [Theory, BothEngines]
    public async Task Staff_see_where_each_message_is_and_its_receivers_answer(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var inside = new List<string>();
        var catcher = new Catcher(async m =>
        {
            inside.Add((await List(OutboxState.Sending)).Single());
            if (m.DedupeKey == "refused")
                throw new DeliveryFailure(new Message("mail.fault.refused", "550 no")) { Final = true };
            if (m.DedupeKey == "later")
                throw new InvalidOperationException("away");
            m.Answer = "250 taken";
        });
        foreach (var key in new[] { "sent", "refused", "later" })
        {
            await test.Database.Write(tx => new OutboxStore().Add(tx, Caller.DefaultTenant, Topic, "", key, new(new Message("mail.test.title"), $"{key}@Example.org")));
            Assert.Contains(key, await List(OutboxState.Waiting));
            await Worker(test.Database, test.Clock, catcher).Tick(default);
        }
        Assert.Equal(["sent", "refused", "later"], inside);
        Assert.Equal(["later"], await List(OutboxState.Waiting));
        Assert.Equal(["refused"], await List(OutboxState.Dead));
        Assert.Equal(["sent"], await List(OutboxState.Sent));
        Assert.Empty(await List(OutboxState.Sending));
        Assert.Equal(["later", "refused", "sent"], await List(null));
        Assert.Equal(["refused"], await List(null, "REFUSED@example"));
        Assert.Empty(await List(null, tenant: "other"));
        var dead = await test.Database.Read(async tx => (await OutboxEntries.List(tx, Caller.DefaultTenant, new(OutboxState.Dead), null, 10)).Items.Single());
        Assert.Equal("mail.fault.refused", dead.LastAnswer?.Key);
        Assert.Equal("250 taken", (await test.Database.Read(async tx => (await OutboxEntries.List(tx, Caller.DefaultTenant, new(OutboxState.Sent), null, 10)).Items.Single())).LastAnswer?.Key);
        await test.Database.Write(tx => OutboxStore.Discard(tx, dead.Id));
        Assert.Equal(["refused"], await List(OutboxState.Discarded));
        Assert.Equal(["sent"], await List(OutboxState.Sent));

        // Who is to be forgotten is in none of them any more.
        await test.Database.Write(tx => OutboxEntries.Forget(tx, Caller.DefaultTenant, "nobody", ["SENT@example.org", "", "later@example.org"]));
        Assert.Equal(["refused"], await List(null));

        async Task<List<string>> List(string? state, string? query = null, string tenant = Caller.DefaultTenant) =>
            [.. (await test.Database.Read(tx => OutboxEntries.List(tx, tenant, new(state, Topic, query), null, 10))).Items.Select(m => m.DedupeKey)];
    }
}
