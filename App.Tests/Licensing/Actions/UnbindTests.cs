using Gatehouse.Licensing.Actions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Actions;

/// <summary>Machines are unbound that are bound, all of them, and no others.</summary>
public sealed class UnbindTests
{
    [Theory, BothEngines]
    public async Task A_machine_that_is_not_bound_is_not_unbound(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Active();
        Assert.Equal("NOT_BOUND", (await Assert.ThrowsAsync<Refusal>(() => shop.Do(key, new LicenseAction(ActionName.Unbind, Machine: "another")))).Code);
        Assert.Equal("VALIDATION_FAILED", (await Assert.ThrowsAsync<Refusal>(() => shop.Do(key, new LicenseAction(ActionName.Unbind, Machine: " ")))).Code);
        var many = await shop.DoMany(new LicenseAction(ActionName.Unbind, Machine: "another"), keys: [key]);
        Assert.Equal((1, 0, "NOT_BOUND"), (many.Matched, many.Changed, Assert.Single(many.Skipped).Obstacle.Code));
        Assert.Equal([Shop.Machine], await shop.Machines(key));
        Assert.Equal(["activated"], await shop.History(key));
        Assert.Equal(0, await shop.Count("SELECT COUNT(*) FROM audit_entries WHERE action = 'key.unbind'"));
    }

    [Theory, BothEngines]
    public async Task However_many_machines_there_are_all_are_unbound(Engine engine)
    {
        await using var shop = await Shop.Open(engine);
        var key = await shop.Active(machines: 2000);
        await shop.Db.Write(s => s.ExecuteMany("INSERT INTO bindings (license_id, machine_code, machine_folded, tenant_id, created_at) SELECT id, @code, @code, tenant_id, @now FROM licenses",
            [.. Enumerable.Range(0, 1200).Select(i => new (string, object?)[] { ("code", $"m{i:D4}"), ("now", shop.Now + i) })]));
        await shop.Do(key, new LicenseAction(ActionName.Unbind, Machine: "m1199"));
        Assert.Equal(1200, (await shop.Key(key)).Bindings);
        await shop.Do(key, ActionName.Unbind);
        Assert.Equal(0, (await shop.Key(key)).Bindings);
        Assert.Equal(1201, await shop.Count("SELECT COUNT(*) FROM license_events WHERE kind = 'unbound'"));
    }
}
