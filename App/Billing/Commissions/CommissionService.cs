using System.Security.Cryptography;
using Gatehouse.Accounts.Customers;
using Gatehouse.Billing.Distributors;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Tenancy;

namespace Gatehouse.Billing.Commissions;

/// <summary>Distributors' links; each method runs inside the transaction it is given.</summary>
public sealed class CommissionService(ITenants tenants, IConfiguration config, TimeProvider clock)
{
    public const int MaxName = 60, MaxLinks = 20;

    // Without what is mistaken for something else.
    private const string Alphabet = "3467ACDEFGHJKMNPQRTWXY";
    private const int Length = 7;

    /// <summary>The whole address of a link.</summary>
    public string Address(string tenant, string code) => SiteAddress.Base(config, tenants, tenant) + Referrals.Path + code;

    /// <summary>Makes a link of a name, such as where it is put up.</summary>
    /// <exception cref="Refusal">403 NOT_A_DISTRIBUTOR, 409 TOO_MANY_LINKS, 422 on <c>name</c>.</exception>
    public async ValueTask<DistributorLink> NewLink(WriteTx s, Caller who, string? name)
    {
        var checks = new FieldChecks();
        var text = checks.Text("name", name, 1, MaxName);
        checks.ThrowIfAny();
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        // Locked: a person who is erased in this moment makes none any more, and no two at once make one too many.
        if (await CustomerStore.FindLocked(s, who.TenantId, who.Id ?? "", now) is not { DisabledAt: null })
            throw new Refusal(HttpErrors.Unauthorized);
        if (await DistributorStore.Locked(s, who.TenantId, who.Id!) is not { State: Distributor.Active })
            throw new Refusal(DistributorErrors.NotOne);
        if ((await CommissionStore.Links(s, who.TenantId, who.Id!)).Count >= MaxLinks)
            throw new Refusal(CommissionErrors.TooManyLinks, MaxLinks);
        for (var tries = 0; tries < 20; tries++)
            if (new DistributorLink(RandomNumberGenerator.GetString(Alphabet, Length), who.Id!, text, now) is var link && await CommissionStore.Insert(s, who.TenantId, link))
                return link;
        throw new InvalidOperationException("Twenty codes of links in a row were taken.");
    }

    /// <summary>Takes one of the caller's links away: nobody comes by it any more. What was ordered by it before still counts.</summary>
    /// <exception cref="Refusal">404 NO_SUCH_LINK: also of somebody else's.</exception>
    public async ValueTask<string> RemoveLink(WriteTx s, Caller who, string code) =>
        await CommissionStore.Delete(s, who.TenantId, who.Id ?? "", code.Trim().ToUpperInvariant()) ?? throw new Refusal(CommissionErrors.NoLink);
}

/// <summary>What requests about links and commission are refused with.</summary>
public static class CommissionErrors
{
    public static readonly ErrorCode TooManyLinks = new(409, "TOO_MANY_LINKS");

    public static readonly ErrorCode NoLink = new(404, "NO_SUCH_LINK");

    public static readonly IReadOnlyList<ErrorCode> All = [TooManyLinks, NoLink];
}
