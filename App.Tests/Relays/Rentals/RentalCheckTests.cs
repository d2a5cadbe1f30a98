using Gatehouse.Relays.Extras;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>The database check of rentals, what they have beside their plans, and what was sold.</summary>
public sealed class RentalCheckTests
{
    [Theory, BothEngines]
    public async Task The_check_finds_an_add_on_without_its_effect_and_an_effect_without_its_add_on(Engine engine)
    {
        await using var desk = await AddOnDesk.Open(engine);
        foreach (var addOn in new[] { "traffic-5", "devices-1", "servers-1" })
            await desk.Buy(addOn);
        await desk.AddsUp();
        foreach (var (broken, mended, finding) in new[]
        {
            ("UPDATE rentals SET extra_devices = 0, device_limit = 1", "UPDATE rentals SET extra_devices = 1, device_limit = 2", "other devices or relays beside their plan"),
            ("UPDATE rentals SET extra_devices = 7", "UPDATE rentals SET extra_devices = 1", "other devices or relays beside their plan"),
            ("UPDATE rentals SET device_limit = 1", "UPDATE rentals SET device_limit = 2", "no more devices or relays than came"),
            ("UPDATE rentals SET servers = 3", "UPDATE rentals SET servers = 2", "another number of relays"),
            ("UPDATE rental_packs SET bytes = bytes * 2", "UPDATE rental_packs SET bytes = bytes / 2", "packs that are not what an add-on gave"),
            ("UPDATE rental_packs SET extra_id = 'x'", "UPDATE rental_packs SET extra_id = (SELECT id FROM rental_extras WHERE kind = 'traffic')", "traffic without their pack"),
            ("UPDATE rental_extras SET done_at = NULL WHERE kind = 'traffic'", "UPDATE rental_extras SET done_at = 1 WHERE kind = 'traffic'", "did nothing though they are delivered"),
            ("UPDATE orders SET delivered_at = NULL", "UPDATE orders SET delivered_at = 1", "did something without an order"),
            ("UPDATE rental_events SET kind = 'x' WHERE kind = 'extra' AND detail LIKE 'dev%'", "UPDATE rental_events SET kind = 'extra' WHERE kind = 'x'", "history tells of other add-ons"),
            ("UPDATE rental_extras SET held_at = 1", "UPDATE rental_extras SET held_at = NULL", "dispute which nobody has to decide"),
            ("UPDATE rental_extras SET kind = 'renew' WHERE kind = 'reset' OR kind = 'devices'", "UPDATE rental_extras SET kind = 'devices' WHERE kind = 'renew'", "gave no time"),
        })
        {
            await desk.Till.Db.Write(s => s.Execute(broken));
            Assert.Contains((await desk.Till.Db.Read(RentalCheck.Check)).Errors, e => e.Contains(finding, StringComparison.Ordinal));
            await desk.Till.Db.Write(s => s.Execute(mended));
            await desk.AddsUp();
        }
        await desk.Till.Db.Write(s => s.Execute("UPDATE orders SET delivery = 'rental', kind = 'add_on'"));
        await desk.Till.Db.Write(s => s.Execute("DELETE FROM rental_packs"));
        await desk.Till.Db.Write(s => s.Execute("DELETE FROM rental_extras"));
        Assert.Contains((await desk.Till.Db.Read(RentalCheck.Check)).Errors, e => e.Contains("nobody knows what they were to do", StringComparison.Ordinal));
    }
}
