using System.Net;
using Gatehouse.Accounts.ProofOfWork;
using Gatehouse.Billing.Shop;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Billing;

/// <summary>Guests who order and do not pay work for each further order; while orders come from everywhere, all guests do.</summary>
public sealed class OrderGuardTests
{
    private static readonly Dictionary<string, string?> Limits = new()
    {
        ["RateLimits:Enabled"] = "true", ["RateLimits:Api:Burst"] = "1000", ["RateLimits:Pages:Burst"] = "1000", ["Shop:GuestOrders"] = "3", ["Shop:GuestOrdersInTotal"] = "10",
    };

    private static object Solved(TestServer server)
    {
        var challenge = server.Service<Challenges>().Make();
        return new { id = challenge.Id, nonce = ChallengeTests.Solve(challenge.Salt, challenge.Bits) };
    }

    private static async Task<(HttpClient Owner, string Plan, string Channel)> Sell(TestServer server)
    {
        var owner = await server.As(Role.Owner);
        return (owner, (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!,
            (string)(await owner.PostApi("/api/payment-channels", new { kind = "offline", name = "Bank", settings = new { words = "Bank 1234" } }))["channel"]!["id"]!);
    }

    private static Task<ApiAnswer> Order(HttpClient http, string plan, string channel, object? challenge = null, string email = "guest@example.com") =>
        http.PostApi("/api/shop/orders", challenge is null ? new { plan, quantity = 1, email, channel } : new { plan, quantity = 1, email, channel, challenge });

    [Theory, BothEngines]
    public async Task An_address_that_pays_nothing_works_for_each_further_order_until_one_is_paid(Engine engine)
    {
        await using var server = await TestServer.Start(engine, Limits);
        var (owner, plan, channel) = await Sell(server);
        var numbers = new List<string>();
        for (var i = 0; i < 3; i++)
            numbers.Add((string)(await Order(server.Http, plan, channel))["order"]!["number"]!);
        (await Order(server.Http, plan, channel)).IsProblem(HttpStatusCode.Forbidden, "CHALLENGE_REQUIRED");
        (await Order(server.Http, plan, channel, new { id = "x", nonce = "y" })).IsProblem(HttpStatusCode.Forbidden, "CHALLENGE_REQUIRED");
        // One piece of work is one order, whoever comes at once; what is refused for another reason uses none up.
        var work = Solved(server);
        (await Order(server.Http, plan, channel, work, "nobody")).IsProblem(HttpStatusCode.UnprocessableEntity, "VALIDATION_FAILED", "email");
        var told = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Order(server.Http, plan, channel, work)));
        Assert.Equal((1, 3), (told.Count(t => t.Status == HttpStatusCode.Created), told.Count(t => t.Code == "CHALLENGE_REQUIRED")));
        // A customer has said who they are.
        var (_, customer) = await Helpdesk.Customer(server);
        Assert.Equal(HttpStatusCode.Created, (await Order(customer, plan, channel)).Status);

        await owner.PostApi($"/api/orders/{numbers[2]}/confirm", new { reference = "cash" });
        Assert.Equal(HttpStatusCode.Created, (await Order(server.Http, plan, channel)).Status);
    }

    [Fact]
    public async Task While_orders_come_from_everywhere_all_guests_work()
    {
        await using var server = await TestServer.Start(settings: new(Limits) { ["Shop:GuestOrders"] = "100", ["Shop:GuestOrdersInTotal"] = "2" });
        var (_, plan, channel) = await Sell(server);
        var stranger = Caller.Public("192.0.2.99", null);
        Assert.Null(await server.Service<OrderGuard>().Work(stranger, null, default));
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.Created, (await Order(server.Http, plan, channel)).Status);
        Assert.NotNull(await server.Service<OrderGuard>().Work(stranger, null, default));
        Assert.Equal(HttpStatusCode.Created, (await Order(server.Http, plan, channel, Solved(server))).Status);
        server.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Null(await server.Service<OrderGuard>().Work(stranger, null, default));
    }

    [Fact]
    public async Task Who_has_no_script_waits_on_the_page_and_orders_then()
    {
        await using var server = await TestServer.Start(settings: Limits);
        var (_, plan, channel) = await Sell(server);
        var browser = server.Browser();
        Assert.Null((await browser.Get("/buy/" + plan)).Document.QuerySelector("[name=challenge]"));
        for (var i = 0; i < 3; i++)
            await Order(server.Http, plan, channel);
        var typed = new Dictionary<string, string?> { ["email"] = "lin@example.com", ["lookup"] = "my word" };
        var asked = await browser.Submit(await browser.Get("/buy/" + plan), "form#buy", typed);
        Assert.Equal(HttpStatusCode.Forbidden, asked.Status);
        Assert.Contains("Wait 5 seconds", asked.Text);
        Assert.Equal("my word", asked.One("#lookup").GetAttribute("value"));
        server.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.StartsWith("/orders/", (await browser.Submit(asked, "form#buy")).Path);
    }
}
