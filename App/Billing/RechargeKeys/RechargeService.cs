using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.RechargeKeys;

/// <summary>
/// Recharge keys: what they are worth is put on a balance once, by the customer who enters them. What was paid for a key is owed from its
/// sale until then (<see cref="LedgerAccount.Vouchers"/>); what it is worth beyond that is a gift.
/// </summary>
public sealed class RechargeService(LedgerService ledger, LicenseQueries queries, TimeProvider clock)
{
    // What an order that is paid had it delivered for, as listed.
    private const string Price = "SELECT o.unit_price FROM order_keys k JOIN orders o ON o.id = k.order_id WHERE k.tenant_id = @tenant AND k.license_id = @id AND k.delivered_at IS NOT NULL AND o.paid_at IS NOT NULL";

    /// <summary>Puts a key's worth on the customer's balance. Of any number at once, one does.</summary>
    /// <param name="seen">The key as it was found.</param>
    /// <exception cref="Refusal">401; 404 KEY_NOT_FOUND; 409 NOT_A_RECHARGE_KEY, RECHARGE_KEY_SPENT or RECHARGE_KEY_BLOCKED.</exception>
    public async ValueTask<RechargeResponse> Use(WriteTx s, Caller who, License seen)
    {
        var (tenant, now) = (who.TenantId, clock.GetUtcNow().ToUnixTimeMilliseconds());
        // Locked: a person who is erased in this moment gets nothing any more.
        if (await CustomerStore.FindLocked(s, tenant, who.Id ?? "", now) is not { DisabledAt: null } customer)
            throw new Refusal(HttpErrors.Unauthorized);
        if (LicenseKey.Parse(seen.Key) is not { } name || await LicenseStore.Lock(s, tenant, name) is null || await LicenseStore.Find(s, tenant, name) is not { } key)
            throw new Refusal(LicenseErrors.NotFound);
        if (key.Recharge == 0)
            throw new Refusal(RechargeErrors.NotOne);
        if (key.Stored != LicenseState.Unused)
            throw new Refusal(key.Stored is LicenseState.Suspended or LicenseState.Revoked ? RechargeErrors.Blocked : RechargeErrors.Spent);
        var paid = await s.One(Price, r => r.GetInt64(0), ("tenant", tenant), ("id", key.Id));
        var gift = key.Recharge - paid;
        var balance = LedgerAccount.Balance(customer.Id);
        // Who paid more than it is worth has paid for the rest.
        var transaction = await ledger.Post(s, tenant, new Posting(Posting.Recharge, key.Currency, (LedgerAccount.Vouchers, paid), (LedgerAccount.Gifts, Math.Max(gift, 0)), (LedgerAccount.Revenue, Math.Min(gift, 0)), (balance, -key.Recharge)));
        await LicenseStore.Spend(s, tenant, key.Id, now);
        await s.Execute(LicenseStore.InsertEvent, LicenseStore.Event(who, key.Id, Ids.New(), now, "recharged", Money.Plain(key.Recharge, key.Currency), key.Currency));
        await Note(s, tenant, key.Id, transaction, key.Currency, key.Recharge, paid, now);
        queries.CountAgainAfter(s, tenant);
        return new(true, key.Key, key.Currency, key.Recharge, -await ledger.Sum(s, tenant, balance, key.Currency));
    }

    /// <summary>Keys of an order that are revoked with its refund: what was owed for those that nobody has used is owed no more. The order's row is locked, and its refund takes off what is earned here.</summary>
    public async ValueTask TakeBack(WriteTx s, string tenant, Order order)
    {
        if (order.Recharge == 0)
            return;
        var keys = await s.All(
            """
            SELECT k.license_id FROM order_keys k JOIN licenses l ON l.id = k.license_id WHERE k.tenant_id = @tenant AND k.order_id = @order AND k.delivered_at IS NOT NULL AND l.state = 'revoked'
              AND NOT EXISTS (SELECT 1 FROM recharge_uses u WHERE u.license_id = k.license_id) ORDER BY k.license_id
            """, r => r.GetString(0), ("tenant", tenant), ("order", order.Id));
        var owed = order.UnitPrice * keys.Count;
        if (owed == 0)
            return;
        var transaction = await ledger.Post(s, tenant, new Posting(Posting.Recharge, order.Currency, (LedgerAccount.Vouchers, owed), (LedgerAccount.Revenue, -owed)) { OrderId = order.Id });
        foreach (var key in keys)
            await Note(s, tenant, key, transaction, order.Currency, 0, order.UnitPrice, clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private static async ValueTask Note(WriteTx s, string tenant, string license, string transaction, string currency, long amount, long paid, long now) => await s.Execute(
        "INSERT INTO recharge_uses (license_id, tenant_id, transaction_id, currency, amount, paid, created_at) VALUES (@license, @tenant, @transaction, @currency, @amount, @paid, @now)",
        ("license", license), ("tenant", tenant), ("transaction", transaction), ("currency", currency), ("amount", amount), ("paid", paid), ("now", now));
}
