using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Messaging;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Whose matter staff decided hears it, by mail and by the channels of their own, in their language.</summary>
public sealed class DecisionTests
{
    [Theory]
    [InlineData("en", Engine.Sqlite, "We could not take you on as a distributor. You may ask again. We wrote: Not yet", "You are a distributor now", "credit line ¥50", "You are suspended as a distributor", "You are a distributor again")]
    [InlineData("zh", Engine.Postgres, "您的分销商申请没有通过，可以重新申请。说明：Not yet", "您已成为分销商", "信用额度 ¥50", "您的分销商资格已停用", "您的分销商资格已恢复")]
    public async Task A_distributor_hears_each_decision_once(string language, Engine engine, string rejected, string active, string terms, string suspended, string resumed)
    {
        await using var smtp = await SmtpServer.Start();
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = smtp.Port, security = "none", from = "shop@example.com" } });
        var id = await Customer(server, owner, language);
        await Apply(server, id);
        foreach (var (change, said) in new (object, string)[]
        {
            (new { status = "rejected", reason = "Not yet" }, rejected), (new { status = "active", reason = "" }, active), (new { credit = 5000, currency = "CNY" }, terms), (new { status = "suspended" }, suspended), (new { status = "active" }, resumed),
        })
        {
            // By any of their names, as everywhere.
            var changed = await owner.PatchApi("/api/distributors/" + (said == terms ? "lin@example.com" : "LIN"), change);
            Assert.Equal((id, "lin@example.com"), ((string)changed["distributor"]!["user"]!, (string)changed["distributor"]!["name"]!));
            var mail = await smtp.Next();
            Assert.Equal("lin@example.com", mail.To);
            Assert.Contains(said, mail.Mime.TextBody!, StringComparison.Ordinal);
            Assert.Contains("/account/distributor", mail.Mime.TextBody!, StringComparison.Ordinal);
        }
        // What changes nothing is told to nobody.
        await owner.PatchApi("/api/distributors/lin", new { level = 1 });
        Assert.Equal("NO_SUCH_USER", (await owner.PatchApi("/api/distributors/nobody", new { level = 2 })).Code);
        Assert.Equal(5, await Mails(server));
    }

    [Theory, BothEngines]
    public async Task Withdrawals_balances_and_orders_are_told_of_as_well(Engine engine)
    {
        await using var smtp = await SmtpServer.Start();
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, currency = "CNY", on_sale = true }))["plan"]!["id"]!;
        var id = await Customer(server, owner, "en");
        await Apply(server, id);
        await owner.PatchApi("/api/distributors/lin", new { status = "active" });
        var (first, second) = (await CommissionRows.Withdrawal(server, Caller.DefaultTenant, owner, id, plan), await CommissionRows.Withdrawal(server, Caller.DefaultTenant, owner, id, plan));
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = smtp.Port, security = "none", from = "shop@example.com" } });
        await owner.PostApi($"/api/distributors/withdrawals/{first}/approve", new { reference = "wire 4711" });
        await Hears("Your withdrawal of ¥1 is paid. Reference: wire 4711", "/account/distributor/commission");
        await owner.PostApi($"/api/distributors/withdrawals/{second}/refuse", new { reason = "too little" });
        await Hears("Your withdrawal of ¥1 was turned down; you can ask for the money again. We wrote: too little", "/account/distributor/commission");
        Assert.Equal([second, first], (await owner.GetApi("/api/distributors/withdrawals?user=lin"))["items"]!.AsArray().Select(w => (string)w!["id"]!));
        Assert.Equal("NO_SUCH_USER", (await owner.GetApi("/api/distributors/withdrawals?user=nobody")).Code);
        await owner.PostApi("/api/finance/topup", new { user = "lin", amount = 500, currency = "CNY", reference = "cash" });
        await Hears("We put ¥5 on your balance. There is ¥5 on it now.", "/account/balance");
        Assert.Single((await owner.GetApi("/api/finance/ledger?account=balance:lin@example.com"))["items"]!.AsArray());
        Assert.Empty((await owner.GetApi("/api/finance/ledger?account=balance:nobody"))["items"]!.AsArray());
        var channel = (string)(await owner.GetApi("/api/payment-channels"))["items"]![0]!["id"]!;
        var order = await server.Http.PostApi("/api/shop/orders", new { plan, email = "lin@example.com", channel });
        await owner.PostApi($"/api/orders/{(string)order["order"]!["number"]!}/cancel", new { reason = "Ordered twice" });
        await Hears("which was not paid. We wrote: Ordered twice", "/orders/");

        async Task Hears(string what, string where)
        {
            var mail = await smtp.Next();
            Assert.Equal("lin@example.com", mail.To);
            Assert.Contains(what, mail.Mime.TextBody!, StringComparison.Ordinal);
            Assert.Contains(where, mail.Mime.TextBody!, StringComparison.Ordinal);
        }
    }

    private static async Task<string> Customer(TestServer server, HttpClient owner, string language)
    {
        var id = (string)(await owner.PostApi("/api/users", new { username = "lin", email = "lin@example.com" }))["user"]!["id"]!;
        await server.Db.Write(s => s.Execute("UPDATE accounts SET language = @language WHERE id = @id", ("language", language), ("id", id)));
        return id;
    }

    private static Task<Gatehouse.Billing.Distributors.Distributor> Apply(TestServer server, string id) =>
        server.Db.Write(s => server.Service<Gatehouse.Billing.Distributors.DistributorService>().Apply(s, Caller.Public(null, null) with { Kind = "customer", Id = id }, "I sell"));

    private static Task<long> Mails(TestServer server) => server.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'mail'"));
}
