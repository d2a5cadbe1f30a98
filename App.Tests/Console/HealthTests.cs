using System.Diagnostics;
using System.Net;
using Gatehouse.Audit.Health;
using Gatehouse.Audit.Log;
using Gatehouse.Console.Health;
using Gatehouse.Console.Jobs;
using Gatehouse.Platform.Health;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Outbox;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Console;

/// <summary>What <c>/api/health</c> says, and that it says it in time.</summary>
public sealed class HealthTests
{
    private const string Details = "/api/health/details";
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(3);

    /// <summary>With all figures, which staff see; asked in this process, for storage that is away knows no token.</summary>
    private static Task<HealthReport> Report(TestServer server) => server.Service<HealthMonitor>().Current();

    [Theory, BothEngines]
    public async Task A_sound_server_passes_every_check_to_whoever_asks(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        foreach (var path in new[] { "/api/health", "/health" })
        {
            var answer = await server.Http.GetApi(path);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.True((bool)answer["success"]!);
            Assert.Contains((string)answer["status"]!, new[] { "pass", "warn" });
            Assert.Equal("pass", (string)answer["checks"]!["storage"]!["status"]!);
            Assert.Equal("pass", (string)answer["checks"]!["clock"]!["status"]!);
            Assert.Equal("pass", (string)answer["checks"]!["jobs"]!["status"]!);
            Assert.Equal("pass", (string)answer["checks"]!["outbox"]!["status"]!);
            Assert.Equal("pass", (string)answer["checks"]!["operations"]!["status"]!);
            // Anybody may know that, and no figure.
            Assert.Equal(["success", "status", "time", "checks"], answer.Body!.Select(m => m.Key));
            Assert.All(answer["checks"]!.AsObject(), c => Assert.Equal(["status"], c.Value!.AsObject().Select(m => m.Key)));
        }
        var details = await (await server.As(Role.Analyst)).GetApi(Details);
        Assert.True((long)details["checks"]!["disk"]!["free_bytes"]! > 0);
        Assert.NotNull(details["version"]);
        Assert.DoesNotContain(server.Storage.Folder.Path, details.Text);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.GetApi(Details)).Status);
    }

    [Fact]
    public async Task Monitors_may_ask_often_and_nobody_without_end()
    {
        await using var server = await TestServer.Start(settings: new() { ["RateLimits:Enabled"] = "true", ["RateLimits:Health:PerSecond"] = "1", ["RateLimits:Health:Burst"] = "5" });
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 20; i++)
            answers.Add((await server.Http.GetApi(i % 2 == 0 ? "/health" : "/api/health")).Status);
        Assert.Equal(Enumerable.Repeat(HttpStatusCode.OK, 5), answers.Take(5));
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
    }

    /// <summary>A feature's own check is reported, counts, and stands on the page; one that breaks fails itself and no other.</summary>
    [Theory]
    [InlineData("en", "Broken", "Not known")]
    [InlineData("zh", "故障", "未知")]
    public async Task What_a_feature_declares_is_looked_at(string language, string broken, string unknown)
    {
        await using var server = await TestServer.Start(adjust: s =>
        {
            s.AddSingleton(new HealthCheck("printer", "Printer", (_, _) => new HealthResult(HealthStatus.Fail, new Message("?")))
            {
                Rows = async (_, tx) => new HealthResult(HealthStatus.Warn, new Message("Paper is low")) { Facts = new() { ["sheets"] = await tx.Number("SELECT COUNT(*) FROM tenants") } },
            });
            s.AddSingleton(new HealthCheck("oven", "Oven", (_, _) => new HealthResult(HealthStatus.Fail, new Message("?"))) { Probe = _ => throw new InvalidOperationException("hot") });
        });
        Assert.Equal("warn", (string)(await server.Http.GetApi("/api/health"))["checks"]!["printer"]!["status"]!);
        var answer = await (await server.As(Role.Analyst)).GetApi(Details);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "fail"), (answer.Status, (string)answer["status"]!));
        Assert.Equal(("warn", 1), ((string)answer["checks"]!["printer"]!["status"]!, (long)answer["checks"]!["printer"]!["sheets"]!));
        Assert.Equal(("fail", "CHECK_FAILED"), ((string)answer["checks"]!["oven"]!["status"]!, (string)answer["checks"]!["oven"]!["reason"]!));
        Assert.Equal("pass", (string)answer["checks"]!["storage"]!["status"]!);
        var page = await (await server.SignedIn(Role.Analyst, language: language)).Get("/admin/health");
        foreach (var told in new[] { "Printer", "Paper is low", "Oven", broken, unknown })
            Assert.Contains(told, page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_many_ask_storage_is_looked_at_once()
    {
        await using var server = await TestServer.Start();
        var first = await server.Http.GetApi("/health");
        await server.Db.Write(s => s.Execute("UPDATE job_states SET claimed_for = 7 WHERE name = 'health'"));
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first.Text, (await server.Http.GetApi("/health")).Text);
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        await server.Http.GetApi("/health");
        Assert.Equal(7, await server.Db.Read(s => s.Number("SELECT claimed_for FROM job_states WHERE name = 'health'")));
        // The row is written every five seconds at most.
        server.Clock.Advance(TimeSpan.FromSeconds(5));
        await server.Http.GetApi("/health");
        Assert.Equal(server.Clock.Now, await server.Db.Read(s => s.Number("SELECT claimed_for FROM job_states WHERE name = 'health'")));
    }

    [Fact]
    public async Task Storage_that_is_gone_fails_the_check_and_passes_when_it_is_back()
    {
        var (database, wire) = await TestDatabase.OpenByWire();
        using var _ = wire;
        await using var server = await TestServer.Start(database);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetApi("/api/health")).Status);
        wire.Cut();
        server.Clock.Advance(Stale);
        var away = await server.Http.GetApi("/api/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.Status);
        Assert.Equal(("fail", "STORAGE_UNAVAILABLE"), ((string)away["status"]!, (string?)(await Report(server)).Checks["storage"].Facts["reason"]));
        wire.Mend();
        server.Clock.Advance(Stale);
        Assert.Equal("pass", (string)(await server.Http.GetApi("/api/health"))["checks"]!["storage"]!["status"]!);
    }

    [Fact]
    public async Task Storage_that_hangs_is_told_within_three_seconds()
    {
        await using var server = await TestServer.Start();
        using var gate = new ManualResetEventSlim();
        var hanging = server.Db.Write(_ =>
        {
            gate.Wait();
            return new ValueTask<bool>(true);
        });
        // What hangs hangs until the gate is opened: however busy the machine is, only a limit ends the wait.
        var watch = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Http.GetApi("/health")));
        Assert.InRange(watch.Elapsed, HealthMonitor.Patience - TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(20));
        Assert.True(HealthMonitor.Patience <= TimeSpan.FromSeconds(3));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.ServiceUnavailable, a.Status));
        Assert.Equal("TIMEOUT", (string?)(await Report(server)).Checks["storage"].Facts["reason"]);
        // Who asks later need not wait again.
        var later = new List<TimeSpan>();
        for (var i = 0; i < 3; i++)
        {
            watch.Restart();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Http.GetApi("/health")).Status);
            later.Add(watch.Elapsed);
        }
        Assert.True(later.Min() < HealthMonitor.Patience);
        gate.Set();
        await hanging;
        await Wait.Until(async () =>
        {
            server.Clock.Advance(Stale);
            return (await server.Http.GetApi("/health")).Status == HttpStatusCode.OK;
        }, "it is healthy again");
    }

    [Fact]
    public async Task A_database_file_that_was_removed_fails_the_check()
    {
        await using var server = await TestServer.Start();
        File.Move(Path.Combine(server.Storage.Folder.Path, "gatehouse.db"), Path.Combine(server.Storage.Folder.Path, "elsewhere"));
        var answer = await server.Http.GetApi("/health");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "FILE_GONE"), (answer.Status, (string?)(await Report(server)).Checks["storage"].Facts["reason"]));
        File.Move(Path.Combine(server.Storage.Folder.Path, "elsewhere"), Path.Combine(server.Storage.Folder.Path, "gatehouse.db"));
    }

    [Fact]
    public async Task Jobs_that_failed_or_are_overdue_warn()
    {
        await using var server = await TestServer.Start();
        await server.Db.Write(async s =>
        {
            await JobStore.Ensure(s, [StorageJobs.Tidy]);
            await JobStore.Begin(s, StorageJobs.Tidy);
            await JobStore.Finish(s, StorageJobs.Tidy, new JobRun("1", server.Clock.Now, 1, false, new Message("x")));
            return true;
        });
        server.Clock.Advance(Stale);
        var answer = await server.Http.GetApi("/health");
        Assert.Equal((HttpStatusCode.OK, "warn"), (answer.Status, (string)answer["checks"]!["jobs"]!["status"]!));
        Assert.Equal([StorageJobs.Tidy], (await Report(server)).Checks["jobs"].Facts["failed"]!.AsArray().Select(n => (string)n!));
    }

    [Theory, BothEngines]
    public async Task Messages_that_were_given_up_and_operations_that_nobody_takes_up_warn(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        await server.Db.Write(async s =>
        {
            // No node of this version knows what these are.
            await server.Service<OutboxStore>().Add(s, Caller.DefaultTenant, "post", "", "a");
            await server.Service<OutboxStore>().Add(s, Caller.DefaultTenant, "post", "", "b");
            await s.Execute("UPDATE outbox SET dead_at = 1, next_try_at = NULL WHERE dedupe_key = 'a'");
            await server.Service<OperationService>().Start(s, Caller.System, "keys.unknown", "{}", 1, "a");
        });
        var staff = await server.As(Role.Analyst);
        var early = await staff.GetApi(Details);
        Assert.Equal(1, (long)early["checks"]!["outbox"]!["dead"]!["post"]!);
        Assert.Equal(("warn", "pass"), ((string)early["checks"]!["outbox"]!["status"]!, (string)early["checks"]!["operations"]!["status"]!));
        Assert.Empty(early["checks"]!["outbox"]!["overdue"]!.AsArray());
        server.Clock.Advance(TimeSpan.FromMinutes(11));
        var late = await staff.GetApi(Details);
        Assert.Equal((HttpStatusCode.OK, "warn"), (late.Status, (string)late["status"]!));
        Assert.Equal(["post"], late["checks"]!["outbox"]!["overdue"]!.AsArray().Select(n => (string)n!));
        Assert.Equal(["keys.unknown"], late["checks"]!["operations"]!["stuck"]!.AsArray().Select(n => (string)n!));
    }

    [Fact]
    public async Task Damage_that_the_nightly_check_found_fails_until_it_is_mended()
    {
        await using var server = await TestServer.Start();
        async Task<ApiAnswer> After(bool ok, string key)
        {
            await server.Db.Write(async s =>
            {
                await JobStore.Ensure(s, [IntegrityJob.Name]);
                await JobStore.Begin(s, IntegrityJob.Name);
                await JobStore.Finish(s, IntegrityJob.Name, new JobRun(Guid.NewGuid().ToString(), server.Clock.Now, 1, ok, new Message(key, 1, "row")));
                return true;
            });
            server.Clock.Advance(Stale);
            return await (await server.As(Role.Analyst)).GetApi(Details);
        }
        var damaged = await After(false, "job.storage.integrity.damaged");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "DAMAGED"), (damaged.Status, (string)damaged["checks"]!["storage"]!["reason"]!));
        var chain = await After(false, "job.storage.integrity.chain");
        Assert.Equal((HttpStatusCode.OK, "pass", "warn"), (chain.Status, (string)chain["checks"]!["storage"]!["status"]!, (string)chain["checks"]!["jobs"]!["status"]!));
        Assert.Equal("pass", (string)(await After(true, "job.storage.integrity.done"))["checks"]!["jobs"]!["status"]!);
    }

    [Fact]
    public async Task A_clock_behind_the_audit_log_warns()
    {
        await using var server = await TestServer.Start();
        var ahead = new FakeClock();
        ahead.Advance(TimeSpan.FromHours(2));
        await server.Db.Write(async s =>
        {
            await server.Storage.Audit.Writer(ahead).Write(s, Caller.System, "job.run", new AuditTarget("job", "a", "a"));
            return true;
        });
        var answer = await (await server.As(Role.Analyst)).GetApi(Details);
        Assert.Equal(("warn", 7_200_000), ((string)answer["checks"]!["clock"]!["status"]!, (long)answer["checks"]!["clock"]!["behind_ms"]!));
    }
}
