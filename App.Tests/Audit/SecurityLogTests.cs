using System.Collections.Concurrent;
using Gatehouse.Audit.Security;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Outbox;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Audit;

public sealed class SecurityLogTests
{
    private sealed class Lines : ILogger<SecurityLog>
    {
        public ConcurrentQueue<string> All { get; } = new();

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Enqueue(formatter(state, exception));
    }

    [Theory, BothEngines]
    public async Task What_happened_is_in_the_log_and_what_was_undone_is_not(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        var (outbox, lines) = (new OutboxStore(), new Lines());
        var events = new SecurityEvents(outbox, test.Clock);
        var worker = new OutboxWorker(outbox, new SecurityLog(lines), test.Database, test.Clock, NullLogger<OutboxWorker>.Instance);
        var who = Caller.Public("203.0.113.7", null);
        await Assert.ThrowsAsync<Refusal>(() => test.Database.Write(async tx =>
        {
            await events.Record(tx, who, "signin.locked", "warn", "mia", "15");
            throw new Refusal(HttpErrors.Conflict);
        }));
        await test.Database.Write(tx => events.Record(tx, who, "signin.failed_many", "bad", "203.0.113.7", "25"));
        Assert.Empty(lines.All);
        await worker.Tick(default);
        Assert.Equal(["Security: signin.failed_many (bad) from 203.0.113.7: 203.0.113.7 25"], lines.All);
    }
}
