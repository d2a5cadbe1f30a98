using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Billing.Gateways;
using Gatehouse.Tests.Billing.Support;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>The test of a channel, and the log of what its gateway called.</summary>
public sealed class PaymentTrialTests
{
    private static readonly Dictionary<string, string?> Allowed = new() { ["Outbound:AllowedHosts"] = "127.0.0.1" };

    public static TheoryData<string> Kinds => AtGateway.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_test_says_step_by_step_what_held_and_leaves_nothing(string name)
    {
        var (kind, api) = (name.Split(' ')[0], name.EndsWith(" api", StringComparison.Ordinal));
        await using var server = await TestServer.Start(settings: Allowed);
        await using TestGateway gateway = kind switch
        {
            "epay_v1" or "epay_v2" => await TestEpay.Start(server.Clock, kind == "epay_v2", api),
            "stripe" => await TestStripe.Start(server.Clock),
            "alipay" => await TestAlipay.Start(server.Clock),
            _ => await TestUsdt.Start(Enum.Parse<Dialect>(kind, ignoreCase: true), server.Clock),
        };
        var http = await server.As(Role.Admin);
        var made = (await http.PostApi("/api/payment-channels", new { kind, name = "Till", settings = gateway.Settings }))["channel"]!;
        var tested = await http.PostApi($"/api/payment-channels/{made["id"]}/test", new { });
        var steps = tested["steps"]!.AsArray().ToDictionary(s => (string)s!["name"]!, s => (Held: (bool?)s!["held"], Said: (string)s["said"]!));
        Assert.True(steps["settings"].Held);
        // The tests' site is on this very machine.
        Assert.Equal((false, false), ((bool)tested["ok"]!, steps["address"].Held!.Value));
        var remote = GatewayKinds.Find(kind)!.Start!.With(gateway.Settings.ToDictionary()) is GatewayStart.Remote;
        Assert.Equal(remote ? true : null, steps["create"].Held);
        if (remote)
            Assert.True(steps["query"].Held, steps["query"].Said);
        // Alipay and epay V2 sign by keys that only they have.
        Assert.Equal(kind is "epay_v2" or "alipay" ? null : true, steps["callback"].Held);
        foreach (var table in new[] { "orders", "payment_attempts", "payments", "payment_calls", "ledger_transactions" })
            Assert.Equal(0, await server.Db.Read(s => s.Number($"SELECT COUNT(*) FROM {table}")));
        Assert.Equal("payment_channel.tested", (string)(await http.GetApi("/api/audit?action=payment_channel")).Items().First()!["action"]!);
    }

    [Fact]
    public async Task A_gateway_that_is_away_or_refuses_is_told_and_no_secret_with_it()
    {
        await using var server = await TestServer.Start(settings: Allowed);
        await using var gateway = await TestEpay.Start(server.Clock, false, true);
        var http = await server.As(Role.Admin);
        var settings = gateway.Settings.ToDictionary();
        settings["key"] = "another-key-of-somebody";
        var made = (await http.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "Till", settings }))["channel"]!;
        var tested = await http.PostApi($"/api/payment-channels/{made["id"]}/test", new { });
        var create = tested["steps"]!.AsArray().Single(s => (string)s!["name"]! == "create")!;
        Assert.False((bool)create["held"]!);
        Assert.NotEqual("", (string)create["said"]!);
        Assert.DoesNotContain("another-key-of-somebody", tested.Text, StringComparison.Ordinal);
        var page = await (await server.SignedIn(Role.Admin)).Get($"/admin/payment-channels/{made["id"]}");
        Assert.NotNull(page.Document.QuerySelector("#test-form"));
    }

    [Theory, BothEngines]
    public async Task Two_channels_of_one_Stripe_account_take_in_each_their_own(Engine engine)
    {
        await using var server = await TestServer.Start(engine, Allowed);
        await using var stripe = await TestStripe.Start(server.Clock);
        stripe.Merchant = server.Address;
        var owner = await server.As(Role.Owner);
        var first = (await owner.PostApi("/api/payment-channels", new { kind = "stripe", name = "One", settings = stripe.Settings }))["channel"]!;
        var second = (await owner.PostApi("/api/payment-channels", new { kind = "stripe", name = "Two", settings = stripe.Settings }))["channel"]!;
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!;
        await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", channel = (string)first["id"]! });
        var trade = stripe.Orders.Keys.Single();
        stripe.Webhook = (string)second["notify_url"]!;
        Assert.True(Assert.Single(await stripe.Pay(trade)).Accepted);
        // Answered as Stripe wants it, and nothing taken in.
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM payments")));
        stripe.Webhook = (string)first["notify_url"]!;
        Assert.True(Assert.Single(await stripe.Tell(trade)).Accepted);
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM payments WHERE problem IS NULL")));
        var log = (await owner.GetApi($"/api/payment-channels/{second["id"]}/calls")).Items().Single()!;
        Assert.Equal("elsewhere", (string)log["verdict"]!);
        Assert.Contains(log["checks"]!.AsArray(), c => (string)c!["name"]! == "signature" && (bool)c["held"]!);
        var page = await (await server.SignedIn(Role.Admin)).Get($"/admin/payment-channels/{first["id"]}/calls");
        Assert.Single(page.Document.QuerySelectorAll(".gh-call"));
    }

    [Fact]
    public async Task Old_calls_are_forgotten()
    {
        await using var server = await TestServer.Start(settings: new() { ["Payments:KeepCallsDays"] = "30" });
        var owner = await server.As(Role.Owner);
        var channel = (await owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = "Till", settings = new { url = "https://pay.example.com", pid = "1001", key = "very-secret" } }))["channel"]!;
        await server.Http.GetAsync(new Uri((string)channel["notify_url"]!).AbsolutePath + "?sign=x&key=very-secret");
        // What only the two know is not kept.
        Assert.DoesNotContain("very-secret", (await owner.GetApi($"/api/payment-channels/{channel["id"]}/calls")).Text, StringComparison.Ordinal);
        await PaymentCalls.Tidy(server.Services, default);
        Assert.Equal(1, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM payment_calls")));
        server.Clock.Advance(TimeSpan.FromDays(31));
        await PaymentCalls.Tidy(server.Services, default);
        Assert.Equal(0, await server.Db.Read(s => s.Number("SELECT COUNT(*) FROM payment_calls")));
    }
}
