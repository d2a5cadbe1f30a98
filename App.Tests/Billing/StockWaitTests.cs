using System.Net;
using Gatehouse.Billing.StockWaits;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Messaging;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Who wants to hear that something is in stock again hears it once, and is forgotten.</summary>
public sealed class StockWaitTests
{
    [Theory, BothEngines]
    public async Task Whoever_asks_hears_once_when_it_is_back(Engine engine)
    {
        await using var smtp = await SmtpServer.Start();
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var (plan, batch) = await SoldOut(owner, server);
        var browser = server.Browser("zh");
        Assert.Empty((await browser.Get("/buy/" + plan)).Document.QuerySelectorAll("form#notify"));
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = smtp.Port, security = "none", from = "shop@example.com" } });
        var wrong = await browser.Submit(await browser.Get("/buy/" + plan), "form#notify", new() { ["email"] = "nobody" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "nobody"), (wrong.Status, wrong.One("#email").GetAttribute("value")));
        foreach (var _ in new[] { 1, 2 })
            Assert.Contains("到货后会发邮件通知您", (await browser.Submit(wrong, "form#notify", new() { ["email"] = "Lin@Example.com" })).Text, StringComparison.Ordinal);
        Assert.Equal(1, await Waiting(server));
        await server.Service<WaitingList>().Tell(default);
        Assert.Equal(1, await Waiting(server));

        // The order that had the last key is given up: by several nodes at once it is told once.
        await owner.PostApi($"/api/orders/{batch}/cancel", new { reason = "not paid" });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => server.Service<WaitingList>().Tell(default))));
        // Whose order it was hears why it was given up.
        TakenMail[] mails = [await smtp.Next(), await smtp.Next()];
        Assert.Contains("not paid", mails.Single(m => m.To == "guest@example.com").Mime.TextBody!, StringComparison.Ordinal);
        var mail = mails.Single(m => m.To != "guest@example.com");
        Assert.Equal(("lin@example.com", "Gatehouse：您等的商品到货了"), (mail.To, mail.Mime.Subject));
        Assert.Contains("VIP 又可以购买了", mail.Mime.TextBody!, StringComparison.Ordinal);
        Assert.Contains("/buy/" + plan, mail.Mime.TextBody!, StringComparison.Ordinal);
        Assert.Equal((0L, 2L), (await Waiting(server), await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'mail'"))));
        Assert.Contains("现在就可以购买", (await browser.Submit(wrong, "form#notify", new() { ["email"] = "lin@example.com" })).Text, StringComparison.Ordinal);
        Assert.Equal(0, await Waiting(server));
    }

    [Theory, BothEngines]
    public async Task Programs_ask_as_people_do(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var (plan, batch) = await SoldOut(owner, server);
        Assert.Equal("no_mail", await Ask("lin@example.com"));
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = 2525, security = "none", from = "shop@example.com" } });
        Assert.Equal("PLAN_NOT_FOUND", (await server.Http.PostApi("/api/shop/plans/nothing/notify", new { email = "lin@example.com" })).Code);
        Assert.Equal("VALIDATION_FAILED", (await server.Http.PostApi($"/api/shop/plans/{plan}/notify", new { email = "lin" })).Code);
        Assert.Equal(("waiting", "waiting", 1L), (await Ask("lin@example.com"), await Ask("LIN@example.com"), await Waiting(server)));
        await owner.PostApi($"/api/orders/{batch}/cancel", new { reason = "not paid" });
        Assert.Equal("in_stock", await Ask("wang@example.com"));

        async Task<string> Ask(string email) => (string)(await server.Http.PostApi($"/api/shop/plans/{plan}/notify", new { email }))["status"]!;
    }

    [Theory, BothEngines]
    public async Task A_person_who_goes_waits_for_nothing_and_nobody_waits_for_ever(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var (plan, _) = await SoldOut(owner, server);
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = 2525, security = "none", from = "shop@example.com" } });
        var user = (string)(await owner.PostApi("/api/users", new { email = "lin@example.com" }))["user"]!["id"]!;
        foreach (var email in new[] { "lin@example.com", "wang@example.com" })
            await server.Db.Write(s => server.Service<WaitingList>().Add(s, Caller.DefaultTenant, plan, email, "en"));
        Assert.Equal(2, await Waiting(server));
        Assert.Equal(HttpStatusCode.OK, (await owner.DeleteApi("/api/users/" + user)).Status);
        Assert.Equal(1, await Waiting(server));
        server.Clock.Advance(TimeSpan.FromDays(181));
        await server.Service<WaitingList>().Tell(default);
        Assert.Equal(0, await Waiting(server));
    }

    private static Task<long> Waiting(TestServer server) => server.Db.Read(s => s.Number("SELECT COUNT(*) FROM stock_waits"));

    // A plan of which an order keeps the last key.
    private static async Task<(string Plan, string Order)> SoldOut(HttpClient owner, TestServer server)
    {
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, currency = "CNY", on_sale = true }))["plan"]!["id"]!;
        var batch = (string)(await owner.PostApi("/api/keys/generate", new { plan, count = 1 }))["batch_id"]!;
        await owner.PatchApi("/api/plans/" + plan, new { stock_batch = batch });
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "Bank 1234" } }))["channel"]!["id"]!;
        var order = await server.Http.PostApi("/api/shop/orders", new { plan, email = "guest@example.com", channel });
        return (plan, (string)order["order"]!["number"]!);
    }
}
