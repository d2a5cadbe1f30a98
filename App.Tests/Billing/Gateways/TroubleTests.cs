using Gatehouse.Billing.Gateways;
using Gatehouse.Tests.Billing.Support;

namespace Gatehouse.Tests.Billing.Gateways;

/// <summary>Each kind with a gateway that misbehaves.</summary>
public sealed class TroubleTests : AtGateway
{
    [Theory, MemberData(nameof(Kinds))]
    public async Task From_answers_that_are_none_nothing_follows(string name)
    {
        await Open(name);
        await Begin();
        Server.Mark(Trade);
        Call = Call with { Payment = Call.Payment with { GatewayNumber = Server.Orders[Trade].GatewayNumber, Proof = "pi_" + Server.Orders[Trade].GatewayNumber[Math.Min(8, Server.Orders[Trade].GatewayNumber.Length)..] } };
        var signed = name.StartsWith("epay_v2", StringComparison.Ordinal) || name == "alipay";
        Trouble[] troubles = [Trouble.Redirect, Trouble.Broken, Trouble.Nonsense, Trouble.Refusing, Trouble.WrongOrder, .. signed ? [Trouble.Unsigned, Trouble.Forged] : Array.Empty<Trouble>()];
        foreach (var trouble in troubles)
        {
            Server.Trouble = trouble;
            Assert.Equal((trouble, PaymentState.Unknown), (trouble, (await Ask(Kind.Query!)).State));
            if (Kind.Close is { } close && trouble is not Trouble.WrongOrder and not Trouble.Refusing)
                Assert.Null((await Ask(close)).Closed);
        }
        Server.Trouble = Trouble.WrongAmount;
        if (name is not ("epusdt" or "bepusdt"))
            Assert.NotEqual(1250, (await Ask(Kind.Query!)).Amount);
        Server.Trouble = Trouble.None;
        Assert.Equal(PaymentState.Paid, (await Ask(Kind.Query!)).State);
    }

    public static TheoryData<string, Trouble> Starts
    {
        get
        {
            var rows = new TheoryData<string, Trouble>();
            foreach (var kind in new[] { "epay_v1 api", "epay_v2 api", "stripe", "alipay", "epusdt", "bepusdt", "tokenpay" })
            {
                foreach (var trouble in new[] { Trouble.Redirect, Trouble.Broken, Trouble.Nonsense, Trouble.Refusing })
                    rows.Add(kind, trouble);
                // What names the order or is signed.
                if (!kind.StartsWith("epay", StringComparison.Ordinal))
                    rows.Add(kind, Trouble.WrongOrder);
                if (kind is "stripe" or "epusdt" or "bepusdt")
                    rows.Add(kind, Trouble.WrongAmount);
                if (kind is "epay_v2 api" or "alipay")
                {
                    rows.Add(kind, Trouble.Unsigned);
                    rows.Add(kind, Trouble.Forged);
                }
            }
            return rows;
        }
    }

    [Theory, MemberData(nameof(Starts))]
    public async Task Nobody_is_asked_to_pay_by_an_answer_that_is_none(string name, Trouble trouble)
    {
        await Open(name);
        Server.Trouble = trouble;
        var start = await Ask(((GatewayStart.Remote)Kind.Start!.With(Call.Values)).Question);
        Assert.Equal((null, trouble == Trouble.Broken), (start.Prompt, start.Later));
        Assert.NotEmpty(start.Answer);
    }

    [Theory]
    [InlineData("epay_v1")]
    [InlineData("epay_v2")]
    [InlineData("stripe")]
    [InlineData("alipay")]
    public async Task A_refund_is_done_when_it_is_known_to_be(string name)
    {
        await Open(name);
        await Begin();
        await Server.Pay(Trade);
        Call = Call with { Payment = Call.Payment with { GatewayNumber = Readings[0].GatewayNumber, Proof = Readings[0].Proof } };
        foreach (var trouble in new[] { Trouble.Redirect, Trouble.Broken, Trouble.Nonsense, Trouble.Refusing, Trouble.Unsigned, Trouble.Forged }.Where(t => name is "epay_v2" or "alipay" || t is not (Trouble.Unsigned or Trouble.Forged)))
        {
            Server.Trouble = trouble;
            var refused = trouble == Trouble.Refusing && name is "epay_v1" ? false : (bool?)null;
            Assert.Equal((trouble, refused), (trouble, (await Ask(Kind.Refund!, new("RF0000001", 250, ""))).Done));
            Assert.Null((await Ask(Kind.RefundQuery!, new("RF0000001", 250, ""))).Done);
        }
    }

    [Fact]
    public async Task A_refund_of_stripes_may_take_days_and_fail()
    {
        await Open("stripe");
        await Begin();
        await Server.Pay(Trade);
        Call = Call with { Payment = Call.Payment with { GatewayNumber = Readings[0].GatewayNumber, Proof = Readings[0].Proof } };
        var stripe = (TestStripe)Server;
        stripe.RefundStatus = "pending";
        Assert.Null((await Ask(Kind.Refund!, new("RF0000001", 250, ""))).Done);
        Assert.Null((await Ask(Kind.RefundQuery!, new("RF0000001", 250, ""))).Done);
        stripe.Settle("failed");
        Assert.False((await Ask(Kind.RefundQuery!, new("RF0000001", 250, ""))).Done);
        await Server.Tell(Trade, new Notice { Event = "refund.failed" });
        Assert.Equal((CallbackClaim.Returned, Readings[0].Proof), (Readings[^1].Claim, Readings[^1].Proof));
    }
}
