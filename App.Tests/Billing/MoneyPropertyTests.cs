using System.Collections.Concurrent;
using CsCheck;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.OrderDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.Refunds;
using Gatehouse.Billing.Renewals;
using Gatehouse.Billing.Withdrawals;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Accounts;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Billing;

/// <summary>Whatever people, gateways and staff do in whatever order: the books add up, nobody has less than nothing, and who paid has what was bought or stands on somebody's desk.</summary>
public sealed class MoneyPropertyTests
{
    private const string Tenant = Caller.DefaultTenant;
    private static readonly string?[] Codes = [null, "TEN", "FREE", "ONCE"];
    private static readonly string[] Told = ["charge.refunded", "charge.dispute.created", "charge.dispute.closed", "charge.dispute.closed"];

    private static readonly string?[] Ways = [null, RefundWay.Gateway, RefundWay.Balance, RefundWay.Hand];

    // What is done, to which of the orders or attempts there are, and a number that it needs.
    private static readonly Gen<List<(int What, int Which, int How)>> Deeds = Gen.Select(Gen.Int[0, 28], Gen.Int[0, 9], Gen.Int[0, 3]).List[5, 40];

    [Theory, BothEngines]
    public Task Whatever_is_done_one_after_the_other_the_books_add_up(Engine engine) => Hold(engine, 1, engine == Engine.Sqlite ? 30 : 8);

    [Theory, BothEngines]
    public Task Whatever_is_done_by_four_at_once_the_books_add_up(Engine engine) => Hold(engine, 4, engine == Engine.Sqlite ? 20 : 8);

    private static Task Hold(Engine engine, int atOnce, int rounds) => Deeds.SampleAsync(async deeds =>
    {
        await using var world = await World.Open(engine);
        foreach (var group in deeds.Chunk(atOnce))
            await Task.WhenAll(group.Select(d => Task.Run(() => world.Do(d.What, d.Which, d.How))));
        await world.Holds();
    }, iter: rounds, threads: 1);

    private sealed class World(Till till, Caller who, string balance, Seller ada, string key, Plan pro) : IAsyncDisposable
    {
        private readonly ConcurrentQueue<Order> _orders = [];
        private readonly ConcurrentQueue<(string Number, long Amount)> _attempts = [];
        private int _numbers;

        public static async Task<World> Open(Engine engine)
        {
            var till = await Till.Open(engine, stock: 5, as_: p => p with { AddOns = AddOnTests.Sold });
            var pro = await SwitchTests.Target(till, 3000, machines: 5);
            pro = await SwitchTests.Change(till, pro, p => p with { SwitchTo = $"""["{till.Plan.Id}"]""", AddOns = AddOnTests.Sold });
            await till.Coupon(new() { Code = "TEN", Percent = 10, TotalLimit = 2 });
            await till.Coupon(new() { Code = "FREE", Percent = 100, TotalLimit = 1 });
            await till.Coupon(new() { Code = "ONCE", Amount = 333, PersonLimit = 1 });
            var channel = new PaymentChannel { Id = Ids.New(), Kind = "balance", Name = "Balance" };
            await till.Db.Write(s => PaymentChannelStore.Insert(s, Tenant, channel));
            // A key whose month runs, and which renews itself.
            var who = await till.Customer(2000);
            var first = await till.Order(1, who);
            await till.Pay(await till.Attempt(first), first.Amount);
            var key = (await till.Keys(first))[0];
            Assert.True((await till.Shop.Validate(key)).Valid);
            var world = new World(till, who, channel.Id, await Seller.Open(till, 1234, 0), key, pro);
            world._orders.Enqueue(first);
            await world.Renews(true);
            return world;
        }

        // A refusal is an answer; anything else is a fault.
        public async Task Do(int what, int which, int how) => await Bench.Code(() => Deed(what, which, how));

        public async Task Holds()
        {
            await till.AddsUp();
            async Task<long> Count(string sql) => await till.Shop.Count(sql);
            Assert.Equal(0, await Count("SELECT COUNT(*) FROM (SELECT currency FROM ledger_entries GROUP BY currency HAVING SUM(amount) <> 0) x"));
            Assert.Equal(0, await Count("SELECT COUNT(*) FROM ledger_balances WHERE balance < 0"));
            Assert.Equal(0, await Count("SELECT COUNT(*) FROM (SELECT key FROM order_keys WHERE delivered_at IS NOT NULL GROUP BY key HAVING COUNT(*) > 1) x"));
            // Paid is delivered, or waits where staff see it.
            Assert.Equal(0, await Count("SELECT COUNT(*) FROM orders WHERE paid_at IS NOT NULL AND NOT (state IN ('delivered', 'renewed') OR state IN ('refunded', 'partly_refunded') AND EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = orders.id AND r.state = 'done') OR (state = 'paid' AND EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = orders.id AND e.kind IN ('out_of_stock', 'waits_for_staff'))))"));
            // All that came in is on the books: what gateways said, and what staff said.
            Assert.Equal(await Count("SELECT COALESCE(SUM(amount), 0) FROM payments"),
                await Count("SELECT COALESCE(SUM(e.amount), 0) FROM ledger_entries e JOIN ledger_transactions t ON t.id = e.transaction_id WHERE t.payment_id IS NOT NULL AND t.kind <> 'refund' AND e.amount > 0 AND e.account <> 'discounts'"));
            // What went back never came to more than was paid, and what waits to go is still here.
            Assert.Equal(0, await Count("SELECT COUNT(*) FROM orders WHERE (SELECT COALESCE(SUM(r.amount), 0) FROM refunds r WHERE r.order_id = orders.id AND r.state IN ('asked', 'failed', 'done')) > (CASE WHEN paid_at IS NULL THEN 0 ELSE amount END)"));
            Assert.Equal(await Count("SELECT COALESCE(SUM(amount), 0) FROM refunds WHERE state IN ('asked', 'failed')"), -await till.Sum(LedgerAccount.Refunding));
            // What lies in suspense is what waits for staff.
            Assert.Equal(await Count("SELECT COALESCE(SUM(open_amount), 0) FROM payments WHERE resolved_at IS NULL"), -await till.Sum(LedgerAccount.Suspense));
        }

        public ValueTask DisposeAsync() => till.DisposeAsync();

        private async Task Deed(int what, int which, int how)
        {
            switch (what)
            {
                case 0:
                    _orders.Enqueue(await till.Order(1 + how % 2, coupon: Codes[which % 4], buyer: Till.Guest with { Email = $"guest{how}@example.com" }, sent: Sent(which)));
                    break;
                case 1:
                    _orders.Enqueue(await till.Order(1, who, coupon: Codes[which % 4], sent: Sent(how)));
                    break;
                case 2:
                    _orders.Enqueue(await till.Order(1 + how % 2, who, balance, coupon: Codes[which % 4], sent: Sent(which)));
                    break;
                case 3 when Of(_orders, which) is { } order:
                    _attempts.Enqueue((await till.Attempt(order), order.Amount));
                    break;
                case 4 or 5 or 6 or 7 when Of(_attempts, which) is { Number: { } number } attempt:
                    // As much as was asked for, and less or more at times; the same payment told again, or another one.
                    await till.Pay(number, Math.Max(1, attempt.Amount + (what == 6 ? 100 * (how - 1) : 0)), what == 7 ? "N" + Interlocked.Increment(ref _numbers) : null);
                    break;
                case 8 when Of(_orders, which) is { } order:
                    await till.Db.Write(s => till.Orders.Cancel(s, Tenant, order.Id, "", ""));
                    break;
                case 9:
                    await till.Db.Write(s => till.Shop.Get<BalanceService>().TopUp(s, Licensing.Shop.Staff, new(who.Id, 500 * (how + 1), "CNY", "cash")));
                    break;
                case 10 when Of(_orders, which) is { } order:
                    await till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<OrderDeskService>().Confirm(s, Licensing.Shop.Staff, order.Number, $"ref{how}", how == 3 ? order.Amount + 50 : null));
                    break;
                case 11 when Of(_orders, which) is { } order:
                    await till.Db.Command(Licensing.Shop.Staff, s => till.Shop.Get<OrderDeskService>().Deliver(s, Licensing.Shop.Staff, order.Number, "", null));
                    break;
                case 12:
                    till.Shop.Clock.Advance(TimeSpan.FromMinutes(11 * how));
                    await till.Shop.Get<PaymentJobs>().Expire(default);
                    break;
                case 13:
                    await till.Pay("GHUNKNOWN" + how, 700 + how);
                    break;
                case 14:
                    _orders.Enqueue(await till.Db.Write(s => till.Orders.TopUp(s, who, "CNY", 300 * (how + 1), till.Channel.Id, "en")));
                    break;
                // All of it, or a part; as it came, or as staff say; and its keys with it or not.
                case 15 or 16 when Of(_orders, which) is { } order:
                    await Staff(s => Refunds.Ask(s, Licensing.Shop.Staff, order.Number, new(what == 15 ? null : 200 * (1 + which % 4), "unhappy", Ways[how], how == 3 ? "wire" : null, which % 3 == 0 ? RefundWanted.Keep : null)));
                    break;
                case 17 when await Open(which) is { } refund:
                    await till.Db.Write(s => Heard(s, refund, how));
                    break;
                case 18 when await Open(which) is { } refund:
                    await Staff(s => Refunds.Settle(s, Licensing.Shop.Staff, refund.Id, Ways[1 + how % 3], $"wire{how}", null));
                    break;
                case 19 when await Open(which) is { } refund:
                    await Staff(s => Refunds.Drop(s, Licensing.Shop.Staff, refund.Id, "no"));
                    break;
                // Money went back at the gateway that nobody here had asked for; or it is disputed, and that is won or lost.
                case 20 when Of(_attempts, which) is { Number: { } number }:
                    await till.Db.Write(s => till.Taker.Returned(s, Tenant, till.Channel, new(number, "T" + number, "", Told[how], _ => 100 * (how + 1)) { Won = how < 2 ? null : how == 2 }));
                    break;
                // Whose link sold some of it asks for what it earned, is paid or not, and is stopped at times.
                case 21:
                    await ada.Withdraw(10 * (1 + which), how % 2 == 0 ? WithdrawalWay.Balance : WithdrawalWay.Hand);
                    break;
                case 22 when await ada.Open() is { Count: > 0 } asked:
                    await till.Db.Command(Licensing.Shop.Staff, s => how == 0 ? Withdrawals.Refuse(s, Licensing.Shop.Staff, asked[which % asked.Count], "no") : Withdrawals.Approve(s, Licensing.Shop.Staff, asked[which % asked.Count], "wire"));
                    break;
                case 23:
                    await ada.Change(new(how % 2 == 0 ? Distributor.Suspended : Distributor.Active));
                    break;
                // What is bought for the key that is there: the other plan, an add-on, another month; and its time runs, in which it renews itself.
                case 24:
                    _orders.Enqueue(await SwitchTests.Switch(till, key, (await till.Shop.Key(key)).PlanId == pro.Id ? till.Plan : pro, atEnd: which % 3 == 0, who, how % 2 == 0 ? balance : null));
                    break;
                case 25:
                    _orders.Enqueue(await AddOnTests.Add(till, key, how % 2 == 0 ? "days-10" : "machines-1", who: which % 2 == 0 ? who : null));
                    break;
                case 26:
                    _orders.Enqueue(await SwitchTests.Renewal(till, key));
                    break;
                case 27:
                    for (var day = 0; day < 1 + 3 * which; day++)
                    {
                        till.Shop.Clock.Advance(TimeSpan.FromDays(1));
                        await till.Shop.Get<AutoRenewalService>().Run(default);
                    }
                    await SwitchTests.Run(till);
                    break;
                case 28:
                    await Renews(how > 0);
                    break;
            }
        }

        private async Task Renews(bool on)
        {
            var id = (await till.Shop.Key(key)).Id;
            await till.Db.Write(s => till.Shop.Get<AutoRenewalService>().Switch(s, who, id, on));
        }

        private Referral? Sent(int which) => which % 2 == 0 ? ada.Sent() : null;

        private WithdrawalService Withdrawals => till.Shop.Get<WithdrawalService>();

        private RefundService Refunds => till.Shop.Get<RefundService>();

        private Task Staff(Func<WriteTx, ValueTask<Refund>> work) => till.Db.Command(Licensing.Shop.Staff, work);

        private async Task<Refund?> Open(int which) =>
            await till.Db.Read(s => s.All("SELECT id FROM refunds WHERE state IN ('asked', 'failed', 'told') ORDER BY id", r => r.GetString(0))) is { Count: > 0 } ids ? await till.Db.Read(s => Refunds.Get(s, Tenant, ids[which % ids.Count])) : null;

        // What the gateway says to it, as it is taken down: done, refused, or nothing any more.
        private async ValueTask Heard(WriteTx s, Refund seen, int how)
        {
            if (seen.OrderId is { } order)
                await OrderStore.Locked(s, Tenant, order);
            if (await RefundStore.Locked(s, Tenant, seen.Id) is not { State: RefundState.Asked } refund)
                return;
            var books = till.Shop.Get<RefundBooks>();
            if (how < 2)
            {
                await books.Post(s, Tenant, refund, LedgerAccount.Refunding, LedgerAccount.Clearing(till.Channel.Id), "");
                await books.Done(s, Tenant, refund, "");
            }
            else if (how == 2)
                await books.Failed(s, Tenant, refund);
            else
                await RefundStore.Update(s, Tenant, refund with { AskAt = null });
        }

        private static T? Of<T>(ConcurrentQueue<T> queue, int which) => queue.ToArray() is { Length: > 0 } all ? all[which % all.Length] : default;
    }
}
