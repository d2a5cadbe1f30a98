using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Commissions;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Refunds;
using Gatehouse.Billing.Withdrawals;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Withdrawals: never more than is there, whoever asks and decides at once; and what is left of a distributor who goes.</summary>
public sealed class WithdrawalTests
{
    private const string Tenant = Caller.DefaultTenant;

    [Theory, BothEngines]
    public async Task Twenty_who_ask_at_once_get_no_more_than_is_there(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var ada = await Seller.Open(till, 4000, 0);
        await ada.Sold();
        var told = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Bench.Code(() => ada.Withdraw(100)))));
        Assert.Equal((5, 15), (told.Count(c => c is null), told.Count(c => c == "INSUFFICIENT_COMMISSION")));
        Assert.Equal((500L, 0L, 0L), await ada.Has());
        Assert.Equal((0L, -500L), (await till.Sum(LedgerAccount.Commission(ada.Id)), await till.Sum(LedgerAccount.Withdrawing)));
        await till.AddsUp();
        // Each is decided once, and told of once.
        await till.Mails();
        var ids = await ada.Open();
        told = await Task.WhenAll(ids.SelectMany(id => new[] { id, id, id }).Select((id, i) => Task.Run(() => Bench.Code(() => i % 2 == 0 ? Approve(till, id, $"wire {i}") : Refuse(till, id, "no")))));
        Assert.Equal((5, 10), (told.Count(c => c is null), told.Count(c => c == "WITHDRAWAL_STATE")));
        Assert.Equal(5, await till.Shop.Count("SELECT COUNT(*) FROM outbox WHERE topic = 'mail' AND dedupe_key LIKE '%withdrawal:%'"));
        Assert.Equal(0, await till.Sum(LedgerAccount.Withdrawing));
        var paid = await till.Shop.Count("SELECT COUNT(*) FROM withdrawals WHERE state = 'paid'");
        Assert.Equal((-100 * paid, 500 - 100 * paid), (await till.Sum(LedgerAccount.ByHand), (await ada.Has()).Available));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task To_the_balance_it_is_there_at_once_and_what_is_wrong_is_told(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var ada = await Seller.Open(till, 4000);
        await ada.Sold();
        Assert.Equal("INSUFFICIENT_COMMISSION", await Bench.Code(() => ada.Withdraw(1)));
        till.Shop.Clock.Advance(TimeSpan.FromDays(8));
        foreach (var (amount, way, details) in new[] { (0L, "hand", "x"), (-5L, "hand", "x"), (5L, "cash", "x"), (5L, "hand", " ") })
            Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => till.Db.Write(s => till.Shop.Get<WithdrawalService>().Ask(s, ada.Who, amount, "CNY", way, details))));
        Assert.Equal("INSUFFICIENT_COMMISSION", await Bench.Code(() => till.Db.Write(s => till.Shop.Get<WithdrawalService>().Ask(s, ada.Who, 1, "USD", "balance", ""))));
        var other = await till.Customer(email: "other@example.com");
        Assert.Equal("NOT_A_DISTRIBUTOR", await Bench.Code(() => till.Db.Write(s => till.Shop.Get<WithdrawalService>().Ask(s, other, 1, "CNY", "balance", ""))));
        var asked = await ada.Withdraw(300, WithdrawalWay.Balance);
        await Approve(till, asked.Id, "");
        Assert.Equal((300L, 200L), (await till.Balance(ada.Who), (await ada.Has()).Available));
        var byHand = await ada.Withdraw(200);
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Approve(till, byHand.Id, " ")));
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => Refuse(till, byHand.Id, "")));
        Assert.Equal("NO_SUCH_WITHDRAWAL", await Bench.Code(() => Refuse(till, "nothing", "x")));
        await Refuse(till, byHand.Id, "Ask again next month");
        Assert.Equal(200, (await ada.Has()).Available);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Taken_back_and_decided_at_once_it_is_one_of_both(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var ada = await Seller.Open(till, 4000, 0);
        await ada.Sold();
        var (paid, back) = (0, 0);
        for (var round = 0; round < 10; round++)
        {
            var id = (await ada.Withdraw(50)).Id;
            var told = await Task.WhenAll(
                Task.Run(() => Bench.Code(() => Cancel(till, ada.Who, id))), Task.Run(() => Bench.Code(() => round % 2 == 0 ? Approve(till, id, "wire") : Refuse(till, id, "no"))), Task.Run(() => Bench.Code(() => Cancel(till, ada.Who, id))));
            Assert.Equal((1, 2), (told.Count(c => c is null), told.Count(c => c == "WITHDRAWAL_STATE")));
            (paid, back) = (paid + (told[1] is null && round % 2 == 0 ? 1 : 0), back + (told[1] is null ? 0 : 1));
            Assert.Equal((500 - 50 * paid, 0L), ((await ada.Has()).Available, await till.Sum(LedgerAccount.Withdrawing)));
        }
        Assert.Equal(back, await till.Shop.Count("SELECT COUNT(*) FROM withdrawals WHERE state = 'cancelled' AND posting IS NOT NULL"));
        // Nobody takes back another's, and what is decided stays.
        var other = await Seller.Open(till, 4000, 0, "ben@example.com");
        var open = (await ada.Withdraw(50)).Id;
        Assert.Equal("NO_SUCH_WITHDRAWAL", await Bench.Code(() => Cancel(till, other.Who, open)));
        await Cancel(till, ada.Who, open);
        Assert.Equal("WITHDRAWAL_STATE", await Bench.Code(() => Approve(till, open, "wire")));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_link_that_is_deleted_counts_for_what_was_ordered_before(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var ada = await Seller.Open(till, 4000, 0);
        var customer = await till.Customer(email: "lin@example.com");
        var before = await till.Order(who: customer, sent: ada.Sent());
        var code = ada.Sent().Link;
        Assert.Equal("NO_SUCH_LINK", await Bench.Code(() => Remove(till, ada.Who, "NOTHING")));
        var other = await Seller.Open(till, 4000, 0, "ben@example.com");
        Assert.Equal("NO_SUCH_LINK", await Bench.Code(() => Remove(till, other.Who, code)));
        Assert.Equal("Forum", await Remove(till, ada.Who, code.ToLowerInvariant()));
        Assert.Equal("NO_SUCH_LINK", await Bench.Code(() => Remove(till, ada.Who, code)));
        await till.Pay(await till.Attempt(before), before.Amount);
        Assert.Equal(500, (await ada.Has()).Earned);
        // Neither the browser nor the account that came by it counts any more.
        await ada.Sold();
        var after = await till.Order(who: customer);
        await till.Pay(await till.Attempt(after), after.Amount);
        Assert.Equal((500L, 0L), ((await ada.Has()).Earned, await till.Shop.Count("SELECT COUNT(*) FROM referrals")));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_refund_and_a_withdrawal_at_once_leave_the_rest_owed(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var ada = await Seller.Open(till, 1000, 0);
        var order = await ada.Sold();
        var told = await Task.WhenAll(Task.Run(() => Bench.Code(() => ada.Withdraw(125))), Task.Run(() => Bench.Code(() => Refund(till, order.Number))));
        Assert.Null(told[1]);
        Assert.Equal(told[0] is null ? -125 : 0, (await ada.Has()).Available);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Who_goes_is_forgotten_and_what_was_asked_for_is_paid_to_nobody(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var ada = await Seller.Open(till, 4000, 0);
        var customer = await till.Customer(email: "lin@example.com");
        await till.Order(who: customer, sent: ada.Sent());
        var order = await ada.Sold();
        var paid = await ada.Withdraw(100);
        await Approve(till, paid.Id, "wire to Ada Lovelace");
        await ada.Withdraw(200);
        var own = await Own(till, ada.Id);
        Assert.Equal(("Forum", "VIP", "Ada, bank 1234"), ((string?)own["links"]![0]!["name"], (string?)own["commission"]![0]!["what"], (string?)own["withdrawals"]![0]!["details"]));
        Assert.NotNull((await Own(till, customer.Id!))["sent_by"]);
        await till.Db.Command(Licensing.Shop.Staff, async s =>
        {
            await till.Shop.Get<CustomerService>().Remove(s, Licensing.Shop.Staff, ada.Id);
            return true;
        });
        Assert.DoesNotContain(await EveryText.Of(till.Db, engine), t => t.Contains("Ada, bank", StringComparison.Ordinal) || t.Contains("Lovelace", StringComparison.Ordinal) || t.Contains("ada@", StringComparison.Ordinal));
        Assert.Equal((0L, 0L, 0L), (await till.Sum(LedgerAccount.Withdrawing), await till.Shop.Count("SELECT COUNT(*) FROM distributor_links"), await till.Shop.Count("SELECT COUNT(*) FROM referrals")));
        // What was paid by hand stays paid, and the rest is nobody's; a refund still follows.
        Assert.Equal(-400, await till.Sum(LedgerAccount.Commission(ada.Id)));
        await Refund(till, order.Number);
        Assert.Equal(100, await till.Sum(LedgerAccount.Commission(ada.Id)));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task Of_two_accounts_that_become_one_all_commission_is_there(Engine engine)
    {
        await using var till = await Till.Open(engine);
        var (ada, ben) = (await Seller.Open(till, 4000, 0), await Seller.Open(till, 4000, 0, "ben@example.com"));
        await ada.Sold();
        await ben.Sold();
        await ada.Withdraw(200);
        await till.Db.Write(async s =>
        {
            foreach (var part in Program.Features.SelectMany(f => f.AccountParts))
                await part.Move(s, Tenant, ada.Id, ben.Id);
            return true;
        });
        Assert.Equal((1000L, 0L, 800L), await ben.Has());
        Assert.Equal((0L, 0L, 0L), await ada.Has());
        await till.AddsUp();
        // Ada's link goes on, for Ben.
        await ada.Sold();
        Assert.Equal(1500, (await ben.Has()).Earned);
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_link_leads_into_the_shop_and_the_browser_says_who_sent_it(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, currency = "CNY", on_sale = true }))["plan"]!["id"]!;
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "1234" } }))["channel"]!["id"]!;
        var id = await server.Staff.Customer();
        var who = Caller.Public(null, null) with { Kind = "customer", Id = id };
        await server.Db.Write(s => server.Service<Gatehouse.Billing.Distributors.DistributorService>().Apply(s, who, "I sell"));
        await owner.PatchApi("/api/distributors/" + id, new { status = "active" });
        await owner.PostApi("/api/distributors/rates", new { rates = new[] { new { level = 1, rate = 1000 } }, hold_days = 0 });
        var link = await server.Db.Write(s => server.Service<CommissionService>().NewLink(s, who, "Forum"));
        var browser = server.Browser();
        var page = await browser.Get($"/d/{link.Code.ToLowerInvariant()}?plan={plan}");
        Assert.Equal((HttpStatusCode.OK, "VIP"), (page.Status, page.Document.QuerySelector("h1")!.TextContent.Trim()));
        var ordered = await browser.Submit(page, "#buy", new() { ["email"] = "wang@example.com", ["channel"] = channel });
        Assert.Equal(HttpStatusCode.OK, ordered.Status);
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM commissions WHERE account_id = @id AND link = @code", ("id", id), ("code", link.Code))));
        // A code that nobody has, and a picture on somebody's page, set nothing.
        foreach (var (path, fetched) in new[] { ("/d/NOSUCHX", "document"), ("/d/" + link.Code, "image") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("Sec-Fetch-Dest", fetched);
            var answer = await server.Http.SendAsync(request);
            Assert.Equal((HttpStatusCode.SeeOther, false), (answer.StatusCode, answer.Headers.TryGetValues("Set-Cookie", out var set) && set.Any(c => c.Contains("gh-referral", StringComparison.Ordinal))));
        }
        // Who is signed in keeps it with the account.
        var customer = await server.Staff.Customer();
        var session = server.Browser();
        session.SetCookie(Cookies.Session, await AccountsEndpoints.OpenSession(server, Tenant, customer));
        await session.Get("/d/" + link.Code);
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM referrals WHERE account_id = @id AND link = @code", ("id", customer), ("code", link.Code))));
        // Stopped, the link still leads there and counts no more.
        await owner.PatchApi("/api/distributors/" + id, new { status = "suspended" });
        var late = server.Browser();
        await late.Get("/d/" + link.Code);
        Assert.Null(late.Cookie(Cookies.Referral));
    }

    private static async Task<JsonNode> Own(Till till, string account)
    {
        using var stream = new MemoryStream();
        await using (var json = new Utf8JsonWriter(stream))
            await till.Db.Read(async s =>
            {
                await CommissionPeople.WriteOwn(s, Tenant, account, json);
                return true;
            });
        return JsonNode.Parse(Encoding.UTF8.GetString(stream.ToArray()))!;
    }

    private static Task<Withdrawal> Cancel(Till till, Caller who, string id) => till.Db.Write(s => till.Shop.Get<WithdrawalService>().Cancel(s, who, id));

    private static Task<string> Remove(Till till, Caller who, string code) => till.Db.Write(s => till.Shop.Get<CommissionService>().RemoveLink(s, who, code));

    private static Task<Withdrawal> Approve(Till till, string id, string reference) => till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<WithdrawalService>().Approve(s, Licensing.Shop.Staff, id, reference));

    private static Task<Withdrawal> Refuse(Till till, string id, string reason) => till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<WithdrawalService>().Refuse(s, Licensing.Shop.Staff, id, reason));

    private static Task<Refund> Refund(Till till, string number) => till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<RefundService>().Ask(s, Licensing.Shop.Staff, number, new(null, "back", RefundWay.Hand, "wire", RefundWanted.Keep)));
}
