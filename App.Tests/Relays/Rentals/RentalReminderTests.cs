using Gatehouse.Relays.RentalDesk;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>People hear of the end of their relays.</summary>
public sealed class RentalReminderTests
{
    [Theory, BothEngines]
    public async Task Each_end_is_told_of_seven_three_and_one_day_before_and_once_each(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine, p => p with { ServersPerRental = 1 });
        var short_ = await bench.Db.Write(s => bench.Shop.Get<Gatehouse.Licensing.Plans.PlanService>().Create(s, Gatehouse.Tests.Licensing.Shop.Staff, bench.Plan with { Id = "", Name = "Three days", DurationSeconds = 3 * 86400 }));
        var (reminders, who, other) = (bench.Shop.Get<RentalReminders>(), await bench.Person(), await bench.Person());
        foreach (var person in new[] { who, other })
            await bench.Db.Write(s => s.Execute("INSERT INTO channels (id, tenant_id, account_id, kind, name, enabled, settings, secrets, sealed_secrets, events, created_at, updated_at) VALUES (@who, 'default', @who, 'mail', 'Mine', 1, '{}', '[]', '', '{}', 0, 0)", ("who", person.Id)));
        var rental = await bench.Redeem(who, await bench.Serial());
        async Task<long> After(double days)
        {
            bench.Shop.Clock.Advance(TimeSpan.FromDays(days));
            await Task.WhenAll(reminders.Run(default), reminders.Run(default));
            return await bench.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'notice' AND what LIKE '%rentals.ending%'"));
        }

        Assert.Equal((0, 1, 1, 2, 2, 3, 3), (await After(22), await After(1.5), await After(1), await After(3), await After(1), await After(1), await After(0.3)));
        // Renewed, it has another end. Who has three days only hears of the last.
        await bench.Redeem(who, await bench.Serial(), rental.Id);
        await bench.Redeem(other, await bench.Serial(short_));
        Assert.Equal((3, 4, 4), (await After(0.1), await After(2.1), await After(0.1)));
    }
}
