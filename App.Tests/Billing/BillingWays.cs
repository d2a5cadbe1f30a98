using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Commissions;
using Gatehouse.Billing.Coupons;
using Gatehouse.Billing.Distributors;
using Gatehouse.Billing.Invites;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.MoneyDesk;
using Gatehouse.Billing.Orders;
using Gatehouse.Billing.Payments;
using Gatehouse.Billing.RechargeKeys;
using Gatehouse.Billing.Refunds;
using Gatehouse.Billing.Reselling;
using Gatehouse.Billing.Withdrawals;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Errors;
using Gatehouse.Tests.Licensing;
using Gatehouse.Tests.Support;
using Gatehouse.Tests.Support.Tickets;

namespace Gatehouse.Tests.Billing;

/// <summary>The ways of the shop, orders and payment channels.</summary>
internal static class BillingWays
{
    public static readonly IReadOnlyDictionary<ErrorCode, Func<ErrorSite, Task<Refused>>> Of = new Dictionary<ErrorCode, Func<ErrorSite, Task<Refused>>>
    {
        [OrderErrors.NotOnSale] = async site => await Buy(site, await site.Owner.MakePlan(site.Unique("plan"))),
        [OrderErrors.SoldOut] = async site =>
        {
            var plan = await Offer(site);
            var made = await site.Owner.PostApi("/api/keys/generate", new { plan, count = 1 });
            await site.Owner.PatchApi("/api/plans/" + plan, new { stock_batch = (string)made["batch_id"]! });
            return await Buy(site, plan, 2);
        },
        [OrderErrors.LimitReached] = async site =>
        {
            var plan = await Offer(site);
            await site.Owner.PatchApi("/api/plans/" + plan, new { person_limit = 1 });
            return await Buy(site, plan, 2);
        },
        [OrderErrors.TrialUsed] = async site =>
        {
            var plan = await Offer(site);
            await site.Owner.PatchApi("/api/plans/" + plan, new { price = 0, trial = true });
            await Buy(site, plan);
            return await Buy(site, plan);
        },
        [LedgerErrors.InsufficientBalance] = async site =>
        {
            var (_, http) = await Helpdesk.Customer(site.Server);
            var channel = (string)(await site.Owner.PostApi("/api/payment-channels", new { kind = "balance", name = site.Unique("balance") }))["channel"]!["id"]!;
            return await http.PostApi("/api/shop/orders", new { plan = await Offer(site), quantity = 1, channel }).Refused();
        },
        [OrderErrors.OrderNotFound] = site => site.Owner.GetApi("/api/orders/nothing").Refused(),
        [OrderErrors.OrderState] = async site =>
        {
            var plan = await Offer(site);
            await site.Owner.PatchApi("/api/plans/" + plan, new { price = 0 });
            var made = await site.Server.Http.PostApi("/api/shop/orders", new { plan, quantity = 1, email = "guest@example.com" });
            return await site.Owner.PostApi($"/api/orders/{(string)made["order"]!["number"]!}/cancel", new { reason = "too late" }).Refused();
        },
        [CommissionErrors.NoLink] = async site =>
        {
            var (account, http) = await Helpdesk.Customer(site.Server);
            await site.Server.Db.Write(s => site.Server.Service<DistributorService>().Apply(s, Helpdesk.As(account), "I sell"));
            await site.Owner.PatchApi("/api/distributors/" + account, new { status = "active" });
            return await http.DeleteApi("/api/distributor/links/NOTHING").Refused();
        },
        [RechargeErrors.NotOne] = async site => await Recharge(site, await site.Key()),
        [RechargeErrors.Spent] = async site =>
        {
            var key = await RechargeKey(site);
            await Recharge(site, key);
            return await Recharge(site, key);
        },
        [RechargeErrors.Blocked] = async site =>
        {
            var key = await RechargeKey(site);
            await site.Owner.PatchApi("/api/keys/" + key, new { action = "suspend" });
            return await Recharge(site, key);
        },
        [RefundErrors.NotFound] = site => site.Owner.GetApi("/api/finance/refunds/nothing").Refused(),
        [RefundErrors.State] = async site =>
        {
            var made = await site.Server.Http.PostApi("/api/shop/orders", new { plan = await Offer(site), quantity = 1, email = "guest@example.com", channel = await Channel(site) });
            var number = (string)made["order"]!["number"]!;
            await site.Owner.PostApi($"/api/orders/{number}/confirm", new { reference = site.Unique("bank") });
            var refund = (string)(await site.Owner.PostApi($"/api/orders/{number}/refund", new { reason = "a gift" }))["refund"]!["id"]!;
            return await site.Owner.PostApi($"/api/finance/refunds/{refund}/drop", new { reason = "too late" }).Refused();
        },
        [MoneyDeskService.NotFound] = site => site.Owner.GetApi("/api/finance/payments/nothing").Refused(),
        [MoneyDeskService.Settled] = async site =>
        {
            var tenant = Caller.DefaultTenant;
            var payment = new Payment(Ids.New(), "gone", site.Unique("T"), "", null, null, "CNY", 100, PaymentProblem.Unknown, 0, 1, 2, "write_off");
            await site.Server.Db.Write(async s =>
            {
                await AttemptStore.Insert(s, tenant, payment);
                await MoneyDeskStore.Decide(s, tenant, payment);
                return true;
            });
            return await site.Owner.PostApi($"/api/finance/payments/{payment.Id}/write-off", new { reason = "again" }).Refused();
        },
        [PaymentChannelErrors.NotFound] = site => site.Owner.GetApi("/api/payment-channels/nothing").Refused(),
        [PaymentChannelErrors.InUse] = async site =>
        {
            var channel = await Channel(site);
            await Buy(site, await Offer(site), 1, channel);
            return await site.Owner.DeleteApi("/api/payment-channels/" + channel).Refused();
        },
        [DistributorErrors.NotFound] = async site => await site.Owner.PatchApi("/api/distributors/" + await site.Server.Staff.Customer(), new { level = 2 }).Refused(),
        [DistributorErrors.State] = async site =>
        {
            var (id, _) = await Distributor(site);
            return await site.Owner.PatchApi("/api/distributors/" + id, new { status = "rejected" }).Refused();
        },
        [DistributorErrors.NotOne] = async site => await (await Helpdesk.Customer(site.Server)).Http.PostApi("/api/distributor/orders", new { plan = await Offer(site), quantity = 1 }).Refused(),
        [DistributorErrors.NoPrice] = async site => await (await Distributor(site)).Http.PostApi("/api/distributor/orders", new { plan = await Offer(site), quantity = 1 }).Refused(),
        [ResellingErrors.ReferenceUsed] = async site =>
        {
            var (id, http) = await Distributor(site);
            var plan = await Offer(site);
            await site.Owner.PatchApi("/api/distributors/" + id, new { credit = 10_000 });
            await site.Owner.PostApi("/api/distributors/prices", new { plan, prices = new[] { new { level = 1, from = 1, price = 900 } } });
            await http.PostApi("/api/distributor/orders", new { plan, quantity = 1, reference = "A-1" });
            return await http.PostApi("/api/distributor/orders", new { plan, quantity = 1, reference = "A-1" }).Refused();
        },
        [InviteErrors.Off] = async site => await (await Helpdesk.Customer(site.Server)).Http.PostApi("/api/user/invites", new { }).Refused(),
        [CommissionErrors.TooManyLinks] = async site =>
        {
            var (_, http) = await Distributor(site);
            for (var i = 0; i < CommissionService.MaxLinks; i++)
                await http.PostApi("/api/distributor/links", new { name = $"Link {i}" });
            return await http.PostApi("/api/distributor/links", new { name = "One more" }).Refused();
        },
        [WithdrawalErrors.NotFound] = site => site.Owner.PostApi("/api/distributors/withdrawals/nothing/refuse", new { reason = "no" }).Refused(),
        [WithdrawalErrors.State] = async site =>
        {
            var (id, _) = await Distributor(site);
            var withdrawal = await CommissionRows.Withdrawal(site.Server, Caller.DefaultTenant, site.Owner, id, await Offer(site));
            await site.Owner.PostApi($"/api/distributors/withdrawals/{withdrawal}/refuse", new { reason = "no" });
            return await site.Owner.PostApi($"/api/distributors/withdrawals/{withdrawal}/approve", new { reference = "wire" }).Refused();
        },
        [WithdrawalErrors.Insufficient] = async site => await (await Distributor(site)).Http.PostApi("/api/distributor/withdrawals", new { amount = 1, currency = "CNY", way = "balance" }).Refused(),
        [CouponErrors.NotFound] = site => site.Owner.GetApi("/api/coupons/nothing").Refused(),
        [CouponErrors.InUse] = async site =>
        {
            var (id, code) = await Coupon(site, new { percent = 10 });
            await BuyBy(site, code);
            return await site.Owner.DeleteApi("/api/coupons/" + id).Refused();
        },
        [CouponErrors.NotYet] = site => Unfit(site, new { percent = 10, starts_at = "2040-01-01T00:00:00Z" }),
        [CouponErrors.Ended] = site => Unfit(site, new { percent = 10, enabled = false }),
        [CouponErrors.UsedUp] = site => Unfit(site, new { percent = 10, total_limit = 1 }, twice: true),
        [CouponErrors.UsedByYou] = site => Unfit(site, new { percent = 10, person_limit = 1 }, twice: true),
        [CouponErrors.NotForThis] = site => Unfit(site, new { percent = 10, shop_groups = new[] { "Other" } }),
        [CouponErrors.BelowMinimum] = site => Unfit(site, new { percent = 10, minimum = 2000, currency = "CNY" }),
        [CouponErrors.FirstOrder] = site => Unfit(site, new { percent = 100, first_order = true }, twice: true),
        [CouponErrors.Alone] = async site => await BuyBy(site, $"{(await Coupon(site, new { percent = 10 })).Code},{(await Coupon(site, new { percent = 20 })).Code}"),
        [CouponErrors.NothingLeft] = async site => await BuyBy(site, $"{(await Coupon(site, new { percent = 100, stackable = true })).Code},{(await Coupon(site, new { percent = 20, stackable = true })).Code}"),
    };

    public static async Task<string> RechargeKey(ErrorSite site) => (await site.Owner.Keys((string)(await site.Owner.PostApi("/api/plans", new { name = site.Unique("card"), recharge = 5000 }))["plan"]!["id"]!, 1))[0];

    private static async Task<Refused> Recharge(ErrorSite site, string key) => await (await Helpdesk.Customer(site.Server)).Http.PostApi("/api/user/balance/recharge", new { key }).Refused();

    private static async Task<(string Id, HttpClient Http)> Distributor(ErrorSite site)
    {
        var (id, http) = await Helpdesk.Customer(site.Server);
        await site.Server.Db.Write(s => site.Server.Service<DistributorService>().Apply(s, Caller.Public(null, null) with { Kind = "customer", Id = id }, "I sell"));
        await site.Owner.PatchApi("/api/distributors/" + id, new { status = "active" });
        return (id, http);
    }

    private static async Task<(string Id, string Code)> Coupon(ErrorSite site, object coupon)
    {
        var code = site.Unique("CODE").ToUpperInvariant();
        var body = System.Text.Json.JsonSerializer.SerializeToNode(coupon)!.AsObject();
        body["code"] = code;
        return ((string)(await site.Owner.PostApi("/api/coupons", body))["coupon"]!["id"]!, code);
    }

    private static async Task<Refused> Unfit(ErrorSite site, object coupon, bool twice = false)
    {
        var (_, code) = await Coupon(site, coupon);
        if (twice)
            await BuyBy(site, code);
        return await BuyBy(site, code);
    }

    private static async Task<Refused> BuyBy(ErrorSite site, string coupon) =>
        await site.Server.Http.PostApi("/api/shop/orders", new { plan = await Offer(site), quantity = 1, email = "guest@example.com", channel = await Channel(site), coupon }).Refused();

    private static async Task<string> Offer(ErrorSite site) => (string)(await site.Owner.PostApi("/api/plans", new { name = site.Unique("offer"), price = 1250, on_sale = true }))["plan"]!["id"]!;

    internal static async Task<string> Channel(ErrorSite site) =>
        (string)(await site.Owner.PostApi("/api/payment-channels", new { kind = "epay_v1", name = site.Unique("till"), settings = new { url = "https://pay.example.com/", pid = "1001", key = "s3cret" } }))["channel"]!["id"]!;

    private static async Task<Refused> Buy(ErrorSite site, string plan, int quantity = 1, string? channel = null) =>
        await site.Server.Http.PostApi("/api/shop/orders", new { plan, quantity, email = "guest@example.com", channel = channel ?? await Channel(site) }).Refused();
}
