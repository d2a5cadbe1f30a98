using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Payments;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Billing.Support;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>What nobody is to pay any more is taken back at its gateway.</summary>
public sealed class ClosingTests
{
    [Theory]
    [InlineData("stripe", Engine.Sqlite)]
    [InlineData("stripe", Engine.Postgres)]
    [InlineData("bepusdt", Engine.Sqlite)]
    public async Task What_is_given_up_or_paid_another_way_is_closed_and_what_was_paid_by_then_is_taken_in(string kind, Engine engine)
    {
        await using var server = await TestServer.Start(engine, new() { ["Outbound:AllowedHosts"] = "127.0.0.1" });
        await using TestGateway gateway = kind == "stripe" ? await TestStripe.Start(server.Clock) : await TestUsdt.Start(Dialect.Bepusdt, server.Clock);
        var owner = await server.As(Role.Owner);
        var channel = (string)(await owner.PostApi("/api/payment-channels", new { kind, name = "Till", settings = gateway.Settings }))["channel"]!["id"]!;
        var plan = (string)(await owner.PostApi("/api/plans", new { name = "VIP", price = 1250, on_sale = true }))["plan"]!["id"]!;

        var (number, trade) = await Order();
        await owner.PostApi($"/api/orders/{number}/cancel", new { reason = "changed their mind" });
        await Ask(0);
        Assert.True(gateway.Orders[trade].Closed);
        var asked = gateway.Asked.Count;
        await Ask(120);
        Assert.Equal((asked, "cancelled"), (gateway.Asked.Count, await State(number)));

        // A moment before it was given up somebody has paid, and nobody was told.
        var (late, paid) = await Order();
        gateway.Mark(paid);
        await owner.PostApi($"/api/orders/{late}/cancel", new { reason = "too slow" });
        await Ask(0);
        Assert.Equal((false, "delivered"), (gateway.Orders[paid].Closed, await State(late)));

        // Paid at the counter: what the buyer had begun is not to be paid as well.
        var (other, begun) = await Order();
        await owner.PostApi($"/api/orders/{other}/confirm", new { reference = "cash" });
        await Ask(1);
        Assert.Equal((true, "delivered"), (gateway.Orders[begun].Closed, await State(other)));
        Assert.Empty((await server.Db.Read(LedgerCheck.Check)).Errors);

        async Task<(string, string)> Order()
        {
            var known = gateway.Orders.Keys.ToHashSet();
            var placed = await server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com", lookup = "apple", channel });
            return ((string)placed["order"]!["number"]!, gateway.Orders.Keys.Single(t => !known.Contains(t)));
        }

        async Task Ask(int minutes)
        {
            for (var i = 0; i < minutes; i++)
            {
                server.Clock.Advance(TimeSpan.FromMinutes(1));
                await server.Service<PaymentJobs>().Ask(default);
            }
            await server.Service<PaymentJobs>().Ask(default);
        }

        async Task<string> State(string of) => (string)(await owner.GetApi("/api/orders/" + of))["story"]!["order"]!["status"]!;
    }
}
