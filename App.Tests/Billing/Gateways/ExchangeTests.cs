using Gatehouse.Billing.Gateways;
using Gatehouse.Tests.Billing.Support;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>Each kind with a gateway: asked, paid, told of, asked again, given back, closed.</summary>
public sealed class ExchangeTests : AtGateway
{
    [Theory, MemberData(nameof(Kinds))]
    public async Task A_payment_from_its_beginning_to_its_end(string name)
    {
        await Open(name);
        Assert.Null(Kind.Unfit(Call.Payment));
        var prompt = await Begin();
        Assert.Equal(name switch { "alipay" => "qr", "epusdt" or "bepusdt" or "tokenpay" => "address", _ => "redirect" }, prompt.Kind);
        if (prompt.Kind == "address")
            Assert.Equal(("TXtest", "1.72", name == "tokenpay" ? "USDT · TRON" : "USDT · TRC20"), (prompt.Address, prompt.Amount, prompt.Coin));
        if (prompt.Kind == "redirect")
            Assert.StartsWith(Server.Address, prompt.Url);

        // Nothing is paid yet.
        Assert.Equal(PaymentState.Pending, (await Ask(Kind.Query!)).State);
        var heard = Assert.Single(await Server.Pay(Trade));
        Assert.True(heard.Accepted, heard.Body);
        var told = Assert.Single(Readings);
        Assert.Equal((CallbackClaim.Paid, Trade, 1250L), (told.Claim, told.TradeNumber, told.Amount("CNY")));
        Assert.Equal(Server.Orders[Trade].GatewayNumber, told.GatewayNumber);

        // Asked, it says the same: also where the notify was lost.
        var found = await Ask(Kind.Query!);
        Assert.Equal((PaymentState.Paid, told.GatewayNumber, told.Proof), (found.State, found.GatewayNumber, found.Proof.Length > 0 ? found.Proof : told.Proof));
        Assert.Equal(1250, found.Amount);
        Call = Call with { Payment = Call.Payment with { GatewayNumber = told.GatewayNumber, Proof = told.Proof } };

        if (Kind.Close is { } close)
            Assert.False((await Ask(close)).Closed);
        if (Kind.Refund is not { } refund)
            return;
        Assert.True((await Ask(refund, new("RF0000001", 250, "half of it"))).Done);
        Assert.Equal(2.5m, Server.Orders[Trade].Refunds.Values.Sum() / (name == "stripe" ? 100 : 1));
        if (!Kind.RefundOnce)
        {
            // Asked twice it is done once.
            Assert.NotEqual(false, (await Ask(refund, new("RF0000001", 250, "half of it"))).Done);
            Assert.Single(Server.Orders[Trade].Refunds);
            Assert.True((await Ask(Kind.RefundQuery!, new("RF0000001", 250, ""))).Done);
            Assert.Null((await Ask(Kind.RefundQuery!, new("RF0000009", 250, ""))).Done);
        }
        Assert.NotEqual(true, (await Ask(refund, new("RF0000002", 1001, "more than there is"))).Done);
        Assert.True((await Ask(refund, new("RF0000003", 1000, "the rest"))).Done);
        Assert.True((await Ask(Kind.RefundQuery!, new("RF0000003", 1000, ""))).Done);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task An_attempt_that_nobody_pays_any_more_is_closed(string name)
    {
        await Open(name);
        await Begin();
        if (Server is TestAlipay alipay)
        {
            // A code that nobody scanned is no trade.
            Assert.False((await Ask(Kind.Close!)).Closed);
            alipay.Scan(Trade);
        }
        if (Kind.Close is not { } close)
            return;
        Assert.True((await Ask(close)).Closed);
        Assert.Equal(PaymentState.Closed, (await Ask(Kind.Query!)).State);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_is_told_otherwise_than_usual_is_read_alike(string name)
    {
        await Open(name);
        await Begin();
        var json = Server is TestUsdt or TestStripe;
        var heard = await Server.Pay(Trade, new Notice { Times = 20, AtOnce = true, Post = true, Signing = f => f["zz_new"] = json ? "\"a b+c&d\"" : "a b+c&d" });
        Assert.All(heard, h => Assert.True(h.Accepted));
        Assert.All(Readings, r => Assert.Equal((CallbackClaim.Paid, 1250L), (r.Claim, r.Amount("CNY"))));
        Assert.Single(Readings.Select(r => r.GatewayNumber).Distinct());
        Assert.Equal(20, Readings.Count);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_somebody_else_tells_is_refused(string name)
    {
        await Open(name);
        await Begin();
        var stranger = name.StartsWith("epay_v2", StringComparison.Ordinal) || name == "alipay" ? TestGateway.StrangersKeys.Private : "another";
        var amount = name switch { "stripe" => "amount_total", "alipay" => "total_amount", "tokenpay" => "ActualAmount", "epusdt" or "bepusdt" => "amount", _ => "money" };
        foreach (var how in new[] { new Notice { Key = stranger }, new Notice { Tampering = f => f[amount] = "1" } })
        {
            var heard = Assert.Single(await Server.Pay(Trade, how));
            Assert.Equal((400, "fail", false), (heard.Status, heard.Body, heard.Accepted));
        }
        Assert.All(Readings, r => Assert.Equal(CallbackClaim.Refused, r.Claim));
    }

    [Fact]
    public async Task A_gateway_tells_on_its_schedule_until_it_is_heard()
    {
        await Open("epay_v1");
        await Begin();
        Server.Mark(Trade);
        var read = Merchant.Answer;
        var tries = 0;
        Merchant.Answer = got => ++tries < 3 ? Task.FromResult((500, "down")) : read(got);
        var waited = TimeSpan.Zero;
        Assert.Equal(3, await Server.Keep(Trade, by =>
        {
            waited += by;
            Clock.Advance(by);
            return Task.CompletedTask;
        }));
        Assert.Equal((TimeSpan.FromMinutes(4), 1), (waited, Readings.Count));
    }
}
