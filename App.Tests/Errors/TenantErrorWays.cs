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
        [TenantErrors.Stays] = site => site.Owner.DeleteApi("/api/tenants/default").Refused(),
        [TenantErrors.Open] = async site => await site.Owner.DeleteApi("/api/tenants/" + await Business(site)).Refused(),
        [TenantErrors.Removing] = async site =>
        {
            var path = "/api/tenants/" + await Business(site, closed: true);
            await site.Owner.DeleteApi(path);
            return await site.Owner.PatchApi(path, new { closed = false }).Refused();
        },
        [HttpErrors.SiteClosed] = async site =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/api/public-key");
            request.Headers.Host = await Business(site, closed: true) + ".example";
            return await site.Server.Http.Call(request).Refused();
        },
        [QuotaErrors.Exceeded] = async site =>
        {
            var tenant = site.Unique("tenant");
            await site.Owner.PostApi("/api/tenants", new { id = tenant, name = tenant, quotas = new { accounts = 0 } });
            return await (await site.Server.As(Role.Owner, tenant)).PostApi("/api/users", new { username = "customer" }).Refused();
        },
    };

    private static async Task<string> Business(ErrorSite site, bool closed = false)
    {
        var id = site.Unique("business");
        await site.Owner.PostApi("/api/tenants", new { id, name = id, hosts = new[] { id + ".example" } });
        if (closed)
            await site.Owner.PatchApi("/api/tenants/" + id, new { closed });
        return id;
    }
}
