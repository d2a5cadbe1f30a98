using System.Security.Cryptography;
using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Points;
using Gatehouse.Accounts.SignUp;
using Gatehouse.Billing.Ledger;
using Gatehouse.Billing.Orders;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Billing.Invites;

/// <summary>Customers who bring customers: who signs up by their link and buys something earns them a reward, once, when what was bought can no longer go back.</summary>
public sealed class InviteService(Database db, LedgerService ledger, PointService points, Trials marks, TenantSettings settings, ITenants tenants, IConfiguration config, TimeProvider clock) : ISignUpObserver
{
    public const string JobName = "invites.reward";
    private const int AtOnce = 200;
    private const long Day = 86_400_000;

    // Without what is mistaken for something else.
    private const string Alphabet = "3467ACDEFGHJKMNPQRTWXY";
    private const int CodeLength = 12, MaxCode = 32;

    /// <summary>What is given now; null: nothing.</summary>
    public Reward? Now(string tenant) => InviteSettings.Of(settings, tenant);

    /// <summary>Before it is asked what is given now.</summary>
    public ValueTask Refresh(string tenant) => settings.Refresh(tenant);

    /// <summary>The link of a code.</summary>
    public string Link(string tenant, string code) => $"{SiteAddress.Base(config, tenants, tenant)}/sign-up?by={code}";

    /// <summary>The caller's code; it is drawn when they first ask for it.</summary>
    /// <exception cref="Refusal">401: disabled or deleted in this moment; 409 INVITES_OFF.</exception>
    public async ValueTask<string> Code(WriteTx s, Caller who)
    {
        if (Now(who.TenantId) is null)
            throw new Refusal(InviteErrors.Off);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        // Locked: who asks twice at once gets one.
        if (await CustomerStore.FindLocked(s, who.TenantId, who.Id ?? "", now) is not { DisabledAt: null } customer)
            throw new Refusal(HttpErrors.Unauthorized);
        if (await InviteStore.Code(s, who.TenantId, customer.Id) is { } known)
            return known;
        var code = RandomNumberGenerator.GetString(Alphabet, CodeLength);
        await InviteStore.InsertCode(s, who.TenantId, customer.Id, code, now);
        return code;
    }

    /// <summary>Remembers who brought somebody. Nobody brings themselves, however their mailbox is spelt, and each mailbox is brought once.</summary>
    public async ValueTask Confirmed(WriteTx s, string tenant, Customer customer, string by)
    {
        if (by.Length > MaxCode || customer.Email is not { } email || Now(tenant) is null || await InviteStore.Owner(s, tenant, by.Trim().ToUpperInvariant()) is not { } owner || owner == customer.Id)
            return;
        var inviter = await s.One("SELECT email FROM accounts WHERE tenant_id = @tenant AND id = @id AND disabled_at IS NULL", r => r.TextOrNull(0) ?? "", ("tenant", tenant), ("id", owner));
        if (inviter is null || inviter.Length > 0 && Trials.Canonical(inviter) == Trials.Canonical(email))
            return;
        await InviteStore.Insert(s, tenant, Ids.New(), customer.Id, owner, marks.Mailbox(email), clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>Gives what is due, of all tenants.</summary>
    public async Task<Message> Run(CancellationToken ct)
    {
        var given = 0;
        for (var after = ""; ;)
        {
            var found = await db.Read(s => InviteStore.Candidates(s, after, AtOnce), ct);
            foreach (var (tenant, id) in found)
            {
                await settings.Refresh(tenant);
                if (Now(tenant) is { } reward && await db.Write(s => Give(s, tenant, id, reward), ct))
                    given++;
            }
            if (found.Count < AtOnce)
                return new("job.invites.reward.done", given);
            after = found[^1].Id;
        }
    }

    /// <summary>Gives the inviter what one is worth, if it is due. The row is locked first: of two who try at once one gives it.</summary>
    internal async ValueTask<bool> Give(WriteTx s, string tenant, string id, Reward reward)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (await InviteStore.Locked(s, tenant, id) is not { State: Invited.Waiting } invited
            || await CustomerStore.FindLocked(s, tenant, invited.Inviter, now) is not { DisabledAt: null } inviter
            || await InviteStore.First(s, tenant, id) is not { Id: { } first, DeliveredAt: var delivered } || delivered + reward.Days * Day > now)
            return false;
        // A refund that is asked for in this moment comes before this, or after.
        await OrderStore.Locked(s, tenant, first);
        if (await InviteStore.First(s, tenant, id) is not { Id: { } still } || still != first)
            return false;
        var reason = Localizer.For(inviter.Language)["invites.reason"];
        if (reward.Kind == InviteSettings.Points)
            await points.Earn(s, tenant, inviter.Id, reward.Amount, reason);
        else
            await ledger.Post(s, tenant, new Posting(Posting.Reward, reward.Currency, (LedgerAccount.Rewards, reward.Amount), (LedgerAccount.Balance(inviter.Id), -reward.Amount)));
        await InviteStore.Settle(s, tenant, invited with { State = Invited.Earned, Kind = reward.Kind, Amount = reward.Amount, Currency = reward.Currency, OrderId = first, SettledAt = now });
        return true;
    }
}

/// <summary>What requests about invitations by customers are refused with.</summary>
public static class InviteErrors
{
    public static readonly ErrorCode Off = new(409, "INVITES_OFF");

    public static readonly IReadOnlyList<ErrorCode> All = [Off];
}
