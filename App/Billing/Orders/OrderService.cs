using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Billing.Channels;
using Gatehouse.Billing.Coupons;
using Gatehouse.Billing.Gateways;
using Gatehouse.Billing.Ledger;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Orders;

/// <summary>Buying: an order is made, paid from a balance or waits to be paid, and is given up when nobody pays. Each method runs inside the transaction it is given.</summary>
public sealed class OrderService(PlanService plans, PaymentChannelService channels, StockKeeper stock, CouponTaker coupons, Fulfilment fulfilment, LedgerService ledger, Trials trials, IEnumerable<IOrderObserver> observers, SecretBox box, TimeProvider clock)
{
    public const int MaxLookup = 40;
    private const long Day = 86_400_000;

    private readonly byte[] _lookupKey = box.Derive("order-lookup");

    /// <summary>Makes an order. What costs nothing, and what is paid from the balance, is delivered at once; else it waits to be paid by the channel.</summary>
    /// <param name="who">A customer, or nobody: then the buyer needs an e-mail address and a word.</param>
    /// <exception cref="Refusal">404, 409 NOT_ON_SALE, SOLD_OUT, PURCHASE_LIMIT_REACHED, TRIAL_USED, INSUFFICIENT_BALANCE or why a coupon does not fit, 422 with what is wrong, by field.</exception>
    public async ValueTask<Order> Place(WriteTx s, Caller who, Buyer buyer, NewOrder wanted)
    {
        var (tenant, now) = (who.TenantId, Now());
        buyer = await Checked(s, who, buyer);
        var plan = await plans.Named(s, tenant, wanted.Plan);
        if (plan.StockBatch is not null || plan.PersonLimit > 0 || plan.DayLimit > 0 || plan.Trial)
        {
            // What is left, and how many somebody has, is decided by one at a time.
            await StockKeeper.LockPlan(s, tenant, plan.Id);
            plan = await plans.Get(s, tenant, plan.Id);
        }
        if (plan is not { OnSale: true, Enabled: true, RetiredAt: null })
            throw new Refusal(OrderErrors.NotOnSale);
        if (wanted.Quantity < 1 || wanted.Quantity > PlanSelling.Most(plan))
            throw Refusal.Field("quantity", "field.range", 1, PlanSelling.Most(plan));
        var checks = new FieldChecks();
        var form = OrderForm.Answered(plan, wanted.Form ?? new Dictionary<string, string>(), buyer.Language, checks);
        checks.ThrowIfAny();
        await CheckLimit(s, tenant, plan, buyer, wanted.Quantity, plan.PersonLimit, 0);
        await CheckLimit(s, tenant, plan, buyer, wanted.Quantity, plan.DayLimit, now - Day);
        var total = checked(PlanSelling.UnitPrice(plan, wanted.Quantity) * wanted.Quantity);
        var taken = wanted.Coupons is { Count: > 0 } codes ? await coupons.Take(s, tenant, codes, new(plan.Id, plan.ShopGroup, plan.Currency, total, buyer.AccountId, buyer.Email)) : [];
        var order = await Make(s, tenant, buyer, plan, wanted.Quantity, PlanSelling.UnitPrice(plan, wanted.Quantity), taken.Sum(t => t.Discount), wanted.Channel, who.IsCustomer, form);
        if (plan.Trial)
            await trials.Use(s, tenant, plan, buyer, now);
        return await Start(s, tenant, order, taken, wanted.Sent);
    }

    /// <summary>Uses the coupons of an order that was made, and delivers it where nothing is to be paid any more.</summary>
    internal async ValueTask<Order> Start(WriteTx s, string tenant, Order order, List<TakenCoupon> taken, Referral? sent)
    {
        await coupons.Use(s, tenant, order.Id, order.Currency, taken);
        foreach (var coupon in taken)
            await OrderStore.Tell(s, tenant, order.Id, order.CreatedAt, "coupon", detail: coupon.Code);
        foreach (var observer in observers)
            await observer.Placed(s, tenant, order, sent);
        if (order.Amount == 0)
            return await GiveAway(s, tenant, order, "");
        return (await channels.Get(s, tenant, order.ChannelId!)).Kind == GatewayKinds.Balance.Name ? await PayFromBalance(s, tenant, order) : order;
    }

    /// <summary>Makes an order that is allowed. It waits to be paid, also where that is nothing: then by <see cref="GiveAway"/>. Where the plan has a batch its row is locked.</summary>
    /// <param name="price">Of one.</param>
    /// <param name="signedIn">It can be paid from a balance.</param>
    /// <param name="wait">How long it waits to be paid; null: as long as the channel says.</param>
    /// <param name="actor">The name of who of staff makes it; empty: the buyer.</param>
    /// <param name="fromBalance">It is paid by <see cref="PayFromBalance"/>: no channel is needed.</param>
    /// <exception cref="Refusal">409 SOLD_OUT, 422 on <c>channel</c>.</exception>
    internal async ValueTask<Order> Make(
        WriteTx s, string tenant, Buyer buyer, Plan plan, long quantity, long price, long discount, string? channelId, bool signedIn, string form = "[]", string kind = Order.New, TimeSpan? wait = null, string actor = "", bool fromBalance = false)
    {
        var (now, total) = (Now(), checked(price * quantity));
        var amount = total - discount;
        var channel = amount == 0 || fromBalance ? null : await Channel(s, tenant, channelId, plan.Currency, amount, plan.Id, signedIn);
        var fee = channel?.Surcharge(amount) ?? 0;
        var expires = now + (long)(wait ?? TimeSpan.FromMinutes(channel?.WaitMinutes ?? 30)).TotalMilliseconds;
        var order = await Insert(s, tenant, new Order(
            Ids.New(), "", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)), kind, OrderState.Pending, buyer.AccountId, buyer.Email, LookupHash(buyer.Lookup), buyer.Language, plan.Id, plan.Name,
            quantity, Order.DeliveryOf(plan, kind, buyer), plan is { Delivery: PlanSelling.ByKey, StockBatch: not null }, plan.Currency, price, total, discount, checked(amount + fee), channel?.Id, "", buyer.Ip, now, expires, null, null, null) { Fee = fee, Form = form, Recharge = plan.Recharge }, actor);
        return !order.Stocked || await stock.Keep(s, tenant, plan, order.Id, order.Quantity) ? order : throw new Refusal(OrderErrors.SoldOut);
    }

    /// <summary>Sells keys to a customer at a price of their own: paid from the balance, and delivered at once.</summary>
    /// <param name="email">The customer's; may be empty.</param>
    /// <param name="price">Of one, in minor units of the plan's currency.</param>
    /// <exception cref="Refusal">409 NOT_ON_SALE, SOLD_OUT or INSUFFICIENT_BALANCE.</exception>
    public async ValueTask<Order> Bulk(WriteTx s, Caller who, string email, Plan plan, long quantity, long price, string language)
    {
        var (tenant, now, total) = (who.TenantId, Now(), checked(price * quantity));
        if (plan.StockBatch is not null)
        {
            await StockKeeper.LockPlan(s, tenant, plan.Id);
            plan = await plans.Get(s, tenant, plan.Id);
        }
        if (plan is not { Enabled: true, RetiredAt: null, Delivery: PlanSelling.ByKey })
            throw new Refusal(OrderErrors.NotOnSale);
        var order = await Insert(s, tenant, new Order(
            Ids.New(), "", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)), Order.Bulk, OrderState.Pending, who.Id, email, "", language, plan.Id, plan.Name,
            quantity, plan.Delivery, plan.StockBatch is not null, plan.Currency, price, total, 0, total, null, "", who.Ip, now, now + Day, null, null, null) { Recharge = plan.Recharge }, "");
        if (order.Stocked && !await stock.Keep(s, tenant, plan, order.Id, quantity))
            throw new Refusal(OrderErrors.SoldOut);
        return await PayFromBalance(s, tenant, order);
    }

    /// <summary>An order by its number and the token of its address, or the word, or the e-mail address, that it was made with.</summary>
    /// <exception cref="Refusal">404 ORDER_NOT_FOUND: there is none, or it is another's: the answer is the same.</exception>
    public async ValueTask<Order> Find(ReadTx s, string tenant, string? number, string? token, string? word)
    {
        var order = OrderNumber.Parse(number) is { } parsed ? await OrderStore.ByNumber(s, tenant, parsed) : null;
        var given = word?.Trim() ?? "";
        var byWord = order is { LookupHash.Length: > 0 } && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(order.LookupHash), Encoding.ASCII.GetBytes(LookupHash(given)));
        var byAddress = order is { Email.Length: > 0 } && ContactRules.Email(given) == order.Email;
        var byToken = order is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(order.Token), Encoding.UTF8.GetBytes(token ?? ""));
        return byWord || byAddress || byToken ? order! : throw new Refusal(OrderErrors.OrderNotFound);
    }

    /// <exception cref="Refusal">404 ORDER_NOT_FOUND.</exception>
    public async ValueTask<Order> ByToken(ReadTx s, string tenant, string? token) =>
        (token is { Length: > 0 and <= 64 } ? await OrderStore.ByToken(s, tenant, token) : null) ?? throw new Refusal(OrderErrors.OrderNotFound);

    /// <summary>Gives up an order that is not paid; what was kept for it is free again. Money that comes for it all the same is not lost, see <c>PaymentTaker</c>.</summary>
    /// <param name="actor">The name of who of staff it was; empty: the time was over, or the buyer.</param>
    /// <exception cref="Refusal">404 ORDER_NOT_FOUND, 409 ORDER_STATE when it is no longer waiting.</exception>
    public async ValueTask<Order> Cancel(WriteTx s, string tenant, string id, string actor, string reason)
    {
        var order = await OrderStore.Locked(s, tenant, id) ?? throw new Refusal(OrderErrors.OrderNotFound);
        if (order.State != OrderState.Pending)
            throw new Refusal(OrderErrors.OrderState);
        var now = Now();
        await stock.Release(s, tenant, id);
        await coupons.Return(s, tenant, id);
        await OrderStore.CloseAttempts(s, tenant, id, now);
        var cancelled = order with { State = OrderState.Cancelled, Stocked = false, ClosedAt = now };
        await OrderStore.Move(s, tenant, cancelled);
        await OrderStore.Tell(s, tenant, id, now, "cancelled", actor, reason);
        return cancelled;
    }

    /// <summary>Makes an order that puts money on a customer's own balance once it is paid.</summary>
    /// <exception cref="Refusal">401; 422 on <c>channel</c>.</exception>
    public async ValueTask<Order> TopUp(WriteTx s, Caller who, string currency, long amount, string? channelId, string language)
    {
        var (tenant, now) = (who.TenantId, Now());
        var buyer = await Checked(s, who, new Buyer(null, "", "", language, who.Ip));
        var channel = await Channel(s, tenant, channelId, currency, amount, null, false);
        var fee = channel.Surcharge(amount);
        return await Insert(s, tenant, new Order(
            Ids.New(), "", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)), Order.TopUp, OrderState.Pending, buyer.AccountId, buyer.Email, "", language, null, Localizer.For(language)["balance.top_up"],
            1, Order.ToBalance, false, currency, amount, amount, 0, checked(amount + fee), channel.Id, "", who.Ip, now, now + channel.WaitMinutes * 60_000, null, null, null) { Fee = fee }, "");
    }

    /// <summary>Has an order that waits paid by another channel; from its owner's balance at once. What was begun by the one before may still be paid: it is held to its own price.</summary>
    /// <exception cref="Refusal">404 ORDER_NOT_FOUND, 409 ORDER_STATE or INSUFFICIENT_BALANCE, 422 on <c>channel</c>.</exception>
    public async ValueTask<Order> Choose(WriteTx s, Caller who, string id, string? channelId)
    {
        var tenant = who.TenantId;
        var order = await OrderStore.Locked(s, tenant, id) ?? throw new Refusal(OrderErrors.OrderNotFound);
        if (order.State != OrderState.Pending)
            throw new Refusal(OrderErrors.OrderState);
        var price = order.Total - order.Discount;
        var channel = await Channel(s, tenant, channelId, order.Currency, price, order.PlanId, who.IsCustomer && order.AccountId == who.Id && order.Kind != Order.TopUp);
        var fee = channel.Surcharge(price);
        // From when it was made: nobody keeps stock by choosing again and again.
        var changed = order with { ChannelId = channel.Id, Fee = fee, Amount = checked(price + fee), ExpiresAt = Math.Max(order.ExpiresAt, order.CreatedAt + channel.WaitMinutes * 60_000) };
        if (changed == order)
            return order;
        await OrderStore.Charge(s, tenant, changed);
        await OrderStore.Tell(s, tenant, id, Now(), "channel_chosen", detail: channel.Name);
        return channel.Kind == GatewayKinds.Balance.Name ? await PayFromBalance(s, tenant, changed) : changed;
    }

    /// <summary>Delivers an order of which nothing is to be paid.</summary>
    internal async ValueTask<Order> GiveAway(WriteTx s, string tenant, Order order, string actor)
    {
        if (order.Total > 0)
            await ledger.Post(s, tenant, new Posting(Posting.Sale, order.Currency, (LedgerAccount.Discounts, order.Discount), (order.SoldTo, -order.Total)) { OrderId = order.Id });
        return await fulfilment.Deliver(s, tenant, order with { PaidAt = Now() }, actor);
    }

    /// <summary>Takes what an order costs from its buyer's balance, and delivers it.</summary>
    internal async ValueTask<Order> PayFromBalance(WriteTx s, string tenant, Order order)
    {
        await ledger.Post(s, tenant, new Posting(Posting.Sale, order.Currency, (LedgerAccount.Balance(order.AccountId!), order.Amount), (LedgerAccount.Discounts, order.Discount), (order.SoldTo, -order.Total)) { OrderId = order.Id });
        var now = Now();
        await OrderStore.Tell(s, tenant, order.Id, now, "paid_from_balance");
        return await fulfilment.Deliver(s, tenant, order with { PaidAt = now }, "");
    }

    /// <summary>Who buys, as far as that may be.</summary>
    /// <exception cref="Refusal">401; 422 by field.</exception>
    internal async ValueTask<Buyer> Checked(WriteTx s, Caller who, Buyer buyer)
    {
        if (who.IsCustomer)
        {
            // Locked: a person who is erased in this moment buys nothing any more.
            var customer = await CustomerStore.FindLocked(s, who.TenantId, who.Id ?? "", Now());
            if (customer is not { DisabledAt: null })
                throw new Refusal(HttpErrors.Unauthorized);
            return buyer with { AccountId = customer.Id, Email = customer.Email ?? "", Lookup = "" };
        }
        var checks = new FieldChecks();
        var email = ContactRules.Email(buyer.Email);
        if (email is null)
            checks.Wrong("email", "accounts.field.email");
        var lookup = checks.Text("lookup", buyer.Lookup, 0, MaxLookup);
        checks.ThrowIfAny();
        return buyer with { AccountId = null, Email = email!, Lookup = lookup };
    }

    private static async ValueTask CheckLimit(WriteTx s, string tenant, Plan plan, Buyer buyer, long quantity, long limit, long since)
    {
        if (limit > 0 && await OrderStore.Bought(s, tenant, plan.Id, buyer, since) + quantity > limit)
            throw new Refusal(OrderErrors.LimitReached, limit);
    }

    private async ValueTask<PaymentChannel> Channel(ReadTx s, string tenant, string? id, string currency, long amount, string? plan, bool signedIn)
    {
        if (string.IsNullOrWhiteSpace(id))
            throw Refusal.Field("channel", "field.required");
        return (await channels.Offered(s, tenant, currency, amount, plan, signedIn)).Find(c => c.Id == id) ?? throw Refusal.Field("channel", "orders.wrong.channel");
    }

    // Numbers are short: one that is taken is drawn again.
    private static async ValueTask<Order> Insert(WriteTx s, string tenant, Order order, string actor)
    {
        for (var tries = 0; tries < 20; tries++)
        {
            order = order with { Number = OrderNumber.New() };
            if (!await OrderStore.Insert(s, tenant, order))
                continue;
            await OrderStore.Tell(s, tenant, order.Id, order.CreatedAt, "created", actor);
            return order;
        }
        throw new InvalidOperationException("Twenty numbers of orders in a row were taken.");
    }

    private string LookupHash(string word) => word.Length == 0 ? "" : Convert.ToHexStringLower(HMACSHA256.HashData(_lookupKey, Encoding.UTF8.GetBytes(word.Trim())));

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
