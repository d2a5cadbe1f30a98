using Gatehouse.Billing.Ledger;
using Gatehouse.Licensing.Actions;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.KeyChanges;

/// <summary>
/// Switches keys to other plans, once the orders that do are paid. What is left of what was paid for the key is credited as it was when the
/// switch was ordered; a refund makes the key what it would be without the switch. The order's row is locked, and then the key's.
/// </summary>
public sealed class KeySwitcher(LicenseTime time, PlanService plans, LedgerService ledger, TenantSettings settings, Database db, TimeProvider clock) : IOrderDelivery
{
    /// <summary>How orders that switch a key are delivered.</summary>
    public const string Switch = "switch";

    public const string JobName = "keys.switch";
    private const int AtOnce = 200;

    /// <summary>Of a change: it is a switch whose time has not come.</summary>
    internal const string Waiting = "kind = 'switch' AND done_at IS NOT NULL AND switched_at IS NULL AND undone_at IS NULL";

    // What was bought for a key after an order, and stands on it.
    private const string Later = "SELECT COUNT(*) FROM order_key_changes WHERE tenant_id = @tenant AND license_id = @license AND order_id > @order AND done_at IS NOT NULL AND undone_at IS NULL AND (kind = 'switch' OR seconds * 1000 > taken_back)";

    public bool Delivers(string delivery) => delivery == Switch;

    /// <summary>Will the key be switched at its end? Until then nothing else is sold for it.</summary>
    public static async ValueTask<bool> Waits(ReadTx s, string tenant, string license) => await s.Number(
        $"SELECT COUNT(*) FROM order_key_changes WHERE tenant_id = @tenant AND license_id = @license AND {Waiting}", ("tenant", tenant), ("license", license)) > 0;

    /// <inheritdoc />
    public async ValueTask<bool> Deliver(WriteTx s, string tenant, string order)
    {
        var now = Now();
        if (await KeyChanger.Find(s, tenant, order) is not { DoneAt: null, ToPlan: { } wanted } change || await LicenseTime.Locked(s, tenant, change.LicenseId) is not { UsedAt: not null, Stored: not LicenseState.Revoked } key)
            return false;
        // Another switch was first.
        if (key.PlanId != change.PlanId || await Waits(s, tenant, key.Id) || await plans.Find(s, tenant, key.PlanId) is not { } from || await plans.Find(s, tenant, wanted) is not { } to)
            return false;
        to = to with { Price = change.Price, DurationSeconds = change.Seconds == 0 ? null : change.Seconds };
        return change.AtEnd ? await AtEnd(s, tenant, change, key, to, now) : await AtOnceDone(s, tenant, change, key, from, to, now);
    }

    /// <inheritdoc />
    public async ValueTask TakeBack(WriteTx s, Caller who, string order)
    {
        var (tenant, now) = (who.TenantId, Now());
        if (await KeyChanger.Find(s, tenant, order) is not { DoneAt: not null } seen || await LicenseTime.Locked(s, tenant, seen.LicenseId) is not { } key || await KeyChanger.Find(s, tenant, order) is not { UndoneAt: null } change)
            return;
        (string, object?)[] of = [("tenant", tenant), ("license", key.Id), ("order", order), ("now", now)];
        if (await Stands(s, tenant, change, key))
            throw new Refusal(KeyChangeErrors.ChangedSince);
        if (change.Rest > 0 && await Owner(s, tenant, order) is { Account: { } account } paid)
            await ledger.Post(s, tenant, new Posting(Posting.Switched, paid.Currency, (LedgerAccount.Balance(account), change.Rest), (LedgerAccount.Credits, -change.Rest)) { OrderId = order, Actor = who.Name });
        // What staff did to its end meanwhile stays.
        long? end = change.WasEnd is not { } was ? null : key.ExpireAt is { } ends && change.EndsAt is { } own ? was + (ends - own) : was;
        await time.Switch(s, who, key, change.PlanId!, end, now);
        await s.Execute("UPDATE order_key_credits SET undone_at = @now WHERE tenant_id = @tenant AND order_id = @order", of[0], of[2], of[3]);
        await s.Execute("UPDATE order_key_changes SET undone_at = @now WHERE tenant_id = @tenant AND order_id = @order", of[0], of[2], of[3]);
    }

    /// <inheritdoc />
    public async ValueTask<bool?> Hold(WriteTx s, Caller who, string order)
    {
        var (tenant, now) = (who.TenantId, Now());
        if (await KeyChanger.Find(s, tenant, order) is not { DoneAt: not null } seen || await LicenseTime.Locked(s, tenant, seen.LicenseId) is not { } key || await KeyChanger.Find(s, tenant, order) is not { UndoneAt: null } change)
            return null;
        var (account, currency) = await Owner(s, tenant, order);
        if (await Stands(s, tenant, change, key) || change.Rest > 0 && account is not null && await ledger.Has(s, tenant, LedgerAccount.Balance(account), currency) < change.Rest)
            return false;
        await TakeBack(s, who, order);
        var without = (await LicenseStore.Get(s, tenant, key.Id))!.ExpireAt;
        await KeyChanger.Note(s, tenant, order, now, key.ExpireAt is { } end ? end - Math.Max(without ?? now, now) : 0);
        return true;
    }

    /// <inheritdoc />
    /// <remarks>As if it had never been taken back: what the key used of the old plan meanwhile is of the new one's time; where it ran out, that goes on from now.</remarks>
    public async ValueTask<bool?> GiveAgain(WriteTx s, Caller who, string order)
    {
        var (tenant, now) = (who.TenantId, Now());
        if (await KeyChanger.Find(s, tenant, order) is not { HeldAt: not null } change)
            return null;
        await KeyChanger.Decided(s, tenant, order);
        if (await LicenseTime.Locked(s, tenant, change.LicenseId) is not { Stored: not LicenseState.Revoked } key || key.PlanId != change.PlanId)
            return false;
        (string, object?)[] of = [("tenant", tenant), ("order", order), ("license", key.Id)];
        // What was bought since was bought for the old plan, and what was credited may have gone back.
        if (await s.Number(Later, of) > 0 || await s.Number(
            """
            SELECT COUNT(*) FROM order_key_credits x JOIN orders o ON o.id = x.of_order LEFT JOIN order_key_changes c ON c.order_id = o.id WHERE x.tenant_id = @tenant AND x.order_id = @order
              AND o.amount + COALESCE(c.credit - c.rest, 0) < x.amount + (SELECT COALESCE(SUM(r.amount), 0) FROM refunds r WHERE r.order_id = o.id AND r.origin = 'sale' AND r.state IN ('asked', 'failed', 'done'))
                + (SELECT COALESCE(SUM(y.amount), 0) FROM order_key_credits y WHERE y.of_order = o.id AND y.undone_at IS NULL)
            """, of[..2]) > 0)
            return false;
        var (account, currency) = await Owner(s, tenant, order);
        if (change.Rest > 0 && account is null)
            return false;
        if (change.Rest > 0)
            await ledger.Post(s, tenant, new Posting(Posting.Switched, currency, (LedgerAccount.Credits, change.Rest), (LedgerAccount.Balance(account!), -change.Rest)) { OrderId = order, Actor = who.Name });
        long? end = change.EndsAt is null ? null : Math.Max(key.ExpireAt ?? now, now) + change.Held;
        var isDue = change.SwitchedAt is not null || key.ExpireAt <= now;
        await time.Switch(s, who, key, isDue ? change.ToPlan! : key.PlanId, end, now);
        await s.Execute("UPDATE order_key_credits SET undone_at = NULL WHERE tenant_id = @tenant AND order_id = @order", of[..2]);
        await s.Execute("UPDATE order_key_changes SET undone_at = NULL, was_end = @was, ends_at = @end, switched_at = @switched WHERE tenant_id = @tenant AND order_id = @order",
            [("was", key.ExpireAt), ("end", end), ("switched", isDue ? change.SwitchedAt ?? now : null), .. of[..2]]);
        return true;
    }

    /// <inheritdoc />
    public ValueTask Decided(WriteTx s, string tenant, string order) => KeyChanger.Decided(s, tenant, order);

    /// <inheritdoc />
    public async ValueTask<Message?> Told(ReadTx s, string tenant, string order) => await KeyChanger.Find(s, tenant, order) is { DoneAt: not null } c
        ? c.SwitchedAt is null ? new("switch.told.later", c.Key, c.ToName, Day(tenant, c.WasEnd!.Value))
        : c.EndsAt is { } end ? new("switch.told.until", c.Key, c.ToName, Day(tenant, end))
        : new("switch.told.for_good", c.Key, c.ToName)
        : null;

    /// <summary>Gives keys whose time under the old plan is over the new one.</summary>
    public async Task<Message> Run(CancellationToken ct)
    {
        var switched = 0;
        foreach (var (tenant, order) in await db.Read(s => s.All(
            $"SELECT tenant_id, order_id FROM order_key_changes WHERE {Waiting} AND was_end <= @now ORDER BY was_end LIMIT @most", r => (r.GetString(0), r.GetString(1)), ("now", Now()), ("most", (long)AtOnce)), ct))
            if (await db.Write(s => Due(s, tenant, order), ct))
                switched++;
        return new("job.keys.switch.done", switched);
    }

    // What was bought for the key afterwards was bought for the new plan; and staff may have given it another.
    private static async ValueTask<bool> Stands(ReadTx s, string tenant, KeyChange change, License key) =>
        key.PlanId != (change.SwitchedAt is null ? change.PlanId : change.ToPlan) || await s.Number(Later, ("tenant", tenant), ("order", change.OrderId), ("license", key.Id)) > 0;

    private async ValueTask<bool> Due(WriteTx s, string tenant, string order)
    {
        await s.Locked("SELECT id FROM orders WHERE tenant_id = @tenant AND id = @order", r => r.GetString(0), ("tenant", tenant), ("order", order));
        // Undone in this moment, or another node was faster. A key that is gone, or that staff moved, is left as it is.
        if (await KeyChanger.Find(s, tenant, order) is not { SwitchedAt: null, UndoneAt: null, ToPlan: { } to } change)
            return false;
        if (await LicenseTime.Locked(s, tenant, change.LicenseId) is { } key && key.PlanId == change.PlanId)
            await time.Switch(s, Caller.System with { TenantId = tenant }, key, to, key.ExpireAt, Now());
        await s.Execute("UPDATE order_key_changes SET switched_at = @now WHERE tenant_id = @tenant AND order_id = @order", ("now", Now()), ("tenant", tenant), ("order", order));
        return true;
    }

    private async ValueTask<bool> AtEnd(WriteTx s, string tenant, KeyChange change, License key, Plan to, long now)
    {
        if (key.ExpireAt is not { } was || to.DurationSeconds is not { } seconds || LicenseAction.Extended(was, seconds, now) is var end && end > License.Latest)
            return false;
        var over = was <= now;
        await time.Switch(s, Caller.System with { TenantId = tenant }, key, over ? to.Id : key.PlanId, end, now);
        await Done(s, tenant, change with { WasEnd = was, EndsAt = end, SwitchedAt = over ? now : null }, now);
        return true;
    }

    private async ValueTask<bool> AtOnceDone(WriteTx s, string tenant, KeyChange change, License key, Plan from, Plan to, long now)
    {
        // As it was when it was ordered: who pays the price that was told gets what was told. Less only when something of it went back since.
        var quote = new SwitchQuote(key, from, to, false, await KeyWorth.Of(s, tenant, key, from.DurationSeconds, change.CreatedAt), 0, now);
        if (quote.Credit < change.Credit)
            return false;
        // What was bought for it since comes on top.
        var over = change.Credit < change.Price ? quote.Credit - change.Credit : quote.Credit - change.Price;
        var rest = quote.OverAsTime ? 0 : over;
        var (account, currency) = await Owner(s, tenant, change.OrderId);
        if (rest > 0 && (account is null || quote.Worth.Any(w => w.AccountId != account)) || quote.SecondsWith(over) is { } whole && now + whole * 1000 > License.Latest)
            return false;
        var (seconds, end) = quote.SecondsWith(over) is { } more ? (more, (long?)(now + more * 1000)) : (0L, null);
        await time.Switch(s, Caller.System with { TenantId = tenant }, key, to.Id, end, now);
        foreach (var one in quote.Worth)
            await s.Execute("INSERT INTO order_key_credits (order_id, of_order, license_id, tenant_id, amount) VALUES (@order, @of, @license, @tenant, @amount)",
                ("order", change.OrderId), ("of", one.OrderId), ("license", key.Id), ("tenant", tenant), ("amount", one.Amount));
        if (rest > 0)
            await ledger.Post(s, tenant, new Posting(Posting.Switched, currency, (LedgerAccount.Credits, rest), (LedgerAccount.Balance(account!), -rest)) { OrderId = change.OrderId });
        await Done(s, tenant, change with { WasEnd = key.ExpireAt, EndsAt = end, Seconds = seconds, Credit = quote.Credit, Rest = rest, SwitchedAt = now }, now);
        return true;
    }

    private static async ValueTask Done(WriteTx s, string tenant, KeyChange c, long now) => await s.Execute(
        "UPDATE order_key_changes SET done_at = @now, was_end = @was, ends_at = @end, seconds = @seconds, credit = @credit, rest = @rest, switched_at = @switched WHERE tenant_id = @tenant AND order_id = @order",
        ("now", now), ("was", c.WasEnd), ("end", c.EndsAt), ("seconds", c.Seconds), ("credit", c.Credit), ("rest", c.Rest), ("switched", c.SwitchedAt), ("tenant", tenant), ("order", c.OrderId));

    private static async ValueTask<(string? Account, string Currency)> Owner(ReadTx s, string tenant, string order) =>
        await s.One("SELECT account_id, currency FROM orders WHERE tenant_id = @tenant AND id = @order", r => (r.TextOrNull(0), r.GetString(1)), ("tenant", tenant), ("order", order));

    private string Day(string tenant, long at) => Format.Exact(at, settings.Zone(tenant));

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
