using System.Net;
using Gatehouse.Billing.Channels;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>/admin/payment-channels.</summary>
public sealed class PaymentChannelPagesTests
{
    [Theory]
    [InlineData(Engine.Sqlite, "en", "is saved", "(copy)")]
    [InlineData(Engine.Postgres, "zh", "已保存", "（副本）")]
    public async Task An_admin_makes_copies_switches_and_deletes_a_channel(Engine engine, string language, string saved, string copied)
    {
        await using var server = await TestServer.Start(engine);
        var browser = await server.SignedIn(Role.Admin, language: language);
        var plan = await (await server.As(Role.Owner)).MakePlan("VIP");
        var page = await browser.Get("/admin/payment-channels");
        page = await browser.Get(page.One("[data-new]").GetAttribute("href")!);
        Assert.Equal(9, page.Document.QuerySelectorAll(".gh-help a").Length);
        page = await browser.Get("/admin/payment-channels/new?kind=epay_v1");
        // What is wrong stands beside its field, and what was typed is still there.
        page = await browser.Submit(page, "#channel", new() { ["settings.pid"] = "1001", ["fee_rate"] = "0.123", ["minimum"] = "ten" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Equal(("1001", "ten"), (page.One("[name='settings.pid']").GetAttribute("value"), page.One("[name=minimum]").GetAttribute("value")));
        page = await browser.Submit(page, "#channel", new() { ["fee_rate"] = "0.6", ["minimum"] = "1" });
        // A secret cannot be empty.
        Assert.NotNull(page.Document.QuerySelector("[name='settings.key'].is-invalid"));
        page = await browser.Submit(page, "#channel", new() { ["name"] = "支付宝", ["settings.url"] = "pay.example.com/submit.php?x=1", ["settings.key"] = "very-secret-key", ["fee_fixed"] = "0,10", ["plans"] = plan });
        Assert.Contains(saved, page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret-key", page.Html, StringComparison.Ordinal);
        var channel = await Only(server);
        Assert.Equal((60L, 10L, 100L, $"[\"{plan}\"]"), (channel.FeeRate, channel.FeeFixed, channel.Minimum, channel.Plans));
        Assert.Contains("\"url\":\"https://pay.example.com\"", channel.Settings, StringComparison.Ordinal);
        Assert.EndsWith($"/pay/epay/{channel.Id}/notify", page.One("#notify [data-copy]").GetAttribute("data-copy"), StringComparison.Ordinal);
        // Saved again without its secret it keeps it, and nothing else has changed.
        page = await browser.Submit(page, "#channel", new() { ["name"] = "Alipay" });
        Assert.Equal(channel with { Name = "Alipay", UpdatedAt = 0 }, await Only(server) with { UpdatedAt = 0, SealedSecrets = channel.SealedSecrets });
        // A copy has the secret as well.
        page = await browser.Get($"/admin/payment-channels/new?from={channel.Id}");
        Assert.Contains(copied, page.One("[name=name]").GetAttribute("value"), StringComparison.Ordinal);
        page = await browser.Submit(page, "#channel", new() { ["name"] = "WeChat", ["settings.type"] = "wxpay" });
        var copy = (await All(server)).Single(c => c.Id != channel.Id);
        Assert.Equal("very-secret-key", server.Service<PaymentChannelService>().Values(copy)["key"]);

        page = await browser.Get("/admin/payment-channels");
        page = await browser.Submit(page, $"form[action$='{channel.Id}/switch']");
        Assert.Equal([false, true], (await All(server)).Select(c => c.Enabled));
        page = await browser.Submit(page, $"form[action$='{channel.Id}/switch']");
        Assert.Equal([true, true], (await All(server)).Select(c => c.Enabled));
        await browser.Submit(await browser.Get($"/admin/payment-channels/{copy.Id}"), "#remove form");
        Assert.Equal(channel.Id, (await Only(server)).Id);
        Assert.Empty(server.Errors.Lines);
    }

    [Fact]
    public async Task A_picture_is_sent_with_the_form_kept_and_removed()
    {
        await using var server = await TestServer.Start();
        var browser = await server.SignedIn(Role.Admin);
        var page = await Send(browser, await browser.Get("/admin/payment-channels/new?kind=offline"), "not a picture"u8.ToArray());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        page = await Send(browser, page, Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="));
        Assert.StartsWith("data:image/png;base64,", page.One("#channel img").GetAttribute("src"), StringComparison.Ordinal);
        page = await browser.Submit(page, "#channel", new() { ["name"] = "Bank" });
        Assert.NotNull(page.Document.QuerySelector("#channel img"));
        page = await browser.Submit(page, "#channel", new() { ["no_picture"] = "true" });
        Assert.Null(page.Document.QuerySelector("#channel img"));
    }

    [Fact]
    public async Task What_cannot_be_is_told_by_field()
    {
        await using var server = await TestServer.Start();
        var http = await server.As(Role.Admin);
        foreach (var (body, field) in new (object, string)[]
                 {
                     (new { fee_rate = 5001 }, "fee_rate"), (new { fee_rate = -1 }, "fee_rate"), (new { fee_by = "nobody" }, "fee_by"), (new { icon = "rocket" }, "icon"), (new { plans = new[] { "nothing" } }, "plans"), (new { plans = "all" }, "plans"),
                     (new { plans = new int?[] { null } }, "plans"), (new { currencies = new[] { "JPY", "CNY" }, minimum = 100 }, "currencies"), (new { fee_fixed = -5 }, "fee_fixed"),
                 })
        {
            var channel = (string)(await http.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "Bank 1" } }))["channel"]!["id"]!;
            (await http.PatchApi("/api/payment-channels/" + channel, body)).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", field);
        }
        (await http.PostApi("/api/payment-channels", new { kind = "balance", name = "Balance", fee_rate = 10 })).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "fee_rate");
    }

    private static Task<TestPage> Send(TestBrowser browser, TestPage page, byte[] picture) => browser.Send(() =>
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in new[] { ("kind", "offline"), ("name", "Bank"), ("currencies", "CNY"), ("settings.words", "Bank 1"), ("enabled", "true"), ("_csrf", page.One("#channel [name=_csrf]").GetAttribute("value")!) })
            form.Add(new StringContent(value), name);
        form.Add(new ByteArrayContent(picture), "picture", "code.png");
        return new HttpRequestMessage(HttpMethod.Post, "/admin/payment-channels/new") { Content = form };
    }, follow: true);

    private static Task<List<PaymentChannel>> All(TestServer server) => server.Db.Read(s => PaymentChannelStore.All(s, Caller.DefaultTenant));

    private static async Task<PaymentChannel> Only(TestServer server) => Assert.Single(await All(server));
}
