using Gatehouse.Billing.Ledger;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>The ledger: what does not add up is not written, and nobody has less than nothing.</summary>
public sealed class LedgerTests
{
    private const string Tenant = Caller.DefaultTenant;

    [Theory, BothEngines]
    public async Task What_does_not_add_up_is_not_written(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var ledger = till.Shop.Get<LedgerService>();
        foreach (var wrong in new[] { new Posting(Posting.Sale, "CNY", ("a", 1), ("b", -2)), new Posting(Posting.Sale, "CNY"), new Posting(Posting.Sale, "CNY", ("a", 0), ("b", 0)), new Posting(Posting.Sale, "CNY", ("a", 1), ("a", -1)) })
            await Assert.ThrowsAsync<InvalidOperationException>(() => till.Db.Write(s => ledger.Post(s, Tenant, wrong)));
        Assert.Equal(0, await till.Shop.Count("SELECT COUNT(*) FROM ledger_transactions"));
    }

    [Theory, BothEngines]
    public async Task Fifty_at_once_take_no_more_than_there_is(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var (who, ledger) = (await till.Customer(100), till.Shop.Get<LedgerService>());
        var told = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => Bench.Code(() =>
            till.Db.Write(s => ledger.Post(s, Tenant, new Posting(Posting.Sale, "CNY", (LedgerAccount.Balance(who.Id!), 10), (LedgerAccount.Revenue, -10))))))));
        Assert.Equal((10, 40), (told.Count(c => c is null), told.Count(c => c == "INSUFFICIENT_BALANCE")));
        Assert.Equal(0, await till.Balance(who));
        Assert.Empty(await till.Db.Read(s => ledger.Balances(s, Tenant, who.Id!)));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task It_is_read_page_by_page_and_the_check_finds_what_was_tampered_with(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var (who, ledger) = (await till.Customer(300), till.Shop.Get<LedgerService>());
        await till.Db.Write(s => till.Shop.Get<BalanceService>().TopUp(s, Licensing.Shop.Staff, new(who.Id, 200, "USD", "cash again")));
        var lines = new List<LedgerLine>();
        for (string? after = null; ;)
        {
            var page = await till.Db.Read(s => ledger.List(s, Tenant, null, after, 1));
            lines.AddRange(page.Items);
            if ((after = page.Next) is null)
                break;
        }
        Assert.Equal(["by_hand", LedgerAccount.Balance(who.Id!), "by_hand", LedgerAccount.Balance(who.Id!)], lines.Select(l => l.Account));
        Assert.Equal([200L, -200L, 300L, -300L], lines.Select(l => l.Amount));
        Assert.Equal([("CNY", 300L), ("USD", 200L)], await till.Db.Read(s => ledger.Balances(s, Tenant, who.Id!)));
        Assert.Equal(2, (await till.Db.Read(s => ledger.List(s, Tenant, LedgerAccount.Balance(who.Id!), null, 10))).Items.Count);
        await till.AddsUp();
        await till.Db.Write(s => s.Execute("UPDATE ledger_entries SET amount = amount - 1 WHERE account LIKE 'balance:%' AND currency = 'USD'"));
        Assert.Equal(["1 movements of money whose entries do not add up to zero", "1 balances that are not what their entries add up to"], (await till.Db.Read(LedgerCheck.Check)).Errors);
    }

    [Theory, BothEngines]
    public async Task A_top_up_needs_a_reference_and_an_amount(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var (who, balances) = (await till.Customer(), till.Shop.Get<BalanceService>());
        async Task<IEnumerable<string>> Wrong(TopUpBody body) => (await Assert.ThrowsAsync<Refusal>(() => till.Db.Write(s => balances.TopUp(s, Licensing.Shop.Staff, body)))).Fields.Keys.Order();
        Assert.Equal(["amount", "currency", "reference", "user"], await Wrong(new()));
        Assert.Equal(["amount"], await Wrong(new(who.Id, -5, "CNY", "x")));
        Assert.Equal("NO_SUCH_USER", await Bench.Code(() => till.Db.Write(s => balances.TopUp(s, Licensing.Shop.Staff, new("nobody", 5, "CNY", "x")))));
        Assert.Equal(5, (await till.Db.Write(s => balances.TopUp(s, Licensing.Shop.Staff, new("wei@example.com", 5, "cny", "x")))).Balance);
    }
}
