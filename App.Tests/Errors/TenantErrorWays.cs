using Gatehouse.Accounts.Quotas;
using Gatehouse.Accounts.Tenants;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Errors;

/// <summary>What there is to be refused with where an appliance has several businesses.</summary>
internal static class TenantErrorWays
{
    public static readonly IReadOnlyDictionary<ErrorCode, Func<ErrorSite, Task<Refused>>> Of = new Dictionary<ErrorCode, Func<ErrorSite, Task<Refused>>>
    {
        [TenantErrors.NotFound] = site => site.Owner.GetApi("/api/tenants/nobody").Refused(),
        [QuotaErrors.Exceeded] = async site =>
        {
            var tenant = site.Unique("tenant");
            await site.Owner.PostApi("/api/tenants", new { id = tenant, name = tenant, quotas = new { accounts = 0 } });
            return await (await site.Server.As(Role.Owner, tenant)).PostApi("/api/users", new { username = "customer" }).Refused();
        },
    };
}
