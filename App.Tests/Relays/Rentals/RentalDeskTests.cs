using Gatehouse.Platform.Http;
using Gatehouse.Relays.Rentals;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>Staff find rentals by what they are and whose they are.</summary>
public sealed class RentalDeskTests
{
    [Theory, BothEngines]
    public async Task A_list_of_rentals_is_narrowed_by_state_and_by_who_has_them(Engine engine)
    {
        await using var bench = await RelayBench.Open(engine);
        var made = new List<Rental>();
        foreach (var name in new[] { "Home", "Office", "Workshop", "Shed" })
            made.Add(await bench.Redeem(await bench.Person(), await bench.Serial(), name: name));
        await bench.Db.Write(s => s.Execute("UPDATE rentals SET suspended_at = 1 WHERE id = @id", ("id", made[1].Id)));
        await bench.Db.Write(s => s.Execute("UPDATE rentals SET end_at = @now - 1 WHERE id = @id", ("now", bench.Shop.Now), ("id", made[2].Id)));
        await bench.Db.Write(s => s.Execute("UPDATE rentals SET end_at = 2, released_at = 3 WHERE id = @id", ("id", made[3].Id)));

        Assert.Equal(["Shed", "Workshop", "Office", "Home"], await Found(new()));
        Assert.Equal(["Home"], await Found(new(Status: Rental.Active)));
        Assert.Equal(["Office"], await Found(new(Status: Rental.Suspended)));
        Assert.Equal(["Workshop"], await Found(new(Status: Rental.Grace)));
        Assert.Equal(["Shed"], await Found(new(Status: Rental.Ended)));
        Assert.Equal(["Workshop"], await Found(new(Search: "WORK")));
        var mail = await bench.Db.Read(s => s.One("SELECT email FROM accounts WHERE id = @id", r => r.GetString(0), ("id", made[1].AccountId)));
        Assert.Equal(["Office"], await Found(new(Search: mail)));
        Assert.Equal(4, (await Found(new(Search: "relay 30"))).Count);
        Assert.Empty(await Found(new(Search: "%")));
        // However it is written, in whatever script: no engine can tell that these are one.
        await bench.Redeem(await bench.Person(), await bench.Serial(), name: "Ärger Мост");
        foreach (var typed in new[] { "ärger", "ÄRGER", "arger", "мост", "МОСТ", "ärger мост relay" })
            Assert.Equal(["Ärger Мост"], await Found(new(Search: typed)));

        async Task<List<string>> Found(RentalFilter filter) => (await bench.Db.Read(s => RentalStore.List(s, Caller.DefaultTenant, filter, bench.Shop.Now, null, 10))).ConvertAll(r => r.Name);
    }
}
