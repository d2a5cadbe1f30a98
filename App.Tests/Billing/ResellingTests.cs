using System.Net;
using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Reselling;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Messaging;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Billing;

/// <summary>What a distributor's program buys: one order for each of its own, and what it was told it would cost.</summary>
public sealed class ResellingTests
{
    private const string Tenant = Caller.DefaultTenant;

    [Theory, BothEngines]
    public async Task An_order_that_is_sent_by_twenty_at_once_is_bought_once(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var who = await DistributorTests.Active(till, 0, 1000);
        var told = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Bench.Code(() => BuyFor(till, who, 1, "A-1")))));
        Assert.Equal((1, 19), (told.Count(c => c is null), told.Count(c => c == "REFERENCE_USED")));
        Assert.Equal((-1000L, 1L), (await till.Balance(who), await till.Shop.Count("SELECT COUNT(*) FROM orders")));
        // The money is gone, and it is still said that the order is there.
        Assert.Equal("REFERENCE_USED", await Bench.Code(() => BuyFor(till, who, 1, "A-1")));
        Assert.Equal("INSUFFICIENT_BALANCE", await Bench.Code(() => BuyFor(till, who, 1, "A-2")));
        // What was refused takes no reference, and another distributor has references of their own.
        await DistributorTests.Change(till, who, new(Credit: 5000));
        Assert.Null(await Bench.Code(() => BuyFor(till, who, 1, "A-2")));
        Assert.Null(await Bench.Code(() => BuyFor(till, who, 1, "")));
        Assert.Null(await Bench.Code(() => BuyFor(till, who, 1, "")));
        // What is bought to be sold on is no key of their own.
        Assert.Equal((4L, 0L), (await till.Shop.Count("SELECT COUNT(*) FROM order_keys"), await till.Shop.Count("SELECT COUNT(*) FROM account_keys")));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_a_basket_is_said_to_cost_is_what_it_costs(Engine engine)
    {
        await using var till = await Till.Open(engine, stock: 12);
        var who = await DistributorTests.Active(till, 5000, 3000);
        var quote = await Quote(till, who, 2, 10);
        Assert.Equal([(2L, 1000L, 2000L, 12L), (10L, 700L, 7000L, 12L)], quote.Items.Select(i => (i.Quantity, i.Price, i.Total, i.Left!.Value)));
        Assert.Equal(new DistributorQuoteTotal("CNY", 9000, 5000, 3000, false), Assert.Single(quote.Totals));
        foreach (var item in (await Quote(till, who, 10)).Items)
            Assert.Equal(item.Total, (await BuyFor(till, who, item.Quantity, "")).Order.Amount);
        var left = Assert.Single((await Quote(till, who, 1)).Totals);
        Assert.Equal((-2000L, 1000L, true), (left.Balance, left.CreditLeft, left.Enough));
        Assert.Equal(2, (await Quote(till, who, 1)).Items[0].Left);
        await DistributorTests.Change(till, who, new(Distributor.Suspended));
        Assert.Equal("NOT_A_DISTRIBUTOR", await Bench.Code(() => Quote(till, who, 1)));
    }

    [Theory, BothEngines]
    public async Task The_customer_is_mailed_all_keys_and_no_price_and_is_forgotten_with_the_account(Engine engine)
    {
        await using var smtp = await SmtpServer.Start();
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PatchApi("/api/settings", new { mail = new { host = "127.0.0.1", port = smtp.Port, security = "none", from = "shop@example.com" } });
        var (id, http) = await Helpdesk.Customer(server);
        await server.Db.Write(s => server.Service<DistributorService>().Apply(s, Caller.Public(null, null) with { Kind = "customer", Id = id }, "I sell"));
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, currency = "CNY" }))["plan"]!["id"]!;
        await owner.PatchApi("/api/distributors/" + id, new { status = "active", credit = 100_000, currency = "CNY" });
        await owner.PostApi("/api/distributors/prices", new { plan, prices = new[] { new { level = 1, from = 1, price = 777 } } });
        var ann = (string)(await owner.PostApi("/api/users", new { username = "ann", email = "ann+shop@example.com" }))["user"]!["id"]!;
        var made = await http.PostApi("/api/distributor/orders", new { plan, quantity = 90, reference = "A-1", customer = " Ann+Shop@example.com " }, "a-1");
        Assert.Equal((HttpStatusCode.Created, true, "ann+shop@example.com"), (made.Status, (bool)made["mailed"]!, (string)made["order"]!["customer"]!));
        var keys = made["keys"]!.AsArray().Select(k => (string)k!).ToList();
        var texts = new List<string>();
        while (keys.Any(k => !texts.Any(t => t.Contains(k, StringComparison.Ordinal))))
        {
            var mail = await smtp.Next();
            // The other is the distributor, who is told what staff decided.
            if (mail.To == "ann+shop@example.com")
                texts.Add(mail.Mime.TextBody!);
        }
        Assert.True(texts.Count > 1);
        Assert.All(texts, t => Assert.DoesNotContain("7.77", t, StringComparison.Ordinal));
        var found = (await http.GetApi("/api/distributor/keys?reference=A-1&limit=100"))["items"]!.AsArray();
        Assert.Equal(keys.Order(), found.Select(k => (string)k!["key"]!).Order());
        Assert.Equal(keys[3], (string)Assert.Single((await http.GetApi("/api/distributor/keys?key=" + keys[3].ToLowerInvariant()))["items"]!.AsArray())!["key"]!);
        Assert.Empty((await http.GetApi("/api/distributor/keys?order=not-one"))["items"]!.AsArray());
        Assert.Equal("A-1", (string)Assert.Single((await http.GetApi("/api/distributor/orders?reference=A-1"))["items"]!.AsArray())!["reference"]!);
        Assert.Empty((await http.GetApi("/api/distributor/orders?reference=A-2"))["items"]!.AsArray());
        Assert.Equal(HttpStatusCode.OK, (await owner.DeleteApi("/api/users/" + ann)).Status);
        Assert.DoesNotContain(await EveryText.Of(server.Db, engine), text => text.Contains("ann+shop", StringComparison.Ordinal) || text.Contains("ann\\u002Bshop", StringComparison.Ordinal));
        Assert.Empty(server.Errors.Lines);
    }

    [Theory, BothEngines]
    public async Task Of_two_who_become_one_each_order_has_its_reference_once(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var (who, other) = (await DistributorTests.Active(till, 5000, 0), await DistributorTests.Active(till, 5000, 0, "other@example.com"));
        foreach (var (buyer, reference) in new[] { (who, "A-1"), (who, "A-2"), (other, "A-1") })
            await BuyFor(till, buyer, 1, reference);
        await till.Db.Write(async s =>
        {
            await ResellingPeople.Move(s, Tenant, who.Id!, other.Id!);
            return true;
        });
        Assert.Equal(["", "A-1", "A-2"], await till.Db.Read(s => s.All("SELECT COALESCE(reference, '') FROM distributor_orders WHERE account_id = @id ORDER BY 1", r => r.GetString(0), ("id", other.Id))));
    }

    private static Task<(Gatehouse.Billing.Orders.Order Order, List<string> Keys, bool Mailed)> BuyFor(Till till, Caller who, long quantity, string reference) =>
        till.Db.Write(s => till.Shop.Get<ResellingService>().BuyFor(s, who, new(till.Plan.Id, quantity, reference), "en"));

    private static Task<DistributorQuote> Quote(Till till, Caller who, params long[] quantities) =>
        till.Db.Read(s => till.Shop.Get<ResellingService>().Quote(s, who, new([.. quantities.Select(q => new DistributorBasketLine(till.Plan.Id, q))])));
}
