using CsCheck;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Relays.Health;
using Gatehouse.Tests.Relays.Rentals;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Health;

/// <summary>What servers are called by how they answered, and who asks them.</summary>
public sealed class ServerHealthTests
{
    // The newest probe first; 1 answered.
    [Theory]
    [InlineData("unknown", "1", "healthy")]
    [InlineData("unknown", "0", "unknown")]
    [InlineData("healthy", "01111", "healthy")]
    [InlineData("healthy", "0101111111", "degraded")]
    [InlineData("healthy", "0001111111", "down")]
    [InlineData("down", "1000111111", "down")]
    [InlineData("down", "1101000111", "down")]
    [InlineData("down", "1110001111", "degraded")]
    [InlineData("degraded", "1111111110", "degraded")]
    [InlineData("degraded", "1111111111", "healthy")]
    public void Three_in_a_row_decide_and_one_that_is_lost_does_not(string before, string answered, string after) => Assert.Equal(after, ServerHealth.Next(before, [.. answered.Select(a => a == '1')]));

    /// <summary>However it answers: down is never called healthy with a failure among the last ten, and one lost probe never brings healthy down.</summary>
    [Fact]
    public void It_never_swings_by_a_single_probe() => Gen.Bool.Array[1, 80].Sample(story =>
    {
        var (health, said) = (ServerHealth.Unknown, new List<bool>());
        foreach (var answered in story)
        {
            said.Insert(0, answered);
            var next = ServerHealth.Next(health, said);
            if (health == ServerHealth.Healthy)
                Assert.NotEqual(ServerHealth.Down, next);
            if (next == ServerHealth.Healthy && health is ServerHealth.Down or ServerHealth.Degraded)
                Assert.Equal(Math.Min(10, said.Count), said.Take(10).Count(a => a));
            if (next == ServerHealth.Down && health != ServerHealth.Down)
                Assert.All(said.Take(3), a => Assert.False(a));
            health = next;
        }
    });

    [Theory, BothEngines]
    public async Task A_change_is_an_event_and_told_once_and_spans_add_up(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, servers: 1);
        await bench.Redeem(await bench.Person(), await bench.Serial());
        await bench.Db.Write(s => s.Execute("INSERT INTO channels (id, tenant_id, kind, name, enabled, settings, secrets, sealed_secrets, events, created_at, updated_at) VALUES ('staff', 'default', 'mail', 'Desk', 1, '{}', '[]', '', '{}', 0, 0)"));
        var prober = bench.Shop.Get<ServerProber>();
        var asked = (await bench.Db.Read(s => HealthStore.Due(s, bench.Shop.Now, 10))).Single();
        foreach (var ms in new long?[] { 10, 20, null, null, null, null, 30, 30, 30 })
        {
            bench.Shop.Clock.Advance(TimeSpan.FromSeconds(30));
            await bench.Db.Write(s => prober.Said(s, asked, ms, ms is null ? new Message("servers.probe.failed", "tcp", "refused") : null));
        }
        Assert.Equal(["degraded", "down", "degraded"], (await bench.Db.Read(s => HealthStore.Events(s, asked.ServerId, 10))).Select(e => e.Health).Where(h => h != "healthy"));
        Assert.Equal(3, await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'notice' AND what LIKE '%servers.health%'")));
        var hour = Assert.Single(await bench.Db.Read(s => HealthStore.History(s, asked.ServerId, HealthStore.Hour, 0, long.MaxValue, 10)));
        Assert.Equal((9, 4, 120, 30, 24), (hour.Probes, hour.Failures, hour.MsSum, hour.MsMost, hour.Ms));
        bench.Shop.Clock.Advance(TimeSpan.FromDays(31));
        await prober.Tidy(default);
        Assert.Equal("3600", string.Join(' ', await bench.Db.Read(s => s.All("SELECT DISTINCT span FROM relay_probes", r => r.GetInt64(0)))));
    }

    [Theory, BothEngines]
    public async Task Of_many_that_would_ask_one_does(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, servers: 1);
        await bench.Redeem(await bench.Person(), await bench.Serial());
        var (server, now) = ((await bench.Db.Read(s => HealthStore.Due(s, bench.Shop.Now, 10))).Single().ServerId, bench.Shop.Now);
        var took = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => bench.Db.Write(s => HealthStore.Take(s, server, now - 29_500, now)))));
        Assert.Equal(1, took.Count(t => t));
        Assert.Empty(await bench.Db.Read(s => HealthStore.Due(s, now - 29_500, 10)));
        Assert.Single(await bench.Db.Read(s => HealthStore.Due(s, now + 1000, 10)));
    }
}
