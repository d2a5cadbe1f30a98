using Gatehouse.Audit.Log;
using Gatehouse.Audit.Security;
using Gatehouse.Console.Jobs;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Console;

public sealed class StorageJobsTests
{
    [Theory, BothEngines]
    public async Task Tidying_removes_what_is_old_and_no_more(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var now = server.Clock.Now;
        Task Keys(string prefix, int count, long at) => server.Db.Write(s => s.ExecuteMany(
            "INSERT INTO idempotency_keys (tenant_id, caller, key, request_hash, created_at, status, body) VALUES ('default', 'c', @key, '', @at, 200, '')",
            [.. Enumerable.Range(0, count).Select(i => new (string, object?)[] { ("key", $"{prefix}{i}"), ("at", at + i % 7) })]));
        await Keys("old", 12_000, now - 25 * 3_600_000L);
        await Keys("new", 10, now - 23 * 3_600_000L);
        await server.Db.Write(async s =>
        {
            await server.Service<OutboxStore>().Add(s, Caller.DefaultTenant, "post", "", "old");
            await s.Execute("UPDATE outbox SET done_at = 1, next_try_at = NULL");
            await OperationStore.Record(s, Caller.System, "keys.import", 1, "{}");
            await s.Execute("UPDATE operations SET finished_at = 1");
        });
        Assert.Equal("12,002 old rows removed", Localizer.For("en")[await server.Service<StorageJobs>().RunTidy(CancellationToken.None)]);
        Assert.Equal(10, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM idempotency_keys")));
    }

    [Theory, BothEngines]
    public async Task A_sound_database_passes_and_an_altered_audit_log_is_an_event(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await server.Db.Write(async s =>
        {
            await server.Service<AuditWriter>().Write(s, Caller.System, "job.run", new AuditTarget("job", "a", "a"));
            await server.Service<AuditWriter>().Write(s, Caller.System, "job.run", new AuditTarget("job", "b", "b"));
            return true;
        });
        var jobs = server.Service<StorageJobs>();
        Assert.Equal("job.storage.integrity.done", (await jobs.RunIntegrity(CancellationToken.None)).Key);
        await server.Db.Write(s => s.Execute("UPDATE audit_entries SET actor_name = 'Somebody else' WHERE seq = 1"));
        var failure = await Assert.ThrowsAsync<JobFailure>(() => jobs.RunIntegrity(CancellationToken.None));
        Assert.Equal("job.storage.integrity.chain", failure.Found.Key);
        var seen = Assert.Single(await server.Db.Read(s => server.Service<SecurityEvents>().Recent(s, Caller.DefaultTenant, 5)));
        Assert.Equal(("audit.broken", "bad"), (seen.Kind, seen.Severity));
        var http = await server.As(Role.Analyst);
        Assert.Contains("The audit log was altered", (string)(await http.GetApi("/api/security-events"))["items"]![0]!["message"]!);
        Assert.Contains("The audit log was altered", (await (await server.SignedIn(Role.Analyst)).Get("/admin/security?severity=bad")).Text);
    }

    [Theory, BothEngines]
    public async Task Security_events_are_walked_by_severity_without_gap_or_double(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var events = server.Service<SecurityEvents>();
        for (var i = 0; i < 7; i++)
            await server.Db.Write(async s =>
            {
                await events.Record(s, Caller.System, "keys.guessed", i % 2 == 0 ? "warn" : "bad", "203.0.113.7", $"{i}");
                return true;
            });
        var seen = new List<string>();
        for (string? after = null; ;)
        {
            var page = await server.Db.Read(s => events.List(s, Caller.DefaultTenant, new("warn"), after, 2));
            seen.AddRange(page.Items.Select(e => e.Detail));
            if ((after = page.Next) is null)
                break;
        }
        // Events of one millisecond have no order among themselves.
        Assert.Equal(["0", "2", "4", "6"], seen.Order());
        var http = await server.As(Role.Analyst);
        Assert.NotNull((await http.GetApi("/api/security-events?severity=awful")).Error("severity"));
    }
}
