using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Points;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Points: exact whoever comes at once, never below zero, and gone with the person.</summary>
public sealed class PointsTests
{
    [Theory, BothEngines]
    public async Task Fifty_who_spend_ten_of_a_hundred_leave_none_and_forty_are_refused(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (points, who, customer) = await Rich(bench, 100);
        var told = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Bench.Code(() => bench.Db.Write(s => points.Spend(s, who, new() { Amount = 10, Reason = "tile" }))))));
        Assert.Equal((10, 40), (told.Count(c => c is null), told.Count(c => c == "INSUFFICIENT_POINTS")));
        var entries = (await bench.Db.Read(s => points.List(s, who.TenantId, customer, limit: 100))).Items;
        Assert.Equal(0, await bench.Db.Read(s => points.Balance(s, who.TenantId, customer)));
        Assert.Equal(Enumerable.Range(1, 11).Reverse().Select(n => (long)n), entries.Select(e => e.Number));
        // Each entry says what there was after it.
        Assert.Equal(Enumerable.Range(0, 11).Select(n => n * 10L), entries.Select(e => e.Balance));
        Assert.Equal(entries[0].Balance, entries.Sum(e => e.Amount));
    }

    [Theory, BothEngines]
    public async Task Staff_who_give_and_take_at_once_lose_nothing(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (points, who, customer) = await Rich(bench, 50);
        var staff = Bench.As(await bench.Staff("mei", Role.Operator));
        var told = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => Bench.Code(() =>
            i % 4 == 3 ? bench.Db.Write(s => points.Spend(s, who, new() { Amount = 3, Reason = "tile" }))
                : bench.Db.Write(s => points.Change(s, staff, customer, new() { Amount = i % 2 == 0 ? 7 : -5, Reason = "game" }))))));
        var sum = 50 + told.Select((code, i) => code is not null ? 0 : i % 4 == 3 ? -3 : i % 2 == 0 ? 7 : -5).Sum();
        Assert.Equal(sum, await bench.Db.Read(s => points.Balance(s, who.TenantId, customer)));
        Assert.All(told, code => Assert.True(code is null or "INSUFFICIENT_POINTS", code));
    }

    [Theory, BothEngines]
    public async Task What_cannot_be_is_said_and_nothing_is_kept(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (points, who, customer) = await Rich(bench, 5);
        var staff = Bench.As(await bench.Staff("mei", Role.Operator));
        Assert.Equal(["amount"], await Wrong(() => bench.Db.Write(s => points.Change(s, staff, customer, new() { Amount = 0, Reason = "x" }))));
        Assert.Equal(["amount", "reason"], await Wrong(() => bench.Db.Write(s => points.Change(s, staff, customer, new() { Amount = PointEntry.MaxAmount + 1, Reason = " " }))));
        Assert.Equal(["amount"], await Wrong(() => bench.Db.Write(s => points.Change(s, staff, customer, new() { Amount = long.MinValue, Reason = "x" }))));
        Assert.Equal(["amount"], await Wrong(() => bench.Db.Write(s => points.Spend(s, who, new() { Amount = -5, Reason = "give me" }))));
        Assert.Equal("INSUFFICIENT_POINTS", await Bench.Code(() => bench.Db.Write(s => points.Change(s, staff, customer, new() { Amount = -6, Reason = "x" }))));
        Assert.Equal("NO_SUCH_USER", await Bench.Code(() => bench.Db.Write(s => points.Change(s, staff, staff.Id!, new() { Amount = 6, Reason = "for myself" }))));
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM point_entries"));
        // By any of the names, and who it was is said.
        var given = await bench.Db.Write(s => points.Change(s, staff, "rich@example.com", new() { Amount = 2, Reason = "sorry" }));
        Assert.Equal((7, "mei"), (given.Balance, given.Actor));
        // The most that there may be.
        await bench.Db.Write(s => s.Execute("UPDATE point_entries SET balance = @most WHERE number = 2", ("most", PointEntry.MaxBalance)));
        Assert.Equal(["amount"], await Wrong(() => bench.Db.Write(s => points.Change(s, staff, customer, new() { Amount = 1, Reason = "x" }))));
    }

    [Theory, BothEngines]
    public async Task A_disabled_customer_spends_nothing(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var (points, who, customer) = await Rich(bench, 5);
        await bench.Db.Write(s => bench.Customers.SetDisabled(s, Caller.System, customer, true));
        Assert.Equal("UNAUTHORIZED", await Bench.Code(() => bench.Db.Write(s => points.Spend(s, who, new() { Amount = 1, Reason = "x" }))));
    }

    private static async Task<(PointService Points, Caller Who, string Customer)> Rich(Bench bench, long amount)
    {
        var points = new PointService(bench.Customers, bench.Audit, bench.Clock);
        var customer = await bench.Customer(new() { Email = "rich@example.com" });
        await bench.Db.Write(s => points.Change(s, Caller.System, customer.Id, new() { Amount = amount, Reason = "welcome" }));
        return (points, Bench.Visitor with { Kind = "customer", Id = customer.Id }, customer.Id);
    }

    private static async Task<IEnumerable<string>> Wrong(Func<Task> work) => (await Assert.ThrowsAsync<Refusal>(work)).Fields.Keys.Order();
}
