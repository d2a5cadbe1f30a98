using Gatehouse.Platform.Http;
using Gatehouse.Tests.Messaging;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Who gets money back is told by mail, in the language that they bought in: once for each refund, when it is done.</summary>
public sealed class RefundMailTests
{
    [Theory]
    [InlineData("en", Engine.Sqlite, "Money went back", "¥2.50 went back to you")]
    [InlineData("zh", Engine.Postgres, "已退款", "已退款 ¥2.50")]
    public async Task Each_refund_is_told_of_once_in_the_language_of_the_order(string language, Engine engine, string title, string said)
    {
        await using var smtp = await SmtpServer.Start();
        await using var server = await TestServer.Start(engine);
        var owner = await server.As(Role.Owner);
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, currency = "CNY", on_sale = true }))["plan"]!["id"]!;
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "Bank 1234" } }))["channel"]!["id"]!;
        var browser = server.Browser(language);
        var page = await browser.Submit(await browser.Get("/buy/" + plan), "form#buy", new() { ["email"] = "lin@example.com", ["channel"] = channel });
        var number = (string)(await owner.GetApi("/api/orders"))["items"]![0]!["number"]!;
        await owner.PostApi($"/api/orders/{number}/confirm", new { reference = "wire" });
        await owner.PatchApi("/api/settings", new { mail = new { host = "localhost", port = smtp.Port, security = "none", from = "shop@example.com" } });
        await owner.PostApi($"/api/orders/{number}/refund", new { amount = 250, reason = "late", way = "hand", reference = "wire 2" });
        var mail = await smtp.Next();
        Assert.Equal("lin@example.com", mail.To);
        Assert.Contains(number, mail.Mime.TextBody!, StringComparison.Ordinal);
        Assert.Contains(said, mail.Mime.TextBody!, StringComparison.Ordinal);
        Assert.Contains(page.Path, mail.Mime.TextBody!, StringComparison.Ordinal);
        // What is refused is told to nobody; the next one is another mail.
        Assert.Equal("VALIDATION_FAILED", (await owner.PostApi($"/api/orders/{number}/refund", new { amount = 2000, reason = "late", way = "hand", reference = "wire 3" })).Code);
        await owner.PostApi($"/api/orders/{number}/refund", new { reason = "all of it", way = "hand", reference = "wire 4" });
        Assert.Contains("¥10", (await smtp.Next()).Mime.TextBody!, StringComparison.Ordinal);
        Assert.Equal(2, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM outbox WHERE topic = 'mail'")));
        Assert.Contains(title, (await (await server.SignedIn(Role.Owner, language: language)).Get("/admin/outbox")).Text, StringComparison.Ordinal);
    }
}
