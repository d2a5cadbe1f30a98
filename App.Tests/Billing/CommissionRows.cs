using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Commissions;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Permissions;
using Gatehouse.Billing.Withdrawals;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using Gatehouse.Tests.Support;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Billing;

/// <summary>Links of distributors, what they earn, and withdrawals.</summary>
public static class CommissionRows
{
    private const string Link = """{"name":"{own_seller}"}""", LinkForm = "name={own_seller}";
    private const string Ask = """{"amount":100,"currency":"CNY","way":"hand","details":"{own_commission}"}""", AskForm = "amount=1.00&currency=CNY&way=hand&details={own_commission}";
    private const string Rates = """{"plan":"{plan}","rates":[{"level":1,"rate":1000}],"hold_days":7}""", RatesForm = "plan={plan}&rates=1 = 10";
    private const string Paid = """{"reference":"{new_word}"}""", Refused = """{"reason":"not yet"}""", PaidForm = "decision=approve&reference={new_word}";
    private const string OwnLink = "/api/distributor/links/{own_link}", OwnLinkPage = "/account/distributor/links/{own_link}/remove";
    private const string TakeBack = "/api/distributor/withdrawals/{own_withdrawal}/cancel", TakeBackPage = "/account/distributor/withdrawals/{own_withdrawal}/cancel";
    private const string Approve = "/api/distributors/withdrawals/{withdrawal}/approve", Refuse = "/api/distributors/withdrawals/{withdrawal}/refuse";

    public static readonly EndpointRow[] Rows =
    [
        // A code that nobody has leads to the shop all the same.
        new("GET", "/d/{code}", Open) { Path = "/d/NOTHING", Query = "plan", Status = 303 },
        new("GET", "/api/distributor/links", Customer),
        new("POST", "/api/distributor/links", Customer) { Json = Link, Status = 201, Once = true, Stranger = 403, Races = [new(Post("/api/distributor/links", Link), Post("/api/distributor/links", Link))] },
        new("DELETE", "/api/distributor/links/{code}", Customer) { Path = OwnLink, Races = [new(Delete(OwnLink), Delete(OwnLink))] },
        new("GET", "/api/distributor/customers", Customer) { Query = "after limit" },
        new("GET", "/api/distributor/commission", Customer) { Query = "after limit" },
        new("GET", "/api/distributor/withdrawals", Customer) { Query = "after limit" },
        new("POST", "/api/distributor/withdrawals", Customer) { Json = Ask, Status = 201, Once = true, Stranger = 403, Races = [new(Post("/api/distributor/withdrawals", Ask), Post("/api/distributor/withdrawals", Ask))] },
        new("GET", "/api/distributors/rates", BillingPermissions.DistributorsManage) { Path = "/api/distributors/rates?plan={plan}", Query = "plan" },
        new("POST", "/api/distributor/withdrawals/{id}/cancel", Customer) { Path = TakeBack, Races = [new(new("POST", TakeBack), Page(TakeBackPage))] },
        new("POST", "/api/distributors/rates", BillingPermissions.DistributorsManage) { Json = Rates, Optional = "plan hold_days", Once = true, Races = [new(Post("/api/distributors/rates", Rates), Post("/api/distributors/rates", """{"plan":"{plan}","rates":[{"level":2,"rate":500}]}"""))] },
        new("GET", "/api/distributors/withdrawals", BillingPermissions.DistributorsManage) { Query = "status user after limit", Shows = ["withdrawal"], Finds = ["?status=asked"] },
        new("POST", "/api/distributors/withdrawals/{id}/approve", BillingPermissions.MoneyWrite) { Path = Approve, Json = Paid, Once = true, Races = [new(Post(Approve, Paid), Post(Refuse, Refused))] },
        new("POST", "/api/distributors/withdrawals/{id}/refuse", BillingPermissions.MoneyWrite) { Path = Refuse, Json = Refused, Once = true, Races = [new(Post(Refuse, Refused), Post(Refuse, Refused))] },
        new("GET", "/account/distributor/customers", Customer) { Query = "after" },
        new("POST", "/account/distributor/links", Customer) { Form = LinkForm, Races = [new(Page("/account/distributor/links", LinkForm), Post("/api/distributor/links", Link))] },
        new("POST", "/account/distributor/links/{code}/remove", Customer) { Path = OwnLinkPage, Races = [new(Page(OwnLinkPage), Delete(OwnLink))] },
        new("POST", "/account/distributor/withdrawals/{id}/cancel", Customer) { Path = TakeBackPage, Races = [new(Page(TakeBackPage), Page(TakeBackPage))] },
        new("GET", "/account/distributor/commission", Customer) { Query = "after" },
        new("POST", "/account/distributor/withdrawals", Customer) { Form = AskForm, Races = [new(Page("/account/distributor/withdrawals", AskForm), Post("/api/distributor/withdrawals", Ask))] },
        new("POST", "/admin/distributors/rates", BillingPermissions.DistributorsManage) { Form = RatesForm, Races = [new(Page("/admin/distributors/rates", RatesForm), Post("/api/distributors/rates", Rates))] },
        new("GET", "/admin/distributors/withdrawals", BillingPermissions.DistributorsManage) { Query = "status after", Shows = ["withdrawal"] },
        new("GET", "/admin/distributors/withdrawals/{id}", BillingPermissions.DistributorsManage) { Path = "/admin/distributors/withdrawals/{withdrawal}" },
        new("POST", "/admin/distributors/withdrawals/{id}", BillingPermissions.MoneyWrite)
        {
            Path = "/admin/distributors/withdrawals/{withdrawal}", Form = PaidForm, Races = [new(Page("/admin/distributors/withdrawals/{withdrawal}", PaidForm), Post(Refuse, Refused))],
        },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        // Whoever calls sells by links.
        ["own_seller"] = async t =>
        {
            await Take(t.Server, t.Tenant, t.Owner, t.Account);
            return t.Unique("link");
        },
        ["own_commission"] = async t =>
        {
            if (await Take(t.Server, t.Tenant, t.Owner, t.Account))
                await Sell(t.Server, t.Tenant, t.Owner, await t.Get("offer"), await NewLink(t.Server, t.Tenant, t.Account));
            return t.Unique("bank");
        },
        ["own_link"] = async t =>
        {
            await t.Get("own_seller");
            return await NewLink(t.Server, t.Tenant, t.Account);
        },
        ["own_withdrawal"] = async t =>
        {
            await Take(t.Server, t.Tenant, t.Owner, t.Account);
            return await Withdrawal(t.Server, t.Tenant, t.Owner, t.Account, await t.Get("offer"));
        },
        ["withdrawal"] = async t =>
        {
            var id = await t.Get("customer");
            await Take(t.Server, t.Tenant, t.Owner, id);
            return await Withdrawal(t.Server, t.Tenant, t.Owner, id, await t.Get("offer"));
        },
    };

    /// <summary>A distributor of that account asks for 1.00 of what a link of theirs sold; the withdrawal's id.</summary>
    internal static async Task<string> Withdrawal(TestServer server, string tenant, HttpClient owner, string account, string plan)
    {
        await Sell(server, tenant, owner, plan, await NewLink(server, tenant, account));
        return (await server.Db.Write(s => server.Service<WithdrawalService>().Ask(s, As(tenant, account), 100, "CNY", WithdrawalWay.Hand, "Bank 1234"))).Id;
    }

    /// <summary>A guest buys one by a link, and it is paid and delivered; a part of the price is earned at once.</summary>
    internal static async Task Sell(TestServer server, string tenant, HttpClient owner, string plan, string link)
    {
        await owner.PostApi("/api/distributors/rates", new { rates = new[] { new { level = 1, rate = 2000 } }, hold_days = 0 });
        var channel = (await server.Db.Read(s => server.Service<PaymentChannelService>().List(s, tenant))).Find(c => c.Kind == "offline")?.Id
            ?? (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank of links", settings = new { words = "Bank 1234" } }))["channel"]!["id"]!;
        var who = Caller.Public("192.0.2.44", null, tenant);
        var order = await server.Db.Write(s => server.Service<OrderService>().Place(s, who, new(null, "wang@example.com", "", "en", who.Ip), new(plan, 1, channel) { Sent = new(link, server.Clock.GetUtcNow().ToUnixTimeMilliseconds() - 1000) }));
        await owner.PostApi($"/api/orders/{order.Number}/confirm", new { reference = "link " + order.Number });
        // The published binary, which has delivered it, goes by another clock than the database of the tests.
        await server.Db.Write(async s => await s.Execute("UPDATE commissions SET due_at = @now WHERE tenant_id = @tenant AND due_at > @now", ("now", await s.Now()), ("tenant", tenant)));
    }

    // Is it a customer's account, who is a distributor now?
    private static async Task<bool> Take(TestServer server, string tenant, HttpClient owner, string account)
    {
        if (await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM accounts WHERE id = @id AND kind = 'customer'", ("id", account))) == 0)
            return false;
        await Accounts.Bench.Code(() => server.Db.Write(s => server.Service<Gatehouse.Billing.Distributors.DistributorService>().Apply(s, As(tenant, account), "I run a shop")));
        await owner.PatchApi("/api/distributors/" + account, new { status = "active", level = 1 });
        return true;
    }

    private static async Task<string> NewLink(TestServer server, string tenant, string account) => (await server.Db.Write(s => server.Service<CommissionService>().NewLink(s, As(tenant, account), "Forum"))).Code;

    private static Caller As(string tenant, string account) => Caller.Public(null, null, tenant) with { Kind = "customer", Id = account };
}
