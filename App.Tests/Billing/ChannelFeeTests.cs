using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>What paying by a channel costs: exact to the minor unit, and in the ledger.</summary>
public sealed class ChannelFeeTests
{
    [Theory]
    [InlineData(1250, 60, 0, 8)]
    [InlineData(1249, 60, 0, 7)]
    [InlineData(0, 60, 10, 10)]
    [InlineData(83, 60, 0, 0)]
    [InlineData(84, 60, 0, 1)]
    [InlineData(100_000_000_000, 5000, 1, 50_000_000_001)]
    public void Half_of_a_minor_unit_and_more_is_a_whole_one(long price, long rate, long fixedPart, long fee) => Assert.Equal(fee, ChannelFee.Of(price, rate, fixedPart));

    [Theory, BothEngines]
    public async Task What_the_buyer_pays_for_the_channel_is_on_the_order_and_has_its_account(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await till.Set(c => c with { FeeRate = 60, FeeFixed = 10 });
        var order = await till.Order();
        Assert.Equal((1250, 18, 1268), (order.Total, order.Fee, order.Amount));
        // The price alone is too little.
        Assert.Equal(Taken.Kept, await till.Pay(await till.Attempt(order), 1250));
        Assert.Equal([PaymentProblem.Underpaid], await till.Waiting());
        Assert.Equal(Taken.Settled, await till.Pay(await till.Attempt(order), 1268));
        Assert.Equal((-1250L, -18L, 2518L), (await till.Sum(LedgerAccount.Revenue), await till.Sum(LedgerAccount.Fees), await till.Sum(LedgerAccount.Clearing(till.Channel.Id))));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task What_the_operator_carries_is_kept_by_the_channel(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await till.Set(c => c with { FeeRate = 60, FeeFixed = 10, FeeBy = ChannelFee.Operator });
        var order = await till.Order();
        Assert.Equal((0, 1250), (order.Fee, order.Amount));
        Assert.Equal(Taken.Settled, await till.Pay(await till.Attempt(order), 1250));
        Assert.Equal((-1250L, 18L, 1232L), (await till.Sum(LedgerAccount.Revenue), await till.Sum(LedgerAccount.Fees), await till.Sum(LedgerAccount.Clearing(till.Channel.Id))));
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_payment_is_held_to_what_its_own_attempt_asked_for(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await till.Set(c => c with { FeeRate = 100 });
        var order = await till.Order();
        var attempt = await till.Attempt(order);
        // The fee is another for the next buyers; who was asked for 12.63 pays that, and no cent of it is too much.
        await till.Set(c => c with { FeeRate = 500 });
        Assert.Equal(Taken.Settled, await till.Pay(attempt, 1263));
        Assert.Equal((13L, 1263L, OrderState.Delivered), ((await till.Of(order)).Fee, (await till.Of(order)).Amount, (await till.Of(order)).State));
        Assert.Empty(await till.Waiting());
        await till.AddsUp();
    }

    [Theory, BothEngines]
    public async Task A_channel_pays_the_plans_that_it_is_for(Engine engine)
    {
        await using var till = await Till.Open(engine);
        await till.Set(c => c with { Plans = """["another"]""" });
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => till.Order()));
        await till.Set(c => c with { Plans = $"[\"{till.Plan.Id}\"]" });
        Assert.Null(await Bench.Code(() => till.Order()));
        Assert.False(till.Channel.IsFor(null));
    }
}
