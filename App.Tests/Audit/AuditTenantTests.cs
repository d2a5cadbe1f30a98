using Gatehouse.Audit.Log;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Audit;

/// <summary>Each tenant has a chain of its own, also where all shared one before.</summary>
public sealed class AuditTenantTests
{
    private static readonly Caller Other = Caller.Cli with { TenantId = "other" };

    private static ValueTask<int> Tenant(WriteTx s, string id) => s.Execute("INSERT INTO tenants (id, name, created_at) VALUES (@id, @id, 0)", ("id", id));

    private static Task Write(TestAudit audit, Caller who, int n) => audit.Db.Command(who, s =>
        audit.Writer().Write(s, who, "plan.changed", new AuditTarget("plan", $"id-{n}", $"Plan {n}"), reason: n.ToString()));

    [Theory, BothEngines]
    public async Task Chains_begin_at_once_and_run_beside_each_other(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        await test.Database.Write(s => Tenant(s, "other"));
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => Write(test.Audit, i % 2 == 0 ? Caller.Cli : Other, i))));
        foreach (var tenant in new[] { Caller.DefaultTenant, "other" })
            Assert.Equal(Enumerable.Range(1, 20).Select(n => (long)n),
                await test.Database.Read(s => s.All("SELECT seq FROM audit_entries WHERE tenant_id = @tenant ORDER BY seq", r => r.GetInt64(0), ("tenant", tenant))));
        Assert.Empty(await test.Audit.Verify());
        await test.Database.Write(s => s.Execute("UPDATE audit_entries SET reason = 'x' WHERE tenant_id = 'other' AND seq = 7"));
        await test.Database.Write(s => s.Execute("DELETE FROM audit_entries WHERE tenant_id = 'default' AND seq = 20"));
        Assert.Equal(["Audit entry 20 is missing.", "Audit entry 7 of tenant other was altered, or the one before it: its hash does not fit."], await test.Audit.Verify());
        await test.Database.Write(s => s.Execute("DELETE FROM audit_heads WHERE tenant_id = 'other'"));
        Assert.Contains("The row of audit_heads of tenant other is missing.", await test.Audit.Verify());
    }

    [Fact]
    public async Task What_one_tenant_changes_does_not_wait_for_another()
    {
        await using var test = await TestDatabase.Open(Engine.Postgres);
        await test.Database.Write(s => Tenant(s, "other"));
        var (begun, end) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = test.Database.Command(Caller.Cli, async _ =>
        {
            begun.TrySetResult();
            await end.Task;
        });
        await begun.Task;
        await Write(test.Audit, Other, 1).WaitAsync(TimeSpan.FromSeconds(20));
        var own = Write(test.Audit, Caller.Cli, 2);
        await Task.Delay(100);
        Assert.False(own.IsCompleted);
        end.SetResult();
        await Task.WhenAll(slow, own);
    }

    [Theory, BothEngines]
    public async Task A_chain_that_all_shared_holds_after_the_way_up_and_each_goes_on_from_its_end(Engine engine)
    {
        await using var old = await OldDatabase.Make(engine, async s =>
        {
            await Tenant(s, "other");
            var hash = "";
            for (var seq = 1L; seq <= 2500; seq++)
            {
                var entry = new AuditEntry(seq, seq % 3 == 0 ? "other" : Caller.DefaultTenant, seq, "cli", null, "cli", null, "plan.changed", new AuditTarget("plan", "id", "Plan"), null, null, null, "");
                hash = await OldDatabase.Audit(s, entry, hash);
            }
        });
        Assert.Empty(await old.Log.Verify());
        await old.Db.Write(s => Tenant(s, "new"));
        foreach (var who in new[] { Caller.Cli, Other, Caller.Cli with { TenantId = "new" } })
            for (var i = 0; i < 2; i++)
                await Write(old.Log, who, i);
        Assert.Equal(["default 2501", "default 2502", "new 1", "new 2", "other 2501", "other 2502"], await old.Db.Read(s => s.All(
            "SELECT tenant_id, seq FROM audit_entries WHERE seq > 2500 OR tenant_id = 'new' ORDER BY tenant_id, seq", r => $"{r.GetString(0)} {r.GetInt64(1)}")));
        Assert.Empty(await old.Log.Verify());
        // One of the old ones, the last of the old ones, and the first of the new ones.
        await old.Db.Write(s => s.Execute("DELETE FROM audit_entries WHERE seq IN (1200, 2500) OR (tenant_id = 'other' AND seq = 2501)"));
        await old.Db.Write(s => s.Execute("UPDATE audit_entries SET reason = 'x' WHERE seq = 7"));
        Assert.Equal(
            ["Audit entry 7 was altered, or the one before it: its hash does not fit.", "Audit entry 1200 is missing.", "Audit entry 2500 is missing.", "Audit entry 2501 of tenant other is missing."],
            await old.Log.Verify());
        await old.Db.Write(s => s.Execute("UPDATE audit_heads SET begins_after = 12 WHERE tenant_id = 'new'"));
        Assert.Contains("The audit log of tenant new begins after entry 12, where nothing ended.", await old.Log.Verify());
    }
}
