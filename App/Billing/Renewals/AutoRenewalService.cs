using Gatehouse.Accounts.Customers;
using Gatehouse.Audit.Log;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.News;
using Gatehouse.Billing.Orders;
using Gatehouse.Licensing.AccountKeys;
using Gatehouse.Licensing.Licenses;
using Gatehouse.Licensing.Plans;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Billing.Renewals;

/// <summary>
/// Renews keys from their owners' balances, who are told before: what, when and for how much. Each key is decided about in one transaction
/// under its row, so that of any number of nodes one does it, and all of it or nothing.
/// </summary>
public sealed class AutoRenewalService(Database db, PlanService plans, KeyOrders orders, LedgerService ledger, AutoRenewalNews news, CustomerNews told, AuditWriter audit, TenantSettings settings, TimeProvider clock)
{
    public const string JobName = "renewals.run";
    private const int AtOnce = 200;
    private const long Day = AutoRenewal.Day, Soon = 10 * 60_000;

    /// <summary>Switches it on for a key on the caller's account, or off.</summary>
    /// <exception cref="Refusal">404 KEY_NOT_FOUND: it is not there; 409 with why it cannot be renewed, or AUTO_RENEWAL_TAKEN: another account does.</exception>
    public ValueTask<bool> Switch(WriteTx s, Caller who, string license, bool on) => Set(s, who.TenantId, who.Id ?? "", license, on);

    /// <summary>Staff do it for a customer, who is told.</summary>
    /// <exception cref="Refusal">As <see cref="Switch"/>; 404 NO_SUCH_USER.</exception>
    public async ValueTask SwitchFor(WriteTx s, Caller who, string account, License key, bool on)
    {
        if (!await Set(s, who.TenantId, account, key.Id, on))
            return;
        var owner = await CustomerStore.FindLocked(s, who.TenantId, account, Now()) ?? throw new Refusal(CustomerErrors.NotFound);
        await audit.Write(s, who, on ? "renewal.on" : "renewal.off", new("key", key.Id, key.Key), after: $$"""{"user":"{{account}}"}""");
        await told.Tell(s, who.TenantId, Addressee.Of(owner), new(on ? "renew.auto.staff_on" : "renew.auto.staff_off", key.Key, key.PlanName), AccountKeyPages.Path, $"renewal:{Ids.New()}");
    }

    /// <summary>An account's keys with what is set for each, the last that was put there first.</summary>
    public async ValueTask<List<RenewalLine>> List(ReadTx s, string tenant, string account)
    {
        var (lines, known) = (new List<RenewalLine>(), new Dictionary<string, Plan>());
        var set = (await AutoRenewalStore.OfAccount(s, tenant, account)).ToDictionary(a => a.LicenseId);
        foreach (var key in await AccountKeyService.Of(s, tenant, account))
        {
            if (!known.TryGetValue(key.PlanId, out var plan))
                known[key.PlanId] = plan = await plans.Get(s, tenant, key.PlanId);
            lines.Add(Line(tenant, key, plan, set.GetValueOrDefault(key.Id)));
        }
        return lines;
    }

    /// <summary>A key of an account with what is set for it.</summary>
    public async ValueTask<RenewalLine> Of(ReadTx s, string tenant, string account, License key) =>
        Line(tenant, key, await plans.Get(s, tenant, key.PlanId), (await AutoRenewalStore.OfAccount(s, tenant, account)).Find(a => a.LicenseId == key.Id));

    private RenewalLine Line(string tenant, License key, Plan plan, AutoRenewal? set)
    {
        long? at = set is null || key.ExpireAt is not { } end ? null : set.ToldEnd == end ? set.Due(end, Days(tenant, RenewalSettings.DaysBefore)) : end - Days(tenant, RenewalSettings.DaysBefore);
        return new(key, plan, set is not null, at, KeyOrders.Obstacle(key, plan, Now()));
    }

    // Is it another now than before?
    private async ValueTask<bool> Set(WriteTx s, string tenant, string account, string license, bool on)
    {
        var now = Now();
        if (!on)
            return await AutoRenewalStore.Delete(s, tenant, account, license);
        if (await s.Locked("SELECT license_id FROM account_keys WHERE tenant_id = @tenant AND account_id = @account AND license_id = @license", r => r.GetString(0), ("tenant", tenant), ("account", account), ("license", license)) is null
            || await LicenseStore.Get(s, tenant, license) is not { } key)
            throw new Refusal(LicenseErrors.NotFound);
        var plan = await plans.Get(s, tenant, key.PlanId);
        if (KeyOrders.Obstacle(key, plan, now) is { } obstacle)
            throw new Refusal(obstacle);
        // Whoever switches it on right before the end has the price before their eyes.
        var near = key.ExpireAt - now <= Days(tenant, RenewalSettings.NoticeDays);
        var wanted = new AutoRenewal(license, account, near ? key.ExpireAt : null, near ? now - Day : 0, near ? plan.Price : 0, near ? plan.Currency : "", null, now);
        if (await AutoRenewalStore.Insert(s, tenant, wanted, now))
            return true;
        return (await AutoRenewalStore.Locked(s, tenant, license))?.AccountId == account ? false : throw new Refusal(AutoRenewalErrors.Taken);
    }

    /// <summary>Does what is due.</summary>
    public async Task<Message> Run(CancellationToken ct)
    {
        var renewed = 0;
        foreach (var (tenant, license) in await db.Read(async s => await AutoRenewalStore.Due(s, Now(), AtOnce), ct))
        {
            await settings.Refresh(tenant);
            try
            {
                if (await db.Write(s => Step(s, tenant, license), ct))
                    renewed++;
            }
            catch (Refusal refusal) when (refusal.Error == LedgerErrors.InsufficientBalance)
            {
                // Something else was paid from it in this moment: the next run sees what is left.
            }
        }
        return new("job.renewals.run.done", renewed);
    }

    // Was it renewed?
    private async ValueTask<bool> Step(WriteTx s, string tenant, string license)
    {
        var now = Now();
        // Another node was faster, or it was switched off in this moment.
        if (await AutoRenewalStore.Locked(s, tenant, license) is not { } seen || seen.LookAt > now)
            return false;
        if (await CustomerStore.FindLocked(s, tenant, seen.AccountId, now) is not { DisabledAt: null } owner || await LicenseStore.Get(s, tenant, license) is not { } key)
            return !await AutoRenewalStore.Delete(s, tenant, seen.AccountId, license);
        var plan = await plans.Get(s, tenant, key.PlanId);
        if (KeyOrders.Obstacle(key, plan, now) is { } obstacle)
            return await Off(s, tenant, seen, owner, key, new("error." + obstacle.Code));
        var (end, before) = (key.ExpireAt!.Value, Days(tenant, RenewalSettings.DaysBefore));
        var due = seen.Due(end, before);
        // A server that stood still for long renews nothing behind its owner's back.
        if (end + Day < now)
            return await Off(s, tenant, seen, owner, key, new("renew.auto.missed"));
        if (now < end - Days(tenant, RenewalSettings.NoticeDays))
            return await Wait(s, tenant, seen, end - Days(tenant, RenewalSettings.NoticeDays), now);
        var has = (await ledger.Balances(s, tenant, owner.Id)).FirstOrDefault(b => b.Currency == plan.Currency).Amount;
        if (seen.ToldEnd != end || seen.Price != plan.Price || seen.Currency != plan.Currency)
        {
            var next = seen with { ToldEnd = end, ToldAt = now, Price = plan.Price, Currency = plan.Currency, FailedAt = null };
            await news.Soon(s, tenant, owner, key, plan, end, next.Due(end, before), has);
            return await Wait(s, tenant, next, next.Due(end, before), now);
        }
        if (now < due)
            return await Wait(s, tenant, seen, due, now);
        if (has >= plan.Price)
        {
            await orders.RenewFromBalance(s, tenant, owner, key, plan);
            return !await Wait(s, tenant, seen with { ToldEnd = null, FailedAt = null }, now, now);
        }
        if (now >= end - AutoRenewal.LastMoment)
            return await Off(s, tenant, seen, owner, key, new("renew.auto.short_off", Money.Format(plan.Price, plan.Currency)));
        if (seen.FailedAt is null)
            await news.TooLittle(s, tenant, owner, key, plan, end, has);
        return await Wait(s, tenant, seen with { FailedAt = seen.FailedAt ?? now }, Math.Min(now + Soon, end - AutoRenewal.LastMoment), now);
    }

    // A key's end may be moved by others: it is looked at once a day.
    private static async ValueTask<bool> Wait(WriteTx s, string tenant, AutoRenewal a, long until, long now)
    {
        await AutoRenewalStore.Update(s, tenant, a with { LookAt = Math.Clamp(until, now + 1, now + Day) });
        return false;
    }

    private async ValueTask<bool> Off(WriteTx s, string tenant, AutoRenewal a, Customer owner, License key, Message why)
    {
        await AutoRenewalStore.Delete(s, tenant, a.AccountId, a.LicenseId);
        await news.Off(s, tenant, owner, key, why);
        return false;
    }

    private long Days(string tenant, SettingDefinition setting) => int.Parse(settings.Get(tenant, setting), System.Globalization.CultureInfo.InvariantCulture) * Day;

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
