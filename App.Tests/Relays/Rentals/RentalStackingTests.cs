using CsCheck;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Relays.Extras;
using Gatehouse.Relays.Rentals;
using Gatehouse.Relays.Traffic;

namespace Gatehouse.Tests.Relays.Rentals;

/// <summary>How time adds up, whatever comes in whatever order: the table of the help.</summary>
public sealed class RentalStackingTests
{
    private const long Day = 86_400_000, Now = 1_800_000_000_000;

    private static readonly Plan[] Plans =
    [
        new() { Id = "a", Name = "30 days", DurationSeconds = 30 * 86400, Price = 3000, TrafficQuota = 100 }, new() { Id = "b", Name = "10 days", DurationSeconds = 10 * 86400, Price = 1700, TrafficQuota = 40, TrafficReset = "monthly" },
        new() { Id = "free", Name = "Free", DurationSeconds = 86400, Price = 0 }, new() { Id = "usd", Name = "In dollars", DurationSeconds = 5 * 86400, Price = 900, Currency = "USD" },
    ];

    private static readonly Gen<(int Plan, int When, long Later, long Used)[]> Purchases = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Long[0, 40 * Day], Gen.Long[0, 120]).Array[1, 12];

    /// <summary>Each purchase does exactly what its line of the table says, and nothing that was paid for is lost.</summary>
    [Fact]
    public void Every_purchase_does_what_the_table_says() => Purchases.Sample(purchases =>
    {
        var now = Now;
        var rental = Rental.Of(Plans[0], "r", "p", "Home", now);
        foreach (var (index, said, later, used) in purchases)
        {
            now += later;
            if (rental.NextAt <= now)
                rental = rental.Turned();
            rental = Use(rental, used, now);
            var (terms, when) = (RentalTerms.Of(Plans[index]), said switch { 0 => null, 1 => Rental.AtEnd, _ => Rental.AtOnce });
            var length = terms.Seconds!.Value * 1000;
            var (before, end) = (rental, rental.EndAt!.Value);
            try
            {
                rental = before.With(terms, when, now);
            }
            catch (Refusal refusal)
            {
                Assert.NotEqual(before.Terms.PlanId, terms.PlanId);
                Assert.Equal(before.Next is not null ? "RENTAL_NEXT" : when is null ? "RENTAL_OTHER_PLAN" : "RENTAL_NOT_COMPARABLE", refusal.Code);
                Assert.True(refusal.Code != "RENTAL_NOT_COMPARABLE" || before.Terms.Price > 0 && (terms.Price == 0 || terms.Currency != before.Terms.Currency));
                continue;
            }
            if (before.Terms.PlanId == terms.PlanId)
            {
                Assert.Equal((Math.Max(end, now) + length, before.NextAt + length, before.Terms with { TrafficQuota = rental.Terms.TrafficQuota }), (rental.EndAt, rental.NextAt, rental.Terms));
                // A quota that is given once is given again on top of what is left of it; one that comes back by itself stays as it is.
                if (terms.Once && terms.TrafficQuota is { } more)
                    Assert.Equal((before.TrafficLeft + more, 0, 0, null, now), (rental.TrafficLeft, rental.TrafficUsed, rental.TrafficOver, rental.SpentAt, rental.PeriodAt));
                else
                    Assert.Equal((before.Terms.TrafficQuota, before.TrafficUsed, before.TrafficOver, before.SpentAt), (rental.Terms.TrafficQuota, rental.TrafficUsed, rental.TrafficOver, rental.SpentAt));
            }
            else if (before.Next is not null)
                Assert.Equal((end + length, before.NextAt, before.Next.PlanId, before.TrafficLeft, terms.Once ? before.Next.TrafficQuota + terms.TrafficQuota : before.Next.TrafficQuota), (rental.EndAt, rental.NextAt, terms.PlanId, rental.TrafficLeft, rental.Next!.TrafficQuota));
            else if (end <= now)
                Assert.Equal((now + length, terms), (rental.EndAt, rental.Terms));
            else if (when == Rental.AtEnd)
                Assert.Equal((end + length, end, before.Terms, terms), (rental.EndAt, rental.NextAt, rental.Terms, rental.Next));
            else
            {
                // By the whole days that are left, at the prices of both: never worth more than they were, nor a day less.
                var (days, credit) = ((end - now) / Day, rental.EndAt!.Value - now - length);
                Assert.Equal(terms, rental.Terms);
                var (worth, was) = ((decimal)credit * terms.Price / length, (decimal)days * Day * before.Terms.Price / (before.Terms.Seconds!.Value * 1000));
                Assert.InRange(was - worth, 0, 1.01m);
            }
        }
    });

    /// <summary>What was taken back at once is as if it had never come.</summary>
    [Fact]
    public void A_purchase_that_is_taken_back_at_once_leaves_what_was() => Purchases.Sample(purchases =>
    {
        var now = Now;
        var rental = Rental.Of(Plans[0], "r", "p", "Home", now);
        foreach (var (index, _, later, used) in purchases)
        {
            now += later % (5 * Day);
            if (rental.NextAt <= now)
                rental = rental.Turned();
            rental = Use(rental, used, now);
            if (rental.EndAt <= now || rental.Next is { } next && next.PlanId != Plans[index].Id && rental.Terms.PlanId != Plans[index].Id)
                continue;
            var terms = RentalTerms.Of(Plans[index]);
            var after = rental.With(terms, Rental.AtEnd, now);
            var piece = new RentalPiece("e", "r", terms.PlanId, terms.Seconds * 1000, after.Next is not null && terms.PlanId == after.Terms.PlanId ? after.NextAt : after.EndAt, terms.Once ? terms.TrafficQuota : null);
            var (undone, back) = after.Without(piece, now);
            Assert.Equal((rental.EndAt, rental.NextAt, rental.Next, terms.Seconds * 1000, rental.TrafficLeft), (undone.EndAt, undone.NextAt, undone.Next, back, undone.TrafficLeft));
            rental = after;
        }
    });

    /// <summary>Add-ons do what their lines say, in whatever order they come, and each that is taken back at once leaves what was.</summary>
    [Fact]
    public void Every_add_on_does_what_the_table_says_and_can_be_taken_back() => Gen.Select(Gen.Int[0, 3], Gen.Long[1, 9], Gen.Long[0, 60], Gen.Long[0, 3 * Day]).Array[1, 12].Sample(all =>
    {
        var now = Now;
        var rental = Rental.Of(Plans[0], "r", "p", "Home", now);
        foreach (var (which, amount, used, later) in all)
        {
            now += later % Day;
            rental = Use(rental, used, now);
            var extra = new RentalExtra("e", "r", null, AddOns.RelayKinds[which], which == 1 ? 1 : amount, null, 1);
            if (extra.Obstacle(rental, now) is { } why)
            {
                Assert.Equal(extra.Kind == AddOns.Reset ? "rentals.extra.nothing_used" : extra.Kind == AddOns.Servers ? "rentals.extra.most" : "", why.Key);
                continue;
            }
            var after = extra.Add(rental, now);
            Assert.Equal((rental.Terms.DeviceLimit + (extra.Kind == AddOns.Devices ? amount : 0), rental.Terms.Servers + (extra.Kind == AddOns.Servers ? amount : 0)), (after.Terms.DeviceLimit, after.Terms.Servers));
            Assert.Equal((rental.EndAt, rental.Terms.TrafficQuota, extra.Kind == AddOns.Reset ? rental.Terms.TrafficQuota : rental.TrafficLeft), (after.EndAt, after.Terms.TrafficQuota, after.TrafficLeft));
            var done = extra with { Bytes = rental.TrafficUsed - after.TrafficUsed, PeriodAt = after.PeriodAt };
            Assert.Equal((rental.TrafficLeft, rental.Terms), (done.TakeFrom(after).TrafficLeft, done.TakeFrom(after).Terms));
            // Used meanwhile, it takes what is left and no more; in another period, nothing.
            Assert.InRange(done.TakeFrom(Use(after, used, now)).TrafficUsed, 0, after.Terms.TrafficQuota!.Value);
            Assert.Equal(after.TrafficUsed, (done with { PeriodAt = now - Day }).TakeFrom(after).TrafficUsed);
            rental = after;
        }
    });

    // As the books do: what is beyond all is over, and what is used up is noted.
    private static Rental Use(Rental rental, long bytes, long now)
    {
        var after = new TrafficQuota(rental.Terms.TrafficQuota, rental.TrafficUsed, rental.TrafficOver, []).Use(bytes, DateTimeOffset.FromUnixTimeMilliseconds(now));
        return rental with { TrafficUsed = after.Used, TrafficOver = after.Over, SpentAt = after.Out(DateTimeOffset.FromUnixTimeMilliseconds(now)) ? rental.SpentAt ?? now : null };
    }
}
